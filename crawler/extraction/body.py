"""The text of a page with its links, each at its place, and what was dropped from it.

Survey, witnesses, verdicts: the page is walked once, witnesses point at blocks, passes say what becomes of each, and
the text is written from those that stay.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from crawler.article import Block as ArticleBlock
from crawler.article import Dropped, Link
from crawler.extraction import live, verdicts
from crawler.extraction.boxes import Box, boxes, covered
from crawler.extraction.case import Case, Verdict
from crawler.extraction.dom import select
from crawler.extraction.json_ld import strings
from crawler.extraction.judge import judged
from crawler.extraction.links import box_links, inline_links, line_links
from crawler.extraction.page import Page
from crawler.extraction.survey import Node
from crawler.extraction.thresholds import (
    DROPPED_BEYOND_TEXT,
    MOST_CHARACTERS,
    MOST_DROPPED,
    MOST_LINKS,
    MOST_PARAGRAPHS,
)
from crawler.extraction.trust import Answer
from crawler.extraction.witnesses import Testimony

_DESCRIPTIONS = ("og:description", "description", "twitter:description")


@dataclass(frozen=True)
class Body:
    """Paragraphs, and all that is told by their numbers. ``witness`` says who chose the text."""

    paragraphs: tuple[str, ...]
    blocks: tuple[ArticleBlock, ...]
    links: tuple[Link, ...]
    dropped: tuple[Dropped, ...]
    witness: str
    is_gallery: bool = False


def body(page: Page, headings: Sequence[Answer[str]] = (), byline: str | None = None) -> Body:
    """Extract the text. ``headings`` are what every source says as title: neither these nor the byline are repeated."""
    head = [*(one.value or "" for one in headings), byline or ""]
    apart = boxes(page.survey, page.layout, page.document, guess=not page.names_boxes)
    boxed = covered(page.survey, apart)
    testimony = judged(page, boxed, headings)
    posts = live.posts(page, boxed, testimony.blocks)
    case = Case(
        page=page,
        boxed=boxed,
        chosen=testimony.blocks | posts.blocks,
        head=head,
        said=_described(page),
        standfirst=under_headline(page),
        is_unheard=testimony.witness == "densest",
        byline=byline,
        posts=posts.starts,
    )
    return _Writer(page, apart, boxed, testimony, posts, verdicts.verdicts(case)).body()


def under_headline(page: Page) -> str | None:
    """The line that stands with the headline in one header, which is the standfirst by its place."""
    surveyed = page.survey
    for header in surveyed.by_tag.get("header", ()):
        if not surveyed.inside(header, "h1"):
            continue
        for line in surveyed.inside(header, "p"):
            text = surveyed.text(line)
            if len(text) >= _LINE and not surveyed.inside(line, "time", "a", "img"):
                return text
    return None


_LINE = 20


def _described(page: Page) -> list[str]:
    """What the page says of itself in a sentence or two."""
    return [*strings(page.raw("description")), *(page.document.meta(name) or "" for name in _DESCRIPTIONS)]


@dataclass(frozen=True)
class _Writer:
    """Writes an article's text from verdicts."""

    page: Page
    apart: Sequence[Box]
    boxed: Mapping[int, Box]
    testimony: Testimony
    posts: live.Posts
    verdicts: Mapping[int, Verdict]

    def body(self) -> Body:
        """The text, its links, and what was dropped."""
        blocks = self.page.survey.blocks
        kept = [number for number in sorted(self.verdicts) if self.verdicts[number].reason is None]
        paragraphs = [self.verdicts[number].text or blocks[number].text for number in kept]
        kinds = [
            ArticleBlock(n, one.kind, one.at) for n, number in enumerate(kept) if (one := self.verdicts[number]).kind
        ]
        for piece in self.testimony.pieces:
            if piece.kind:
                kinds.append(ArticleBlock(len(paragraphs), piece.kind))
            paragraphs.append(piece.text)
        for number, (piece, at) in enumerate(self.posts.pieces):
            if at is not None or not number:
                kinds.append(ArticleBlock(len(paragraphs), "post", at))
            elif piece.kind:
                kinds.append(ArticleBlock(len(paragraphs), piece.kind))
            paragraphs.append(piece.text)
        links = self._links(kept, paragraphs)
        dropped = self._dropped(kept, sum(map(len, paragraphs)))
        captions = sum(self._is_caption(number) for number in kept)
        return _bounded(
            Body(tuple(paragraphs), tuple(kinds), links, dropped, self.testimony.witness, captions * 2 > len(kept) > 0)
        )

    def _is_caption(self, number: int) -> bool:
        box = self.boxed.get(number)
        return box is not None and box.reason == "caption"

    def _links(self, kept: Sequence[int], paragraphs: Sequence[str]) -> tuple[Link, ...]:
        """All links, in the order of the text; of a place, boxes before the paragraph's own."""
        blocks = self.page.survey.blocks
        found: list[Link] = []
        for position, number in enumerate(kept):
            if self.verdicts[number].text is None:
                found += inline_links(self.page, blocks[number].anchors, paragraphs[position], position)
        boxed = [link for box in self.apart for link in box_links(self.page, box, self._place(kept, box.node))]
        if not self.page.names_boxes:
            boxed = _clustered(boxed, len(paragraphs))
        lines = [
            link
            for number, one in self.verdicts.items()
            if one.reason == "read more" and number not in self.boxed
            for link in line_links(self.page, blocks[number].anchors, blocks[number].text, _before(kept, number))
        ]
        found += _once([*boxed, *lines])
        return tuple(sorted(found, key=lambda link: (link.position, link.start is not None, link.start or 0)))

    def _place(self, kept: Sequence[int], node: Node) -> int:
        return _before(kept, node.first)

    def _dropped(self, kept: Sequence[int], size: int) -> tuple[Dropped, ...]:
        """What was dropped: the words of each box, and single paragraphs, in the order of the page, within bounds."""
        blocks = self.page.survey.blocks
        inner = _in_article(self.page)
        beside = {
            number: Verdict(box.reason)
            for number, box in self.boxed.items()
            if number not in self.verdicts
            and blocks[number].unseen is None
            and any(one.holds(box.node) for one in inner)
        }
        gone = {number: one for number, one in {**beside, **self.verdicts}.items() if one.reason not in (None, "cell")}
        rows: list[Dropped] = []
        for (_, _, reason), numbers in groupby(sorted(gone), key=lambda number: self._row(number, gone[number])):
            own = list(numbers)
            text = " ".join(blocks[number].text for number in own)
            rows.append(Dropped(_before(kept, own[0]), reason, text))
        return (*_within_bounds(rows, size + DROPPED_BEYOND_TEXT), *self._beyond(len(kept)))

    def _row(self, number: int, verdict: Verdict) -> tuple[int, int, str]:
        box = self.boxed.get(number)
        return (box.node.number if box else -1, -1 if box else number, verdict.reason or "")

    def _beyond(self, position: int) -> Iterable[Dropped]:
        if count := self.page.document.cut:
            yield Dropped(position, "page too large", f"{count} elements at its end")


