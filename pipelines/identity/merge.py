"""Two rows that turn out to be one article become one: the lower number survives, with all that belonged to either.

To be called inside a transaction. A new table that names articles belongs into one of the lists below; the other
modules that are called here look after theirs. :data:`COVERED` is what a test holds against the schema.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.archive import revisions, rows
from pipelines.archive.fields import FIELDS, with_followers
from pipelines.copies import copies
from pipelines.identity import keys
from pipelines.identity.changes import changed
from pipelines.record import LISTING
from pipelines.stories import stories

Row = Mapping[str, Any]
_MOVED = (
    ("article_urls", "article_id"),
    ("revisions", "article_id"),
    ("events", "article_id"),
    ("alerts", "article_id"),
    ("candidates", "article_id"),
    ("merges", "into_id"),
    ("articles", "duplicate_of"),
)
"""Every row goes over to the survivor."""
_JOINED = (("_paragraphs", "article_id"), ("_sentences", "article_id"), ("_address_keys", "article_id"))
"""The same, where the survivor does not have it already."""
_OF_THE_STATE = ("article_authors", "article_tags", "blocks", "provenance", "dropped")
"""What belongs to the text: that of the later state stays."""
_ELSEWHERE = (
    ("links", "article_id"),
    ("links", "target_id"),
    ("_absences", "article_id"),
    ("article_facts", "article_id"),
    ("_bands", "article_id"),
    ("copies", "article_id"),
    ("copies", "origin_id"),
    ("story_articles", "article_id"),
    ("story_articles", "with_id"),
    ("_unplaced", "article_id"),
    ("_terms", "article_id"),
    ("_vectors", "article_id"),
)
COVERED = frozenset((*_MOVED, *_JOINED, *((table, "article_id") for table in _OF_THE_STATE), *_ELSEWHERE))
"""Every column that names an article, as (table, column)."""
_ADDRESS = ("url", "address_key", "site")
"""The better address of the two, not that of the later state."""
_STATE = tuple(field.name for field in FIELDS if field.source and field.name not in _ADDRESS)
_COURSE = (
    "first_seen_at", "last_seen_at", "last_checked_at", "last_changed_at", "next_check_at",
    "status", "gone_at", "gone_reason",
)  # fmt: skip
"""What became of the two pages: see :func:`_course`."""
_PLACED = ("id", "duplicate_of", "story_id")
"""Set by the merge itself, or by whoever finds copies and stories."""
HANDLED = frozenset((*_ADDRESS, *_STATE, *_COURSE, *_PLACED))
"""Every column of ``articles``; a test holds it against the fields."""
_SAME = "other.kind = links.kind and other.address_key = links.address_key and other.nth = links.nth"


@dataclass(frozen=True, slots=True)
class Occasion:
    """When two rows were found to be one article, and in which crawl. ``at`` is as in the archive."""

    at: str
    crawl_id: int | None = None


def merge(db: sqlite3.Connection, one: int, other: int, reason: str, occasion: Occasion) -> int:
    """Make one article of two, and return its number, the lower one.

    The state that was fetched later is the article's; the other one becomes a revision, if it is another state at all.
    """
    into, old = sorted((one, other))
    if into == old:
        return into
    kept, gone = _row(db, into), _row(db, old)
    later, earlier = (gone, kept) if gone["last_checked_at"] > kept["last_checked_at"] else (kept, gone)
    stranded = copies.forget(db, into, kept["text"]) + copies.forget(db, old, gone["text"])
    if changed(revisions.stored_state(earlier), revisions.stored_state(later)):
        revisions.keep(db, earlier, revisions.stored_state(later), "merge")
    merge_links(db, into, old, later["id"])
    dated = max(later, earlier, key=_how_sure_is_the_date)
    if dated is earlier:
        _take_over_date(db, later["id"], earlier["id"])
    _belongings(db, into, old, earlier["id"])
    stories.moved(db, old, into, occasion.at)
    address = _better_address(db, kept, gone)
    db.execute("delete from articles where id = ?", (old,))
    state = {name: later[name] for name in _STATE} | {name: dated[name] for name in with_followers("published_at")}
    rows.update(db, into, state | address | _course(kept, gone, later))
    rows.date_by(db, into, dated["date_basis"])
    db.execute("update articles set duplicate_of = null where id = ? and duplicate_of = id", (into,))
    entry = (old, into, occasion.at, reason)
    db.execute("insert or replace into merges(old_id, into_id, at, reason) values (?, ?, ?, ?)", entry)
    rows.event(db, into, occasion.crawl_id, occasion.at, "merged", f"{old}: {reason}")
    held = db.execute("select address_key from _address_keys where article_id = ?", (into,)).fetchall()
    keys.resolve(db, [row[0] for row in held])
    finding = copies.Finding(occasion.at, occasion.crawl_id, is_news=False)
    copies.settle(db, [into, *(one for one in stranded if one not in (into, old))], finding)
    stories.place(db, into, occasion.at)
    return into


def survivor(db: sqlite3.Connection, article_id: int) -> int:
    """Return the number under which an article is kept now. No chain is ever longer than one step."""
    row = db.execute(
        "select into_id from merges where old_id = ? and old_id not in (select id from articles)", (article_id,)
    ).fetchone()
    return article_id if row is None else int(row[0])


def _row(db: sqlite3.Connection, article_id: int) -> Row:
    found = db.execute(
        "select a.*, f.date_basis, f.listed_at from articles a join article_facts f on f.article_id = a.id"
        " where a.id = ?",
        (article_id,),
    )
    return dict(found.fetchone())


def _how_sure_is_the_date(row: Row) -> int:
    """Return 2 where the page gave it, 1 where a listing did, 0 where there is none: of equals the later state's."""
    return 0 if row["published_at"] is None else 1 + (row["date_basis"] != LISTING)


