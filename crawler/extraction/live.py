"""The posts of a live blog, in the order of the page, each with its time.

They are known as sisters that each hold a time (https://html.spec.whatwg.org/#the-time-element) and a text, on a page
that calls itself live, and by https://schema.org/LiveBlogPosting. The engine finds some of them; they belong together.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from crawler.article import Block as ArticleBlock
from crawler.article import words
from crawler.extraction.json_ld import strings
from crawler.extraction.page import Page
from crawler.extraction.survey import Block, Node, Survey
from crawler.extraction.witnesses import Piece
from crawler.extraction.words import essence, plain

_FEWEST = 3
_HIGHEST = 8
"""Levels from a time up to its post, and from a post up to what is called live."""
_LIVE = ("live", "ticker", "timeline")
_TEXT = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "blockquote", "li", "dd", "pre"})
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_BEGINNING = 40
_WORDS_OF_CAPTION = 6
_LONGEST_SIGNATURE = 200
"""Letters of author, time and what to share a post by."""
_CLOCK = re.compile(r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:\s?(?:Uhr|h))?")
_LINES = re.compile(r"[\n\r]+|<br ?/?>|</p>")


@dataclass(frozen=True)
class Posts:
    """The posts of a page: the blocks of all of them, and at the first of each its time.

    ``pieces`` are posts that the page does not print, with their times.
    """

    blocks: frozenset[int] = frozenset()
    starts: Mapping[int, datetime | None] = field(default_factory=dict)
    pieces: Sequence[tuple[Piece, datetime | None]] = ()


@dataclass(frozen=True)
class _Told:
    """A post in the JSON-LD: its paragraphs and its time."""

    pieces: tuple[Piece, ...]
    at: datetime | None


def posts(page: Page, boxed: Container[int], chosen: Container[int]) -> Posts:
    """All posts that a page holds; none on a page that is not live. ``boxed`` are blocks beside the text."""
    told = list(_told(page))
    times = _times(told)
    starts: dict[int, datetime | None] = {}
    blocks: set[int] = set()
    for node in _sisters(page, bool(told), times):
        own = [block for block in _texts(page.survey, node) if block.number not in boxed]
        if own:
            at = next((at for block in own[:2] if (at := times.get(_key(block.text)))), None)
            starts[own[0].number] = at or _time_in(page, node)
            blocks.update(block.number for block in own)
    if starts and (told or any(number in chosen for number in blocks)):
        return Posts(frozenset(blocks), starts)
    if not told:
        return Posts()
    marked = {
        block.number: at
        for block in page.survey.blocks
        if block.unseen is None and block.number in chosen and (at := times.pop(_key(block.text), None))
    }
    if marked:
        return Posts(frozenset(marked), marked)
    return Posts(pieces=[(piece, post.at if not n else None) for post in told for n, piece in enumerate(post.pieces)])


def before_posts(paragraphs: Sequence[str], blocks: Iterable[ArticleBlock]) -> tuple[str, ...]:
    """The introduction of a live blog; of any other text, all of it.

    Of a post its first paragraph alone is marked, and no page says where the last one ends: what follows is the posts'.
    """
    first = min((block.position for block in blocks if block.kind == "post"), default=len(paragraphs))
    return tuple(paragraphs[:first])


def _told(page: Page) -> Iterator[_Told]:
    """What the JSON-LD holds of posts."""
    updates = page.raw("liveBlogUpdate")
    for update in updates if isinstance(updates, list) else [updates]:
        if not isinstance(update, dict):
            continue
        title = [Piece(text, "heading") for one in strings(update.get("headline")) if (text := plain(one))]
        lines = (line for body in strings(update.get("articleBody")) for line in _LINES.split(body))
        pieces = [*title, *(Piece(text) for line in lines if (text := plain(line)))]
        if pieces:
            yield _Told(tuple(pieces), _moment(page, update.get("datePublished")))


def _sisters(page: Page, declared: bool, times: Container[str]) -> list[Node]:
    """The largest family of elements that each hold a time, or a heading that the JSON-LD gives one.

    Only within what is called live, if the page does not say so. Clock times count on the page's own day.
    """
    surveyed = page.survey
    if not declared and not _calls_live(*surveyed.by_tag, *(node.hint for node in surveyed.nodes if node.hint)):
        return []
    marks = [node for node in surveyed.nodes if node.tag == "time" or _has_time(node)]
    if declared:
        marks += [
            node for node in surveyed.inside(surveyed.root, "h2", "h3", "h4") if _key(surveyed.text(node)) in times
        ]
    holding: dict[Node, None] = {}  # a set in the order of the page
    for mark in marks:
        if mark.attributes.get("datetime") and mark.tag != "time":
            holding[mark] = None
        holding.update(dict.fromkeys(islice(mark.ancestors(), _HIGHEST)))
    best: list[Node] = []
    for parent in dict.fromkeys(one.parent for one in holding if one.parent is not None):
        family = [child for child in parent.children if child in holding]
        alike = len({child.tag for child in family}) == 1 and len(family) >= max(_FEWEST, len(best) + 1)
        if not alike:
            continue
        texts = sum(_has_text(surveyed, one) for one in family)  # a post may be but a heading and a picture
        if (declared and texts) or (texts * 2 >= max(1, len(family)) and _is_called_live(family[0])):
            best = family
    return best


def _has_time(node: Node) -> bool:
    if node.attributes.get("datetime"):
        return True
    return _CLOCK.fullmatch(node.opening) is not None


def _has_text(page: Survey, node: Node) -> bool:
    """Whether there is a paragraph in it that is not for the most part a link, as in a teaser."""
    paragraphs = page.inside(node, "p", "blockquote", "li")
    return any(one.length > 2 * one.linked for one in paragraphs) or any(one.is_prose for one in page.within(node))


def _is_called_live(node: Node) -> bool:
    around = (node, *islice(node.ancestors(), _HIGHEST // 2))
    return _calls_live(*(f"{one.tag} {one.hint}" for one in around if one.tag not in ("html", "body")))


def _calls_live(*names: str) -> bool:
    said = " ".join(names)
    return any(word in said for word in _LIVE)


def _texts(page: Survey, post: Node) -> list[Block]:
    """The blocks of a post: beside them stand its time, its author and what to share it by."""
    seen = [block for block in page.within(post) if block.unseen is None]
    found = [block for block in seen if block.node.tag in _TEXT or block.is_paragraph]
    whole = sum(len(block.text) for block in seen)
    if whole > sum(len(block.text) for block in found) + _LONGEST_SIGNATURE:
        found = seen  # its text is in no paragraphs
    if found:
        return found
    longest = max(seen, key=lambda block: len(block.text), default=None)  # of a post that is but a picture or a video
    return [longest] if longest is not None and words(longest.text) >= _WORDS_OF_CAPTION else []


def _time_in(page: Page, post: Node) -> datetime | None:
    """What a ``datetime`` says, else seconds or milliseconds since 1970, else a clock time of the page's own day."""
    inside = page.survey.nodes[post.number : post.end]
    said = [text for one in inside if (text := one.attributes.get("datetime"))]
    numbers = [value for name, value in post.attributes.items() if "time" in name and _EPOCH.fullmatch(value)]
    exact = (datetime.fromtimestamp(int(number[:10]), UTC) for number in numbers)
    found = next((at for one in said if (at := _moment(page, one))), None) or next(exact, None)
    if found is not None:
        return found
    clocks = (_CLOCK.fullmatch(one.opening) for one in inside)
    clock = next((one for one in clocks if one), None)
    published = page.published_for_machines if clock else None
    if clock is None or published is None or int(clock["hour"]) > 23 or int(clock["minute"]) > 59:
        return None
    written = f"{published.local_day().isoformat()}T{int(clock['hour']):02}:{clock['minute']}:00"
    offset = published.offset
    zone = "" if offset is None else f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
    return _moment(page, written + zone)


def _moment(page: Page, text: Any) -> datetime | None:
    """A time of day in UTC; None for a plain date or nonsense."""
    found = page.moment(text) if isinstance(text, str) else None
    return found.at if found is not None and isinstance(found.at, datetime) else None


def _times(told: Sequence[_Told]) -> dict[str, datetime]:
    return {_key(post.pieces[0].text): post.at for post in told if post.at}


def _key(text: str) -> str:
    return essence(text[: 3 * _BEGINNING])[:_BEGINNING]
