"""All that is at hand while the story of one article is looked for: its terms, and the articles it may be tied to."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import chain
from statistics import fmean

from pipelines.archive.stories_around import Around, Weights, around, rarest
from pipelines.stories import index, rows
from pipelines.stories.rows import Reason
from pipelines.stories.tfidf import FORTNIGHT, Vector
from pipelines.stories_scene import Ground, Piece, Scene, Tie

_COMPARED = 7  # articles of a story
_NEIGHBOURS = 20  # links and copies of one article that are looked at
_ELSEWHEN = 3  # articles of other weeks, to know how alike unlike things are
_NAMED = 5  # words that a reason names
_TITLE = 80  # characters of a title in a reason


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
