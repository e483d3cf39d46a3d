"""Which story an article joins, and through which article: decided on values.

A cluster is a story, or an article that has none yet. An article is compared with a cluster as a whole: what chance
makes alike in one piece is lost in the sum of several (group average: Yang, Pierce and Carbonell, 1998). One article
may bring several clusters together, but they become one only when they are alike themselves: a round-up of the week, or
a live blog, touches many and makes none one. By the same measure a story whose halves are unlike is parted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from statistics import fmean

from pipelines.stories.scoring import SHARE, TORN, Ground, Piece, Scene, Tie

_TOUCHED = 3
"""An article whose links of one kind lead to so many clusters has a list of links: they say nothing."""
_EVENT = 2
"""Articles that make one: halves of fewer are not parted."""
_OF_A_KIND = 0.35
"""The likeness that an article has to its own half at least: one that is like none says nothing of the others."""
_HALF = 0.5
"""Of the likeness within two halves of a story, below which that between them tells of two events."""
_FAINT = 0.5
"""Of the likeness asked for, below which no cluster is looked at whose nearest articles have no more."""


def joined(
    one: Piece,
    others: Sequence[Piece],
    grounds: Mapping[int, Ground],
    scene: Scene,
    members: Callable[[int], Sequence[Piece]],
) -> list[Tie]:
    """The tie to each cluster that the article belongs to, the surest first; the rest must be tied by themselves.

    ``grounds`` are by article, ``members`` gives some of a cluster's articles, the nearest in time.
    """
    clusters: dict[int, dict[int, Piece]] = {}
    for other in others:
        clusters.setdefault(other.cluster, {})[other.id] = other
    telling = _telling(others, grounds)
    ties = []
    faint = _FAINT * scene.needed(0)
    for cluster, found in clusters.items():
        if not telling.keys() & found.keys() and all(
            scene.likeness(one.vector, other.vector) < faint for other in found.values()
        ):
            continue
        rest = found | {piece.id: piece for piece in members(cluster) if piece.id != one.id}
        ties.append(scene.tie(one, list(rest.values()), telling))
    return sorted((tie for tie in ties if tie), key=_rank, reverse=True)


def _telling(others: Sequence[Piece], grounds: Mapping[int, Ground]) -> dict[int, Ground]:
    """The grounds without lists of links, of which some may lead to articles that are too old to be among ``others``.

    A list beside the text takes nothing from an editor's box.
    """
    clusters = {other.id: other.cluster for other in others}
    useless = {
        kind
        for kind in (Ground.MENTION, Ground.LINK)
        if len({clusters.get(one, -one) for one, ground in grounds.items() if ground is kind}) >= _TOUCHED
    }
    return {article: ground for article, ground in grounds.items() if ground not in useless}


def same_story(one: Sequence[Piece], other: Sequence[Piece], scene: Scene) -> bool:
    """Whether two clusters are alike on the whole, and so much that the story they make would not be parted again."""
    if not one or not other or scene.alike(one, other) < scene.needed(_apart(one, other)):
        return False
    return not _is_of_two(one, other, 1 / TORN, scene)


def torn(
    one: Piece, rest: Sequence[Piece], grounds: Mapping[int, Ground], scene: Scene
) -> tuple[list[Piece], list[Piece]] | None:
    """A story in two, if it is none: what is like an article of it, itself with it, and what is less so.

    A story that hangs together by chance, as two games of one club, is known when there is more on each part: one
    article that is unlike the rest is no event.
    """
    ranked = sorted((scene.likeness(one.vector, other.vector), other.id, other) for other in rest)
    if len(ranked) <= _EVENT:
        return None
    cut = max(range(_EVENT, len(ranked)), key=lambda place: ranked[place][0] - ranked[place - 1][0])
    unlike, alike = ([other for _, _, other in part] for part in (ranked[:cut], ranked[cut:]))
    mine = [one, *alike]
    if fmean(likeness for likeness, _, _ in ranked[cut:]) < _OF_A_KIND:
        return None
    share = SHARE[max(grounds.get(other.id, Ground.WORDS) for other in unlike)]
    is_one = scene.alike(mine, unlike) >= TORN * share * scene.needed(_apart(mine, unlike))
    return None if is_one and not _is_of_two(mine, unlike, share, scene) else (mine, unlike)


def _is_of_two(one: Sequence[Piece], other: Sequence[Piece], share: float, scene: Scene) -> bool:
    """Whether two halves are much less alike than each is in itself: in texts that say little, one person in common
    makes two events as alike as the articles of one event are elsewhere. ``share`` is of what is asked for otherwise.
    """
    if min(len(one), len(other)) < _EVENT:
        return False
    between = fmean(scene.likeness(a.vector, b.vector) for a in one for b in other)
    within = min(fmean(scene.likeness(a.vector, b.vector) for a, b in combinations(half, 2)) for half in (one, other))
    return between < _HALF * share * within


def _apart(one: Sequence[Piece], other: Sequence[Piece]) -> int:
    return min(abs(a.at - b.at) for a in one for b in other)


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
