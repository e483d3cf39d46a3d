"""The passages that two texts have in common: runs of the same words, with no more than a phrase between them. Pure.

The work grows with the length of the texts, not with its square.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from pipelines.copies.shingles import Words

SLOT = 12
"""Words up to which what stands between two agreements is a word or phrase exchanged, not a passage rewritten; where
each character is one, as many more as make a shingle."""
_PLACES = 8
"""Places of a repeated phrase that are tried: the longest agreement counts."""
_RECENT = 3
"""Passages that may go on after a stray agreement: in a text that repeats itself an edit makes many of these."""
_DENSE = 0.6
"""The share of a passage's words that both texts have, at the least."""


@dataclass(frozen=True, slots=True)
class Run:
    """``length`` words that stand at ``a`` in one text and at ``b`` in the other."""

    a: int
    b: int
    length: int

    def to(self, after: Run) -> tuple[range, range]:
        """What stands between this and a later one, in either text."""
        return range(self.a + self.length, after.a), range(self.b + self.length, after.b)


def passages(a: Words, b: Words, least: int) -> list[list[Run]]:
    """The runs of each passage of at least so many words that one text took over from the other."""
    return [passage for passage in _passages(a, b) if _is_taken(passage, least)]


def _is_taken(passage: list[Run], least: int) -> bool:
    """Whether the words of a passage were taken over; a phrase here and there is what all papers write."""
    first, last = passage[0], passage[-1]
    length = max(last.a + last.length - first.a, last.b + last.length - first.b)
    return length >= least and sum(run.length for run in passage) >= _DENSE * length


def _passages(a: Words, b: Words) -> list[list[Run]]:
    """Runs that follow each other in both texts with no more than a phrase between them."""
    passages: list[list[Run]] = []
    recent: list[list[Run]] = []  # the last one first
    at = 0
    while at + a.width <= len(b):
        found = a.places.get(b.folded[at : at + a.width])
        if found is None:
            at += 1
            continue
        run, nth = _best(a, b, at, found, [passage[-1] for passage in recent])
        if nth is None:
            passages.append(passage := [])
        else:
            passage = recent.pop(nth)
        passage.append(run)
        recent = [passage, *recent[: _RECENT - 1]]
        at += run.length
    return passages


def _best(a: Words, b: Words, at: int, found: list[int], ends: list[Run]) -> tuple[Run, int | None]:
    """The longest agreement from here on, and which of these it follows, if any.

    One that follows counts for as many words more as may stand between two: what a text repeats is to be looked for
    where the text goes on.
    """
    most = a.scaled(SLOT)
    expected = ends[0].a + ends[0].length if ends else 0
    tried = []
    for place in _near(found, expected):
        run = Run(place, at, _length(a, b, place, at))
        nth = next((n for n, end in enumerate(ends) if _follows(end, run, most)), None)
        tried.append((run.length + most * (nth is not None), -abs(place - expected), run, nth))
    return max(tried, key=lambda one: one[:2])[2:]


def _follows(before: Run, after: Run, most: int) -> bool:
    length = before.length
    return 0 <= after.a - before.a - length <= most and 0 <= after.b - before.b - length <= most


def _near(places: list[int], expected: int) -> list[int]:
    """Of the places of a phrase those about where it is to be expected."""
    start = bisect_left(places, expected) - _PLACES // 2
    start = max(0, min(start, len(places) - _PLACES))
    return places[start : start + _PLACES]


def _length(a: Words, b: Words, x: int, y: int) -> int:
    length = a.width
    most = min(len(a) - x, len(b) - y)
    while length < most and a.folded[x + length] == b.folded[y + length]:
        length += 1
    return length
