"""Paragraphs as letters alone, so that texts which differ in white space can be found in one another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from crawler.extraction.words import squeezed

BEGINNING = 40
"""Letters by which the beginning of a paragraph is known."""


def dense(text: str) -> str:
    """A text without white space and marks that show nothing."""
    return squeezed(text).replace(" ", "")


@dataclass(frozen=True)
class Letters:
    """Paragraphs without white space, one after another, with the way back to their characters."""

    paragraphs: Sequence[str]
    text: str
    starts: Sequence[int]
    _offsets: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, paragraphs: Sequence[str]) -> Letters:
        """The letters of these."""
        bare = ["".join(paragraph.split()) for paragraph in paragraphs]  # as offset() counts
        ends = list(accumulate(map(len, bare), initial=0))
        return cls(paragraphs, "".join(bare), ends[:-1])

    def offset(self, at: int) -> int:
        """Which character of its paragraph a letter is."""
        number = self.paragraph(at)
        if number not in self._offsets:
            paragraph = self.paragraphs[number]
            self._offsets[number] = [n for n, character in enumerate(paragraph) if not character.isspace()]
        return self._offsets[number][at - self.starts[number]]

    def beginnings(self) -> dict[str, list[int]]:
        """The numbers of the paragraphs that begin with the same letters."""
        found: dict[str, list[int]] = {}
        for number, (start, end) in enumerate(pairwise([*self.starts, len(self.text)])):
            found.setdefault(self.text[start : min(end, start + BEGINNING)], []).append(number)
        return found

    def paragraph(self, at: int) -> int:
        """In which paragraph a letter stands."""
        return bisect_right(self.starts, at) - 1
