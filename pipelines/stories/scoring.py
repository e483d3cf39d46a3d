"""Do two articles cover the same event? How alike are they, how far apart in time, and what else speaks for it? Pure.

Likeness is the cosine of TF-IDF weights (Salton and Buckley, Term-weighting approaches in automatic text retrieval,
1988), with two changes. How many articles an article is compared to is read off its own commonest words: so each
language, however few its papers, has the measure of its own. And what two share counts the less the more it was in the
news weeks before or after as well: a club plays and it rains all year, but nobody strikes at one refinery every week.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import nlargest
from itertools import combinations
from math import log, sqrt
from statistics import fmean

WINDOW = 7 * 24
"""Hours from an article to the nearest one of its story: a story lives on while it is fed."""
COPIED = 30 * 24
"""Hours within which an equal text is the same event; a greeting that a paper runs every year is not."""
PERIOD = 2 * 24
"""Hours of a period, by which terms are counted over time."""
NEAR = 4
"""Periods before and after an article's own that the window touches."""
LASTING = 6
"""The same for an event that lasts: what is further away is of other weeks. Where an archive does not go back so far,
what is just outside the window counts as of other weeks."""
FAR = 12
"""Periods before and after it up to which it is looked whether a term is always in the news."""

_CLEAR = 0.15
"""How much of the way from the likeness of other events to equal texts two articles on one event have come at least."""
_UNKNOWN = 0.2  # the likeness of other events, where an archive has none of other weeks yet
_YOUNG = 0.1  # more, while little is known of its words
_WARM = 150  # articles, from when on enough is
_A_DAY = 0.01  # of the likeness asked for more with each day between an article and a story
LINKED = 0.45
"""Of the likeness asked for otherwise, where an editor has linked the two."""
MENTIONED = 0.7
"""The same for links in running text and in lists: often background."""
STAYING = 0.85
"""The same for an article that is in the story already: a little less, so that nothing goes to and fro."""
SPLIT = 0.7
"""The same for two halves of one story, below which it is split."""
FORTNIGHT = 14 * 24
"""Hours that an event may last before its own early articles count as those of other weeks: a column, a club's season
read the same after two weeks, an event has moved on.
"""
STRANGE = (0.25, 0.4)
"""Share of what an article says before all else that stands at the least in one other on its event, and in several
together: in generated months 98 of 100 articles pass, and of those on a twin half."""
FAMILIAR = 0.8
FAMILIAR_NEEDS = 0.85
"""Of the likeness asked for otherwise, where so much of it is there: a short piece has little else to say. Not on an
archive's first days, when all words look rare.
"""
BRIEF = 0.85
"""Share of the usual length of an article's terms, below which it is brief …"""
BRIEF_FAMILIAR = 0.7
BRIEF_NEEDS = 0.7
"""… and needs less still, where so much of what it says is there: of briefs in generated months that stood near the
story of another event, one of fifty had both."""
_FIRST = 8  # terms
_STEADY = 0.75  # of what a term adds is taken away where it is in the news all the time
_ONCE = 0.5  # articles a period: what is as rare as that is too rare to say anything
_ODD = 3  # articles: a word in fewer is as likely a slip or a flourish as a sign of the event
_COMMON_RANK = 8  # the how-many-th of an article's commonest terms stands in about all articles of its language
_FLAT = 10  # times as common as the middle one of an article's terms its commonest are at least, in any language


