"""The head of an article as readers see it: where is its headline, and which short lines around it say who and when?

Found on the survey's blocks by position and by agreement with what the page says of itself; what elements are called
only strengthens a sign. Outside the head, and the few lines right behind the text, nothing says who wrote it or when.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from lxml.html import HtmlElement

from crawler.extraction.bylines import begins_with_by
from crawler.extraction.shapes import like_article
from crawler.extraction.suffixes import SEPARATOR
from crawler.extraction.survey import HEADINGS, Block, Node, Survey
from crawler.extraction.words import essence, squeezed

_LONGEST_LINE, _LONGEST_HEADLINE = 220, 300
_BEFORE, _BEHIND, _NEAR = 14, 45, 8
"""Blocks before the headline and behind it among which lines of the head are looked for, and behind the text."""
_PROSE_IN_HEAD = 2
"""Paragraphs behind the headline that may be its standfirst, with the byline after them."""
_TEASER, _LARGEST_LIST = 400, 4_000
_SHORTEST_TITLE = 12
_MOST_PARTS, _KICKER_AND_HEADLINE, _DROP_CAP = 6, 2, 3
"""Pieces that elements make of a headline, and letters of one that is no word of its own."""
_AMONG = 400
"""Blocks among which a headline is looked for that is no heading."""
_ALIKE = 0.5
_LEAST = {"h1": 0, "h2": 1, "h3": 2, "h4": 2}
"""How well a heading must agree with what the page calls itself (see `_agreement`) to be the headline."""
_LEAST_OF_PART = 2
_OUTSIDE = frozenset({"nav", "aside", "footer", "figcaption", "form", "dialog"})
_READERS = re.compile(
    r"(?:^|[\s_-])(?:(?:top)?comments?|commentlist|replies|disqus|discussion|thread|kommentare?|comentarios?|commentaires?"
    r"|reactions?|cookie)(?=$|[\s_-])"
)
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:related|recirc|teasers?|most-?read|popular|trending|sidebar|newsletter|recommend\w*|breaking|ticker"
    r"|read-?more|more-?(?:from|on|stories|news)|promo|latest|navigation|menu|widget)(?=$|[\s_-])"
)
_WHOLE = frozenset({"html", "body", "main"})
_TEXT = 800
"""Characters in paragraphs: what holds more of them than this, and little else, is no list whatever it is called."""
_FRONT_PAGE = re.compile(r"/|(?:https?:)?//[^/?#]+/?|\./?|/?index\.\w+")
_COLON = re.compile(r"\s*[:：]\s")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


@dataclass(frozen=True)
class Line:
    """A short line of the head: its block, its words, and the same in the pieces that elements make of it."""

    block: Block
    pieces: tuple[str, ...]
    is_behind: bool = False
    """Whether it stands behind the text rather than around the headline."""

    @property
    def text(self) -> str:
        """The words of the line."""
        return self.block.text


@dataclass(frozen=True)
class Head:
    """What stands around a headline: from ``start`` to ``stop``, and in ``foot``, right behind the text."""

    survey: Survey
    url: str
    headline: Node | None
    title: str | None
    """The headline's words, without the kicker that stands in it."""
    agrees: bool
    """Whether the headline is also what the page calls itself elsewhere."""
    start: int
    stop: int
    """The head's blocks."""
    text: int | None
    """The block with which the text begins."""
    foot: range

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The short lines around the headline and behind it, in the order of the page."""
        blocks = self.survey.blocks[self.start : self.stop]
        own = self.headline
        return tuple(
            Line(block, _pieces(block))
            for block in blocks
            if self._is_line(block) and not (own is not None and own.first <= block.number < own.last)
        )

    @cached_property
    def behind(self) -> tuple[Line, ...]:
        """The short lines at the end of the text and right behind it."""
        blocks = self.survey.blocks[self.foot.start : self.foot.stop]
        return tuple(Line(block, _pieces(block), is_behind=True) for block in blocks if self._is_line(block))

    def holds(self, element: HtmlElement, *, foot: bool = False) -> bool:
        """Whether an element stands in the head, or at the text's foot, and in nothing that tells of something else."""
        node = self.survey.node(element)
        if node is None:
            return False
        inside = self.start <= node.first < self.stop or (foot and node.first in self.foot)
        return inside and not is_elsewhere(node, self.headline) and not self._is_teaser(node)

    def is_beside_headline(self, node: Node) -> bool:
        """Whether an element shares with the headline what holds it, or an article: the paper's own head does not."""
        own = self.headline
        if own is None:
            return False
        around = own.parent if own.parent is not None and own.parent.tag not in _WHOLE else None
        article = next((one for one in own.ancestors() if one.tag == "article"), None)
        return any(one.holds(node) for one in (around, article) if one is not None)

    def _is_line(self, block: Block) -> bool:
        return (
            block.unseen is None
            and len(block.text) <= _LONGEST_LINE
            and not is_elsewhere(block.node, self.headline)
            and not self._is_teaser(block.node)
        )

    def _is_teaser(self, node: Node) -> bool:
        """Whether a small box around it leads to another article."""
        own = self.headline
        for box in (node, *node.ancestors()):
            if box.length > _TEASER or (own is not None and box.holds(own)):
                return False
            if box.linked > 25 and any(
                (link.linked > 15 and like_article(link.attributes.get("href", ""), self.url))
                for link in self.survey.inside(box, "a")[:12]
            ):
                return True
        return False


