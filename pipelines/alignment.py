"""Where two texts say the same word for word, and what stands in one in place of the other's words. Pure.

Unlike an edit script this does not mind in which order paragraphs stand, and its cost grows with the length of the
texts, not with its square.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.shingles import Words

_PLACES = 8
"""Places of a repeated phrase that are tried: the longest agreement counts."""
_SLOT = 12
"""Words up to which what stands between two agreements is a word or phrase exchanged, not a passage rewritten."""

_PASSAGE = 10
"""Words that a passage has at the least: a line of verse or of a statement, but no turn of phrase."""
_DENSE = 0.6
"""The share of its words that both texts have, at the least."""


@dataclass(frozen=True, slots=True)
class Run:
    """``length`` words that stand at ``a`` in one text and at ``b`` in the other."""

    a: int
    b: int
    length: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """``runs`` in the order of ``b``. ``slots`` are the pairs of ranges, as (start, end), that stand between two runs
    in both texts, or before the first or after the last one. ``same`` words stand in either text where the other has
    them, each counted once.
    """

    runs: tuple[Run, ...]
    slots: tuple[tuple[range, range], ...]
    same: int


def align(a: Words, b: Words, least: int = _PASSAGE) -> Alignment:
    """Compare two texts; passages shorter than ``least`` words do not count."""
    passages = [passage for passage in _passages(_runs(a, b)) if _is_taken(passage, least)]
    same_a, same_b = bytearray(len(a)), bytearray(len(b))
    slots: list[tuple[range, range]] = []
    for passage in passages:
        for run in passage:
            same_a[run.a : run.a + run.length] = same_b[run.b : run.b + run.length] = b"\1" * run.length
        for before, after in pairwise(passage):
            slots.append((range(before.a + before.length, after.a), range(before.b + before.length, after.b)))
    slots += _edges(passages, len(a), len(b))
    for of_a, of_b in slots:
        if len(of_a) == len(of_b):  # words that stand alone between two that were exchanged
            for x, y in zip(of_a, of_b, strict=True):
                if a.folded[x] == b.folded[y]:
                    same_a[x] = same_b[y] = 1
    runs = tuple(run for passage in passages for run in passage)
    return Alignment(runs, tuple(slots), min(sum(same_a), sum(same_b)))


def _edges(passages: list[list[Run]], a: int, b: int) -> Iterator[tuple[range, range]]:
    """What stands before all that agrees, and after it, in texts of these lengths, if it is no more than a phrase."""
    if passages:
        first, last = passages[0][0], passages[-1][-1]
        for slot in (
            (range(first.a), range(first.b)),
            (range(last.a + last.length, a), range(last.b + last.length, b)),
        ):
            if 0 < max(map(len, slot)) <= _SLOT:
                yield slot


def _passages(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Runs that follow each other in both texts with no more than a phrase between them."""
    passage: list[Run] = []
    for run in runs:
        if passage and not _follows(passage[-1], run):
            yield passage
            passage = []
        passage.append(run)
    if passage:
        yield passage


def _follows(before: Run, after: Run) -> bool:
    length = before.length
    return 0 <= after.a - before.a - length <= _SLOT and 0 <= after.b - before.b - length <= _SLOT


def _is_taken(passage: list[Run], least: int) -> bool:
    """Whether the words of a passage were taken over; a phrase here and there is what all papers write."""
    first, last = passage[0], passage[-1]
    length = max(last.a + last.length - first.a, last.b + last.length - first.b)
    return length >= least and sum(run.length for run in passage) >= _DENSE * length


def _runs(a: Words, b: Words) -> Iterator[Run]:
    width, places = a.width, a.places
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
