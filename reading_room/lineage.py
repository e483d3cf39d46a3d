"""What did a paper make of a text that another had first: which paragraphs did it cut, add, change, move? Pure.

The work grows with the length of the texts, not with its square, and the same two texts always give the same answer;
:func:`lineage` is how it is shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from pipelines.copies.shingles import words
from pipelines.diff import ADDED, REMOVED, SAME, Piece, compare_words, longest_rising, matching_blocks
from reading_room.history import CHANGED, Paragraph, texts

_ALIKE = 0.5
"""Share of the shorter paragraph's words that the longer one must have to be the same paragraph, changed."""
_WITHIN = 0.8
"""Share of a paragraph's words that a longer one must have for it to have been joined to others there."""
_PLACES = 8
"""Paragraphs that have a word or a phrase; one that more of them have is no sign which of them another was made of."""
_TRIED = 4
"""Paragraphs that another is compared with: those that have most of its words and phrases."""
_PHRASE = 3  # words
_MOST_PARAGRAPHS, _LONGEST_PARAGRAPH = 80, 2_500
"""Of a text whose every paragraph can be compared with every other one in some hundredths of a second."""
Folded = tuple[str, ...]
"""The words of a paragraph as they are compared."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph's fate: ``kept``, ``changed``, ``cut``, ``added``, or ``joined``: within a longer one of the other.

    ``origin`` and ``copy`` are its places in the two texts, None where it is missing there. ``pieces`` are the words of
    a changed one, in the order of reading. ``is_moved`` means that it stands elsewhere among the others.
    """

    fate: str
    origin: int | None
    copy: int | None
    pieces: tuple[Piece, ...] = ()
    is_moved: bool = False


def compare(origin: Sequence[str], copy: Sequence[str]) -> tuple[Passage, ...]:
    """Return all paragraphs, in the copy's order with those it cut where they stood.

    Typography does not count as a change.
    """
    mine, theirs = [words(paragraph).folded for paragraph in origin], [words(paragraph).folded for paragraph in copy]
    partners = _partners(mine, theirs)
    in_place, used = {b for b, _ in longest_rising(sorted(partners.items()))}, set(partners.values())
    among_mine, among_theirs = _Index(mine), _Index(theirs)
    present = []
    for b, text in enumerate(copy):
        a = partners.get(b)
        if a is None:
            longer = _longer_one(theirs[b], b, among_mine)
            present.append(Passage("added" if longer is None else "joined", longer, b))
        elif mine[a] == theirs[b]:
            present.append(Passage("kept", a, b, (), b not in in_place))
        else:
            present.append(Passage("changed", a, b, compare_words(origin[a], text), b not in in_place))
    gone = []
    for a in range(len(origin)):
        if a not in used:
            longer = _longer_one(mine[a], a, among_theirs)
            gone.append(Passage("cut" if longer is None else "joined", a, longer))
    return tuple(_in_order(present, gone))


class _Index:
    """Paragraphs by what is in them."""

    def __init__(self, paragraphs: Sequence[Folded], without: Container[int] = ()):
        self.paragraphs = paragraphs
        self._places: dict[Folded, list[int]] = defaultdict(list)
        for n, paragraph in enumerate(paragraphs):
            if n not in without:
                for sign in _signs(paragraph):
                    self._places[sign].append(n)

    def likeliest(self, paragraph: Folded, place: int) -> list[int]:
        """Return the paragraphs that have most of its words and phrases, of equal ones those about as far down."""
        shared = Counter[int]()
        for sign in _signs(paragraph):
            if len(places := self._places.get(sign, ())) <= _PLACES:
                shared.update(places)
        return sorted(shared, key=lambda n: (-shared[n], abs(n - place), n))[:_TRIED]


def _signs(paragraph: Folded) -> set[Folded]:
    """Return what a paragraph is found by: its words and its phrases."""
    phrases = zip(*(paragraph[n:] for n in range(_PHRASE)), strict=False)
    return {*((word,) for word in paragraph), *phrases}


