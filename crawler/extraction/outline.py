"""Where on a page its links and boxes stand: one walk over the tree, then alignment with the text by its letters.

The engine gives text without places. So the walk notes, in the order of the page, how each block of text begins,
each link with the words around it, and each box; and afterwards looks these up in the paragraphs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lxml.html import HtmlElement

from crawler.extraction.dom import BLOCKS, INVISIBLE
from crawler.extraction.letters import BEGINNING, Letters, dense

_CONTEXT = 24
_CERTAIN = 20
"""Letters that are not found twice by chance."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as it stands in a block: its words, and the letters on its line before and after."""

    href: str
    words: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Found:
    """A link in a paragraph: its number, and from which character to which."""

    href: str
    position: int
    start: int
    end: int


Outline = tuple[str | Anchor | HtmlElement, ...]
"""In the order of the page: how each block of text begins, each link, each box."""


@dataclass(frozen=True)
class Places:
    """What alignment gave: the links in paragraphs, and the paragraph before which each box stands."""

    links: tuple[Found, ...]
    boxes: Mapping[HtmlElement, int]

    @cached_property
    def by_paragraph(self) -> Mapping[int, Sequence[Found]]:
        """The links of each paragraph that has some."""
        found: dict[int, list[Found]] = {}
        for one in self.links:
            found.setdefault(one.position, []).append(one)
        return found


def outline(root: HtmlElement, boxes: Container[HtmlElement]) -> Outline:
    """Walk a tree once. Of what is within a box, only further boxes are noted."""
    frames = _frames(root)
    inside: set[HtmlElement] = set()
    events: list[str | Anchor | HtmlElement] = []
    for element in root.iter():
        if element in boxes:
            inside.update(element.iter())
            events.append(element)
        elif element in inside or element in frames:
            continue
        elif element.tag in BLOCKS:
            events.extend(_block(element))
        elif element.getparent() in frames:  # words beside blocks, such as the name under a quotation
            events.extend(event for event in _block(element) if isinstance(event, str))
    return tuple(events)


def _frames(root: HtmlElement) -> set[HtmlElement]:
    """The elements that hold blocks, and so are none of text themselves."""
    frames: set[HtmlElement] = set()
    for element in root.iter(*BLOCKS):
        for parent in element.iterancestors():
            if parent in frames:
                break
            frames.add(parent)
    return frames


def aligned(events: Outline, paragraphs: Sequence[str]) -> Places:
    """Find the links and boxes of an outline in the paragraphs that the engine gave."""
    letters = Letters.of(paragraphs)
    beginnings = letters.beginnings()
    current, cursor = -1, 0
    links: list[Found] = []
    boxes: dict[HtmlElement, int] = {}
    for event in events:
        if isinstance(event, str):
            numbers = beginnings.get(event, [])
            later = bisect_right(numbers, current)
            if later < len(numbers):
                current = numbers[later]
                cursor = letters.starts[current]
        elif isinstance(event, Anchor):
            found = _look_up(event, letters, cursor)
            if found is not None:
                links.append(found[0])
                cursor = found[1]
        else:
            boxes[event] = current + 1
    return Places(tuple(links), boxes)


def _look_up(anchor: Anchor, letters: Letters, cursor: int) -> tuple[Found, int] | None:
    key = anchor.before + anchor.words + anchor.after
    start = max(0, cursor - len(anchor.before))  # which may hold the last link
    at = letters.text.find(key, start) if key else -1
    if at < 0 or not anchor.words:
        return None
    first = at + len(anchor.before)
    last = first + len(anchor.words) - 1
    position = letters.paragraph(first)
    if position != letters.paragraph(last):
        return None
    if len(key) < _CERTAIN and position != letters.paragraph(cursor):
        return None
    return Found(anchor.href, position, letters.offset(first), letters.offset(last) + 1), last + 1


def _block(element: HtmlElement) -> Iterator[str | Anchor]:
    line = _Line()
    line.add(element)
    text = "".join(line.pieces)
    if text:
        yield text[:BEGINNING].partition("\n")[0] or text[:BEGINNING]
    for href, start, end in line.spans:
        before = text[max(0, start - _CONTEXT) : start].rpartition("\n")[2]
        after = text[end : end + _CONTEXT].partition("\n")[0]
        yield Anchor(href, text[start:end].replace("\n", ""), before, after)


@dataclass
class _Line:
    """The letters of a block, with a line end for each break, and which of them each link covers."""

    pieces: list[str] = field(default_factory=list)
    spans: list[tuple[str, int, int]] = field(default_factory=list)
    length: int = 0

    def add(self, element: HtmlElement) -> None:
        if element.tag in INVISIBLE:
            return
        start = self.length
        if element.tag == "br":
            self._write("\n")
        elif element.text:
            self._write(dense(element.text))
        for child in element:
            self.add(child)
            if child.tail:
                self._write(dense(child.tail))
        href = element.get("href") if element.tag == "a" else None
        if href:
            self.spans.append((href, start, self.length))

    def _write(self, letters: str) -> None:
        self.pieces.append(letters)
        self.length += len(letters)
