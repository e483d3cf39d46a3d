"""The outbox: which alerts wait for which target, and what became of each attempt."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.article import utc_text, utc_time
from pipelines.watching.watches import pause

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
GIVEN_UP = timedelta(days=7)
"""How long an alert is tried: later it is no news, and the error stands beside it."""
_AT_ONCE = 50  # alerts in a message


@dataclass(frozen=True, slots=True)
class Item:
    """An alert that waits. ``site`` and ``url`` are of its article; empty for a finding."""

    alert_id: int
    created_at: str
    message: str
    site: str
    url: str
    article_id: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes to one target in one message, oldest first; ``more`` wait behind it."""

    watch: str
    target: str
    items: tuple[Item, ...]
    more: int = 0


def is_waiting(db: sqlite3.Connection, now: datetime) -> bool:
    """Whether anything is to be tried now, or soon with a digest: a look at an index."""
    found = db.execute(
        "select 1 from deliveries where sent_at is null and next_try_at <= ? limit 1", (utc_text(now),)
    ).fetchone()
    return found is not None


def due(db: sqlite3.Connection, now: datetime) -> list[Batch]:
    """The messages to send now. A watch with a digest waits until that long after its last message to the target."""
    pairs = db.execute(
        "select distinct l.watch_id, w.name, w.digest, d.target from deliveries d join alerts l on l.id = d.alert_id"
        " join watches w on w.id = l.watch_id where d.sent_at is null and d.next_try_at <= ? order by 2, 4",
        (utc_text(now),),
    ).fetchall()
    return [
        _batch(db, row["watch_id"], row["name"], row["target"], now)
        for row in pairs
        if _last_sent(db, row["watch_id"], row["target"], now) + pause(row["digest"]) <= now
    ]


def sent(db: sqlite3.Connection, batch: Batch, now: datetime) -> None:
    """The target has it."""
    db.executemany(
        "update deliveries set sent_at = ?, attempts = attempts + 1, next_try_at = null, error = null"
        " where alert_id = ? and target = ?",
        [(utc_text(now), item.alert_id, batch.target) for item in batch.items],
    )


def failed(db: sqlite3.Connection, batch: Batch, error: str, now: datetime) -> None:
    """The target has it not: it is tried again after a growing pause, until it is no news any more."""
    for item in batch.items:
        (attempts,) = db.execute(
            "select attempts from deliveries where alert_id = ? and target = ?", (item.alert_id, batch.target)
        ).fetchone()
        given_up = now - utc_time(item.created_at) > GIVEN_UP
        again = now + min(_FIRST_PAUSE * (1 << min(attempts, 16)), _LONGEST_PAUSE)
        db.execute(
            "update deliveries set attempts = attempts + 1, next_try_at = ?, error = ?"
            " where alert_id = ? and target = ?",
            (None if given_up else utc_text(again), error, item.alert_id, batch.target),
        )


def _last_sent(db: sqlite3.Connection, watch_id: int, target: str, now: datetime) -> datetime:
    (at,) = db.execute(
        "select max(d.sent_at) from alerts l join deliveries d on d.alert_id = l.id and d.target = ?"
        " where l.watch_id = ? and l.id >= (select coalesce(max(id), 0) - 10000 from alerts)",
        (target, watch_id),
    ).fetchone()
    return utc_time(at) if at else now - timedelta(days=36_500)


def _batch(db: sqlite3.Connection, watch_id: int, watch: str, target: str, now: datetime) -> Batch:
    rows = db.execute(
        "select l.id, l.created_at, l.message, coalesce(a.site, '') as site, coalesce(a.url, '') as url, l.article_id"
        " from deliveries d join alerts l on l.id = d.alert_id left join articles a on a.id = l.article_id"
        " where d.sent_at is null and d.next_try_at <= ? and d.target = ? and l.watch_id = ? order by l.id",
        (utc_text(now), target, watch_id),
    ).fetchall()
    return Batch(watch, target, tuple(_items(rows[:_AT_ONCE])), max(0, len(rows) - _AT_ONCE))


def _items(rows: Iterable[sqlite3.Row]) -> list[Item]:
    return [Item(*row) for row in rows]