def _partners(mine: Sequence[Folded], theirs: Sequence[Folded]) -> dict[int, int]:
    """Return of each paragraph of the copy the origin's that it was made of: equal ones first, then the most alike."""
    partners: dict[int, int] = {}
    free: dict[Folded, deque[int]] = defaultdict(deque)
    for a, paragraph in enumerate(mine):
        free[paragraph].append(a)
    for b, paragraph in enumerate(theirs):
        if free.get(paragraph):
            partners[b] = free[paragraph].popleft()
    used = set(partners.values())
    left = _Index(mine, without=used)
    alike = [
        (shared / shorter, -abs(a - b), a, b)
        for b in range(len(theirs))
        if b not in partners
        for a in left.likeliest(theirs[b], b)
        if (shorter := min(len(mine[a]), len(theirs[b])))
        and (shared := _shared(mine[a], theirs[b])) >= _ALIKE * shorter
    ]
    for _, _, a, b in sorted(alike, reverse=True):
        if b not in partners and a not in used:
            partners[b] = a
            used.add(a)
    return partners


def _longer_one(paragraph: Folded, place: int, others: _Index) -> int | None:
    """Return the paragraph of the other text that has this one's words in it, and more."""
    for n in others.likeliest(paragraph, place):
        other = others.paragraphs[n]
        if 0 < len(paragraph) < len(other) and _shared(paragraph, other) >= _WITHIN * len(paragraph):
            return n
    return None


def _shared(mine: Folded, theirs: Folded) -> int:
    """Return how many words both have in the same order."""
    return sum(block.size for block in matching_blocks(mine, theirs))


def _in_order(present: Sequence[Passage], gone: Sequence[Passage]) -> Iterator[Passage]:
    """Yield what the copy has, and before each paragraph that did not move what of the origin stood ahead of it."""
    waiting = deque(gone)
    for passage in present:
        while waiting and _is_ahead(waiting[0], passage):
            yield waiting.popleft()
        yield passage
    yield from waiting


def _is_ahead(gone: Passage, present: Passage) -> bool:
    if gone.origin is None or present.origin is None or present.is_moved:
        return False
    return gone.origin < present.origin


# How it is shown.


def lineage(origin: Sequence[str], copy: Sequence[str]) -> Iterator[Paragraph]:
    """Yield the copy paragraph by paragraph, with what it cut where that stood; long texts in their order alone."""
    if not _is_small(origin) or not _is_small(copy):
        yield from texts(origin, copy)
        return
    passages = compare(origin, copy)
    shown = {passage.copy for passage in passages if passage.fate != "joined"}
    for passage in passages:
        note = "moved" if passage.is_moved else ""
        if passage.fate == "cut" and passage.origin is not None:
            yield Paragraph(REMOVED, (Piece(REMOVED, origin[passage.origin]),))
        elif passage.copy is None or (passage.fate == "joined" and passage.copy in shown):
            continue  # words of the origin in a paragraph of the copy that is shown by itself
        elif passage.fate == "changed":
            yield Paragraph(CHANGED, passage.pieces, note)
        elif passage.fate == "added":
            yield Paragraph(ADDED, (Piece(ADDED, copy[passage.copy]),))
        else:
            shown.add(passage.copy)
            joined = "part of a longer paragraph there" if passage.fate == "joined" else note
            yield Paragraph(SAME, (Piece(SAME, copy[passage.copy]),), joined)


def _is_small(paragraphs: Sequence[str]) -> bool:
    """Return whether every paragraph can be compared with every other one."""
    return len(paragraphs) <= _MOST_PARAGRAPHS and max(map(len, paragraphs), default=0) <= _LONGEST_PARAGRAPH


def summary(compared: Sequence[Paragraph]) -> str:
    """Return what a copy did to a text, ``2 paragraphs cut, 1 added``; nothing where it left the text as it was."""
    kinds = [paragraph.kind for paragraph in compared]
    counts = [(kinds.count(REMOVED), "cut"), (kinds.count(ADDED), "added"), (kinds.count(CHANGED), "changed")]
    counts.append((sum(paragraph.note == "moved" for paragraph in compared), "moved"))
    named = [(n, change) for n, change in counts if n]
    return ", ".join(
        f"{n} paragraph{'s' * (n > 1)} {change}" if not place else f"{n} {change}"
        for place, (n, change) in enumerate(named)
    )
