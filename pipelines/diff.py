"""Which parts of two texts agree in their order, and which of their words differ? Pure.

One comparison for the summaries of revisions, the lineage of copies and the pages of the reading room. Its cost grows
with the length of the texts, not with its square, and the same two texts always give the same answer: what both have
just once holds the rest in place (the patience difference, B. Cohen), first runs of three parts, then single ones. Only
the small gaps between are compared each with each; a gap that stays large was written anew.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from crawler.scripts import UNSPACED, UNSPACED_LETTER

SAME, ADDED, REMOVED = "same", "added", "removed"
_WIDTHS = (3, 1)
_SMALL = 900
"""Pairs of places in a gap up to which all are compared: thirty words against thirty."""
_SHORT = 3
"""Letters up to which a word that two rewritten passages share between others is chance, and no agreement."""
_TOKEN = re.compile(rf"[{UNSPACED}]\s*|[^\s{UNSPACED}]+\s*|\s+")


class Block(NamedTuple):
    """``size`` parts that stand from ``a`` in one sequence and from ``b`` in the other."""

    a: int
    b: int
    size: int


class Opcode(NamedTuple):
    """Parts ``a`` to ``a_end`` of one sequence, in whose place the other has ``b`` to ``b_end``; either may be empty.

    All of them in turn make both sequences.
    """

    is_equal: bool
    a: int
    a_end: int
    b: int
    b_end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that is the same, added or removed."""

    kind: str
    text: str


def compare_words(old: str, new: str) -> tuple[Piece, ...]:
    """Return the words of both, in order, what was removed before what was added.

    Only white space between them differs from the originals, if anything.
    """
    mine, theirs = tokens(old), tokens(new)
    return _joined(_runs(mine, theirs))


def tokens(text: str) -> list[str]:
    """Return the words of a text, each with the white space after it; of a script without spaces, its letters."""
    return _TOKEN.findall(text)


def opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[Opcode]:
    """Yield how one sequence becomes the other."""
    a = b = 0
    for block in (*matching_blocks(old, new), Block(len(old), len(new), 0)):
        if block.a > a or block.b > b:
            yield Opcode(False, a, block.a, b, block.b)
        a, b = block.a + block.size, block.b + block.size
        if block.size:
            yield Opcode(True, block.a, a, block.b, b)


def matching_blocks(mine: Sequence[str], theirs: Sequence[str]) -> list[Block]:
    """Return where two sequences agree: blocks that rise in both, as long as they can be."""
    matched: list[Block] = []
    gaps = [_trimmed(mine, theirs, _Gap(0, len(mine), 0, len(theirs)), matched)]
    for width in _WIDTHS:
        gaps = [part for gap in gaps for part in _divided(mine, theirs, gap, width, matched)]
    for gap in gaps:
        if 0 < _pairs(gap) <= _SMALL:
            matched += _compared(mine, theirs, gap)
    return _touching_as_one(sorted(matched))


def longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return, of pairs sorted by their first numbers, the longest row whose second ones rise too."""
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


class _Gap(NamedTuple):
    a: int
    a_end: int
    b: int
    b_end: int


def _pairs(gap: _Gap) -> int:
    return (gap.a_end - gap.a) * (gap.b_end - gap.b)


def _trimmed(mine: Sequence[str], theirs: Sequence[str], gap: _Gap, matched: list[Block]) -> _Gap:
    """Return a gap without what agrees at its end, then at its beginning, which goes to ``matched``."""
    a, a_end, b, b_end = gap
    while a < a_end and b < b_end and mine[a_end - 1] == theirs[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
    if a_end < gap.a_end:
        matched.append(Block(a_end, b_end, gap.a_end - a_end))
    while a < a_end and b < b_end and mine[a] == theirs[b]:
        a, b = a + 1, b + 1
    if a > gap.a:
        matched.append(Block(gap.a, gap.b, a - gap.a))
    return _Gap(a, a_end, b, b_end)


def _divided(mine: Sequence[str], theirs: Sequence[str], gap: _Gap, width: int, matched: list[Block]) -> Iterator[_Gap]:
    """Yield the gaps that are left between runs of this width that both have once."""
    if _pairs(gap) <= _SMALL:
        yield gap
        return
    in_mine, in_theirs = _unique(mine, gap.a, gap.a_end, width), _unique(theirs, gap.b, gap.b_end, width)
    anchors = longest_rising([(a, in_theirs[run]) for run, a in in_mine.items() if run in in_theirs])
    a, b = gap.a, gap.b
    for next_a, next_b in anchors:
        if next_a >= a and next_b >= b:
            yield _trimmed(mine, theirs, _Gap(a, next_a, b, next_b), matched)
            matched.append(Block(next_a, next_b, width))
            a, b = next_a + width, next_b + width
    yield _trimmed(mine, theirs, _Gap(a, gap.a_end, b, gap.b_end), matched)


def _unique(parts: Sequence[str], start: int, end: int, width: int) -> dict[tuple[str, ...], int]:
    """Return where each run begins that is there once, in their order."""
    places: dict[tuple[str, ...], int] = {}
    repeated: set[tuple[str, ...]] = set()
    for place in range(start, end - width + 1):
        run = tuple(parts[place : place + width])
        if run in places:
            repeated.add(run)
        places.setdefault(run, place)
    return {run: place for run, place in places.items() if run not in repeated}


def _compared(mine: Sequence[str], theirs: Sequence[str], gap: _Gap) -> Iterator[Block]:
    matcher = SequenceMatcher(None, mine[gap.a : gap.a_end], theirs[gap.b : gap.b_end], autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        if size:
            yield Block(gap.a + a, gap.b + b, size)


def _touching_as_one(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks, those that touch in both sequences as one."""
    joined: list[Block] = []
    for block in blocks:
        if joined and (joined[-1].a + joined[-1].size, joined[-1].b + joined[-1].size) == (block.a, block.b):
            joined[-1] = Block(joined[-1].a, joined[-1].b, joined[-1].size + block.size)
        else:
            joined.append(block)
    return joined


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield runs of tokens with their kind; tokens that differ in white space alone are the same."""
    for is_equal, a, a_end, b, b_end in opcodes([token.strip() for token in old], [token.strip() for token in new]):
        if is_equal:  # at the end of a text, only the other one goes on with white space
            yield SAME, [*new[b : b_end - 1], max(old[a_end - 1], new[b_end - 1], key=len)]
        else:
            yield REMOVED, list(old[a:a_end])
            yield ADDED, list(new[b:b_end])


def _joined(runs: Iterable[tuple[str, list[str]]]) -> tuple[Piece, ...]:
    """Return pieces, without the short words that happen to stand in two passages which have nothing else in common."""
    listed = [run for run in runs if run[1]]
    pieces: list[Piece] = []
    removed = added = ""
    for place, (kind, words) in enumerate(listed):
        text = "".join(words)
        is_chance = 0 < place < len(listed) - 1 and len(text.strip()) <= _SHORT
        if kind != ADDED and (kind == REMOVED or is_chance):
            removed += text
        if kind != REMOVED and (kind == ADDED or is_chance):
            added += text
        if kind == SAME and not is_chance:
            pieces += [*_exchanged(removed, added), Piece(SAME, text)]
            removed = added = ""
    return (*pieces, *_exchanged(removed, added))


def _exchanged(removed: str, added: str) -> Iterator[Piece]:
    """Yield both without the white space after them, which nobody changed; what stands side by side stays apart."""
    if removed and added and not removed[-1].isspace() and not UNSPACED_LETTER.match(removed[-1]):
        removed += " "
    for kind, text in ((REMOVED, removed), (ADDED, added)):
        bare = text.rstrip() or text
        if bare:
            yield Piece(kind, bare)
        if bare != text:  # a line that ends there ends after what came instead
            yield Piece(SAME, " " if added and kind == REMOVED else text[len(bare) :])
