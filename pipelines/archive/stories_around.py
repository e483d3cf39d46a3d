"""What stands around an article: how common its terms are, and who else has the rarest of them.

Look-ups whose cost does not grow with the archive. To be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from pipelines.stories import index
from pipelines.stories.tfidf import FAR, LASTING, NEAR, PERIOD, Measure, news

_ASKED = 16  # terms by which others are looked for
_FOUND = 10  # articles that are compared
_ELSEWHEN = 8  # articles of other weeks, of which some are compared


class Weights(dict[int, float]):
    """How much terms say, by how rare they are; those of one article at once, others when they are asked for."""

    def __init__(self, db: sqlite3.Connection, terms: Collection[int]):
        """Look up the terms of the article by which all is measured."""
        counts = _counts(db, terms)
        (stored,) = db.execute("select max(article_id) from _vectors").fetchone()
        self.measure = Measure.of(counts.values(), stored or 0)
        self._db = db
        self._weigh(terms, counts)

    def __missing__(self, term: int) -> float:
        """Look one up that the article has not."""
        self.learn([term])
        return self[term]

    def learn(self, terms: Iterable[int]) -> None:
        """Look up terms that the article has not, all at once."""
        if unknown := [term for term in terms if term not in self]:
            self._weigh(unknown, _counts(self._db, unknown))

    def _weigh(self, terms: Collection[int], counts: Mapping[int, int]) -> None:
        weight = {count: self.measure.weight(count) for count in {0, *counts.values()}}
        self.update((term, weight[counts.get(term, 0)]) for term in terms)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around an article: those of about the same time that share most of its rarest terms, the likeliest
    first; the same of articles of other weeks; and of each such term how much it is news, 0 to 1.
    """

    alike: list[int]
    elsewhen: list[int]
    news: dict[int, float]


def _counts(db: sqlite3.Connection, wanted: Collection[int]) -> dict[int, int]:
    """How many articles have each of these terms; one that was never counted is left out."""
    return dict(
        db.execute(
            "select term, articles from _term_counts where term in (select value from json_each(?))",
            (str(list(wanted)),),
        )
    )


def rarest(terms: Mapping[int, float], weights: Mapping[int, float]) -> list[int]:
    """The terms that say most, the first one most."""
    weighed = {term: tf * weights[term] for term, tf in terms.items()}
    return sorted(weighed, key=lambda term: (-weighed[term], term))


def around(db: sqlite3.Connection, one: index.Page, ranked: list[int], weights: Mapping[int, float]) -> Around:
    """Look an article's rarest terms up in the weeks around it."""
    asked, period = ranked[:_ASKED], one.at // PERIOD
    beyond = LASTING if index.goes_back(db, one.at, LASTING * PERIOD) else NEAR
    found = db.execute(
        "select term, period, article_id from json_each(?) asked cross join _terms on term = asked.value"
        " and period between ? and ?",
        (str(asked), period - FAR, period + FAR),
    )
    near: dict[int, float] = defaultdict(float)
    far: dict[int, float] = defaultdict(float)
    counts: dict[int, dict[int, int]] = {term: {} for term in asked}
    squared = {term: weights[term] ** 2 for term in asked}
    for term, at, other in found:
        apart, n = at - period, counts[term]
        n[apart] = n.get(apart, 0) + 1
        if abs(apart) <= NEAR:
            near[other] += squared[term]
        elif abs(apart) > beyond:
            far[other] += squared[term]
    near.pop(one.id, None)
    return Around(_top(near, _FOUND), _top(far, _ELSEWHEN), {term: news(n, beyond) for term, n in counts.items()})


def _top(scores: Mapping[int, float], most: int) -> list[int]:
    return nsmallest(most, scores, key=lambda other: (-scores[other], other))