def head(survey: Survey, claims: Sequence[str], names: Collection[str], url: str) -> Head:
    """Return the head of a page's article.

    ``claims`` are the titles that the page gives itself in its metadata, the most trusted first, and ``names`` what
    the paper calls itself, which is no headline.
    """
    known = {essence(name) for name in names} - {""}
    wanted = [claim for claim in claims if essence(claim) and essence(claim) not in known]
    headline, title, agrees = _headline(survey, wanted, known, url)
    proses = _proses(survey, headline)
    start, stop = _around(headline, proses)
    text, foot = (proses[0].number, _foot(survey, proses[-1])) if proses else (None, range(0))
    return Head(survey, url, headline, title, agrees, start, stop, text, foot)


def is_elsewhere(node: Node, own: Node | None = None) -> bool:
    """Whether an element stands in a menu, a picture, a comment, or a list of other pieces.

    ``own`` is the headline: what holds it is none of these, whatever it is called.
    """
    for box in (node, *node.ancestors()):
        if box.tag == "body" or (own is not None and box.holds(own)):
            return False
        if box.tag in _OUTSIDE and not (box.tag == "footer" and own is not None and _is_of_article(box, own)):
            return True
        if box.hint and box.tag not in ("article", "main") and _is_called_elsewhere(box, own):
            return True
    return False


def _is_of_article(footer: Node, own: Node) -> bool:
    """Whether a footer is that of the article with this headline."""
    article = next((box for box in footer.ancestors() if box.tag == "article"), None)
    return article is not None and article.holds(own)


def _is_called_elsewhere(box: Node, own: Node | None) -> bool:
    """Whether an element's name tells of something else; one that the headline's own boxes bear says nothing."""
    if box.length < _LARGEST_LIST * 4 and _READERS.search(box.hint):
        return True
    if box.length >= _LARGEST_LIST or (box.paragraphs > _TEXT and box.paragraphs * 2 > box.length):
        return False
    match = _ELSEWHERE.search(box.hint)
    if match is None or own is None:
        return match is not None
    return not any(match[0].strip() in f" {one.hint} " for one in own.ancestors())


def _headline(
    survey: Survey, claims: Sequence[str], known: Collection[str], url: str
) -> tuple[Node | None, str | None, bool]:
    """The node whose words agree best with what the page calls itself; without any, the heading before the text."""
    wanted = [(essence(claim), set(_words(claim))) for claim in claims]
    kickers = {essence(claim[: match.start()]) for claim in claims if (match := _COLON.search(claim))}
    shared = wanted[0][0] if wanted else ""
    best: tuple[tuple[bool, bool, bool, int], Node, str] | None = None
    for node in _candidates(survey, claims):
        if is_site_title(node, survey) or any(box.tag == "nav" for box in node.ancestors()):
            continue
        whole = survey.text(node)
        is_near = node.tag in HEADINGS and _agreement(essence(whole), whole, wanted) in (1, 2)
        for number, text in enumerate(_wordings(node, whole) if is_near else (whole,)):
            bare = essence(text)
            if number and bare in kickers:
                continue
            agreement = _agreement(bare, text, wanted)
            least = _LEAST_OF_PART if number else _LEAST.get(node.tag, 3)
            if not bare or len(text) > _LONGEST_HEADLINE or bare in known or agreement < least:
                continue
            rank = (agreement >= 2, bare == shared, node.tag == "h1", agreement)
            if (best is None or rank > best[0]) and not (node.tag != "h1" and _is_beside(node, survey, url)):
                best = (rank, node, text)
    if best is not None:
        rank, node, text = best
        if rank[-1]:
            return node, text, True
        node = _over_text(survey, known, url) or node
        return node, survey.text(node), False
    if (heading := _heading_over_text(survey, known)) is not None:
        return heading, survey.text(heading), False
    block = _by_position(survey, known)
    return (_alone(block, survey), block.text, False) if block is not None else (None, None, False)


