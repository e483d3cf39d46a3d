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
    """What a host wants: no request before ``held_until``, and ``crawl_delay`` seconds between two; 0 for neither.

    ``refusals``: how many of its last answers in a row refused us without naming a time.
    """

    held_until: float = 0.0
    crawl_delay: float = 0.0
    refusals: int = 0


def of_host(db: sqlite3.Connection, host: str, now: float) -> HostPace:
    """What is known of a host."""
    row = db.execute("select held_until, crawl_delay, refusals from _pace where host = ?", (host,)).fetchone()
    if row is None:
        return HostPace()
    held_until, crawl_delay, refusals = row
    return HostPace(0.0 if is_due(held_until, now, LONGEST_HOLD) else held_until, crawl_delay, refusals)


def reserve(db: sqlite3.Connection, host: str, delay: float, now: float, *, is_first: bool = False) -> float:
    """Take the next turn at a host, ``delay`` seconds before the one after it. Return the time to ask at.

    ``is_first``: the first turn of a crawl at this host. Whoever had the turn before may have been killed, and may have
    asked later than its turn was; so where that was just now, a whole pause lies before the first request.
    ``now`` must be read inside the transaction: one read before a wait for the lock would bring two requests together.
    """
    row = db.execute("select next_at from _pace where host = ?", (host,)).fetchone()
    next_at = row[0] if row is not None and not is_due(row[0] + delay, now, _FARTHEST_TURN) else 0.0
    at = max(now, next_at)
    if is_first and next_at:
        at = max(at, now + delay)
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


def refused(db: sqlite3.Connection, host: str, status: int, now: float) -> float:
    """Count a refusal that names no time, and let the host rest where there were enough. Return for how many seconds.

    What was under way when the host began to rest says nothing more.
    """
    known = of_host(db, host, now)
    if known.held_until:
        return known.held_until - now
    db.execute(
        "insert into _pace(host, refusals) values (?, 1) on conflict(host) do update set refusals = refusals + 1",
        (host,),
    )
    seconds = rest(status, known.refusals + 1)
    if seconds:
        hold(db, host, now + seconds, now)
    return seconds


def learn(db: sqlite3.Connection, host: str, told: HostPace, now: float) -> None:
    """Write down what another machine has found a host to want."""
    if told.held_until > now:
        hold(db, host, told.held_until, now)
    db.execute(
        "insert into _pace(host, crawl_delay, refusals) values (:host, :delay, :refusals) on conflict(host)"
        " do update set crawl_delay = excluded.crawl_delay, refusals = excluded.refusals",
        {"host": host, "delay": told.crawl_delay, "refusals": told.refusals},
    )


def accepted(db: sqlite3.Connection, host: str) -> None:
    """Write down that a host answers again."""
    db.execute("update _pace set refusals = 0 where host = ?", (host,))


REFUSALS = {429: 1, 503: 3, 403: 5}
"""How many refusals in a row make a host rest. 429 is said to us; a page may be in trouble or closed on its own
account, but several in a row are the host's."""
_REST, _LONGEST_REST = 60.0, 1_920.0  # seconds; the longest is within the hour with the ten minutes of a failed try


def rest(status: int, refusals: int) -> float:
    """Return how long a host rests after so many refusals in a row: one minute, then twice as long each time. Pure."""
    beyond = refusals - REFUSALS.get(status, refusals + 1)
    return min(_REST * 2 ** min(beyond, 10), _LONGEST_REST) if beyond >= 0 else 0.0


def slow_down(db: sqlite3.Connection, host: str, crawl_delay: float) -> None:
    """Write down the seconds that a host wants between two requests; 0 for no wish."""
    db.execute(
        "insert into _pace(host, crawl_delay) values (?, ?)"
        " on conflict(host) do update set crawl_delay = excluded.crawl_delay",
        (host, crawl_delay),
    )
