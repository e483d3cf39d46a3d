"""Which articles have a term, and how many? The terms of articles as the archive keeps them, for later ones to compare.

``_vectors`` holds the terms of the latest articles, ``_terms`` by its rarest terms and the period of publication
where each is found, and ``_term_counts`` how common each term is. To be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zlib import crc32

from pipelines.stories.scoring import FAR, PERIOD, Vector
from pipelines.stories.terms import READ, Terms, terms, title_term

KEPT = 200_000
"""How many of the latest articles stay to be found; some hundred bytes each."""

HELD = 40  # terms of an article, the weightiest
ROWS = 40
"""Articles that one term may bring, of one period: enough of a great event to meet it."""
_FINDABLE = 13  # of them, its title's and the rarest, by which it is found
_COUNTED_ALL = 1000  # articles; of later ones one in eight is counted, for eight: each count is a page to write
_COUNTED = 8
_LATEST = 24  # articles of a story that are looked through
_MANY = 80  # articles of other weeks that tell what is usual in them
_TF = 32  # a weight of 1.0 as it is kept in a byte
_TFS = tuple(byte / _TF for byte in range(256))


@dataclass(frozen=True, slots=True)
class Document:
    """What of an article decides on its story. ``at`` is in hours since 1970; ``digest`` tells texts apart."""

    id: int
    site: str
    kind: str
    at: int
    story_id: int | None
    title: str
    standfirst: str | None
    text: str

    @property
    def digest(self) -> int:
        """Return a number that stays while the words and the time do."""
        return crc32(f"{self.at}\n{self.title}\n{self.standfirst}\n{self.text}".encode("utf-8", "replace"))

    @property
    def series(self) -> int:
        """Return the number of a term that articles of its paper have whose titles differ in figures alone."""
        return title_term(self.site, self.title)

    @property
    def terms(self) -> Terms:
        """Return its terms, read anew."""
        return terms(self.title, self.standfirst, self.text)


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as the index has it; ``norm`` is the length of its terms, None where it must be measured anew: what
    the words weigh changes too much in a young archive.
    """

    id: int
    at: int
    terms: dict[int, float]
    norm: float | None


def read(db: sqlite3.Connection, article_id: int) -> Document | None:
    """Return the article; None where there is none of this number."""
    row = db.execute(
        "select id, articles.site, kind, dated_at, story_id, title, standfirst, substr(text, 1, ?) as text"
        " from articles join article_facts on article_id = id where id = ?",
        (READ, article_id),
    ).fetchone()
    if row is None:
        return None
    at = hours(row["dated_at"] or "1970-01-01")
    return Document(
        row["id"], row["site"], row["kind"], at, row["story_id"], row["title"], row["standfirst"], row["text"]
    )


def hours(published: str) -> int:
    """Return the hours since 1970 of a time or a plain date as the archive writes it; of a date it is noon."""
    at = datetime.fromisoformat(published)
    if len(published) == len("2024-12-09"):
        at = datetime.combine(at, time(12))
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() // 3600)


def digest(db: sqlite3.Connection, article_id: int) -> int | None:
    """Return the digest with which the article is in the index."""
    row = db.execute("select digest from _vectors where article_id = ?", (article_id,)).fetchone()
    return None if row is None else int(row[0])


def add(db: sqlite3.Connection, document: Document, held: Vector, *, findable: bool) -> None:
    """Put an article into the index by the terms that are held, its title's and then the rarest first; forget what is
    too long ago. One that is not ``findable`` is found by its title alone.
    """
    is_new = remove(db, document.id) is False
    packed = _packed(held.terms)
    db.execute(
        "insert into _vectors(article_id, at, digest, terms, norm) values (?, ?, ?, ?, ?)",
        (document.id, document.at, document.digest, packed, held.norm),
    )
    _let_find(db, document, list(held.terms)[: _FINDABLE if findable else 1])
    if is_new:
        for (old,) in db.execute(
            "select article_id from _vectors where article_id <= ? limit 2", (document.id - KEPT,)
        ):
            remove(db, old)


def _let_find(db: sqlite3.Connection, document: Document, terms: Iterable[int]) -> None:
    """Let an article be found by these terms. In each period a term finds no more than its :data:`ROWS` latest."""
    period, listed = document.at // PERIOD, str(list(terms))
    db.execute(
        "insert into _terms(term, period, article_id) select value, ?, ? from json_each(?)",
        (period, document.id, listed),
    )
    db.execute(
        "delete from _terms where (term, period, article_id) in ("
        "select asked.value, ?1, (select article_id from _terms where term = asked.value and period = ?1"
        " order by article_id desc limit 1 offset ?2) from json_each(?3) as asked)",
        (period, ROWS, listed),
    )


