"""What an article is compared with, and how: one with another, with a cluster as a whole, and two clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import combinations
from math import sqrt

from pipelines.stories.tfidf import COPIED, LINKED, MENTIONED, WINDOW, Measure, Vector, needed


class Ground(IntEnum):
    """What speaks for two articles beside their words, the strongest last."""

    WORDS = 0
    MENTION = 1  # a link in running text or in a list
    LINK = 2  # a box that an editor has set
    COPY = 3  # the same text


SHARE = {Ground.WORDS: 1.0, Ground.MENTION: MENTIONED, Ground.LINK: LINKED, Ground.COPY: 0.0}
"""What each leaves of the likeness asked for otherwise."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An article to compare: ``at`` in hours, ``cluster`` a number that it shares with the rest of its story."""

    id: int
    at: int
    cluster: int
    vector: Vector


@dataclass(frozen=True, slots=True)
class Tie:
    """What would join an article to another and the rest of its cluster: ``score`` is how like it is to all of them."""

    other: Piece
    ground: Ground
    score: float
    margin: float
    """By how much the likeness is more than was needed: what ties are compared by."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What comparing needs beside the articles: how many there are, what a term weighs, and how much it is news, or
    else ``usual``. ``length`` is the usual one of an article's terms.
    """

    measure: Measure
    weights: Mapping[int, float]
    news: Mapping[int, float] = field(default_factory=dict)
    usual: float = 1.0
    noise: float | None = None
    length: float = 0.0
    _worth: dict[int, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def needed(self, hours: float) -> float:
        """The likeness that what is so far apart needs here."""
        return needed(hours, self.measure, self.noise)

    def shared(self, one: Vector, other: Vector) -> dict[int, float]:
        """What each term adds to the cosine of two articles that both have it.

        One that says less than others do, of which ``length`` is the usual one, is measured as if it said as much
        (pivoted normalisation: Singhal, Buckley and Mitra, 1996): two forecasts of the weather name nobody, and their
        few words are not as telling as all that others are made of.
        """
        size = max(one.norm, self.length) * max(other.norm, self.length)
        if not size:
            return {}
        mine, theirs, worth = one.terms, other.terms, self._worth
        common = mine.keys() & theirs.keys()
        for term in common - worth.keys():
            worth[term] = self.weights[term] ** 2 * self.news.get(term, self.usual)
        return {term: mine[term] * theirs[term] * worth[term] / size for term in common}

    def likeness(self, one: Vector, other: Vector) -> float:
        """Of two articles, from 0 to 1."""
        return sum(self.shared(one, other).values())

    def alike(self, one: Sequence[Piece], other: Sequence[Piece]) -> float:
        """Of two clusters, from 0 to 1: the cosine of their sums."""
        both = sum(self.likeness(a.vector, b.vector) for a in one for b in other)
        return both / sqrt(self._square(one) * self._square(other)) if both else 0.0

    def _square(self, pieces: Sequence[Piece]) -> float:
        """Of the length of a sum, where each article is of length 1."""
        return len(pieces) + 2 * sum(self.likeness(a.vector, b.vector) for a, b in combinations(pieces, 2))

    def tie(self, one: Piece, rest: Sequence[Piece], grounds: Mapping[int, Ground], of: float = 1.0) -> Tie | None:
        """What joins an article to one cluster; None where it is not enough, ``of`` what is asked for otherwise."""
        likeness = {other.id: self.likeness(one.vector, other.vector) for other in rest}
        other = max(rest, key=lambda other: (grounds.get(other.id, Ground.WORDS), likeness[other.id], -other.id))
        ground, apart = grounds.get(other.id, Ground.WORDS), min(abs(one.at - piece.at) for piece in rest)
        best = likeness[other.id]
        if ground is Ground.COPY and abs(one.at - other.at) <= COPIED and self._bears_out(one, other, best, of):
            return Tie(other, ground, best, 1.0)
        if apart > WINDOW:
            return None
        score = sum(likeness.values()) / sqrt(self._square(rest))
        floor = of * self.needed(apart) * SHARE[Ground.MENTION if ground is Ground.COPY else ground]
        return Tie(other, ground, score, score - floor) if score >= floor else None

    def _bears_out(self, one: Piece, copy: Piece, likeness: float, of: float) -> bool:
        """Whether the words of a copy tell of the same event: two short pieces of one form count as copies too.

        Where so little is known of words that none weighs anything, the text alone tells.
        """
        is_known = one.vector.norm and copy.vector.norm
        return not is_known or likeness >= of * self.needed(0)
