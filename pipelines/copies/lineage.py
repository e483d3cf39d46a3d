"""What a paper made of a text that another had first: what it cut, added and changed, paragraph by paragraph. Pure.

The work grows with the length of the texts, not with its square, and the same two texts always give the same answer.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from pipelines.copies.alignment import Block, align, blocks, rising
from pipelines.copies.shingles import words

_ALIKE = 0.5
"""Share of the shorter paragraph's words that the longer one must have to be the same paragraph, changed."""
_WITHIN = 0.8
"""Share of a paragraph's words that a longer one must have for it to have been joined to others there."""
_PLACES = 8
"""Paragraphs that have a word or a phrase; one that more of them have is no sign which of them another was made of."""
_TRIED = 4
"""Paragraphs that another is compared with: those that have most of its words and phrases."""
_PHRASE = 3  # words
_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_CHARACTER = re.compile("([\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])")


@dataclass(frozen=True, slots=True)
class Edit:
    """Words of the origin that the copy has otherwise: ``cut`` is empty where words were added, and the reverse."""

    kept: str
    cut: str = ""
    added: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph's fate: ``kept``, ``changed``, ``cut``, ``added``, or ``joined``: within a longer one of the other.

    ``origin`` and ``copy`` are its places in the two texts, None where it is missing there. ``edits`` tell of a changed
    one how its words differ, in the order of reading. ``is_moved`` means that it stands elsewhere among the others.
    """

    fate: str
    origin: int | None
    copy: int | None
    edits: tuple[Edit, ...] = ()
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """All paragraphs, in the copy's order with those it cut where they stood; and shares, 0 to 1, of words.

    ``kept`` is how much of the origin the copy has, ``own`` how much of the copy the origin lacks.
    """

    passages: tuple[Passage, ...]
    kept: float
    own: float

    def places(self, fate: str) -> tuple[int, ...]:
        """Where the paragraphs of a fate stand: in the origin those that were cut, else in the copy."""
        of_it = (one for one in self.passages if one.fate == fate)
        return tuple(place for one in of_it if (place := one.origin if fate == "cut" else one.copy) is not None)


def compare(origin: Sequence[str], copy: Sequence[str]) -> Comparison:
    """Compare the paragraphs of a text with those of its copy. Typography does not count as a change."""
    mine, theirs = [_folded(one) for one in origin], [_folded(one) for one in copy]
    partner = _partners(mine, theirs)
    in_place, taken = {b for b, _ in rising(sorted(partner.items()))}, set(partner.values())
    among_mine, among_theirs = _Index(mine), _Index(theirs)
    found = []
    for n, one in enumerate(copy):
        if n in partner:
            found.append(_passage(origin[partner[n]], one, partner[n], n, n not in in_place))
        else:
            whole = _within(theirs[n], n, among_mine)
            found.append(Passage("added" if whole is None else "joined", whole, n))
    gone = []
    for n in range(len(origin)):
        if n not in taken:
            whole = _within(mine[n], n, among_theirs)
            gone.append(Passage("cut" if whole is None else "joined", n, whole))
    whole_a, whole_b = words("\n".join(origin)), words("\n".join(copy))
    same = align(whole_a, whole_b, least=1).same
    return Comparison(tuple(_woven(found, gone)), same / max(1, len(whole_a)), 1 - same / max(1, len(whole_b)))


class _Index:
    """Paragraphs by what is in them."""

    def __init__(self, paragraphs: Sequence[tuple[str, ...]], without: Container[int] = ()):
        self.paragraphs = paragraphs
        self._places: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for n, paragraph in enumerate(paragraphs):
            if n not in without:
                for sign in _signs(paragraph):
                    self._places[sign].append(n)

    def likeliest(self, paragraph: Sequence[str], place: int) -> list[int]:
        """The paragraphs that have most of this one's words and phrases, of equal ones those about as far down."""
        shared = Counter[int]()
        for sign in _signs(paragraph):
            if len(held := self._places.get(sign, ())) <= _PLACES:
                shared.update(held)
        return sorted(shared, key=lambda n: (-shared[n], abs(n - place), n))[:_TRIED]


def _signs(paragraph: Sequence[str]) -> set[tuple[str, ...]]:
    phrases = zip(*(paragraph[n:] for n in range(_PHRASE)), strict=False)
    return {*((word,) for word in paragraph), *phrases}


def _within(paragraph: Sequence[str], place: int, others: _Index) -> int | None:
    """The paragraph of the other text that has this one's words in it, and more."""
    for n in others.likeliest(paragraph, place):
        other = others.paragraphs[n]
        if 0 < len(paragraph) < len(other) and _shared(paragraph, other) >= _WITHIN * len(paragraph):
            return n
    return None


def _folded(paragraph: str) -> tuple[str, ...]:
    return words(paragraph).folded


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """Words that both have, in the order in which they stand."""
    return sum(one.size for one in blocks(mine, theirs))


def _partners(mine: Sequence[tuple[str, ...]], theirs: Sequence[tuple[str, ...]]) -> dict[int, int]:
    """Of each paragraph of the copy the origin's that it was made of: equal ones first, then the most alike."""
    partner: dict[int, int] = {}
    free: dict[tuple[str, ...], deque[int]] = defaultdict(deque)
    for a, paragraph in enumerate(mine):
        free[paragraph].append(a)
    for b, paragraph in enumerate(theirs):
        if free.get(paragraph):
            partner[b] = free[paragraph].popleft()
    taken = set(partner.values())
    left = _Index(mine, without=taken)
    alike = [
        (shared / shorter, -abs(a - b), a, b)
        for b in range(len(theirs))
        if b not in partner
        for a in left.likeliest(theirs[b], b)
        if (shorter := min(len(mine[a]), len(theirs[b])))
        and (shared := _shared(mine[a], theirs[b])) >= _ALIKE * shorter
    ]
    for _, _, a, b in sorted(alike, reverse=True):
        if b not in partner and a not in taken:
            partner[b] = a
            taken.add(a)
    return partner


def _passage(origin: str, copy: str, a: int, b: int, is_moved: bool) -> Passage:
    if _folded(origin) == _folded(copy):
        return Passage("kept", a, b, (), is_moved)
    return Passage("changed", a, b, tuple(_edits(origin, copy)), is_moved)


def _edits(origin: str, copy: str) -> Iterator[Edit]:
    mine, theirs = _pieces(origin), _pieces(copy)
    a = b = 0
    kept = ""
    for block in (*blocks(mine, theirs), Block(len(mine), len(theirs), 0)):
        if block.a > a or block.b > b:
            yield Edit(kept, "".join(mine[a : block.a]), "".join(theirs[b : block.b]))
            kept = ""
        a, b = block.a + block.size, block.b + block.size
        kept += "".join(theirs[block.b : b])
    if kept:
        yield Edit(kept)


def _pieces(text: str) -> list[str]:
    return [piece for part in _CHARACTER.split(text) for piece in _PIECE.findall(part)]


def _woven(found: Sequence[Passage], gone: Sequence[Passage]) -> Iterator[Passage]:
    """What the copy has, and before each paragraph that did not move what of the origin stood ahead of it."""
    waiting = deque(gone)
    for passage in found:
        while waiting and _is_ahead(waiting[0], passage):
            yield waiting.popleft()
        yield passage
    yield from waiting


def _is_ahead(gone: Passage, of: Passage) -> bool:
    if gone.origin is None or of.origin is None or of.is_moved:
        return False
    return gone.origin < of.origin
