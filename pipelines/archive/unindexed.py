"""What of an archive from an earlier version a search does not yet find: looked at in short steps, while crawls write.

Where it is broken off, the next crawl goes on; several crawls at once share the work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from crawler.scripts import UNSPACED_LETTER
from pipelines.archive import revisions
from pipelines.archive.database import Connection
from pipelines.archive.schema.search import BEGINNING, PIECES_OF_ONE
from pipelines.archive.words import learn, words_of

AT_ONCE = 60
"""Rows in one step: some 30 ms of articles, for each of which its words are worked out."""


def is_any_left(db: sqlite3.Connection) -> bool:
    """Return whether there is anything to do."""
    return db.execute("select 1 from _unindexed limit 1").fetchone() is not None


def steps(db: sqlite3.Connection) -> Iterator[int]:
    """Yield how many rows each step has looked at, until nothing is left. Each ``next()`` is one transaction."""
    while left := db.execute("select what, next, last from _unindexed limit 1").fetchone():
        what, first, last = left
        ids = [
            row[0]
            for row in db.execute(
                f"select id from {what} where id between ? and ? order by id limit ?",
                (first, last, AT_ONCE),
            )
        ]
        for row_id in ids:
            _WAYS[what](db, row_id)
        if len(ids) < AT_ONCE:
            db.execute("delete from _unindexed where what = ?", (what,))
        else:
            db.execute("update _unindexed set next = ? where what = ?", (ids[-1] + 1, what))
        yield len(ids)


def _article(db: sqlite3.Connection, article_id: int) -> None:
    row = db.execute(
        "select a.title, a.standfirst, coalesce(a.language, s.language) as language, a.text from articles a"
        " left join sites s on s.name = a.site where a.id = ?",
        (article_id,),
    ).fetchone()
    known = db.words if isinstance(db, Connection) else None
    learn(db, words_of((row["title"], row["standfirst"], row["text"])), row["language"], known)
    is_known = db.execute("select 1 from _pieces_docsize where id = ?", (article_id,)).fetchone()
    if not is_known and UNSPACED_LETTER.search(row["title"] + row["text"][:BEGINNING]):
        db.execute(PIECES_OF_ONE, (article_id,))


def _revision(db: sqlite3.Connection, revision_id: int) -> None:
    row = db.execute("select * from revisions where id = ?", (revision_id,)).fetchone()
    is_known = db.execute("select 1 from revisions_fts where rowid = ?", (revision_id,)).fetchone()
    if row["cause"] == "edit" and not is_known:
        revisions.keep_lost(db, revision_id, row, revisions.following(db, row))


_WAYS: Mapping[str, Callable[[sqlite3.Connection, int], None]] = MappingProxyType(
    {"articles": _article, "revisions": _revision}
)