def remove(db: sqlite3.Connection, article_id: int) -> bool:
    """Take an article out of the index. Return whether it was there."""
    row = db.execute("delete from _vectors where article_id = ? returning at, terms", (article_id,)).fetchone()
    if row is None:
        return False
    held = list(_unpacked(row["terms"]))[:_FINDABLE]
    db.execute(
        "delete from _terms where period = ? and article_id = ? and term in (select value from json_each(?))",
        (row["at"] // PERIOD, article_id, str(held)),
    )
    return True


def count(db: sqlite3.Connection, document: Document, terms: Iterable[int]) -> None:
    """Count the terms of an article that is new; of a grown archive, of one in eight, by what it says."""
    times = 1 if document.id <= _COUNTED_ALL else _COUNTED
    if document.digest % times:
        return
    db.execute(
        "insert into _term_counts(term, articles) select value, ? from json_each(?) where true"
        " on conflict(term) do update set articles = articles + excluded.articles",
        (times, str(sorted(terms))),
    )


def entries(db: sqlite3.Connection, ids: Collection[int]) -> list[Entry]:
    """Return these articles; one that is too old to be in the index is read anew."""
    rows = db.execute(
        "select article_id, at, terms, norm from _vectors where article_id in (select value from json_each(?))",
        (str(list(ids)),),
    )
    indexed = {
        article_id: Entry(article_id, at, _unpacked(packed), norm if article_id > _COUNTED_ALL else None)
        for article_id, at, packed, norm in rows
    }
    return [indexed.get(article_id) or _read_anew(db, article_id) for article_id in ids]


def within(db: sqlite3.Connection, ids: Collection[int], at: int, hours: int) -> set[int]:
    """Return those of these articles that are in the index and lie no further from a time."""
    rows = db.execute(
        "select article_id from _vectors where article_id in (select value from json_each(?)) and abs(at - ?) <= ?",
        (str(list(ids)), at, hours),
    )
    return {article_id for (article_id,) in rows}


def issues(db: sqlite3.Connection, document: Document) -> dict[int, int]:
    """Return the articles of its paper with its title, within some weeks, and the hour of each."""
    period = document.at // PERIOD
    rows = db.execute(
        "select v.article_id, v.at from _terms t cross join _vectors v on v.article_id = t.article_id"
        " where t.term = ? and t.period between ? and ? and t.article_id <> ? limit ?",
        (document.series, period - FAR, period + FAR, document.id, ROWS),
    )
    return dict(tuple(row) for row in rows)


def goes_back(db: sqlite3.Connection, at: int, hours: int) -> bool:
    """Return whether there are many articles further from a time, before it or after it."""
    before, after = db.execute(
        "select (select count(*) from (select 1 from _vectors where at < :at - :hours limit :many)),"
        " (select count(*) from (select 1 from _vectors where at > :at + :hours limit :many))",
        {"at": at, "hours": hours, "many": _MANY},
    ).fetchone()
    return int(before) + int(after) >= _MANY


def usual_length(db: sqlite3.Connection) -> float:
    """Return the length of an article's terms, on average of those published last."""
    (length,) = db.execute(
        "select avg(norm) from (select norm from _vectors order by at desc, digest limit ?)", (_LATEST,)
    ).fetchone()
    return length or 0.0


def nearest(db: sqlite3.Connection, story_id: int, at: int, most: int) -> list[int]:
    """Return articles of a story that lie nearest to a time, of those that came last into the archive."""
    rows = db.execute(
        "select v.article_id from (select article_id from story_articles where story_id = ?"
        " order by article_id desc limit ?) s join _vectors v on v.article_id = s.article_id"
        " order by abs(v.at - ?), v.digest limit ?",
        (story_id, _LATEST, at, most),
    )
    return [article_id for (article_id,) in rows]


def among(db: sqlite3.Connection, ids: Collection[int], at: int) -> list[int]:
    """Return those of these articles that lie nearest to a time; of those alone that are in the index."""
    rows = db.execute(
        "select article_id from _vectors where article_id in (select value from json_each(?))"
        " order by abs(at - ?), digest limit ?",
        (str(list(ids)), at, _LATEST),
    )
    return [article_id for (article_id,) in rows]


def _read_anew(db: sqlite3.Connection, article_id: int) -> Entry:
    document = read(db, article_id)
    if document is None:
        return Entry(article_id, 0, {}, None)
    return Entry(article_id, document.at, document.terms.weights, None)


def _packed(terms: Mapping[int, float]) -> bytes:
    return array("I", terms).tobytes() + bytes(min(255, round(_TF * tf)) for tf in terms.values())


def _unpacked(packed: bytes) -> dict[int, float]:
    size = len(packed) // 5
    return dict(zip(array("I", packed[: 4 * size]), map(_TFS.__getitem__, packed[4 * size :]), strict=True))
