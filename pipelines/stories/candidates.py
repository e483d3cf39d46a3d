"""What is an article compared with, to find its story? With who else has its rarest terms, links to it, or its text.

Look-ups whose cost does not grow with the archive. To be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import chain
from statistics import fmean

from pipelines.stories import index, rows
from pipelines.stories.rows import Reason
from pipelines.stories.scoring import (
    FAR,
    FORTNIGHT,
    LASTING,
    NEAR,
    PERIOD,
    Evidence,
    Match,
    Member,
    Scorer,
    Vector,
    novelty,
)
from pipelines.stories.terms import Terms
from pipelines.stories.weights import Weights, rarest

_COMPARED = 7  # articles of a story
_NEIGHBOURS = 20  # links and copies of one article that are looked at
_ELSEWHEN = 3  # articles of other weeks, to know how alike unlike things are
_NAMED = 5  # words that a reason names
_TITLE = 80  # characters of a title in a reason
_ASKED = 16  # terms by which others are looked for
_FOUND = 10  # articles that are compared
_AT_OTHER_TIMES = 8  # articles of other weeks, of which some are compared


class Candidates:
    """One article and what it is compared with; what was looked up once is kept."""

    def __init__(self, db: sqlite3.Connection, document: index.Document, terms: Terms | None = None):
        """Read the article's terms, unless they are given, how common they are and who else has them."""
        self.db = db
        self.document = document
        self.terms = terms or document.terms
        self.weights = Weights(db, self.terms.weights)
        self.ranked = rarest(self.terms.weights, self.weights)
        held = held_of(document, self.terms.weights, self.ranked, self.weights)
        around = surroundings(db, document, self.ranked, self.weights)
        self.alike = around.alike
        cluster = document.story_id or -document.id
        self.article = Member(document.id, document.at, cluster, held)
        self._members = {document.id: self.article}
        usual = fmean(around.novelty.values()) if around.novelty else 1.0
        plain = Scorer(self.weights.measure, self.weights, length=index.usual_length(db))
        self.scorer = replace(plain, novelty=around.novelty, usual=usual, noise=self._noise(around, plain))

    def articles(self, ids: Iterable[int]) -> list[Member]:
        """Return these articles, to be compared."""
        wanted = sorted(set(ids))
        missing = [article_id for article_id in wanted if article_id not in self._members]
        if missing:
            stories = rows.stories_of(self.db, missing)
            entries = index.entries(self.db, missing)
            self.weights.learn({term for entry in entries if entry.norm is None for term in entry.terms})
            for entry in entries:
                norm = Vector.of(entry.terms, self.weights).norm if entry.norm is None else entry.norm
                vector = Vector(entry.terms, norm)
                self._members[entry.id] = Member(entry.id, entry.at, stories.get(entry.id, -entry.id), vector)
        return [self._members[article_id] for article_id in wanted]

    def members(self, cluster: int) -> list[Member]:
        """Return some articles of a cluster, those nearest in time."""
        near = [-cluster] if cluster < 0 else index.nearest(self.db, cluster, self.document.at, _COMPARED)
        members = self.articles(near)
        times = Counter(chain.from_iterable(member.vector.terms for member in members))
        self.weights.learn(term for term, n in times.items() if n > 1)
        return members

    def others_of(self, story_id: int) -> list[Member]:
        """Return some articles of a story beside the article itself."""
        return [member for member in self.members(story_id) if member.id != self.article.id]

    def among(self, ids: Collection[int]) -> list[Member]:
        """Return some of these articles, those nearest in time."""
        return self.articles(index.among(self.db, ids, self.document.at)[:_COMPARED])

    def reason(self, match: Match, with_id: int) -> Reason:
        """Return in words why ``match`` holds, for the article that is joined through ``with_id``."""
        if match.evidence is Evidence.COPY:
            words = f"same text as {_title(self.db, with_id)}"
        elif match.evidence is Evidence.WORDS:
            words = f"same names and words: {', '.join(self._words_in_common(match))}"
        else:
            words = f"related link from {_title(self.db, _linking(self.db, self.document.id, match.other.id))}"
        return Reason(with_id, words, match.score)

    def _noise(self, around: Surroundings, scorer: Scorer) -> float | None:
        """Return how like the article is to those of other weeks; None where there are none.

        Those of a story that goes on are no measure: an event that lasts is not its own noise.
        """
        if not around.elsewhen:
            return None
        near = {member.cluster for member in self.articles(around.alike)}
        going_on = near - rows.lasting(self.db, near, FORTNIGHT)
        others = {member.id: member for member in self.articles(around.elsewhen) if member.cluster not in going_on}
        nearest = [others[article_id] for article_id in around.elsewhen if article_id in others][:_ELSEWHEN]
        return fmean(scorer.likeness(self.article.vector, other.vector) for other in nearest) if nearest else 0.0

    def _words_in_common(self, match: Match) -> list[str]:
        shares = self.scorer.shared(self.article.vector, match.other.vector)
        named: list[str] = []
        for term in sorted(shares, key=lambda term: -shares[term]):
            word = self.terms.shown.get(term)
            if word and not any(word in other or other in word for other in named):
                named.append(word)
        return named[:_NAMED]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an article: those of about the same time that share most of its rarest terms, the likeliest
    first; the same of articles of other weeks; and of each such term how much it is news, 0 to 1.
    """

    alike: list[int]
    elsewhen: list[int]
    novelty: dict[int, float]


def surroundings(
    db: sqlite3.Connection, document: index.Document, ranked: list[int], weights: Mapping[int, float]
) -> Surroundings:
    """Look an article's rarest terms up in the weeks around it."""
    asked, period = ranked[:_ASKED], document.at // PERIOD
    beyond = LASTING if index.goes_back(db, document.at, LASTING * PERIOD) else NEAR
    held = db.execute(
        "select term, period, article_id from json_each(?) asked cross join _terms on term = asked.value"
        " and period between ? and ?",
        (str(asked), period - FAR, period + FAR),
    )
    near: dict[int, float] = defaultdict(float)
    far: dict[int, float] = defaultdict(float)
    counts: dict[int, dict[int, int]] = {term: {} for term in asked}
    squared = {term: weights[term] ** 2 for term in asked}
    for term, at, other in held:
        apart, times = at - period, counts[term]
        times[apart] = times.get(apart, 0) + 1
        if abs(apart) <= NEAR:
            near[other] += squared[term]
        elif abs(apart) > beyond:
            far[other] += squared[term]
    near.pop(document.id, None)
    news = {term: novelty(times, beyond) for term, times in counts.items()}
    return Surroundings(_top(near, _FOUND), _top(far, _AT_OTHER_TIMES), news)


