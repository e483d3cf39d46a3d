"""What a crawl reads at this moment, written down before it is read: whoever finds it later knows what ended a crawl.

A page can end a whole crawl: by a pattern that runs away, or by memory. Then no word is left of it but this. An address
that was under way when a crawl ended without a word is a suspect: later crawls read it last, and alone. One that was
under way at two such ends is set aside, for a day at first, then twice as long each time.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.article import Outcome, utc_text, utc_time
from pipelines.archive.due import is_due

REASON = "ended the crawl that read it"
_FIRST = timedelta(days=1)
_LONGEST = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Suspect:
    """An address that was under way at ``ends`` ends of crawls; ``is_due`` is whether it may be read again now."""

    url: str
    ends: int
    is_due: bool


def take_up(db: sqlite3.Connection, url: str, crawl_id: int) -> None:
    """Write down that a crawl begins to read what an address gave."""
    db.execute(
        "insert into _under_way(url, crawl_id) values (?, ?)"
        " on conflict(url) do update set crawl_id = excluded.crawl_id",
        (url, crawl_id),
    )


def put_down(db: sqlite3.Connection, url: str) -> None:
    """Write down that it is read: whatever came of it, the crawl is still there."""
    db.execute("delete from _under_way where url = ?", (url,))


def put_all_down(db: sqlite3.Connection, crawl_id: int) -> None:
    """Let go of what a crawl has not read, as it ends in order."""
    db.execute("delete from _under_way where crawl_id = ? and ends = 0", (crawl_id,))


def count_end(db: sqlite3.Connection, crawl_id: int, now: datetime) -> None:
    """Write down that a crawl left no word; and set aside what was under way at another such end before."""
    db.execute("update _under_way set ends = ends + 1 where crawl_id = ?", (crawl_id,))
    rows = db.execute("select url, ends from _under_way where crawl_id = ? and ends > 1", (crawl_id,)).fetchall()
    for url, ends in rows:
        db.execute(
            "update candidates set outcome = ?, reason = ?, attempts = attempts + 1, next_try_at = ?"
            " where url = ? and outcome not in ('stored', 'alias')",
            (Outcome.FAILED, REASON, utc_text(now + pause(ends)), url),
        )


def suspects(db: sqlite3.Connection, site: str, now: datetime) -> tuple[Suspect, ...]:
    """Return the suspects among what crawls of a site have read."""
    rows = db.execute(
        "select under_way.url, ends, started_at from _under_way under_way join crawls on crawls.id = crawl_id"
        " where crawls.site = ? and ends > 0 order by ends, under_way.url",
        (site,),
    )
    return tuple(
        Suspect(url, ends, ends < 2 or is_due(utc_time(started_at) + pause(ends), now, _LONGEST))
        for url, ends, started_at in rows
    )


def pause(ends: int) -> timedelta:
    """Return how long an address is left alone after so many ends."""
    return min(_FIRST * 2 ** max(ends - 2, 0), _LONGEST) if ends > 1 else timedelta()
