"""Where do two texts say the same word for word, and what stands in one in place of the other's words? Pure.

Unlike an edit script this does not mind in which order paragraphs stand, and its cost grows with the length of the
texts, not with its square.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.copies.shingles import Words

_PASSAGE = 10
"""Words that a passage has at the least: a line of verse or of a statement, but no turn of phrase. Where each character
is a word, a sentence of ten is none either."""
_BOX = 30
"""Words of a byline, a link or an appeal at the most, and of two or three of them in a row …"""
_RESUMED = 3
"""… after which the text goes on where it stopped, but for words that an editor changed there."""
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
        """Return what stands between this and a later one, in either text."""
        return range(self.a + self.length, after.a), range(self.b + self.length, after.b)


@dataclass(frozen=True, slots=True)
class Alignment:
    """``runs``, and the ``slots``: pairs of ranges that stand between two of them in both texts, or before the first or
    after the last one. ``same`` words stand in either text where the other has them, each counted once; ``inserted``
    ones stand in the second text alone, in lines put in where the first goes on without them. ``common`` says of each
    word of either text, with a 1, that the other has it there.
    """

    runs: tuple[Run, ...]
    slots: tuple[tuple[range, range], ...]
    same: int
    inserted: int
    common: tuple[bytes, bytes]


def align(a: Words, b: Words) -> Alignment:
    """Compare two texts; what is shorter than a passage does not count."""
    taken = [passage for passage in _passages(a, b) if _is_taken_over(passage)]
    same_a, same_b = bytearray(len(a)), bytearray(len(b))
    slots: list[tuple[range, range]] = []
    for passage in taken:
        for run in passage:
            same_a[run.a : run.a + run.length] = same_b[run.b : run.b + run.length] = b"\1" * run.length
        slots += (before.to(after) for before, after in pairwise(passage))
    slots += _at_the_ends(taken, a, b)
    for of_a, of_b in slots:
        for x, y in _single_words(a, b, of_a, of_b):
            same_a[x] = same_b[y] = 1
    runs = tuple(run for passage in taken for run in passage)
    same, common = min(sum(same_a), sum(same_b)), (bytes(same_a), bytes(same_b))
    return Alignment(runs, tuple(slots), same, _inserted(runs, b.scaled(_BOX)), common)


def _is_taken_over(passage: list[Run]) -> bool:
    """Return whether one text took a passage over from the other; a phrase here and there is what all papers write."""
    first, last = passage[0], passage[-1]
    length = max(last.a + last.length - first.a, last.b + last.length - first.b)
    return length >= _PASSAGE and sum(run.length for run in passage) >= _DENSE * length


def _passages(a: Words, b: Words) -> list[list[Run]]:
    """Return runs that follow each other in both texts with no more than a phrase between them."""
    passages: list[list[Run]] = []
    recent: list[list[Run]] = []  # the last one first
    at = 0
    while at + a.width <= len(b):
        places = a.places.get(b.folded[at : at + a.width])
        if places is None:
            at += 1
            continue
        run, nth = _best(a, b, at, places, [passage[-1] for passage in recent])
        if nth is None:
            passages.append(passage := [])
        else:
            passage = recent.pop(nth)
        passage.append(run)
        recent = [passage, *recent[: _RECENT - 1]]
        at += run.length
    return passages


def _best(a: Words, b: Words, at: int, places: list[int], ends: list[Run]) -> tuple[Run, int | None]:
    """Return the longest agreement from here on, and which of these it follows, if any.

    One that follows counts for as many words more as may stand between two: what a text repeats is to be looked for
    where the text goes on.
    """
    most = a.scaled(SLOT)
    expected = ends[0].a + ends[0].length if ends else 0
    tried = []
    for place in _near(places, expected):
        run = Run(place, at, _length(a, b, place, at))
        nth = next((n for n, end in enumerate(ends) if _follows(end, run, most)), None)
        tried.append((run.length + most * (nth is not None), -abs(place - expected), run, nth))
    return max(tried, key=lambda rated: rated[:2])[2:]


def _follows(before: Run, after: Run, most: int) -> bool:
    length = before.length
    return 0 <= after.a - before.a - length <= most and 0 <= after.b - before.b - length <= most


def _near(places: list[int], expected: int) -> list[int]:
    """Return those places of a phrase that are about where it is to be expected."""
    start = bisect_left(places, expected) - _PLACES // 2
    start = max(0, min(start, len(places) - _PLACES))
    return places[start : start + _PLACES]


def _length(a: Words, b: Words, x: int, y: int) -> int:
    length = a.width
    most = min(len(a) - x, len(b) - y)
    while length < most and a.folded[x + length] == b.folded[y + length]:
        length += 1
    return length


def _inserted(runs: tuple[Run, ...], most: int) -> int:
    words = 0
    for before, after in pairwise((Run(0, 0, 0), *runs)):
        of_a, of_b = before.to(after)
        if before.a + before.length <= after.a and len(of_a) <= _RESUMED < len(of_b) <= most:
            words += len(of_b) - len(of_a)
    return words


def _single_words(a: Words, b: Words, of_a: range, of_b: range) -> Iterator[tuple[int, int]]:
    """Yield the words that stand alone between those that were exchanged: a longest common subsequence."""
    mine, theirs = a.folded[of_a.start : of_a.stop], b.folded[of_b.start : of_b.stop]
    if set(mine).isdisjoint(theirs):
        return
    longest = [[0] * (len(theirs) + 1) for _ in range(len(mine) + 1)]  # from here to the end of both
    for x in reversed(range(len(mine))):
        for y in reversed(range(len(theirs))):
            is_same = mine[x] == theirs[y]
            longest[x][y] = longest[x + 1][y + 1] + 1 if is_same else max(longest[x + 1][y], longest[x][y + 1])
    x = y = 0
    while longest[x][y]:
        if mine[x] == theirs[y]:
            yield of_a[x], of_b[y]
            x, y = x + 1, y + 1
        elif longest[x + 1][y] >= longest[x][y + 1]:
            x += 1
        else:
            y += 1


def _at_the_ends(taken: list[list[Run]], a: Words, b: Words) -> Iterator[tuple[range, range]]:
    """Yield what stands before all that agrees, and after it, if it is no more than a phrase."""
    if taken:
        start, end = Run(0, 0, 0), Run(len(a), len(b), 0)
        for slot in (start.to(taken[0][0]), taken[-1][-1].to(end)):
            if 0 < max(map(len, slot)) <= a.scaled(SLOT):
                yield slot
