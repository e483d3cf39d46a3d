"""The run log: one row a crawl, and how many addresses ended in which outcome."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from crawler.article import utc_text, utc_time


def begin(db: sqlite3.Connection, site: str, mode: str, version: str, now: datetime) -> int:
    """A row for a crawl that starts. Gives its id."""
    cursor = db.execute(
        "insert into crawls(site, mode, started_at, outcome, version) values (?, ?, ?, 'running', ?)",
        (site, mode, utc_text(now), version),
    )
    return int(cursor.lastrowid or 0)


def mark_killed(db: sqlite3.Connection, site: str, mode: str, crawl_id: int) -> int:
    """Close the rows that earlier crawls left open. Only for whoever holds the lease: then no other one is running."""
    return db.execute(
        "update crawls set outcome = 'killed', reason = ? where site = ? and mode = ? and outcome = 'running'"
        " and id <> ?",
        (f"it left no word; found by crawl {crawl_id}", site, mode, crawl_id),
    ).rowcount


def last_end(db: sqlite3.Connection, site: str, mode: str) -> datetime | None:
    """When the last crawl ended that came to its end; None where none has."""
    (at,) = db.execute(
        "select max(finished_at) from crawls where site = ? and mode = ? and outcome = 'done'", (site, mode)
    ).fetchone()
    return utc_time(at) if at else None


def keep_current(db: sqlite3.Connection, crawl_id: int, figures: Mapping[str, int]) -> None:
    """Write the figures of a crawl that is running."""
    db.execute(
        f"update crawls set {', '.join(f'{name} = ?' for name in figures)} where id = ?", (*figures.values(), crawl_id)
    )


def refresh_statistics(db: sqlite3.Connection) -> None:
    """Tell SQLite's planner what the tables hold now: without it Datasette's sorted pages are slow, or lose rows."""
    db.execute("pragma analysis_limit=1000")
    db.execute("analyze")


def finish(
    db: sqlite3.Connection,
    crawl_id: int,
    outcome: str,
    reason: str,
    now: datetime,
    figures: Mapping[str, int],
    outcomes: Mapping[tuple[str, str], int],
) -> None:
    """Close the row with its figures (columns of ``crawls``) and the count of each (outcome, reason)."""
    columns = {"finished_at": utc_text(now), "outcome": outcome, "reason": reason, **figures}
    db.execute(
        f"update crawls set {', '.join(f'{name} = ?' for name in columns)} where id = ?", (*columns.values(), crawl_id)
    )
    db.executemany(
        "insert into crawl_outcomes(crawl_id, outcome, reason, n) values (?, ?, ?, ?)",
        [(crawl_id, outcome, reason, n) for (outcome, reason), n in sorted(outcomes.items())],
    )
