"""What is handed out to workers on other machines: one batch a host group at a time, and its addresses until settled.

The archive decides, whatever a broker delivers, delivers twice or loses. A batch is a lease with a deadline: until then
nobody else asks its hosts for anything. Each of its addresses has a number, under which it is settled in the
transaction that stores what came of it: so the first answer counts, and any other one finds its number gone. What the
deadline finds unsettled goes into another batch under the same numbers. To be called inside a transaction, but for what
only reads.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.archive.due import is_due

LONGEST = 3_600.0
"""Seconds that a batch can be away: what ends later was written by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A lease of a group of hosts, until ``ends_at`` in seconds of the clock. ``worker``: who says it has begun."""

    id: str
    group: str
    site: str
    crawl_id: int
    ends_at: float
    worker: str | None = None

    def is_over(self, now: float) -> bool:
        """Return whether nobody works on it any more."""
        return bool(is_due(self.ends_at, now, LONGEST))


@dataclass(frozen=True, slots=True)
class HandOut:
    """An address that is handed out, under its number."""

    number: int
    url: str


def numbered(urls: Iterable[str]) -> tuple[HandOut, ...]:
    """Return addresses with numbers that none had before."""
    return tuple(HandOut(secrets.randbits(62), url) for url in urls)


def hand_out(db: sqlite3.Connection, batch: Batch, hand_outs: Sequence[HandOut]) -> None:
    """Lease a group of hosts for a batch, with these addresses: new ones, or what another batch has left."""
    db.execute(
        "insert into _batches(id, host_group, site, crawl_id, ends_at) values (?, ?, ?, ?, ?)",
        (batch.id, batch.group, batch.site, batch.crawl_id, batch.ends_at),
    )
    db.executemany(
        "insert into _hand_outs(number, batch, url) values (?, ?, ?)"
        " on conflict(number) do update set batch = excluded.batch",
        [(each.number, batch.id, each.url) for each in hand_outs],
    )


def begin(db: sqlite3.Connection, batch_id: str, worker: str, ends_at: float) -> bool:
    """Write down who works on a batch, and until when. Return whether it is still handed out."""
    return bool(
        db.execute("update _batches set worker = ?, ends_at = ? where id = ?", (worker, ends_at, batch_id)).rowcount
    )


def settle(db: sqlite3.Connection, number: int, url: str) -> Batch | None:
    """Settle an address under its number. Return the batch it was in; None where it is settled already."""
    row = db.execute("delete from _hand_outs where number = ? and url = ? returning batch", (number, url)).fetchone()
    return find(db, row["batch"]) if row else None


def withdraw(db: sqlite3.Connection, number: int) -> None:
    """Settle an address of which nothing came."""
    db.execute("delete from _hand_outs where number = ?", (number,))


def find(db: sqlite3.Connection, batch_id: str) -> Batch | None:
    """Return a batch; None where it is over."""
    row = db.execute("select * from _batches where id = ?", (batch_id,)).fetchone()
    return _batch(row) if row else None


def left(db: sqlite3.Connection, batch_id: str) -> tuple[HandOut, ...]:
    """Return what of a batch is not settled."""
    rows = db.execute("select number, url from _hand_outs where batch = ? order by rowid", (batch_id,))
    return tuple(HandOut(row["number"], row["url"]) for row in rows)


def end(db: sqlite3.Connection, batch_id: str, *, keeps: bool = False) -> None:
    """Give a lease back. What is not settled waits as it did before it was handed out.

    ``keeps``: its addresses keep their numbers, to be handed out once more at once.
    """
    db.execute("delete from _batches where id = ?", (batch_id,))
    if not keeps:
        db.execute("delete from _hand_outs where batch = ?", (batch_id,))


def outstanding(db: sqlite3.Connection) -> tuple[Batch, ...]:
    """Return all that is handed out."""
    return tuple(map(_batch, db.execute("select * from _batches order by id")))


def drop_strays(db: sqlite3.Connection) -> None:
    """Forget numbers whose batch is over: whoever was to hand them out once more was killed before."""
    db.execute("delete from _hand_outs where batch not in (select id from _batches)")


def _batch(row: sqlite3.Row) -> Batch:
    return Batch(row["id"], row["host_group"], row["site"], row["crawl_id"], row["ends_at"], row["worker"])
