"""What an edit took out of an article, in ``revisions_fts``, so that deleted words can be searched. To be called inside
a transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from crawler.scripts import UNSPACED_LETTER
from pipelines.archive.schema.search import pairs
from pipelines.copies.shingles import plain

State = Mapping[str, Any]
_MOST = 200_000
"""Characters of one state that are kept; texts are bounded before, but those of earlier versions were not."""
_PIECES = pairs(":said")


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


def keep(db: sqlite3.Connection, revision_id: int, old: State, new: State) -> None:
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
