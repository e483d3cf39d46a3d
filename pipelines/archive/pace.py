"""One pace per host for all processes on the archive: who may ask next, and which host wants to be left alone.

Times are seconds of the wall clock, to the microsecond: the table is internal, and two crawls on one archive share a
machine.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from pipelines.archive.due import is_due

LONGEST_HOLD = 2 * 86_400.0
"""Seconds that a host can be left alone for one answer; as long as the longest pause between two tries."""
_FARTHEST_TURN = 3_600.0


@dataclass(frozen=True, slots=True)
class HostPace:
    """What a host wants: no request before ``held_until``, and ``crawl_delay`` seconds between two; 0 for neither."""

    held_until: float = 0.0
    crawl_delay: float = 0.0


def of_host(db: sqlite3.Connection, host: str, now: float) -> HostPace:
    """What is known of a host."""
    row = db.execute("select held_until, crawl_delay from _pace where host = ?", (host,)).fetchone()
    if row is None:
        return HostPace()
    held_until, crawl_delay = row
    return HostPace(0.0 if is_due(held_until, now, LONGEST_HOLD) else held_until, crawl_delay)


def reserve(db: sqlite3.Connection, host: str, delay: float, now: float) -> float:
    """Take the next turn at a host, ``delay`` seconds before the one after it. Gives the time to ask at.

    ``now`` must be read inside the transaction: one read before a wait for the lock would bring two requests together.
    """
    row = db.execute("select next_at from _pace where host = ?", (host,)).fetchone()
    at = now if row is None or is_due(row[0], now, _FARTHEST_TURN) else row[0]
    db.execute(
        "insert into _pace(host, next_at) values (?, ?) on conflict(host) do update set next_at = excluded.next_at",
        (host, at + delay),
    )
    return at


def hold(db: sqlite3.Connection, host: str, until: float, now: float) -> None:
    """Leave a host alone until a time; a later one that was set before stays."""
    until = max(until, of_host(db, host, now).held_until)
    db.execute(
        "insert into _pace(host, held_until) values (?, ?)"
        " on conflict(host) do update set held_until = excluded.held_until",
        (host, min(until, now + LONGEST_HOLD)),
    )


def slow_down(db: sqlite3.Connection, host: str, crawl_delay: float) -> None:
    """Write down the seconds that a host wants between two requests; 0 for no wish."""
    db.execute(
        "insert into _pace(host, crawl_delay) values (?, ?)"
        " on conflict(host) do update set crawl_delay = excluded.crawl_delay",
        (host, crawl_delay),
    )
