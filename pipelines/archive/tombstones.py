"""Articles that must not be kept: what the ledger and the store ask before they take one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

REASON = "forgotten"
"""The reason of candidates that a tombstone keeps from being fetched."""


def put(db: sqlite3.Connection, keys: Iterable[str], reason: str, now: str) -> None:
    """Let no article with one of these keys be kept from now on."""
    db.executemany(
        "insert into forgotten(address_key, forgotten_at, reason) values (?, ?, ?) on conflict do nothing",
        [(key, now, reason) for key in keys],
    )


def stand(db: sqlite3.Connection, keys: Iterable[str]) -> bool:
    """Whether one of these keys is that of an article which must not be kept."""
    return any(db.execute("select 1 from forgotten where address_key = ?", (key,)).fetchone() for key in keys)


def of_one(db: sqlite3.Connection, key: str) -> list[str]:
    """The keys of the forgotten article that has this one: those that were put at the same time for the same reason."""
    rows = db.execute(
        "select f.address_key from forgotten f join forgotten one on one.address_key = ?"
        " and (f.forgotten_at, f.reason) is (one.forgotten_at, one.reason)",
        (key,),
    )
    return [found for (found,) in rows]


def settle(db: sqlite3.Connection, url: str) -> None:
    """Settle an address in the ledger for good, without what a listing said of it."""
    db.execute(
        "update candidates set outcome = 'blocked', reason = ?, next_try_at = null, article_id = null,"
        " hinted_title = null, hinted_at = null where url = ?",
        (REASON, url),
    )
