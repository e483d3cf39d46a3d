"""What a crawl reads at this moment, written down before it is read: whoever finds it later knows what ended a crawl.

A page can end a whole crawl: by a pattern that runs away, or by memory. Then no word is left of it but this. An address
that was under way when a crawl ended without a word is a suspect: later crawls read it last, and alone, and if one of
them stands still, the watchdog writes its stack beside the archive. With such a stack an address is set aside at its
second end. Without one it is set aside at the third: whoever kills a crawl twice may meet the same page by chance.
It is set aside for a day at first, then twice as long each time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crawler.article import Outcome, utc_text, utc_time
from pipelines.archive.due import is_due

REASON = "ended the crawl that read it"
_ENOUGH = 3
"""Ends at which an address is set aside without a stack."""
_FIRST = timedelta(days=1)
_LONGEST = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Suspect:
    """An address that was under way at ``ends`` ends of crawls; ``is_due`` is whether it may be read now.

    ``mode`` is that of the crawls that come to it, for a listing; None for what a listing has named, to which any may.
    """

    url: str
    ends: int
    is_due: bool
    mode: str | None = None


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
    """Let go of what a crawl has not read, as it ends in order, and of suspects that turned out to be aliases.

    An alias of a known article is not asked for again, so nothing else would clear it.
    """
    db.execute("delete from _under_way where crawl_id = ? and ends = 0", (crawl_id,))
    db.execute(
        "delete from _under_way where ends > 0 and exists"
        " (select 1 from candidates c where c.url = _under_way.url and c.outcome = 'alias')"
    )


def stack_file(database: Path, crawl_id: int) -> Path:
    """Return where the watchdog writes the stack of a crawl that stands still while it reads suspects."""
    return database.with_name(f"{database.name}-frozen-{crawl_id}")


def take_stack(database: Path, crawl_id: int) -> str:
    """Return the stack of a crawl that stood still while it read a suspect, and remove its file; empty without one."""
    file = stack_file(database, crawl_id)
    try:
        stack = file.read_text("utf-8", "replace")
        file.unlink()
    except OSError:
        return ""
    return stack


def count_end(db: sqlite3.Connection, crawl_id: int, now: datetime, *, stood_still: bool) -> None:
    """Write down that a crawl left no word; and set aside what was under way at enough such ends.

    ``stood_still``: it was alone, and its stack shows that it came to no end.
    """
    least = _ENOUGH if stood_still else 0
    db.execute("update _under_way set ends = max(ends + 1, ?) where crawl_id = ?", (least, crawl_id))
    rows = db.execute(
        "select url, ends from _under_way where crawl_id = ? and ends >= ?", (crawl_id, _ENOUGH)
    ).fetchall()
    for url, ends in rows:
        _set_aside(db, url, REASON, now + pause(ends))


TOGETHER, ALONE = 3, 3
"""How many times a batch of a worker on another machine comes back before its addresses are handed out one by one, and
how many times one of these, before it is set aside. Who kills a machine's worker kills a whole batch by chance."""
TAKEN_DOWN = "ended the worker that read it"


def came_back(db: sqlite3.Connection, urls: Sequence[str], crawl_id: int) -> dict[str, int]:
    """Count an end for each address of a batch whose worker was not heard of again. Return how many each has by now."""
    db.executemany(
        "insert into _under_way(url, crawl_id, ends) values (?, ?, 1)"
        " on conflict(url) do update set crawl_id = excluded.crawl_id, ends = ends + 1",
        [(url, crawl_id) for url in urls],
    )
    return {url: _ends(db, url) for url in urls}


def set_aside(db: sqlite3.Connection, url: str, now: datetime) -> None:
    """Set an address aside that has ended workers when it was handed out alone."""
    _set_aside(db, url, TAKEN_DOWN, now + pause(_ends(db, url) - ALONE))


def _ends(db: sqlite3.Connection, url: str) -> int:
    row = db.execute("select ends from _under_way where url = ?", (url,)).fetchone()
    return int(row[0]) if row else 0


def _set_aside(db: sqlite3.Connection, url: str, reason: str, until: datetime) -> None:
    db.execute(
        "update candidates set outcome = ?, reason = ?, attempts = attempts + 1, next_try_at = ?"
        " where url = ? and outcome not in ('stored', 'alias')",
        (Outcome.FAILED, reason, utc_text(until), url),
    )


def suspects_afar(db: sqlite3.Connection, site: str, now: datetime) -> dict[str, Suspect]:
    """Return what is to be handed out alone, by address; ``is_due`` is whether it may be handed out now."""
    return {each.url: each for each in suspects(db, site, now, TOGETHER + ALONE) if each.ends >= TOGETHER}


def suspects(db: sqlite3.Connection, site: str, now: datetime, enough: int = _ENOUGH) -> tuple[Suspect, ...]:
    """Return the suspects among what crawls of a site have read; ``enough`` ends set one aside for a while."""
    rows = db.execute(
        "select under_way.url, ends, started_at,"
        " iif(exists (select 1 from candidates where candidates.url = under_way.url), null, mode)"
        " from _under_way under_way join crawls on crawls.id = crawl_id"
        " where crawls.site = ? and ends > 0 order by ends, under_way.url",
        (site,),
    )
    return tuple(
        Suspect(
            url,
            ends,
            ends < enough or is_due(utc_time(started_at) + pause(ends - enough + _ENOUGH), now, _LONGEST),
            mode,
        )
        for url, ends, started_at, mode in rows
    )


def was_reading(db: sqlite3.Connection, site: str) -> bool:
    """Return whether a crawl of a site was broken off while it read something. To be asked while none of it runs."""
    row = db.execute(
        "select 1 from _under_way u join crawls c on c.id = u.crawl_id where c.site = ? and u.ends = 0 limit 1", (site,)
    ).fetchone()
    return row is not None


def pause(ends: int) -> timedelta:
    """Return how long an address is left alone after so many ends."""
    return min(_FIRST * 2 ** min(ends - _ENOUGH, 9), _LONGEST) if ends >= _ENOUGH else timedelta()
