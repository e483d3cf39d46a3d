"""An article that must not be kept is taken out with everything that tells of it; a tombstone keeps it out.

What others say stays theirs: the words with which another article links here, and that somebody asked for it at all.
"""

from __future__ import annotations

import sqlite3

from pipelines.archive import tombstones
from pipelines.copies import copies
from pipelines.identity import keys
from pipelines.stories import stories

_OWN = (
    "article_authors", "article_tags", "blocks", "provenance", "dropped", "revisions", "links", "events",
    "article_urls", "_address_keys", "_paragraphs", "_absences",
)  # fmt: skip
"""Tables whose rows with its ``article_id`` go."""
_NAMED = (("links", "target_id"), ("story_articles", "with_id"), ("articles", "duplicate_of"))
"""Columns of other articles' rows that no longer name it."""
_ELSEWHERE = (
    ("alerts", "article_id"), ("candidates", "article_id"), ("merges", "into_id"), ("_bands", "article_id"),
    ("copies", "article_id"), ("copies", "origin_id"), ("story_articles", "article_id"), ("_terms", "article_id"),
    ("_vectors", "article_id"),
)  # fmt: skip
COVERED = frozenset((*((table, "article_id") for table in _OWN), *_NAMED, *_ELSEWHERE))
"""Every column that names an article, as (table, column): a test holds this against the schema."""


def forget(db: sqlite3.Connection, article_id: int, reason: str, now: str) -> dict[str, int]:
    """Take an article out. Gives how many rows went, by table. To be called inside a transaction.

    Raises ValueError where there is no such article.
    """
    row = db.execute("select text from articles where id = ?", (article_id,)).fetchone()
    if row is None:
        raise ValueError(f"there is no article {article_id}")
    known, urls = keys_of(db, article_id), addresses(db, article_id)
    gone = {"articles": 1, "alerts": _alerts(db, article_id), "candidates": _candidates(db, article_id, known, urls)}
    stranded = copies.forget(db, article_id, row["text"])
    stories.forget(db, article_id, now)
    db.execute("delete from copies where article_id = :id or origin_id = :id", {"id": article_id})
    for table, column in _NAMED:
        db.execute(f"update {table} set {column} = null where {column} = ?", (article_id,))
    for table in _OWN:
        gone[table] = db.execute(f"delete from {table} where article_id = ?", (article_id,)).rowcount
    db.execute("delete from merges where into_id = ?", (article_id,))
    db.executemany("delete from _validators where url = ?", [(url,) for url in urls])
    db.execute("delete from articles where id = ?", (article_id,))
    gone["authors"] = db.execute("delete from authors where id not in (select author_id from article_authors)").rowcount
    gone["tags"] = db.execute("delete from tags where id not in (select tag_id from article_tags)").rowcount
    tombstones.put(db, known, reason, now)
    copies.settle(db, [one for one in stranded if one != article_id], copies.Finding(now, None, is_news=False))
    return {table: n for table, n in gone.items() if n}


def addresses(db: sqlite3.Connection, article_id: int) -> list[str]:
    """Every address that led to an article."""
    rows = db.execute(
        "select url from article_urls where article_id = :id union select url from articles where id = :id",
        {"id": article_id},
    )
    return [url for (url,) in rows]


def captures(db: sqlite3.Connection, article_id: int) -> set[str]:
    """The WARC files that are known to hold a copy of it."""
    rows = db.execute(
        "select capture from articles where id = :id union select capture from revisions where article_id = :id",
        {"id": article_id},
    )
    return {capture.partition(":")[0] for (capture,) in rows if capture}


def keys_of(db: sqlite3.Connection, article_id: int) -> list[str]:
    """What identifies it: no mere claim, and no slug, which others may share, unless it is kept under one."""
    (own,) = db.execute("select address_key from articles where id = ?", (article_id,)).fetchone()
    rows = db.execute(
        "select address_key from _address_keys where article_id = ? and proof > ?", (article_id, keys.CLAIMED)
    )
    return sorted({own, *(key for (key,) in rows if "~" not in key)})


def _alerts(db: sqlite3.Connection, article_id: int) -> int:
    told = "select id from alerts where article_id = :id or event_id in (select id from events where article_id = :id)"
    db.execute(f"delete from deliveries where alert_id in ({told})", {"id": article_id})
    return db.execute(f"delete from alerts where id in ({told})", {"id": article_id}).rowcount


def _candidates(db: sqlite3.Connection, article_id: int, known: list[str], urls: list[str]) -> int:
    """Addresses in the ledger, with what listings said of them."""
    found = {url for (url,) in db.execute("select url from candidates where article_id = ?", (article_id,))} | set(urls)
    for key in known:
        found |= {url for (url,) in db.execute("select url from candidates where address_key = ?", (key,))}
    db.executemany("delete from listings where candidate = ?", [(url,) for url in found])
    return sum(db.execute("delete from candidates where url = ?", (url,)).rowcount for url in found)