@dataclass(frozen=True, slots=True)
class Measure:
    """What the counts of an article's terms are measured by: how many articles there are in its language, those lent to
    a young archive among them.
    """

    articles: int

    @classmethod
    def of(cls, counts: Iterable[int], stored: int = 0, lent: int = 0) -> Measure:
        """Read off the counts of one article's terms, beside so many articles that are lent.

        Where no words stand out as common, as in a list of names, they would all look as if they stood everywhere: it
        is then measured by the middle one of them, up to the ``stored`` articles that there are in all languages.
        """
        common = sorted(counts, reverse=True)
        if not common:
            return cls(lent)
        return cls(lent + max(common[:_COMMON_RANK][-1], min(stored, _FLAT * common[len(common) // 2])))

    def weight(self, count: float) -> float:
        """Return the inverse document frequency, from 1 down to 0 for a term that stands everywhere.

        It is a share of the greatest there is, so that what was weighed long ago may be compared with what is today.
        """
        return max(0.0, 1 - log(count + _ODD) / log(self.articles + 1)) if self.articles else 0.0


@dataclass(frozen=True, slots=True)
class Vector:
    """An article's terms: how much it says of each, and the length of all of them once weighed.

    Terms are weighed when two articles are compared, and only those that they share; the length stays as it was when
    the article was met, for it hardly changes while an archive grows.
    """

    terms: Mapping[int, float]
    norm: float

    @classmethod
    def of(cls, terms: Mapping[int, float], weights: Mapping[int, float]) -> Vector:
        """Measure the terms of an article, of which all have a weight."""
        return cls(terms, sqrt(sum((tf * weights[term]) ** 2 for term, tf in terms.items())))


class Evidence(IntEnum):
    """What speaks for two articles beside their words, the strongest last."""

    WORDS = 0
    MENTION = 1  # a link in running text or in a list
    LINK = 2  # a box that an editor has set
    COPY = 3  # the same text


SHARE = {Evidence.WORDS: 1.0, Evidence.MENTION: MENTIONED, Evidence.LINK: LINKED, Evidence.COPY: 0.0}
"""What each leaves of the likeness asked for otherwise."""


@dataclass(frozen=True, slots=True)
class Member:
    """An article to compare: ``at`` in hours, ``cluster`` a number that it shares with the rest of its story."""

    id: int
    at: int
    cluster: int
    vector: Vector


@dataclass(frozen=True, slots=True)
class Match:
    """What joins an article to another and the rest of its cluster: ``score`` is how like it is to all of them."""

    other: Member
    evidence: Evidence
    score: float
    margin: float
    """By how much the likeness is more than was needed: what matches are compared by."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """Compares one article with another or with a cluster, and two clusters.

    ``measure`` says how many articles there are, ``weights`` what a term weighs, ``novelty`` how much it is news, or
    else ``usual``; ``noise`` is how like the article is to those of other weeks, ``length`` the usual one of an
    article's terms.
    """

    measure: Measure
    weights: Mapping[int, float]
    novelty: Mapping[int, float] = field(default_factory=dict)
    usual: float = 1.0
    noise: float | None = None
    length: float = 0.0
    _worth: dict[int, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def needed(self, hours: float) -> float:
        """Return the likeness that what is so far apart needs here."""
        return needed(hours, self.measure, self.noise)

    def shared(self, one: Vector, other: Vector) -> dict[int, float]:
        """Return what each term adds to the cosine of two articles that both have it.

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
            worth[term] = self.weights[term] ** 2 * self.novelty.get(term, self.usual)
        return {term: mine[term] * theirs[term] * worth[term] / size for term in common}

    def likeness(self, one: Vector, other: Vector) -> float:
        """Return how alike two articles are, from 0 to 1."""
        return sum(self.shared(one, other).values())

    def alike(self, one: Sequence[Member], other: Sequence[Member]) -> float:
        """Return how alike two clusters are, from 0 to 1: the cosine of their sums."""
        both = sum(self.likeness(a.vector, b.vector) for a in one for b in other)
        return both / sqrt(self._square(one) * self._square(other)) if both else 0.0

    def _square(self, members: Sequence[Member]) -> float:
        """Return the square of the length of a sum, where each article is of length 1."""
        return len(members) + 2 * sum(self.likeness(a.vector, b.vector) for a, b in combinations(members, 2))

    def told(self, article: Vector, cluster: Sequence[Vector]) -> float:
        """Return how much of what an article says before all else stands in a cluster too, from 0 to 1.

        Its heaviest terms are who, where and how many. Twins, such as two strikes told in the same sentences, have a
        company in common or a town, and not the rest.
        """
        says = {term: tf * self.weights[term] for term, tf in article.terms.items()}
        first = nlargest(_FIRST, says, key=lambda term: (says[term], -term))
        whole = sum(says[term] ** 2 for term in first)
        there = sum(says[term] ** 2 for term in first if any(term in other.terms for other in cluster))
        return there / whole if whole else 1.0

    def match(
        self, article: Member, cluster: Sequence[Member], evidence: Mapping[int, Evidence], share: float = 1.0
    ) -> Match | None:
        """Return what joins an article to a cluster; None where it is not enough.

        ``evidence`` is by article, ``share`` of the likeness that is asked for otherwise.
        """
        likeness = {other.id: self.likeness(article.vector, other.vector) for other in cluster}
        other = max(cluster, key=lambda one: (evidence.get(one.id, Evidence.WORDS), likeness[one.id], -one.id))
        strongest, apart = evidence.get(other.id, Evidence.WORDS), min(abs(article.at - one.at) for one in cluster)
        best = likeness[other.id]
        is_copy = strongest is Evidence.COPY and abs(article.at - other.at) <= COPIED
        if is_copy and self._words_agree(article, other, best, share):
            return Match(other, strongest, best, 1.0)
        if apart > WINDOW:
            return None
        score = sum(likeness.values()) / sqrt(self._square(cluster))
        floor = share * self.needed(apart) * SHARE[Evidence.MENTION if strongest is Evidence.COPY else strongest]
        told = self.told(article.vector, [other.vector for other in cluster])
        if strongest is Evidence.WORDS and told < STRANGE[min(len(cluster), len(STRANGE)) - 1]:
            return None
        floor *= self._share_for(article, told)
        return Match(other, strongest, score, score - floor) if score >= floor else None

    def _share_for(self, article: Member, told: float) -> float:
        """Return what is asked for of the usual likeness, where so much of what an article says before all is there."""
        if self.noise is None:
            return 1.0
        if told >= BRIEF_FAMILIAR and article.vector.norm < BRIEF * self.length:
            return BRIEF_NEEDS
        return FAMILIAR_NEEDS if told >= FAMILIAR else 1.0

    def _words_agree(self, article: Member, copy: Member, likeness: float, share: float) -> bool:
        """Return whether the words of a copy are about the same event: two short pieces of one form count as copies.

        Where so little is known of words that none weighs anything, the text alone decides.
        """
        is_known = article.vector.norm and copy.vector.norm
        return not is_known or likeness >= share * self.needed(0)


def novelty(counts: Mapping[int, int], beyond: int) -> float:
    """Return 1 for a term that has just come up, down to what is left of one that is always there.

    ``counts`` are numbers of articles by period before (-) and after an article's own; those ``beyond`` so many
    periods are of other weeks.
    """
    near = fmean(counts.get(period, 0) for period in range(-1, 2))
    far = sorted((n for period, n in counts.items() if abs(period) > beyond), reverse=True)[:2]
    usual = sum(far) / 2
    return 1 - _STEADY * usual / (max(near, usual) + _ONCE)


def needed(hours: float, measure: Measure, noise: float | None = None) -> float:
    """Return the likeness that an article and a story so far apart need.

    ``noise`` is how like the article is to those of other weeks, which are about something else; None where there are
    none. Scores are compared with a cohort's, as in the verification of speakers (T-norm: Auckenthaler et al., 2000):
    prose full of names needs less than texts that share their sentences with everything on their subject.
    """
    usual = _UNKNOWN + _YOUNG * max(0.0, 1 - measure.articles / _WARM) if noise is None else noise
    return (usual + _CLEAR * (1 - usual)) * (1 + _A_DAY * hours / 24)
