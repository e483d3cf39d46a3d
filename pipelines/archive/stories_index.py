"""Which stored articles have an article's rarest terms: look-ups whose cost does not grow with the archive.

``_vectors`` holds the terms of the latest articles, ``_terms`` the rarest of each by period of publication, and
``_term_counts`` how common each term is. To be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zlib import crc32

from pipelines.stories import FAR, NEAR, PERIOD, Measure, news
from pipelines.terms import READ, Terms, terms

KEPT = 200_000
"""How many of the latest articles stay to be found; some hundred bytes each."""

HELD = 40  # terms of an article, the weightiest
_FINDABLE = 12  # of them, the rarest, by which it is found
_ASKED = 16  # terms by which others are looked for
_ROWS = 40  # articles that one term may bring: enough of a great event to meet it
_FOUND = 10  # articles that are compared
_ELSEWHEN = 3  # articles of other weeks that are compared, to know how alike unlike things are
_COUNTED_ALL = 1000  # articles; of later ones one in eight is counted, for eight: each count is a page to write
_COUNTED = 8
_LATEST = 24  # articles of a story that are looked through
_TF = 32  # a weight of 1.0 as it is kept in a byte


@dataclass(frozen=True, slots=True)
class Page:
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
        """A number that stays while the words and the time do."""
        return crc32(f"{self.at}\n{self.title}\n{self.standfirst}\n{self.text}".encode("utf-8", "replace"))

    @property
    def terms(self) -> Terms:
        """Its terms, read anew."""
        return terms(self.title, self.standfirst, self.text)


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as the index has it."""

    id: int
    at: int
    terms: dict[int, float]


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around an article: those of about the same time that share most of its rarest terms, the likeliest
    first; the same of articles of other weeks; and of each such term how much it is news, 0 to 1.
    """

    alike: list[int]
    elsewhen: list[int]
    news: dict[int, float]


def page(db: sqlite3.Connection, article_id: int) -> Page | None:
    """The article; None where there is none of this number."""
    row = db.execute(
        "select id, site, kind, published_at, first_seen_at, story_id, title, standfirst, substr(text, 1, ?) as text"
        " from articles where id = ?",
        (READ, article_id),
    ).fetchone()
    if row is None:
        return None
    at = hours(row["published_at"] or row["first_seen_at"] or "1970-01-01")
    return Page(row["id"], row["site"], row["kind"], at, row["story_id"], row["title"], row["standfirst"], row["text"])


def hours(published: str) -> int:
    """Hours since 1970 of a time or a plain date as the archive writes it; of a date it is noon."""
    at = datetime.fromisoformat(published)
    if len(published) == len("2024-12-09"):
        at = datetime.combine(at, time(12))
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() // 3600)


def digest(db: sqlite3.Connection, article_id: int) -> int | None:
    """The digest with which the article is in the index."""
    row = db.execute("select digest from _vectors where article_id = ?", (article_id,)).fetchone()
    return None if row is None else int(row[0])


def counts(db: sqlite3.Connection, wanted: Collection[int]) -> dict[int, int]:
    """How common each of these terms is; one that was never counted is left out."""
    found = db.execute(
        "select term, articles from _term_counts where term in (select value from json_each(?))",
        (str(list(wanted)),),
    )
    return dict(tuple(row) for row in found)


def rarest(weights: Mapping[int, float], known: Mapping[int, int], measure: Measure) -> list[int]:
    """The terms that say most, the first one most."""
    weighed = {term: tf * measure.weight(known.get(term, 0)) for term, tf in weights.items()}
    return sorted(weighed, key=lambda term: (-weighed[term], term))


def add(db: sqlite3.Connection, one: Page, weights: Mapping[int, float], ranked: list[int], *, findable: bool) -> None:
    """Put an article into the index, and count its terms if it is new there; forget what is too long ago."""
    is_new = remove(db, one.id) is False
    held = ranked[:HELD]
    packed = array("I", held).tobytes() + bytes(min(255, round(_TF * weights[term])) for term in held)
    db.execute(
        "insert into _vectors(article_id, at, digest, terms) values (?, ?, ?, ?)", (one.id, one.at, one.digest, packed)
    )
    db.executemany(
        "insert into _terms(period, term, article_id) values (?, ?, ?)",
        [(one.at // PERIOD, term, one.id) for term in held[: _FINDABLE if findable else 0]],
    )
    if is_new:
        _count(db, one, weights)
        for (old,) in db.execute("select article_id from _vectors where article_id <= ? limit 2", (one.id - KEPT,)):
            remove(db, old)


def remove(db: sqlite3.Connection, article_id: int) -> bool:
    """Take an article out of the index. Gives whether it was there."""
    row = db.execute("delete from _vectors where article_id = ? returning at, terms", (article_id,)).fetchone()
    if row is None:
        return False
    held = list(_unpacked(row["terms"]))
    db.executemany(
        "delete from _terms where period = ? and term = ? and article_id = ?",
        [(row["at"] // PERIOD, term, article_id) for term in held[:_FINDABLE]],
    )
    return True


def _count(db: sqlite3.Connection, one: Page, weights: Iterable[int]) -> None:
    for_ = 1 if one.id <= _COUNTED_ALL else _COUNTED
    if one.id % for_:
        return
    db.executemany(
        "insert into _term_counts(term, articles) values (?, ?)"
        " on conflict(term) do update set articles = articles + excluded.articles",
        [(term, for_) for term in sorted(weights)],
    )


def kept(db: sqlite3.Connection, ids: Collection[int]) -> list[Kept]:
    """These articles; one that is too old to be in the index is read anew."""
    found = db.execute(
        "select article_id, at, terms from _vectors where article_id in (select value from json_each(?))",
        (str(list(ids)),),
    )
    there = {row["article_id"]: Kept(row["article_id"], row["at"], _unpacked(row["terms"])) for row in found}
    return [there.get(one) or _reread(db, one) for one in ids]


def nearest(db: sqlite3.Connection, story_id: int, at: int, most: int) -> list[int]:
    """Articles of a story that lie nearest to a time, of those that came last into the archive."""
    found = db.execute(
        "select v.article_id from (select article_id from story_articles where story_id = ?"
        " order by article_id desc limit ?) s join _vectors v on v.article_id = s.article_id"
        " order by abs(v.at - ?), v.article_id limit ?",
        (story_id, _LATEST, at, most),
    )
    return [article_id for (article_id,) in found]


def among(db: sqlite3.Connection, ids: Collection[int], at: int) -> list[int]:
    """Those of these articles that lie nearest to a time; of those alone that are in the index."""
    found = db.execute(
        "select article_id from _vectors where article_id in (select value from json_each(?))"
        " order by abs(at - ?), article_id limit ?",
        (str(list(ids)), at, _LATEST),
    )
    return [article_id for (article_id,) in found]


def _reread(db: sqlite3.Connection, article_id: int) -> Kept:
    found = page(db, article_id)
    return Kept(article_id, found.at, found.terms.weights) if found else Kept(article_id, 0, {})


def _unpacked(packed: bytes) -> dict[int, float]:
    size = len(packed) // 5
    numbers = array("I", packed[: 4 * size])
    return {term: tf / _TF for term, tf in zip(numbers, packed[4 * size :], strict=True)}


def around(db: sqlite3.Connection, one: Page, ranked: list[int], known: Mapping[int, int], measure: Measure) -> Around:
    """Look an article's rarest terms up in the weeks around it. No term brings more than so many rows a period."""
    asked = ranked[:_ASKED]
    period = one.at // PERIOD
    found = db.execute(
        """
        select t.value as term, p.value as period, (
            select group_concat(article_id) from (select article_id from _terms
            where _terms.period = p.value and _terms.term = t.value order by article_id desc limit ?)
        ) as ids from json_each(?) t, json_each(?) p where ids is not null
        """,
        (_ROWS, str(asked), str(list(range(period - FAR, period + FAR + 1)))),
    )
    near: dict[int, float] = defaultdict(float)
    far: dict[int, float] = defaultdict(float)
    rows: dict[int, dict[int, int]] = {term: {} for term in asked}
    for term, at, told in found:
        ids = [int(other) for other in told.split(",")]
        rows[term][at - period] = len(ids)
        scores = near if abs(at - period) <= NEAR else far
        weight = measure.weight(known.get(term, 0)) ** 2
        for other in ids:
            scores[other] += weight
    near.pop(one.id, None)
    return Around(_top(near, _FOUND), _top(far, _ELSEWHEN), {term: news(counts) for term, counts in rows.items()})


def _top(scores: Mapping[int, float], most: int) -> list[int]:
    return sorted(scores, key=lambda other: (-scores[other], other))[:most]