def _wordings(node: Node, whole: str) -> Iterator[str]:
    """The words of a heading, and those of its parts: of a kicker and a headline in one, the headline.

    Also its words without the first of its parts or without the last: a label, a count of comments.
    """
    parts: list[str] = []
    _collect(node.element, parts)
    is_glued = len(parts) > 1 and all(len(part) > _DROP_CAP for part in parts)
    yield " ".join(parts) if is_glued else whole
    if 1 < len(parts) <= _MOST_PARTS:
        yield from parts
        if len(parts) > _KICKER_AND_HEADLINE:
            yield " ".join(parts[1:])
            yield " ".join(parts[:-1])


def is_site_title(node: Node, survey: Survey) -> bool:
    """Whether a heading is the paper's own: its words are a link to the front page."""
    if node.linked * 10 < node.length * 9:
        return False
    links = survey.inside(node, "a") or [box for box in node.ancestors() if box.tag == "a"]
    return any(is_front_page(link.attributes.get("href", "")) for link in links[:1])


def is_front_page(href: str) -> bool:
    """Whether an address, as a page links to it, is that of a site's front page."""
    return _FRONT_PAGE.fullmatch(href) is not None


def _is_beside(node: Node, survey: Survey, url: str) -> bool:
    """Whether a heading tells of another piece, or of this one in a list."""
    return is_elsewhere(node) or any(
        like_article(link.attributes.get("href", ""), url) for link in survey.inside(node, "a")[:2]
    )


def _candidates(survey: Survey, claims: Sequence[str]) -> Iterator[Node]:
    """The headings, and lines of their own that are just what the page calls itself."""
    for tag in ("h1", "h2", "h3", "h4"):
        yield from (node for node in survey.by_tag.get(tag, ())[:40] if node.length)
    wordings = (part for claim in claims for part in (claim, *SEPARATOR.split(claim)))
    letters = {part.replace(" ", "") for part in wordings if _weight(part) >= _SHORTEST_TITLE}
    for block in survey.blocks[:_AMONG]:
        if block.letters in letters and block.unseen is None and not block.anchors and block.node.tag not in HEADINGS:
            node = _alone(block, survey)
            if node is not None:
                yield node


def _alone(block: Block, survey: Survey) -> Node | None:
    """The element that holds a block's words and no others; None for bare words between other things."""
    node = block.node
    if node.first == block.number and node.last == block.number + 1:
        return node
    within = (one for one in survey.nodes[node.number + 1 : node.end] if one.first == block.number)
    return next((one for one in within if survey.text(one) == block.text), None)


def _weight(words: str) -> int:
    """The length of some words, where a letter of a script that needs few of them counts twice."""
    return len(words) if words.isascii() else len(words) + sum(map(_is_of_syllables, words))


def _is_of_syllables(sign: str) -> bool:
    return "\u3040" <= sign <= "\ud7af"


def _agreement(bare: str, text: str, wanted: Iterable[tuple[str, set[str]]]) -> int:
    """3 for the same words, 2 where one begins or ends the other, 1 where they share half of their words, else 0."""
    words = set(_words(text))
    best = 0
    for claim, said in wanted:
        if bare == claim:
            return 3
        short, long = sorted((bare, claim), key=len)
        if _weight(short) >= _SHORTEST_TITLE and (long.startswith(short) or long.endswith(short)):
            best = max(best, 2)
        elif 2 * len(words & said) >= _ALIKE * (len(words) + len(said)) or (
            said and len(words & said) >= max(3, 0.6 * min(len(words), len(said)))
        ):
            best = max(best, 1)
    return best


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _over_text(survey: Survey, known: Collection[str], url: str) -> Node | None:
    """The nearest h1 before the text, but the longer h2 that stands between the two: of a page that opens "Search"."""
    node = _nearest_h1(survey, known)
    if node is None or _weight(survey.text(node)) >= _SHORTEST_TITLE:
        return node
    nearer = _heading_over_text(survey, known)
    is_longer = nearer is not None and nearer.first > node.first and _weight(survey.text(nearer)) >= _SHORTEST_TITLE
    return nearer if nearer is not None and is_longer and not _is_beside(nearer, survey, url) else node


