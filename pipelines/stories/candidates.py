"""All that is at hand while the story of one article is looked for: its terms, and the articles it may be tied to."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
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
    Ground,
    Measure,
    Piece,
    Scene,
    Tie,
    Vector,
    news,
)

_COMPARED = 7  # articles of a story
_NEIGHBOURS = 20  # links and copies of one article that are looked at
_ELSEWHEN = 3  # articles of other weeks, to know how alike unlike things are
_NAMED = 5  # words that a reason names
_TITLE = 80  # characters of a title in a reason
_ASKED = 16  # terms by which others are looked for
_FOUND = 10  # articles that are compared
_AT_OTHER_TIMES = 8  # articles of other weeks, of which some are compared


class Desk:
    """One article and what it is compared with; what was looked up once is kept."""

    def __init__(self, db: sqlite3.Connection, page: index.Page):
        """Read the article's terms, how common they are and who else has them."""
        self.db = db
        self.page = page
        self.terms = page.terms
        self.weights = Weights(db, self.terms.weights)
        self.ranked = rarest(self.terms.weights, self.weights)
        found = around(db, page, self.ranked, self.weights)
        self.alike = found.alike
        held = {term: self.terms.weights[term] for term in self.ranked[: index.HELD]}
        self.piece = Piece(page.id, page.at, page.story_id or -page.id, Vector.of(held, self.weights))
        self._pieces = {page.id: self.piece}
        usual = fmean(found.news.values()) if found.news else 1.0
        plain = Scene(self.weights.measure, self.weights, length=index.usual_length(db))
        self.scene = replace(plain, news=found.news, usual=usual, noise=self._noise(found, plain))

    def pieces(self, ids: Iterable[int]) -> list[Piece]:
        """These articles, to be compared."""
        wanted = sorted(set(ids))
        missing = [article_id for article_id in wanted if article_id not in self._pieces]
        if missing:
            in_story = rows.stories_of(self.db, missing)
            kept = index.kept(self.db, missing)
            self.weights.learn({term for one in kept if one.norm is None for term in one.terms})
            for one in kept:
                vector = Vector.of(one.terms, self.weights) if one.norm is None else Vector(one.terms, one.norm)
                self._pieces[one.id] = Piece(one.id, one.at, in_story.get(one.id, -one.id), vector)
        return [self._pieces[article_id] for article_id in wanted]

    def members(self, cluster: int) -> list[Piece]:
        """Some articles of a cluster, those nearest in time."""
        near = [-cluster] if cluster < 0 else index.nearest(self.db, cluster, self.page.at, _COMPARED)
        found = self.pieces(near)
        told = Counter(chain.from_iterable(piece.vector.terms for piece in found))
        self.weights.learn(term for term, times in told.items() if times > 1)
        return found

    def among(self, ids: Collection[int]) -> list[Piece]:
        """Some of these articles, those nearest in time."""
        return self.pieces(index.among(self.db, ids, self.page.at)[:_COMPARED])

    def reason(self, tie: Tie, with_id: int) -> Reason:
        """In words why ``tie`` holds, for the article that is joined through ``with_id``."""
        if tie.ground is Ground.COPY:
            words = f"same text as {_title(self.db, with_id)}"
        elif tie.ground is Ground.WORDS:
            words = f"same names and words: {', '.join(self._shown(tie))}"
        else:
            words = f"related link from {_title(self.db, _linking(self.db, self.page.id, tie.other.id))}"
        return Reason(with_id, words, tie.score)

    def _noise(self, found: Around, scene: Scene) -> float | None:
        """How like the article is to those of other weeks; None where there are none.

        Those of a story that goes on are no measure: an event that lasts is not its own noise.
        """
        if not found.elsewhen:
            return None
        near = {piece.cluster for piece in self.pieces(found.alike)}
        going_on = near - rows.lasting(self.db, near, FORTNIGHT)
        others = {piece.id: piece for piece in self.pieces(found.elsewhen) if piece.cluster not in going_on}
        nearest = [others[one] for one in found.elsewhen if one in others][:_ELSEWHEN]
        return fmean(scene.likeness(self.piece.vector, other.vector) for other in nearest) if nearest else 0.0

    def _shown(self, tie: Tie) -> list[str]:
        parts = self.scene.shared(self.piece.vector, tie.other.vector)
        said: list[str] = []
        for term in sorted(parts, key=lambda term: -parts[term]):
            word = self.terms.shown.get(term)
            if word and not any(word in one or one in word for one in said):
                said.append(word)
        return said[:_NAMED]


def grounds(db: sqlite3.Connection, article_id: int) -> dict[int, Ground]:
    """The articles that a link or a common text ties to this one, in either direction."""
    found: dict[int, Ground] = {}
    for kind, other in db.execute(
        "select kind, target_id from links where article_id = :id and target_id <> :id"
        " union all select kind, article_id from links where target_id = :id and article_id <> :id limit :most",
        {"id": article_id, "most": 5 * _NEIGHBOURS},
    ):
        ground = Ground.LINK if kind == "related" else Ground.MENTION
        found[other] = max(found.get(other, ground), ground)
    for (other,) in db.execute(
        "select duplicate_of from articles where id = :id and duplicate_of is not null"
        " union select origin_id from copies where article_id = :id"
        " union select article_id from (select article_id from copies where origin_id = :id limit :most)"
        " union select id from (select id from articles where duplicate_of = :id limit :most)",
        {"id": article_id, "most": _NEIGHBOURS},
    ):
        found[other] = Ground.COPY
    return found


def _title(db: sqlite3.Connection, article_id: int) -> str:
    (title,) = db.execute("select title from articles where id = ?", (article_id,)).fetchone()
    return f"“{title if len(title) <= _TITLE else title[: _TITLE - 1] + '…'}”"


def _linking(db: sqlite3.Connection, one: int, other: int) -> int:
    """Which of two articles links to the other."""
    found = db.execute("select 1 from links where article_id = ? and target_id = ?", (one, other)).fetchone()
    return one if found else other


# What stands around an article: how common its terms are, and who else has the rarest of them.
#
# Look-ups whose cost does not grow with the archive. To be called inside a transaction.


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
    return Around(_top(near, _FOUND), _top(far, _AT_OTHER_TIMES), {term: news(n, beyond) for term, n in counts.items()})


def _top(scores: Mapping[int, float], most: int) -> list[int]:
    return nsmallest(most, scores, key=lambda other: (-scores[other], other))
