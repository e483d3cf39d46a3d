"""The run log: one row a crawl, and how many addresses ended in which outcome."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.article import utc_text, utc_time
from pipelines.archive import listing_states
from pipelines.archive.events import ASKED
from pipelines.archive.listing_states import State

PERIOD = timedelta(days=7)
"""A week: weekends are quiet, and a month ago says little of today."""
LATELY = timedelta(hours=3)
"""How far back a burst shows: when something happens, a paper publishes more than its week says."""
_SAY_NOTHING = ("running", "killed")  # whoever kills a crawl says nothing of the site
_LISTINGS_TOLD = 2
_LOOKED_AT = 20  # crawls: more failures in a row than that change nothing


def begin(db: sqlite3.Connection, site: str, mode: str, version: str, now: datetime) -> int:
    """A row for a crawl that starts. Gives its id."""
    cursor = db.execute(
        "insert into crawls(site, mode, started_at, outcome, version) values (?, ?, ?, 'running', ?)",
        (site, mode, utc_text(now), version),
    )
    return int(cursor.lastrowid or 0)


def mark_killed(db: sqlite3.Connection, site: str, mode: str, crawl_id: int) -> tuple[int, ...]:
    """Close the rows that earlier crawls left open, with the number of articles that they stored; return their numbers.

    Only for whoever holds the lease: then no other one is running.
    """
    rows = db.execute(
        "update crawls set outcome = 'killed', reason = ?,"
        " articles = (select count(*) from events e where e.crawl_id = crawls.id and e.kind = 'new')"
        " where site = ? and mode = ? and outcome = 'running' and id <> ? returning id",
        (f"it left no word; found by crawl {crawl_id}", site, mode, crawl_id),
    ).fetchall()
    return tuple(killed for (killed,) in rows)


def last_end(db: sqlite3.Connection, site: str, mode: str) -> datetime | None:
    """When the last crawl ended that came to its end; None where none has.

    The last one by its number: what a clock that was ahead has written is later than all that follow.
    """
    row = db.execute(
        "select finished_at from crawls where site = ? and mode = ? and outcome = 'done' order by id desc limit 1",
        (site, mode),
    ).fetchone()
    return utc_time(row["finished_at"]) if row else None


def sites(db: sqlite3.Connection) -> frozenset[str]:
    """The names that crawls have in the log: those of sites, and of spiders that are none, such as ``urls``."""
    return frozenset(name for (name,) in db.execute("select distinct site from crawls"))


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


# How the crawls of a site went, as far as the time of the next one depends on it.


@dataclass(frozen=True, slots=True)
class Past:
    """The last crawl of a site, how many failed since one did not, and how many articles it published.

    ``outcome`` is None where there was no crawl, else as in ``crawls``; ``new`` and ``changed`` are articles of
    that crawl, ``published`` those that appeared in PERIOD, and ``lately`` in LATELY.
    """

    started: datetime | None = None
    outcome: str | None = None
    reason: str | None = None
    new: int = 0
    changed: int = 0
    failures: int = 0
    published: int = 0
    lately: int = 0
    listings: str = ""
    """Which listings cannot be had, or name nothing any more, in words; empty where all answer."""

    @property
    def gap(self) -> timedelta | None:
        """The time between two articles, of the week or of the last hours, whichever is shorter; None without any."""
        gaps = ((PERIOD, self.published), (LATELY, self.lately))
        return min((span / count for span, count in gaps if count), default=None)


def past(db: sqlite3.Connection, site: str, now: datetime) -> Past:
    """The past of a site's ordinary crawls, as of ``now`` (aware)."""
    rows = db.execute(
        "select id, started_at, outcome, reason, articles from crawls where site = ? and mode = 'crawl'"
        " order by id desc limit ?",
        (site, _LOOKED_AT),
    ).fetchall()
    if not rows:
        return Past()
    last = rows[0]
    (changed,) = db.execute(
        "select count(distinct article_id) from events where crawl_id = ? and kind in (select value from json_each(?))",
        (last["id"], json.dumps(ASKED["changed"])),
    ).fetchone()
    told = [row["outcome"] for row in rows if row["outcome"] not in _SAY_NOTHING]
    failures = next((n for n, outcome in enumerate(told) if outcome != "failed"), len(told))
    return Past(
        utc_time(last["started_at"]), last["outcome"], last["reason"], last["articles"] or 0, changed, failures,
        _published(db, site, now - PERIOD, now), _published(db, site, now - LATELY, now), _listings(db, site),
    )  # fmt: skip


def _listings(db: sqlite3.Connection, site: str) -> str:
    silent = [
        known
        for known in listing_states.load(db, site).values()
        if known.in_a_row > 1 and (known.state is State.FAILED or (known.state is State.EMPTY and known.has_named))
    ]
    told = [f"{known.url} {known.reason or 'names nothing'} ({known.in_a_row} in a row)" for known in silent]
    return "; ".join(told[:_LISTINGS_TOLD]) + (f" and {len(told) - _LISTINGS_TOLD} more" * (len(told) > _LISTINGS_TOLD))


def _published(db: sqlite3.Connection, site: str, since: datetime, until: datetime) -> int:
    (count,) = db.execute(
        "select count(*) from articles where site = ? and published_at > ? and published_at <= ?",
        (site, utc_text(since), utc_text(until)),
    ).fetchone()
    return int(count)
