"""Which stories does an article join, and through which article? When are two stories one, or one two? Pure.

A cluster is a story, or an article that has none yet. An article is compared with a cluster as a whole: what chance
makes alike in one article is lost in the sum of several (group average: Yang, Pierce and Carbonell, 1998). One article
may bring several clusters together, but they become one only when they are alike themselves: a round-up of the week, or
a live blog, touches many and makes none one. By the same measure a story whose halves are unlike is split.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations, pairwise
from statistics import fmean

from pipelines.stories.scoring import SHARE, SPLIT, Evidence, Match, Member, Scorer

_TOUCHED = 3
"""An article whose links of one kind lead to so many clusters has a list of links: they say nothing."""
_EVENT = 2
"""Articles that make one: halves of fewer are not split off."""
_OF_A_KIND = 0.35
"""The likeness that an article has to its own half at least: one that is like none says nothing of the others."""
_HALF = 0.5
"""Of the likeness within two halves of a story, below which that between them means two events."""
_APART = 0.7
_CORE = 0.6
"""Share of a half's articles, at least two, that have a term in common which is of its core …"""
_OF_ITS_OWN = 0.4
"""… and the share of either core that stands nowhere in the other half, above which two events are told in the same
sentences, with other names and places: then the likeness between them need only be below :data:`_APART` of that within.
In generated months 98 of 100 stories of one event have less than 0.37, and half of the twins more.
"""
_A_DAY = 20  # hours: so long at the least is it from one issue of a series to the next
_SAME_HOUR = 2
"""Hours by which a series may be early or late …"""
_ISSUES = 3
"""… and issues by which it is known."""
_FAINT = 0.5
"""Of the likeness asked for, below which no cluster is looked at whose nearest articles have no more."""


def matching_clusters(
    article: Member,
    others: Sequence[Member],
    evidence: Mapping[int, Evidence],
    scorer: Scorer,
    members: Callable[[int], Sequence[Member]],
) -> list[Match]:
    """Return the match with each cluster that the article belongs to, the surest first.

    ``evidence`` is by article, ``members`` gives some of a cluster's articles, the nearest in time.
    """
    clusters: dict[int, dict[int, Member]] = {}
    for other in others:
        clusters.setdefault(other.cluster, {})[other.id] = other
    sound = _without_lists(others, evidence)
    matches = []
    faint = _FAINT * scorer.needed(0)
    for cluster, near in clusters.items():
        is_faint = all(scorer.likeness(article.vector, other.vector) < faint for other in near.values())
        if is_faint and not sound.keys() & near.keys():
            continue
        rest = near | {member.id: member for member in members(cluster) if member.id != article.id}
        matches.append(scorer.match(article, list(rest.values()), sound))
    return sorted((match for match in matches if match), key=_rank, reverse=True)


def same_story(one: Sequence[Member], other: Sequence[Member], scorer: Scorer) -> bool:
    """Return whether two clusters are alike on the whole, and the story they make would not be split again."""
    if not one or not other or scorer.alike(one, other) < scorer.needed(_apart(one, other)):
        return False
    return not _are_two_events(one, other, 1 / SPLIT, scorer)


def split(
    article: Member, rest: Sequence[Member], evidence: Mapping[int, Evidence], scorer: Scorer
) -> tuple[list[Member], list[Member]] | None:
    """Split a story whose halves differ: into what is like an article of it, itself with it, and what is less so.

    A story that hangs together by chance, as two games of one club, is known when there is more on each half: one
    article that is unlike the rest is no event. None where it is one story.
    """
    ranked = sorted((scorer.likeness(article.vector, other.vector), other.id, other) for other in rest)
    if len(ranked) <= _EVENT:
        return None
    cut = max(range(_EVENT, len(ranked)), key=lambda place: ranked[place][0] - ranked[place - 1][0])
    unlike, alike = ([other for _, _, other in part] for part in (ranked[:cut], ranked[cut:]))
    mine = [article, *alike]
    if fmean(likeness for likeness, _, _ in ranked[cut:]) < _OF_A_KIND:
        return None
    share = SHARE[max(evidence.get(other.id, Evidence.WORDS) for other in unlike)]
    is_one = scorer.alike(mine, unlike) >= SPLIT * share * scorer.needed(_apart(mine, unlike))
    return None if is_one and not _are_two_events(mine, unlike, share, scorer) else (mine, unlike)


def is_series(at: int, others: Collection[int]) -> bool:
    """Return whether articles of one paper under one title, at these hours, are a column or a daily note: at the same
    hour of three days at least, and never twice a day. What a paper tells of an event comes when it happens.
    """
    times = sorted((at, *others))
    if any(after - before < _A_DAY for before, after in pairwise(times)):
        return False
    return sum(abs((time - at + 12) % 24 - 12) <= _SAME_HOUR for time in times) >= _ISSUES


def connected(joined_through: Mapping[int, int | None]) -> list[set[int]]:
    """Return what hangs together where each article was joined through one or none: the greatest part first, then the
    oldest.
    """
    part: dict[int, set[int]] = {article: {article} for article in joined_through}
    for article, other in joined_through.items():
        if other is not None and other in part and part[article] is not part[other]:
            part[article] |= part[other]
            for moved in part[other]:
                part[moved] = part[article]
    return sorted({id(ids): ids for ids in part.values()}.values(), key=lambda ids: (-len(ids), min(ids)))


def _without_lists(others: Sequence[Member], evidence: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """Return the evidence without lists of links, some of which may lead to what is too old to be among ``others``.

    A list beside the text takes nothing from an editor's box.
    """
    clusters = {other.id: other.cluster for other in others}
    lists = {
        kind
        for kind in (Evidence.MENTION, Evidence.LINK)
        if len({clusters.get(article, -article) for article, of in evidence.items() if of is kind}) >= _TOUCHED
    }
    return {article: kind for article, kind in evidence.items() if kind not in lists}


def _are_two_events(one: Sequence[Member], other: Sequence[Member], share: float, scorer: Scorer) -> bool:
    """Return whether two halves are much less alike than each is in itself: in texts that say little, one person in
    common makes two events as alike as the articles of one event are elsewhere. ``share`` is of what is asked for
    otherwise.
    """
    if min(len(one), len(other)) < _EVENT:
        return False
    between = fmean(scorer.likeness(a.vector, b.vector) for a in one for b in other)
    within = min(fmean(scorer.likeness(a.vector, b.vector) for a, b in combinations(half, 2)) for half in (one, other))
    if between >= _APART * share * within:
        return False
    return between < _HALF * share * within or _own_core(one, other, scorer) > _OF_ITS_OWN


def _own_core(one: Sequence[Member], other: Sequence[Member], scorer: Scorer) -> float:
    """Return how much of what each half says throughout the other says nowhere, from 0 to 1; of two, the less."""
    shares = []
    for half, rest in ((one, other), (other, one)):
        held = Counter(term for member in half for term in member.vector.terms)
        elsewhere = {term for member in rest for term in member.vector.terms}
        least = max(_EVENT, _CORE * len(half))
        core = {
            term: (scorer.weights[term] * max(member.vector.terms.get(term, 0.0) for member in half)) ** 2
            for term, count in held.items()
            if count >= least
        }
        whole = sum(core.values())
        shares.append(sum(says for term, says in core.items() if term not in elsewhere) / whole if whole else 0.0)
    return min(shares)


def _apart(one: Sequence[Member], other: Sequence[Member]) -> int:
    return min(abs(a.at - b.at) for a in one for b in other)


def _rank(match: Match) -> tuple[bool, float, int]:
    return match.evidence is Evidence.COPY, match.margin, -match.other.id