def _nearest_h1(survey: Survey, known: Collection[str]) -> Node | None:
    """The last h1 before the first paragraph of some length, as logos and log-in forms stand further up."""
    found = None
    for node in survey.by_tag.get("h1", ()):
        if node.length and essence(survey.text(node)) not in known and not is_site_title(node, survey):
            if found is not None and any(block.is_prose for block in survey.blocks[found.last : node.first]):
                break
            found = node
    return found


def _heading_over_text(survey: Survey, known: Collection[str]) -> Node | None:
    """The heading of the second order right above the text, of a page that has none of the first."""
    first = next((block for block in survey.blocks if block.is_prose and not is_elsewhere(block.node)), None)
    if first is None:
        return None
    for node in reversed(survey.by_tag.get("h2", ())):
        if first.number - _NEAR <= node.first < first.number and node.length and not is_elsewhere(node):
            return node if essence(survey.text(node)) not in known and not is_site_title(node, survey) else None
    return None


def _by_position(survey: Survey, known: Collection[str]) -> Block | None:
    """The line of some words right before the text, of a page whose headings and metadata name no headline."""
    column = next((block for block in survey.blocks if block.is_prose and not is_elsewhere(block.node)), None)
    if column is None:
        return None
    for block in reversed(survey.blocks[max(0, column.number - 4) : column.number]):
        words = _words(block.text)
        if block.unseen or len(words) < 3 or essence(block.text) in known or block.anchors:
            continue
        if begins_with_by(block.text):
            continue
        if (
            not any(map(str.isdigit, block.text))
            and len(block.text) <= _LONGEST_HEADLINE
            and not is_elsewhere(block.node)
        ):
            return block
    return None


def _proses(survey: Survey, headline: Node | None) -> list[Block]:
    """The first paragraphs behind the headline."""
    start = headline.last if headline is not None else 0
    prose = (block for block in survey.blocks[start:] if block.is_prose and not is_elsewhere(block.node, headline))
    return list(islice(prose, _PROSE_IN_HEAD + 1))


def _around(headline: Node | None, proses: Sequence[Block]) -> tuple[int, int]:
    """The blocks of the head: in the smallest element that holds headline and text, up to some paragraphs of it."""
    if headline is None:
        return (max(0, proses[0].number - _BEFORE), proses[0].number) if proses else (0, _BEHIND)
    box = _common(headline, proses[-1].node) if proses else headline.parent or headline
    start = max(box.first, headline.first - _BEFORE)
    end = proses[-1].number if len(proses) > _PROSE_IN_HEAD else box.last
    return start, min(max(end, headline.last), headline.last + _BEHIND)


def _common(one: Node, other: Node) -> Node:
    return next(box for box in (one, *one.ancestors()) if box.holds(other))


def _foot(survey: Survey, first: Block) -> range:
    """The last blocks of the text's own column and those right behind it."""
    column = first.node.parent or first.node
    last = max((block.number for block in survey.within(column) if block.is_prose), default=first.number)
    return range(last, min(len(survey.blocks), max(last + 1, column.last) + _NEAR))


def _pieces(block: Block) -> tuple[str, ...]:
    """The words of a line as its elements part them; times and signs that show nothing left out."""
    node = block.node
    if not (node.first == block.number and node.last == block.number + 1):
        return (block.text,)
    found: list[str] = []
    _collect(node.element, found)
    return tuple(found) or (block.text,)


_UNREAD = frozenset({"script", "style", "svg", "template", "noscript", "button", "img"})


def _collect(element: HtmlElement, found: list[str]) -> None:
    if element.tag in _UNREAD:
        return
    if text := squeezed(element.text or ""):
        found.append(text)
    for child in element:
        _collect(child, found)
        if tail := squeezed(child.tail or ""):
            found.append(tail)
