"""The posts of a live blog, in the order of the page, each with its time.

They are known as sisters that each hold a time (https://html.spec.whatwg.org/#the-time-element) and a text, on a page
that calls itself live, and by https://schema.org/LiveBlogPosting. The engine finds some of them; they belong together.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from crawler.article import Block, words
from crawler.extraction.dom import hint_of, text_of
from crawler.extraction.json_ld import strings
from crawler.extraction.letters import dense
from crawler.extraction.page import Page
from crawler.extraction.render import Piece, rendered
from crawler.extraction.words import essence, plain

_FEWEST = 3
_HIGHEST = 8
"""Levels from a time up to its post, and from a post up to what is called live."""
_CALLED_LIVE = re.compile(r"live|ticker|timeline", re.IGNORECASE)
_TEXT = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table"})
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_BEGINNING = 40
_WORDS_OF_CAPTION = 6
_LONGEST_SIGNATURE = 200
"""Letters of author, time and what to share a post by."""
_LINES = re.compile(r"[\n\r]+|<br ?/?>|</p>")


@dataclass(frozen=True)
class _Post:
    pieces: tuple[Piece, ...]
    at: datetime | None
    whole: str = ""
    """The letters of all that the page prints in it, author and time included."""

    @property
    def marked(self) -> tuple[Piece, ...]:
        """Its paragraphs, the first of which carries the time."""
        return (replace(self.pieces[0], kind="post", at=self.at), *self.pieces[1:])


def with_posts(pieces: Sequence[Piece], root: HtmlElement, page: Page) -> Sequence[Piece]:
    """The pieces, with all posts that the page holds and their times; as they were on a page that is not live."""
    told = list(_told(page))
    printed = list(_printed(root, page, bool(told), _times(told)))
    if printed:
        return _placed(pieces, printed, declared=bool(told))
    marked = _marked(pieces, told)
    if marked or not told:
        return marked or pieces
    return [*pieces, *(piece for post in told for piece in post.marked)]


def before_posts(paragraphs: Sequence[str], blocks: Iterable[Block]) -> tuple[str, ...]:
    """The introduction of a live blog; of any other text, all of it.

    Of a post its first paragraph alone is marked, and no page says where the last one ends: what follows is the posts'.
    """
    first = min((block.position for block in blocks if block.kind == "post"), default=len(paragraphs))
    return tuple(paragraphs[:first])


def _placed(pieces: Sequence[Piece], posts: Sequence[_Post], *, declared: bool) -> Sequence[Piece]:
    """The posts in place of those of their paragraphs that were found, or after the text where none was."""
    letters = "\n".join(post.whole for post in posts)
    within = [number for number, piece in enumerate(pieces) if dense(piece.text) in letters]
    if not within and not declared:
        return pieces
    gone = set(within)
    start = within[0] if within else len(pieces)
    rest = [piece for number, piece in enumerate(pieces) if number >= start and number not in gone]
    return [*pieces[:start], *(piece for post in posts for piece in post.marked), *rest]


def _marked(pieces: Sequence[Piece], told: Sequence[_Post]) -> Sequence[Piece]:
    """The pieces with times, where they hold the posts that the JSON-LD tells; nothing where they hold none."""
    times = _times(told)
    marked = [
        replace(piece, kind="post", at=at) if (at := times.pop(_key(piece.text), None)) else piece for piece in pieces
    ]
    return marked if any(piece.at for piece in marked) else []


def _told(page: Page) -> Iterator[_Post]:
    """What the JSON-LD holds of posts."""
    updates = page.raw("liveBlogUpdate")
    for update in updates if isinstance(updates, list) else [updates]:
        if not isinstance(update, dict):
            continue
        title = [Piece(text, "heading") for one in strings(update.get("headline")) if (text := plain(one))]
        lines = (line for body in strings(update.get("articleBody")) for line in _LINES.split(body))
        pieces = [*title, *(Piece(text) for line in lines if (text := plain(line)))]
        if pieces:
            yield _Post(tuple(pieces), _moment(page, update.get("datePublished")))


def _printed(root: HtmlElement, page: Page, declared: bool, times: Mapping[str, datetime]) -> Iterator[_Post]:
    """The posts that the page prints."""
    for element in _sisters(root, declared, times):
        whole = dense(text_of(element))
        pieces = tuple(rendered(_outermost(element)))
        if len(whole) > sum(len(dense(piece.text)) for piece in pieces) + _LONGEST_SIGNATURE:
            pieces = tuple(rendered([element]))  # its text is in no paragraphs
        if not pieces:
            pieces = _caption(element)
        if pieces:
            told = next((at for piece in pieces[:2] if (at := times.get(_key(piece.text)))), None)
            yield _Post(pieces, told or _time_in(element, page), whole)


def _sisters(root: HtmlElement, declared: bool, times: Container[str]) -> list[HtmlElement]:
    """The largest family of elements that each hold a time, or a heading that the JSON-LD gives one.

    Only within what is called live, if the page does not say so.
    """
    marks = root.xpath("//body//time | //body//*[@datetime]")
    marks += [one for one in root.iter("h2", "h3", "h4") if declared and _key(text_of(one)) in times]
    holding: dict[HtmlElement, None] = {}  # a set in the order of the page
    for mark in marks:
        holding.update(dict.fromkeys(islice(mark.iterancestors(), _HIGHEST)))
    best: list[HtmlElement] = []
    for parent in dict.fromkeys(one.getparent() for one in holding if one.getparent() is not None):
        family = [child for child in parent.iterchildren() if child in holding]
        alike = len({child.tag for child in family}) == 1 and len(family) >= max(_FEWEST, len(best) + 1)
        texts = sum(map(_has_text, family)) if alike else 0  # a post may be but a heading and a picture
        if (declared and texts) or (texts * 2 >= max(1, len(family)) and _is_called_live(family[0])):
            best = family
    return best


def _has_text(element: HtmlElement) -> bool:
    """Whether there is a paragraph in it that is not for the most part a link, as in a teaser."""
    paragraphs = ((len(text_of(one)), one.iter("a")) for one in element.iter("p", "blockquote", "li"))
    return any(length > 2 * sum(len(text_of(link)) for link in links) for length, links in paragraphs)


def _is_called_live(element: HtmlElement) -> bool:
    around = (element, *islice(element.iterancestors(), _HIGHEST // 2))
    return any(_CALLED_LIVE.search(f"{one.tag} {hint_of(one)}") for one in around if one.tag not in ("html", "body"))


def _outermost(post: HtmlElement) -> list[HtmlElement]:
    """The paragraphs of a post: beside them stand its time, its author and what to share it by."""
    found = list(post.iterdescendants(*_TEXT))
    inner = {one for text in found for one in text.iterdescendants(*_TEXT)}
    return [one for one in found if one not in inner]


def _caption(post: HtmlElement) -> tuple[Piece, ...]:
    """The longest line of a post that is but a picture or a video: less than a few words is its author, or its time."""
    longest = max((piece.text for piece in rendered([post])), key=len, default="")
    return (Piece(longest),) if words(longest) >= _WORDS_OF_CAPTION else ()


def _time_in(post: HtmlElement, page: Page) -> datetime | None:
    """What a ``datetime`` says, else a number of seconds or milliseconds since 1970 by which scripts sort posts."""
    said = [one.get("datetime") for one in post.iter() if one.get("datetime")]
    numbers = [value for name, value in post.items() if "time" in name and _EPOCH.fullmatch(value)]
    exact = (datetime.fromtimestamp(int(number[:10]), UTC) for number in numbers)
    return next((at for one in said if (at := _moment(page, one))), None) or next(exact, None)


def _moment(page: Page, text: Any) -> datetime | None:
    """A time of day in UTC; None for a plain date or nonsense."""
    found = page.moment(text) if isinstance(text, str) else None
    return found.at if found is not None and isinstance(found.at, datetime) else None


def _times(told: Sequence[_Post]) -> dict[str, datetime]:
    return {_key(post.pieces[0].text): post.at for post in told if post.at}


def _key(text: str) -> str:
    return essence(text)[:_BEGINNING]
