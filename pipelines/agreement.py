"""Which parts of two sequences agree, in their order, at a cost that grows with their length and not its square. Pure.

What both have once only holds the rest in place (the patience difference, B. Cohen): first runs of three, then single
ones. Only the small gaps between are compared each with each; a gap that stays large was written anew.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_WIDTHS = (3, 1)
_SMALL = 900
"""Pairs of places in a gap up to which all are compared: thirty words against thirty."""


class Block(NamedTuple):
    """``size`` parts that stand from ``a`` in one sequence and from ``b`` in the other."""

    a: int
    b: int
    size: int


class _Gap(NamedTuple):
    a: int
    a_end: int
    b: int
    b_end: int


def blocks(mine: Sequence[str], theirs: Sequence[str]) -> list[Block]:
    """Where the two agree: blocks that rise in both, as long as they can be. Always the same for the same two."""
    found: list[Block] = []
    gaps = [_trimmed(mine, theirs, _Gap(0, len(mine), 0, len(theirs)), found)]
    for width in _WIDTHS:
        gaps = [part for gap in gaps for part in _parted(mine, theirs, gap, width, found)]
    for gap in gaps:
        if 0 < _cells(gap) <= _SMALL:
            found += _compared(mine, theirs, gap)
    return _joined(sorted(found))


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of pairs sorted by their first numbers the longest row whose second ones rise too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for n, (_, second) in enumerate(pairs):
        place = bisect_left(ends, second)
        before.append(last[place - 1] if place else -1)
        ends[place : place + 1], last[place : place + 1] = [second], [n]
    row, n = [], last[-1] if last else -1
    while n >= 0:
        row.append(pairs[n])
        n = before[n]
    return row[::-1]


def _cells(gap: _Gap) -> int:
    return (gap.a_end - gap.a) * (gap.b_end - gap.b)


def _trimmed(mine: Sequence[str], theirs: Sequence[str], gap: _Gap, found: list[Block]) -> _Gap:
    """A gap without what agrees at its end, then at its beginning, which goes to ``found``."""
    a, a_end, b, b_end = gap
    while a < a_end and b < b_end and mine[a_end - 1] == theirs[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
    if a_end < gap.a_end:
        found.append(Block(a_end, b_end, gap.a_end - a_end))
    while a < a_end and b < b_end and mine[a] == theirs[b]:
        a, b = a + 1, b + 1
    if a > gap.a:
        found.append(Block(gap.a, gap.b, a - gap.a))
    return _Gap(a, a_end, b, b_end)


def _parted(mine: Sequence[str], theirs: Sequence[str], gap: _Gap, width: int, found: list[Block]) -> Iterator[_Gap]:
    """The gaps that are left between runs of this width that both have once."""
    if _cells(gap) <= _SMALL:
        yield gap
        return
    at_mine, at_theirs = _once(mine, gap.a, gap.a_end, width), _once(theirs, gap.b, gap.b_end, width)
    held = rising([(a, at_theirs[run]) for run, a in at_mine.items() if run in at_theirs])
    a, b = gap.a, gap.b
    for next_a, next_b in held:
        if next_a >= a and next_b >= b:
            yield _trimmed(mine, theirs, _Gap(a, next_a, b, next_b), found)
            found.append(Block(next_a, next_b, width))
            a, b = next_a + width, next_b + width
    yield _trimmed(mine, theirs, _Gap(a, gap.a_end, b, gap.b_end), found)


def _once(of: Sequence[str], start: int, end: int, width: int) -> dict[tuple[str, ...], int]:
    """Where each run begins that is there once, in their order."""
    found: dict[tuple[str, ...], int] = {}
    again: set[tuple[str, ...]] = set()
    for place in range(start, end - width + 1):
        run = tuple(of[place : place + width])
        if run in found:
            again.add(run)
        found.setdefault(run, place)
    return {run: place for run, place in found.items() if run not in again}


def _compared(mine: Sequence[str], theirs: Sequence[str], gap: _Gap) -> Iterator[Block]:
    matcher = SequenceMatcher(None, mine[gap.a : gap.a_end], theirs[gap.b : gap.b_end], autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        if size:
            yield Block(gap.a + a, gap.b + b, size)


def _joined(found: Sequence[Block]) -> list[Block]:
    """Blocks that touch in both sequences as one."""
    joined: list[Block] = []
    for one in found:
        if joined and (joined[-1].a + joined[-1].size, joined[-1].b + joined[-1].size) == (one.a, one.b):
            joined[-1] = Block(joined[-1].a, joined[-1].b, joined[-1].size + one.size)
        else:
            joined.append(one)
    return joined
