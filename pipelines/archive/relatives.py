"""Articles with nearly the same text as one: found by their bands, told by their words.

To be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from crawler.article import Kind
from pipelines.archive import bands
from pipelines.copies import shingles
from pipelines.copies.resemblance import SAME_TEXT, Likeness, Text, same_text
from pipelines.posts import is_of_posts
from pipelines.precedence import Order, Publication

_COLUMNS = "id, site, url, kind, wire, published_at, first_seen_at, content_hash, duplicate_of, text"


@dataclass(frozen=True)
class Piece:
    """A stored article, as far as copies go."""

    id: int
    publication: Publication
    is_live: bool
    content_hash: str
    duplicate_of: int | None
    text: str

    @cached_property
    def compared(self) -> Text:
        """What the text is compared by."""
        is_live = self.is_live or is_of_posts(self.text)
        return Text(shingles.words(self.text), self.publication.site, is_live)

    @property
    def site(self) -> str:
        """The paper that ran it."""
        return self.publication.site

    @property
    def order(self) -> Order:
        """Its place among the publications of a text."""
        return self.publication.order

    def is_before(self, other: Piece) -> bool:
        """Whether this one ran first."""
        return self.order < other.order


@dataclass(frozen=True, slots=True)
class Relative:
    """An article with nearly the same text, and how alike they are, this one's text taken first."""

    piece: Piece
    likeness: Likeness


def relatives_of(db: sqlite3.Connection, piece: Piece) -> list[Relative]:
    """The articles with nearly the same text, among a bounded number of candidates, and those that they belong to."""
    marks = shingles.bands(piece.compared.words)
    bands.keep(db, piece.id, marks)
    found = {other.id: Relative(other, SAME_TEXT) for other in _equal(db, piece)}
    tried = {piece.id, *found}
    _compare(db, piece, bands.candidates(db, piece.id, marks), found, tried)
    _compare(db, piece, _belonging(db, found), found, tried)
    return list(found.values())


def _compare(
    db: sqlite3.Connection, piece: Piece, candidates: Iterable[int], found: dict[int, Relative], tried: set[int]
) -> None:
    for candidate in candidates:
        other = None if candidate in tried else load(db, candidate)
        tried.add(candidate)
        if other is not None and (alike := same_text(piece.compared, other.compared)) is not None:
            found[candidate] = Relative(other, alike)


def _equal(db: sqlite3.Connection, piece: Piece) -> list[Piece]:
    """Articles with exactly the same text: on other sites, only if there is enough of it."""
    if not piece.text:
        return []
    found = db.execute(
        f"select {_COLUMNS} from articles where content_hash = ? and id <> ? order by id limit ?",
        (piece.content_hash, piece.id, bands.MOST),
    )
    is_enough = len(piece.compared.words) >= shingles.FEWEST
    return [other for row in found if (other := _piece(row)).site == piece.site or is_enough]


def _belonging(db: sqlite3.Connection, found: Iterable[int]) -> list[int]:
    """What these are known to be copies or reposts of."""
    origins = [origin_of(db, one) for one in found]
    reposts = [db.execute("select duplicate_of from articles where id = ?", (one,)).fetchone()[0] for one in found]
    return sorted({one for one in (*origins, *reposts) if one is not None})


def origin_of(db: sqlite3.Connection, article_id: int) -> int | None:
    """The article that this is known to be a copy of."""
    row = db.execute("select origin_id from copies where article_id = ?", (article_id,)).fetchone()
    return None if row is None else int(row[0])


def load(db: sqlite3.Connection, article_id: int) -> Piece | None:
    """A stored article; None where there is none."""
    row = db.execute(f"select {_COLUMNS} from articles where id = ?", (article_id,)).fetchone()
    return None if row is None else _piece(row)


def _piece(row: sqlite3.Row) -> Piece:
    told = (row["site"], row["url"], row["first_seen_at"] or "", row["published_at"], row["wire"])
    is_live = row["kind"] == Kind.LIVE
    return Piece(row["id"], Publication(*told), is_live, row["content_hash"], row["duplicate_of"], row["text"])
