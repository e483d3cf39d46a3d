"""Where elements stand among the text of a page, and how much text they hold.

One walk measures a tree; after it each question is a matter of two numbers, however much an element holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, islice

from lxml.html import HtmlElement

from crawler.extraction.words import squeezed

FRAMES = frozenset({"html", "body", "main", "head"})
PARAGRAPH = 80
"""Characters: what is shorter is a label, a time or the title of something."""
_HEADINGS = frozenset({"h2", "h3"})
_PROSE = frozenset({"p", "div", "blockquote", "section"})
_MOST_AROUND = 85
"""Characters beside an element that labels, times and names of authors come to, in what wraps it alone."""
_UP = 4
_MOST_BESIDE = 40


class Standing:
    """Measures of one tree, which must not change while they are asked for."""

    def __init__(self, root: HtmlElement):
        self._numbers: dict[HtmlElement, int] = {}
        self._lengths: list[int] = []
        """By number, which is an element's place in the order of the page."""
        self._ends: list[int] = []
        """By number, that of the first element behind all that one holds."""
        self._read = 0
        self._gaps: set[int] = set()
        """After how many characters white space was counted as one more."""
        self._is_apart = False
        self._walk(root)
        self._linked = self._summed(root.iter("a"))
        self._in_paragraphs = self._summed(root.iter("p"))
        self._of_prose = self._summed(one for one in root.iter("p") if self._is_text(one))

    def _walk(self, element: HtmlElement) -> None:
        number = self._numbers[element] = len(self._lengths)
        self._lengths.append(0)
        self._ends.append(0)
        before = self._read
        if element.text:
            self._add(element.text)
        for child in element:
            self._walk(child)
            if child.tail:
                self._add(child.tail)
        read = self._read - before
        self._lengths[number] = read - 1 if read and before in self._gaps else read
        self._ends[number] = len(self._lengths)

    def _add(self, text: str) -> None:
        """Count what is read: the words, and one character for white space between them."""
        words = "" if text.isspace() else squeezed(text)
        if not words:
            self._is_apart = True
            return
        if self._is_apart or text[0].isspace():
            self._gaps.add(self._read)
            self._read += 1
        self._read += len(words)
        self._is_apart = text[-1].isspace()

    def _summed(self, elements: Iterable[HtmlElement]) -> list[int]:
        """For each element, and the end, how many characters those of some elements hold that stand before it."""
        own = [0] * len(self._lengths)
        for element in elements:
            number = self._numbers[element]
            own[number] = self._lengths[number]
        return list(accumulate(own, initial=0))

    def _within(self, sums: list[int], element: HtmlElement) -> int:
        number = self._numbers[element]
        return sums[self._ends[number]] - sums[number]

    def length(self, element: HtmlElement) -> int:
        """How many characters of text an element holds, white space counted as in print: once, and only within."""
        return self._lengths[self._numbers[element]]

    def in_paragraphs(self, element: HtmlElement) -> int:
        """How many of these stand in paragraphs."""
        return self._within(self._in_paragraphs, element)

    def in_text(self, element: HtmlElement, *, both: bool = False) -> bool:
        """Whether a paragraph of text stands before an element or what wraps it alone; ``both``: also after it."""
        for _ in range(_UP):
            sides = [self._is_prose(next(self.beside(element, later=later), None)) for later in (False, True)]
            if all(sides) or (sides[0] and not both):
                return True
            parent = element.getparent()
            if parent is None or parent.tag in FRAMES or parent.tag == "article":
                return False
            if self.length(parent) > self.length(element) + _MOST_AROUND:
                return False
            element = parent
        return False

    def ends_text(self, element: HtmlElement) -> bool:
        """Whether an element is one of several alike that follow right after a paragraph, in the text's own column."""
        others = (one for one in self.beside(element, later=False) if one.get("class") != element.get("class"))
        before = next(others, None)
        return before is not None and before.tag == "p" and self._is_prose(before)

    def beside_text(self, element: HtmlElement) -> bool:
        """Whether the next words before or after an element are a paragraph of text."""
        return any(self._is_prose(next(self.beside(element, later=later), None)) for later in (False, True))

    def beside(self, element: HtmlElement, *, later: bool) -> Iterator[HtmlElement]:
        """The elements before it, or after it, that hold words, the nearest first."""
        siblings = islice(element.itersiblings(preceding=not later), _MOST_BESIDE)
        return (one for one in siblings if self.length(one))

    def _is_prose(self, element: HtmlElement | None) -> bool:
        """Whether an element is, or holds, a paragraph not made of links; a heading stands for its text."""
        if element is None:
            return False
        if element.tag in _HEADINGS:
            return self._within(self._linked, element) == 0
        return element.tag in _PROSE and (self._within(self._of_prose, element) > 0 or self._is_text(element))

    def _is_text(self, element: HtmlElement) -> bool:
        length = self.length(element)
        return (
            element.tag in ("p", "blockquote")
            and length >= PARAGRAPH
            and self._within(self._linked, element) < length / 2
        )