def _take_over_date(db: sqlite3.Connection, later: int, earlier: int) -> None:
    """Let the later state say whence it has the time that the earlier one alone is sure of."""
    db.execute("delete from provenance where article_id = ? and field = 'published_at'", (later,))
    moved = "update provenance set article_id = ? where article_id = ? and field = 'published_at'"
    db.execute(moved, (later, earlier))


def _belongings(db: sqlite3.Connection, into: int, old: int, earlier: int) -> None:
    for table in _OF_THE_STATE:
        db.execute(f"delete from {table} where article_id = ?", (earlier,))
        db.execute(f"update {table} set article_id = ? where article_id = ?", (into, old))
    for table, column in _MOVED:
        db.execute(f"update {table} set {column} = ? where {column} = ?", (into, old))
    db.execute(
        "update _address_keys set proof = max(proof, (select proof from _address_keys o where o.article_id = :old"
        " and o.address_key = _address_keys.address_key)) where article_id = :into"
        " and address_key in (select address_key from _address_keys where article_id = :old)",
        {"into": into, "old": old},
    )
    for table, column in _JOINED:
        db.execute(f"update or ignore {table} set {column} = ? where {column} = ?", (into, old))
        db.execute(f"delete from {table} where {column} = ?", (old,))
    _absences(db, into, old)
    db.execute("delete from copies where article_id in (:into, :old)", {"into": into, "old": old})
    db.execute("update copies set origin_id = ? where origin_id = ?", (into, old))


def _absences(db: sqlite3.Connection, into: int, old: int) -> None:
    """An article is missing where both its pages are."""
    (missing,) = db.execute("select count(*) from _absences where article_id in (?, ?)", (into, old)).fetchone()
    gone = (old,) if missing == 2 else (into, old)
    db.execute(f"delete from _absences where article_id in ({', '.join('?' * len(gone))})", gone)


def _better_address(db: sqlite3.Connection, kept: Row, gone: Row) -> dict[str, object]:
    """Return the address of the two that answered, has a number, is the shorter: other forms of a page are longer."""

    def order(row: Row) -> tuple[object, ...]:
        key = row["address_key"]
        claimed = db.execute(
            "select 1 from _address_keys where address_key = ? and proof = 0 and article_id in (?, ?)",
            (key, kept["id"], gone["id"]),
        ).fetchone()
        return claimed is not None, not key.startswith(f"{row['site']}:"), len(key), key

    return {name: min(kept, gone, key=order)[name] for name in _ADDRESS}


def _course(kept: Row, gone: Row, later: Row) -> dict[str, object]:
    """Return the first and last times of the two, and that it is there if either is."""
    status = next((row for row in (kept, gone) if row["status"] == "live"), later)
    return {
        "first_seen_at": min(kept["first_seen_at"], gone["first_seen_at"]),
        "last_seen_at": max(kept["last_seen_at"], gone["last_seen_at"]),
        "last_checked_at": max(kept["last_checked_at"], gone["last_checked_at"]),
        "last_changed_at": later["last_changed_at"],
        "next_check_at": min(filter(None, (kept["next_check_at"], gone["next_check_at"])), default=None),
    } | {name: status[name] for name in ("status", "gone_at", "gone_reason")}


# The links of two rows that become one article, in both directions.


def merge_links(db: sqlite3.Connection, into: int, old: int, later: int) -> None:
    """Give the survivor all links of both: one that both have once, as it stands in the ``later`` state of the two."""
    earlier = into if later == old else old
    numbers = {"into": into, "old": old, "later": later, "earlier": earlier}
    db.execute(
        f"""
        update links set first_seen_at = min(links.first_seen_at, other.first_seen_at),
            last_seen_at = max(links.last_seen_at, other.last_seen_at),
            target_id = coalesce(links.target_id, other.target_id)
        from links other where links.article_id = :later and other.article_id = :earlier and {_SAME}
        """,
        numbers,
    )
    db.execute(
        f"delete from links where article_id = :earlier and exists"
        f" (select 1 from links other where other.article_id = :later and {_SAME})",
        numbers,
    )
    db.execute("update links set article_id = :into where article_id = :old", numbers)
    db.execute("update links set target_id = :into where target_id = :old", numbers)
