"""Where two texts say the same word for word, and what stands in one in place of the other's words. Pure.

Unlike an edit script this does not mind in which order paragraphs stand, and its cost grows with the length of the
texts, not with its square.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.shingles import Words

_PLACES = 8
"""Places of a repeated phrase that are tried: the longest agreement counts."""
_SLOT = 12
"""Words up to which what stands between two agreements is a word or phrase exchanged, not a passage rewritten."""


@dataclass(frozen=True, slots=True)
class Run:
    """``length`` words that stand at ``a`` in one text and at ``b`` in the other."""

    a: int
    b: int
    length: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """``runs`` in the order of ``b``; ``slots`` are the pairs of ranges, as (start, end), that stand between two runs
    in both texts; ``same_a`` and ``same_b`` tell of each word whether the other text has it there.
    """

    runs: tuple[Run, ...]
    slots: tuple[tuple[range, range], ...]
    same_a: bytes
    same_b: bytes

    @property
    def share_a(self) -> float:
        """How much of the first text the second has, 0 to 1, by words."""
        return sum(self.same_a) / max(len(self.same_a), 1)

    @property
    def share_b(self) -> float:
        """How much of the second text the first has, 0 to 1, by words."""
        return sum(self.same_b) / max(len(self.same_b), 1)


def align(a: Words, b: Words) -> Alignment:
    """Compare two texts."""
    runs = tuple(_runs(a, b))
    same_a, same_b = bytearray(len(a)), bytearray(len(b))
    for run in runs:
        same_a[run.a : run.a + run.length] = same_b[run.b : run.b + run.length] = b"\1" * run.length
    slots = tuple(_slots(runs))
    for of_a, of_b in slots:
        if len(of_a) == len(of_b):  # words that stand alone between two that were exchanged
            for x, y in zip(of_a, of_b, strict=True):
                if a.folded[x] == b.folded[y]:
                    same_a[x] = same_b[y] = 1
    return Alignment(runs, slots, bytes(same_a), bytes(same_b))


def _runs(a: Words, b: Words) -> Iterator[Run]:
    width, places = a.width, a.shingles
    at, expected = 0, 0
    while at + width <= len(b):
        found = places.get(b.folded[at : at + width])
        if found is None:
            at += 1
            continue
        tried = found[:_PLACES]
        run = max((Run(place, at, _length(a, b, place, at)) for place in tried), key=lambda run: _rank(run, expected))
        yield run
        at += run.length
        expected = run.a + run.length


def _rank(run: Run, expected: int) -> tuple[int, int]:
    return run.length, -abs(run.a - expected)


def _length(a: Words, b: Words, x: int, y: int) -> int:
    length = a.width
    most = min(len(a) - x, len(b) - y)
    while length < most and a.folded[x + length] == b.folded[y + length]:
        length += 1
    return length


def _slots(runs: tuple[Run, ...]) -> Iterator[tuple[range, range]]:
    for before, after in pairwise(runs):
        of_a = range(before.a + before.length, after.a)
        of_b = range(before.b + before.length, after.b)
        if 0 < len(of_a) <= _SLOT and 0 < len(of_b) <= _SLOT:
            yield of_a, of_b