def _in_article(page: Page) -> list[Node]:
    """The part of the page that is known to be the article: boxes are told of there alone."""
    named = select(page.root, page.layout.body)
    frames = [node for element in named if (node := page.survey.node(element)) is not None]
    if frames:
        return frames
    marked = [node for element in page.items.get("articleBody", ()) if (node := page.survey.node(element)) is not None]
    articles = page.survey.by_tag.get("article", ())
    return [*(one for one in articles if not any(other.tag == "article" for other in _elder(one))), *marked[:1]]


def _elder(node: Node) -> Iterable[Node]:
    return node.parent.children[: node.place] if node.parent is not None else ()


def _before(kept: Sequence[int], number: int) -> int:
    """How many of the kept blocks stand before one."""
    return bisect_left(kept, number)


def _within_bounds(rows: Sequence[Dropped], size: int) -> list[Dropped]:
    """As many rows as are kept, and one that counts the others."""
    found: list[Dropped] = []
    for number, row in enumerate(rows):
        size -= len(row.text)
        if number >= MOST_DROPPED or size < 0:
            rest = rows[number:]
            found.append(
                Dropped(row.position, "more", f"{len(rest)} more, {sum(len(one.text) for one in rest)} characters")
            )
            break
        found.append(row)
    return found


def _bounded(whole: Body) -> Body:
    """The text within its bounds; what is beyond them is counted in what was dropped."""
    size, end = 0, 0
    for text in whole.paragraphs[:MOST_PARAGRAPHS]:
        size += len(text)
        if size > MOST_CHARACTERS:
            break
        end += 1
    gone: list[Dropped] = []
    if end < len(whole.paragraphs):
        rest = whole.paragraphs[end:]
        gone.append(Dropped(end, "text too long", f"{len(rest)} more paragraphs, {sum(map(len, rest))} characters"))
    if len(whole.links) > MOST_LINKS:
        gone.append(Dropped(end, "too many links", f"{len(whole.links) - MOST_LINKS} more links"))
    if not gone:
        return whole
    return replace(
        whole,
        paragraphs=whole.paragraphs[:end],
        blocks=tuple(one for one in whole.blocks if one.position < end),
        links=tuple(one for one in whole.links if one.position < end or (one.position == end and one.start is None))[
            :MOST_LINKS
        ],
        dropped=(*(one for one in whole.dropped if one.position <= end), *gone),
    )


def _clustered(links: Sequence[Link], end: int) -> list[Link]:
    """Links with those under the text, if there are several, taken for one list to read more from.

    There each often has a box of its own; none of them is put to a place in the text by an editor.
    """
    under = {link.href for link in links if link.position == end}
    if len(under) < 2:
        return list(links)
    return [replace(link, kind="read_more") if link.position == end else link for link in links]


def _once(links: Iterable[Link]) -> Iterable[Link]:
    """The first of the links that name the same article as the same kind: boxes may hold one another."""
    seen: dict[tuple[str, str], Link] = {}
    for link in links:
        seen.setdefault((link.kind, link.href), link)
    return seen.values()