def held_of(
    document: index.Document, terms: Mapping[int, float], ranked: Sequence[int], weights: dict[int, float]
) -> Vector:
    """Return what the index holds of an article: that of its series first, and then the terms that say most.

    By its series others are found, and it says nothing: its weight becomes none.
    """
    weights[document.series] = 0.0
    return Vector.of({document.series: 0.0} | {term: terms[term] for term in ranked[: index.HELD]}, weights)


def evidence_of(db: sqlite3.Connection, article_id: int) -> dict[int, Evidence]:
    """Return the articles that a link or a common text ties to this one, in either direction."""
    evidence: dict[int, Evidence] = {}
    for kind, other in db.execute(
        "select kind, target_id from links where article_id = :id and target_id <> :id"
        " union all select kind, article_id from links where target_id = :id and article_id <> :id limit :most",
        {"id": article_id, "most": 5 * _NEIGHBOURS},
    ):
        link = Evidence.LINK if kind == "related" else Evidence.MENTION
        evidence[other] = max(evidence.get(other, link), link)
    for (other,) in db.execute(
        "select duplicate_of from articles where id = :id and duplicate_of is not null"
        " union select origin_id from copies where article_id = :id"
        " union select article_id from (select article_id from copies where origin_id = :id limit :most)"
        " union select id from (select id from articles where duplicate_of = :id limit :most)",
        {"id": article_id, "most": _NEIGHBOURS},
    ):
        evidence[other] = Evidence.COPY
    return evidence


def _title(db: sqlite3.Connection, article_id: int) -> str:
    (title,) = db.execute("select title from articles where id = ?", (article_id,)).fetchone()
    return f"“{title if len(title) <= _TITLE else title[: _TITLE - 1] + '…'}”"


def _linking(db: sqlite3.Connection, article_id: int, other_id: int) -> int:
    """Return which of two articles links to the other."""
    link = db.execute("select 1 from links where article_id = ? and target_id = ?", (article_id, other_id)).fetchone()
    return article_id if link else other_id


def _top(scores: Mapping[int, float], most: int) -> list[int]:
    return nsmallest(most, scores, key=lambda other: (-scores[other], other))
