"""Where two texts say the same word for word, and what stands in one in place of the other's words. Pure.

Unlike an edit script this does not mind in which order paragraphs stand, and its cost grows with the length of the
texts, not with its square.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.copies.shingles import Words
from pipelines.passages import SLOT, Run, passages

_PASSAGE = 10
"""Words that a passage has at the least: a line of verse or of a statement, but no turn of phrase. Where each character
is a word, a sentence of ten is none either."""
_BOX = 30
"""Words of a byline, a link or an appeal at the most, and of two or three of them in a row …"""
_RESUMED = 3
"""… after which the text goes on where it stopped, but for words that an editor changed there."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """``runs``, and the ``slots``: pairs of ranges that stand between two of them in both texts, or before the first or
    after the last one. ``same`` words stand in either text where the other has them, each counted once; ``inserted``
    ones stand in the second text alone, in lines put in where the first goes on without them.
    """

    runs: tuple[Run, ...]
    slots: tuple[tuple[range, range], ...]
    same: int
    inserted: int


def align(a: Words, b: Words, least: int = _PASSAGE) -> Alignment:
    """Compare two texts; passages shorter than ``least`` words do not count."""
    taken = passages(a, b, least)
    same_a, same_b = bytearray(len(a)), bytearray(len(b))
    slots: list[tuple[range, range]] = []
    for passage in taken:
        for run in passage:
            same_a[run.a : run.a + run.length] = same_b[run.b : run.b + run.length] = b"\1" * run.length
        slots += (before.to(after) for before, after in pairwise(passage))
    slots += _edges(taken, a, b)
    for of_a, of_b in slots:
        for x, y in _alone(a, b, of_a, of_b):
            same_a[x] = same_b[y] = 1
    runs = tuple(run for passage in taken for run in passage)
    return Alignment(runs, tuple(slots), min(sum(same_a), sum(same_b)), _inserted(runs, b.scaled(_BOX)))


def _inserted(runs: tuple[Run, ...], most: int) -> int:
    found = 0
    for before, after in pairwise((Run(0, 0, 0), *runs)):
        of_a, of_b = before.to(after)
        if before.a + before.length <= after.a and len(of_a) <= _RESUMED < len(of_b) <= most:
            found += len(of_b) - len(of_a)
    return found


def _alone(a: Words, b: Words, of_a: range, of_b: range) -> Iterator[tuple[int, int]]:
    """The words that stand alone between those that were exchanged, in their order: a longest common subsequence."""
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


def _edges(taken: list[list[Run]], a: Words, b: Words) -> Iterator[tuple[range, range]]:
    """What stands before all that agrees, and after it, if it is no more than a phrase."""
    if taken:
        start, end = Run(0, 0, 0), Run(len(a), len(b), 0)
        for slot in (start.to(taken[0][0]), taken[-1][-1].to(end)):
            if 0 < max(map(len, slot)) <= a.scaled(SLOT):
                yield slot
