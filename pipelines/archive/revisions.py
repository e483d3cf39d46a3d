"""Earlier states of articles: what a revision keeps of one, how it is written, and which of its words are searched.

What an edit took out of an article stands in ``revisions_fts``. What writes is to be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from crawler.article import utc_text
from crawler.scripts import UNSPACED_LETTER
from crawler.site import Site
from pipelines.archive import fields
from pipelines.archive.schema.search import pairs
from pipelines.copies.shingles import plain
from pipelines.identity.changes import BESIDE, State, beside, changed, is_silent, summary
from pipelines.record import LISTING, Record

_KEPT = tuple(field.name for field in fields.OF_A_STATE)
MAYBE = "maybe edited"
"""Opens the summary where other rules read a page that the paper says it has changed meanwhile."""
_MOST = 200_000
"""Characters of one state that are kept; texts are bounded before, but those of earlier versions were not."""
_PIECES = pairs(":said")


def state_of(record: Record, site: Site) -> State:
    """Return what a fetched article says now. A time that only a listing gives is none that its page says."""
    columns = fields.columns(record, site) | {"url": record.canonical.url}
    if record.is_by_listing:
        columns["published_at"] = None
    blocks = tuple((one.reason, one.text) for one in record.article.dropped if one.reason in BESIDE)
    return {name: columns[name] for name in _KEPT} | {"beside": blocks}


def stored_state(row: Mapping[str, Any]) -> State:
    """Return what a row of ``articles``, with its ``date_basis``, says that its page says; blocks beside its text where
    they were looked up with it.
    """
    published = {"published_at": None} if row["date_basis"] == LISTING else {}
    return {name: row[name] for name in _KEPT} | published | {"beside": dict(row).get("beside")}


def state_behind_wall(record: Record, row: Mapping[str, Any], site: Site) -> State:
    """Return what an article says before whose text a wall stands: the headline of the page, and the stored text."""
    new = state_of(record, site)
    return {**stored_state(row), "title": new["title"], "modified_at": new["modified_at"]}


def keep(db: sqlite3.Connection, row: Mapping[str, Any], new: State, cause: str) -> None:
    """Keep the stored state as a revision, before the row takes over ``new``."""
    old = stored_state(row)
    silent = is_silent(old, new) if cause == "edit" else None
    _insert(db, row["id"], old, (row["last_changed_at"], row["last_checked_at"]), cause, silent, old, new)


def swap(db: sqlite3.Connection, row: Mapping[str, Any], revision: int, new: State, now: str) -> None:
    """Keep the stored state, unless a revision has it already, before the row takes over one that was seen before."""
    db.execute("update revisions set seen_until = max(seen_until, ?) where id = ?", (now, revision))
    old = stored_state(row)
    for known in db.execute(
        "select * from revisions where article_id = ? and content_hash is ? and cause = 'edit'",
        (row["id"], row["content_hash"]),
    ).fetchall():
        if not changed(dict(known), old):
            seen = (row["last_checked_at"], known["id"])
            db.execute("update revisions set seen_until = max(seen_until, ?) where id = ?", seen)
            return
    keep(db, row, new, "edit")


def keep_earlier(db: sqlite3.Connection, row: Mapping[str, Any], record: Record, site: Site) -> dict[str, str]:
    """Keep a state that was captured before the stored one as a revision, if it is another state at all.

    Returns the times of the stored one, where they move back because it is the same.
    """
    old, new, at = state_of(record, site), stored_state(row), utc_text(record.visit.fetch.at)
    if not changed(old, new):
        return {name: min(row[name], at) for name in ("first_seen_at", "last_changed_at")}
    known = db.execute(
        "update revisions set seen_from = min(seen_from, :at), seen_until = max(seen_until, :at)"
        " where article_id = :id and content_hash = :hash and title = :title",
        {"at": at, "id": row["id"], "hash": old["content_hash"], "title": old["title"]},
    )
    if not known.rowcount:
        _insert(db, row["id"], old, (at, at), "edit", is_silent(old, new), old, new)
    return {}


def _insert(
    db: sqlite3.Connection,
    article_id: int,
    kept: State,
    seen: tuple[str, str],
    cause: str,
    silent: bool | None,
    old: State,
    new: State,
) -> None:
    told = summary(old, new)
    row = {
        **{name: kept[name] for name in _KEPT},
        "article_id": article_id,
        "seen_from": seen[0],
        "seen_until": seen[1],
        "cause": cause,
        "silent": None if silent is None else int(silent),
        "changed": ", ".join(changed(old, new)),
        "summary": f"{MAYBE}; {told}" if cause == "rules" and _may_hide_an_edit(old, new) else told,
    }
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    cursor = db.execute(f"insert into revisions({columns}) values ({marks})", tuple(row.values()))
    if cause == "edit":
        revision_id = int(cursor.lastrowid or 0)
        keep_lost(db, revision_id, old, new)
        db.executemany(
            "insert into revision_blocks(revision_id, place, kind, before, after) values (?, ?, ?, ?, ?)",
            ((revision_id, place, *block) for place, block in enumerate(beside(old, new))),
        )


def _may_hide_an_edit(old: State, new: State) -> bool:
    """Return whether the paper moved its own modification time between two states that other rules read.

    Of the same bytes it did not, however they are read.
    """
    if old["capture"] is not None and old["capture"] == new["capture"]:
        return False
    return bool(old["modified_at"] and new["modified_at"] and new["modified_at"] > old["modified_at"])


# What an edit took out, so that deleted words can be searched.


def lost(old: State, new: State) -> dict[str, str | None]:
    """Return what the next state lacks: ``title`` and ``standfirst`` where they differ, the paragraphs as ``text``.

    Pure. A paragraph that was rewritten is lost as it stood. What differs in typography alone is not lost.
    """
    kept = {plain(paragraph) for paragraph in (new["text"] or "").split("\n\n")}
    gone = [one for one in (old["text"] or "").split("\n\n") if one and plain(one) not in kept]
    heads = {
        name: old[name] if old[name] and plain(old[name]) != plain(new[name] or "") else None
        for name in ("title", "standfirst")
    }
    return {**heads, "text": "\n\n".join(gone)[:_MOST] or None}


def keep_lost(db: sqlite3.Connection, revision_id: int, old: State, new: State) -> None:
    """Write down what the state after a revision lacks, if anything."""
    words = lost(old, new)
    said = " ".join(value for value in words.values() if value)
    if not said:
        return
    pieces = _PIECES if UNSPACED_LETTER.search(said) else "null"
    db.execute(
        "insert into revisions_fts(rowid, title, standfirst, text, pieces)"
        f" values (:id, :title, :standfirst, :text, {pieces})",
        {"id": revision_id, "said": said, **words},
    )


def following(db: sqlite3.Connection, revision: State) -> State:
    """Return the state that an edit led to: that of the next edit, else the article as it is."""
    later = db.execute(
        "select title, standfirst, text from revisions where article_id = :article_id and cause = 'edit'"
        " and (coalesce(seen_until, seen_from, ''), id) > (coalesce(:seen_until, :seen_from, ''), :id)"
        " order by coalesce(seen_until, seen_from, ''), id limit 1",
        {name: revision[name] for name in ("article_id", "seen_until", "seen_from", "id")},
    ).fetchone()
    present = "select title, standfirst, text from articles where id = ?"
    state: State = later or db.execute(present, (revision["article_id"],)).fetchone()
    return state
