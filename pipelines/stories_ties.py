"""Which story an article joins, and through which article: decided on values.

A cluster is a story, or an article that has none yet. One article may bring several together, but two stories become
one only when they are alike themselves: a round-up of the week, or a live blog, touches many and makes none one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from statistics import fmean

from pipelines.stories import COPIED, LINKED, MENTIONED, MERGING, NEIGHBOURS, WINDOW, Measure, Vector, needed

_TOUCHED = 3
"""An article whose links lead to so many clusters is a list of links: they say nothing."""


class Ground(IntEnum):
    """What speaks for two articles beside their words, the strongest last."""

    WORDS = 0
    MENTION = 1  # a link in running text or in a list
    LINK = 2  # a box that an editor has set
    COPY = 3  # the same text


_SHARE = {Ground.WORDS: 1.0, Ground.MENTION: MENTIONED, Ground.LINK: LINKED, Ground.COPY: 0.0}


@dataclass(frozen=True, slots=True)
class Piece:
    """An article to compare: ``at`` in hours, ``cluster`` a number that it shares with the rest of its story."""

    id: int
    at: int
    cluster: int
    vector: Vector


@dataclass(frozen=True, slots=True)
class Tie:
    """What would join an article to another: ``score`` is their likeness, 0 to 1."""

    other: Piece
    ground: Ground
    score: float
    margin: float
    """By how much the likeness is more than was needed: what ties are compared by."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What comparing needs beside the articles: how many there are, what a term weighs, and which terms are news; the
    others are usual.
    """

    measure: Measure
    weights: Mapping[int, float]
    news: Mapping[int, float]
    usual: float = 1.0
    noise: float | None = None

    def needed(self, hours: float) -> float:
        """The likeness that articles so far apart need here."""
        return needed(hours, self.measure, self.noise)

    def likeness(self, one: Vector, other: Vector) -> float:
        """From 0 to 1."""
        shared = one.shared(other, self.weights)
        return sum(part * self.news.get(term, self.usual) for term, part in shared.items())

    def tie(self, one: Piece, other: Piece, ground: Ground = Ground.WORDS) -> Tie | None:
        """What joins two articles; None where it is not enough."""
        apart = abs(one.at - other.at)
        score = self.likeness(one.vector, other.vector)
        if ground is Ground.COPY and apart <= COPIED:
            return Tie(other, ground, score, 1.0)
        if apart > WINDOW:
            return None
        floor = self.needed(apart) * _SHARE[Ground.MENTION if ground is Ground.COPY else ground]
        return Tie(other, ground, score, score - floor) if score >= floor else None


def joined(
    one: Piece,
    others: Sequence[Piece],
    grounds: Mapping[int, Ground],
    scene: Scene,
    members: Callable[[int], Sequence[Piece]],
) -> list[Tie]:
    """The best tie to each cluster that the article belongs to, the surest first; the rest must be tied by themselves.

    ``grounds`` are by article, ``members`` gives some of a cluster's articles, the nearest in time.
    """
    linked = {other.cluster for other in others if grounds.get(other.id) in (Ground.LINK, Ground.MENTION)}
    useless = {Ground.LINK, Ground.MENTION} if len(linked) >= _TOUCHED else set()
    best: dict[int, Tie] = {}
    for other in others:
        ground = grounds.get(other.id, Ground.WORDS)
        tie = scene.tie(one, other, Ground.WORDS if ground in useless else ground)
        if tie and (other.cluster not in best or _rank(tie) > _rank(best[other.cluster])):
            best[other.cluster] = tie
    surest = sorted(best.values(), key=_rank, reverse=True)
    return [tie for tie in surest if tie.ground is Ground.COPY or _fits(one, tie, scene, members)]


def same_story(one: Sequence[Piece], other: Sequence[Piece], scene: Scene) -> bool:
    """Whether two clusters are alike on the whole: strong enough a reason to make them one."""
    scores = [(scene.likeness(a.vector, b.vector), scene.needed(abs(a.at - b.at))) for a in one for b in other]
    return bool(scores) and fmean(score for score, _ in scores) >= MERGING * fmean(floor for _, floor in scores)


def _fits(one: Piece, tie: Tie, scene: Scene, members: Callable[[int], Sequence[Piece]]) -> bool:
    rest = [piece for piece in members(tie.other.cluster) if piece.id not in (one.id, tie.other.id)]
    if not rest:
        return True
    share = NEIGHBOURS * _SHARE[tie.ground]
    floor = fmean(scene.needed(abs(one.at - piece.at)) for piece in rest)
    return fmean(scene.likeness(one.vector, piece.vector) for piece in rest) >= share * floor


def _rank(tie: Tie) -> tuple[bool, float, int]:
    return tie.ground is Ground.COPY, tie.margin, -tie.other.id


def parts(edges: Mapping[int, int | None]) -> list[set[int]]:
    """What hangs together where articles are tied to one or none each; the greatest part first, then the oldest."""
    part: dict[int, set[int]] = {article: {article} for article in edges}
    for article, other in edges.items():
        if other is not None and other in part and part[article] is not part[other]:
            part[article] |= part[other]
            for moved in part[other]:
                part[moved] = part[article]
    return sorted({id(one): one for one in part.values()}.values(), key=lambda one: (-len(one), min(one)))


def branch(edges: Mapping[int, int | None], root: int) -> set[int]:
    """An article with all that were joined through it."""
    below: dict[int | None, list[int]] = {}
    for article, other in edges.items():
        below.setdefault(other, []).append(article)
    found, waiting = {root}, [root]
    while waiting:
        new = [article for article in below.get(waiting.pop(), []) if article not in found]
        found.update(new)
        waiting += new
    return found
