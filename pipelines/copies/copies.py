"""Who ran whose text: reposts within a site (``duplicate_of``), syndication across sites (``copies``).

An article belongs to the earliest publication of nearly its text: of its own site a repost of it, of another site a
copy. A repost counts no further. So what the tables say follows from the articles alone, in whatever order they came.
To be called inside a transaction.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from crawler.article import Kind
from pipelines.archive import rows
from pipelines.copies import shingles
from pipelines.copies.resemblance import SAME_TEXT, Likeness, Text, is_of_posts, same_text

_AT_ONCE = 200
"""Wordings of one text that are compared in one transaction: a second's work."""
_COLUMNS = "id, site, url, kind, wire, published_at, first_seen_at, content_hash, duplicate_of, text"
_APART = re.compile(r"[\W_]+")
_NEWS = ("", "news")
Order = tuple[bool, str, int, str, str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """When and by whom something was found out. What only our rules made visible is no news."""

    at: str
    crawl_id: int | None
    is_news: bool = True


def place(db: sqlite3.Connection, article_id: int, finding: Finding) -> None:
    """Find what a new article is a copy of, and what are copies of it."""
    settle(db, [article_id], finding)


def follow(db: sqlite3.Connection, article_id: int, old_text: str, finding: Finding) -> None:
    """Find the same anew once an article's text or time of publication has changed."""
    stranded = forget(db, article_id, old_text)
    settle(db, [article_id, *stranded], finding)


def forget(db: sqlite3.Connection, article_id: int, text: str) -> list[int]:
    """Let an article no longer be found by this text. Gives those that count as copies of it: to be settled anew."""
    shingles.forget(db, article_id, shingles.bands(shingles.words(text)))
    return _dependents(db, article_id)


def settle_with_dependents(db: sqlite3.Connection, article_ids: Iterable[int], finding: Finding) -> None:
    """Find the same anew for articles of which something else changed that tells it, such as whose they are."""
    moved = list(article_ids)
    settle(db, [*moved, *(one for article_id in moved for one in _dependents(db, article_id))], finding)


def settle(db: sqlite3.Connection, article_ids: Iterable[int], finding: Finding) -> None:
    """Find anew what these articles are copies of, as after the one that they were copies of is gone."""
    waiting = list(article_ids)
    done: set[int] = set()
    while waiting:
        article_id = waiting.pop(0)
        piece = None if article_id in done else load(db, article_id)
        done.add(article_id)
        if piece is None:
            continue
        if (relatives := relatives_of(db, piece)) or origin_of(db, article_id) or piece.duplicate_of:
            waiting += _belong(db, piece, relatives, finding)
            waiting += _adopt(db, load(db, article_id) or piece, relatives, finding)


def _belong(db: sqlite3.Connection, piece: Piece, relatives: list[Relative], finding: Finding) -> list[int]:
    """Write down which earlier publication the article belongs to, if any. Gives who must be settled because of it."""
    earlier = sorted((one for one in relatives if one.piece.is_before(piece)), key=lambda one: one.piece.order)
    repeated = next((one.piece.id for one in earlier if one.piece.site == piece.site), None)
    stranded = _repost(db, piece, repeated)
    copied = (one for one in earlier if one.piece.site != piece.site and one.piece.duplicate_of is None)
    origin = next(copied, None) if repeated is None else None
    if origin is None:
        db.execute("delete from copies where article_id = ?", (piece.id,))
        return stranded
    return stranded + _copy(db, piece, origin.piece, origin.likeness.mirrored, finding)


def _adopt(db: sqlite3.Connection, piece: Piece, relatives: list[Relative], finding: Finding) -> list[int]:
    """Let later publications belong to this one, where it is the earliest. Gives who must be settled because of it."""
    stranded: list[int] = []
    for one in relatives:
        other = one.piece
        if not piece.is_before(other):
            continue
        if other.site == piece.site:
            if _is_first(db, piece, other.duplicate_of):
                stranded += _repost(db, other, piece.id)
                db.execute("delete from copies where article_id = ?", (other.id,))
        elif (
            piece.duplicate_of is None and other.duplicate_of is None and _is_first(db, piece, origin_of(db, other.id))
        ):
            stranded += _copy(db, other, piece, one.likeness, finding)
    return stranded


def _is_first(db: sqlite3.Connection, piece: Piece, known: int | None) -> bool:
    """Whether a publication is before the one that something is known to belong to, if any is."""
    other = None if known is None else load(db, known)
    return other is None or piece.is_before(other)


def _repost(db: sqlite3.Connection, piece: Piece, of: int | None) -> list[int]:
    """Gives those that counted as copies of the article, if it was none and now is a repost."""
    if piece.duplicate_of == of:
        return []
    rows.update(db, piece.id, {"duplicate_of": of})
    return [] if of is None else _dependents(db, piece.id)


def _copy(db: sqlite3.Connection, copy: Piece, origin: Piece, likeness: Likeness, finding: Finding) -> list[int]:
    """Gives those that counted as copies of this copy."""
    known = origin_of(db, copy.id)
    _write(db, copy.id, origin.id, likeness, finding)
    if known is None and finding.is_news:
        rows.event(db, copy.id, finding.crawl_id, finding.at, "syndicated", f"first in {origin.site}")
    return [] if known == origin.id else _led(db, copy.id, origin, finding)


def _write(db: sqlite3.Connection, copy: int, origin: int, likeness: Likeness, finding: Finding) -> None:
    shares = (round(x, 4) for x in (likeness.similarity, likeness.kept, likeness.own))
    db.execute(
        "insert into copies(article_id, origin_id, similarity, kept, own, found_at) values (?, ?, ?, ?, ?, ?)"
        " on conflict(article_id) do update set origin_id = excluded.origin_id, similarity = excluded.similarity,"
        " kept = excluded.kept, own = excluded.own",
        (copy, origin, *shares, finding.at),
    )


def _led(db: sqlite3.Connection, former: int, origin: Piece, finding: Finding) -> list[int]:
    """Let those that counted as copies of a text that has turned out to be a copy itself be copies of its origin.

    A text that hundreds of papers ran must not hold up other crawls: each wording is compared once and with the origin
    alone, and beyond :data:`_AT_ONCE` of them the shares stay those of their comparison with the former origin. Gives
    those that are not alike to the origin, or of its paper: to be settled anew.
    """
    found = db.execute("select article_id from copies where origin_id = ? order by article_id", (former,)).fetchall()
    known: dict[tuple[str, bool], Likeness | None] = {}
    stranded: list[int] = []
    for (article_id,) in found:
        copy = load(db, article_id)
        if copy is None or copy.id == origin.id:
            continue
        wording = copy.content_hash, copy.is_live
        if wording not in known and len(known) >= _AT_ONCE:
            db.execute("update copies set origin_id = ? where article_id = ?", (origin.id, copy.id))
            continue
        if wording not in known:
            known[wording] = same_text(origin.compared, copy.compared)
        likeness = known[wording]
        if likeness is None or copy.site == origin.site:
            stranded.append(copy.id)
        else:
            _write(db, copy.id, origin.id, likeness, finding)
    return stranded


def _dependents(db: sqlite3.Connection, article_id: int) -> list[int]:
    """Those that count as copies or reposts of the article."""
    found = db.execute(
        "select article_id from copies where origin_id = :id union select id from articles where duplicate_of = :id",
        {"id": article_id},
    )
    return [int(row[0]) for row in found]


# Articles with nearly the same text as one: found by their bands, told by their words.
#
# To be called inside a transaction.


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
    shingles.keep(db, piece.id, marks)
    found = {other.id: Relative(other, SAME_TEXT) for other in _equal(db, piece)}
    tried = {piece.id, *found}
    _compare(db, piece, shingles.candidates(db, piece.id, marks), found, tried)
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
        (piece.content_hash, piece.id, shingles.MOST),
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


# Who ran a text first, as far as papers tell. Pure.


@dataclass(frozen=True, slots=True)
class Publication:
    """What is known of when and by whom an article was published; times as the archive writes them."""

    site: str
    url: str
    first_seen_at: str
    published_at: str | None = None
    wire: str | None = None

    @property
    def order(self) -> Order:
        """What publications are sorted by, the first one smallest.

        The agency's own paper, if it says so; then by day. Of one day, those with a time of day come first, by that
        time: a plain date says only that it was not later. Where a page does not say, when it was first seen is all
        there is. Equal ones are told apart by what no order of arrival changes.
        """
        at = self.published_at
        if at is None:
            day, known = self.first_seen_at[:10], 2
        else:
            day, known = at[:10], 0 if "T" in at else 1
        return not self.is_agency, day, known, at or "", self.first_seen_at, self.url

    @property
    def is_agency(self) -> bool:
        """Whether the agency that the article names is the paper that ran it: ``TASS`` on ``tass.com``."""
        named = _APART.sub("", (self.wire or "").casefold())
        labels = _APART.split(self.site.casefold())
        return bool(named) and any(label.removeprefix(named) in _NEWS for label in labels if label.startswith(named))
