"""What a wrong clock has left in the archive: how it shows, whose clock is wrong, and how it is put right.

A crawl with a clock that is ahead writes times that are still to come. The next crawl finds them by the crawls, events
and articles that lie in the future, and puts them back to the present: when they were written is not known, but it was
no later than now. Plans are made anew, and what was found then is matched with the watches once more, for by that clock
it was no news.

Where the clock is behind instead, all that was stored since lies in the future too, and is right. The papers tell which
it is: what they have dated later than now themselves was not written by a clock of ours.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.article import utc_text, utc_time
from pipelines.archive.due import GRACE
from pipelines.identity.revisits import Absence, latest_check
from pipelines.watching import alerts

ROWS = 20_000
"""Looked through in one transaction: some tens of milliseconds."""
_EVIDENCE = (("crawls", "started_at"), ("crawls", "finished_at"), ("events", "at"), ("articles", "first_seen_at"),
             ("articles", "last_changed_at"))  # fmt: skip
"""Columns that are indexed, or of a small table, in which a crawl with a wrong clock leaves its time."""
_WITNESSES = 200  # articles
_BORNE_OUT, _BORNE_OUT_SHARE = 3, 0.2
"""Articles that their papers have dated later than now, and their share of those that were stored later than now. News
is stored within hours of its publication, so of a clock that is behind nearly all of them bear witness; of one that was
ahead, only what a paper has dated wrongly, because no page's date is believed that lies after its fetch."""

PUT_BACK: dict[str, tuple[str, ...]] = {
    "articles": ("first_seen_at", "last_seen_at", "last_changed_at", "last_checked_at", "gone_at"),
    "article_urls": ("first_seen_at",),
    "candidates": ("first_seen_at", "last_seen_at"),
    "listings": ("first_seen_at", "last_seen_at"),
    "links": ("first_seen_at", "last_seen_at"),
    "revisions": ("seen_from", "seen_until"),
    "copies": ("found_at",),
    "merges": ("at",),
    "stories": ("started_at", "updated_at"),
    "story_articles": ("joined_at",),
    "story_changes": ("at",),
    "forgotten": ("forgotten_at",),
    "findings": ("started_at", "last_seen_at", "ended_at"),
    "alerts": ("created_at",),
    "deliveries": ("sent_at", "next_try_at"),
    "_absences": ("first_at", "last_at"),
    "_address_rules": ("at",),
    "_boilerplate": ("first_seen_at", "last_seen_at"),
    "_skeletons": ("first_seen_at", "last_seen_at"),
    "_cited": ("first_seen_at", "last_seen_at"),
    "_validators": ("at",),
    "listings_state": ("first_asked_at", "last_asked_at", "first_read_at", "last_read_at", "last_new_at"),
    "_pending": ("at",),
    "_site_pages": ("at",),
    "_idle_params": ("at",),
}
"""Times that this machine's clock wrote, by table. Those of ``events`` and ``crawls`` follow, in this order."""
PLANNED = {"articles": ("next_check_at",), "candidates": ("next_try_at",)}
"""Times for which a rule has planned something; each is put back with what it was planned from."""
OF_THE_PAPERS = {
    "articles": ("published_at", "modified_at"),
    "revisions": ("published_at", "modified_at"),
    "candidates": ("hinted_at", "hinted_modified_at"),
    "blocks": ("at",),
    "article_facts": ("dated_at", "listed_at"),
}
"""Times that papers state, or that triggers take from columns above. No clock of ours has anything to do with them."""


@dataclass(frozen=True, slots=True)
class PutRight:
    """How many rows had times in the future, and the latest of these (UTC text)."""

    rows: int
    until: str

    def __str__(self) -> str:
        return (
            f"an earlier crawl ran with a clock that was ahead, up to {self.until}: the times of {self.rows:,} rows lay"
            " in the future and were put back to now"
        )


def farthest(db: sqlite3.Connection, now: datetime) -> str | None:
    """Return the latest time at which something is said to have happened; None where none lies in the future."""
    latest = [db.execute(f"select max({column}) from {table}").fetchone()[0] or "" for table, column in _EVIDENCE]
    return max(latest) if max(latest) > utc_text(now + GRACE) else None


def is_behind(db: sqlite3.Connection, now: datetime) -> bool:
    """Return whether the papers themselves have dated later than ``now`` what was stored later than that."""
    later = utc_text(now + GRACE)
    stored, dated = db.execute(
        "select count(*), coalesce(sum(published_at > ?), 0) from"
        " (select published_at from articles where first_seen_at > ? order by first_seen_at desc limit ?)",
        (later, later, _WITNESSES),
    ).fetchone()
    return bool(dated >= _BORNE_OUT and dated >= stored * _BORNE_OUT_SHARE)


def steps(db: sqlite3.Connection, now: Callable[[], datetime]) -> Iterator[int]:
    """Put back what lies in the future: a transaction each, to be called until there is no more.

    Each gives how many rows it changed. The crawls, by which a wrong clock shows, are last: where it is broken off, the
    next crawl goes on.
    """
    for table, columns in PUT_BACK.items():
        for part in _parts(db, table):
            yield _put_back(db, table, columns, part, now())
    for part in _parts(db, "articles"):
        yield _plan_anew(db, part, now())
    yield _free_hosts(db, now().timestamp())
    for part in _parts(db, "events"):
        yield _match_again(db, part, now())
    alerts.match(db)
    for part in _parts(db, "crawls"):
        yield _put_back(db, "crawls", ("started_at", "finished_at"), part, now())


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows of a table, by their primary key: a condition with its parameters."""

    condition: str
    parameters: tuple[object, ...]


def _parts(db: sqlite3.Connection, table: str) -> Iterator[_Part]:
    """Yield the table in parts of at most ROWS rows."""
    columns = sorted((row["pk"], row["name"]) for row in db.execute(f"pragma table_info({table})") if row["pk"])
    key = ", ".join(name for _, name in columns)
    marks = ", ".join("?" * len(columns))
    first: Sequence[object] | None = None
    while True:
        behind = f"({key}) > ({marks})" if first is not None else "true"
        given = tuple(first or ())
        last = db.execute(
            f"select {key} from {table} where {behind} order by {key} limit 1 offset {ROWS - 1}", given
        ).fetchone()
        if last is None:
            yield _Part(behind, given)
            return
        yield _Part(f"{behind} and ({key}) <= ({marks})", (*given, *last))
        first = last


def _put_back(db: sqlite3.Connection, table: str, columns: Sequence[str], part: _Part, now: datetime) -> int:
    """Put times back to now. A candidate that was tried then is tried again."""
    at = utc_text(now)
    changes = [f"{column} = min({column}, :now)" for column in columns]
    if table == "candidates":
        changes.append("next_try_at = iif(last_seen_at > :now, min(next_try_at, :now), next_try_at)")
    values = ", ".join(changes).replace(":now", "?1")
    ahead = " or ".join(f"{column} > ?1" for column in columns)
    return db.execute(
        f"update {table} set {values} where ({ahead}) and {part.condition}", (at, *part.parameters)
    ).rowcount


def _plan_anew(db: sqlite3.Connection, part: _Part, now: datetime) -> int:
    """Bring the next look at articles nearer where a clock that was right cannot have planned it so late."""
    rows = db.execute(
        "select a.*, b.first_at, b.last_at, b.visits from (select id, published_at, first_seen_at, last_changed_at,"
        f" last_checked_at, next_check_at from articles where next_check_at > ?1 and {part.condition}) a"
        " left join _absences b on b.article_id = a.id",
        (utc_text(now), *part.parameters),
    ).fetchall()
    plans = [(utc_text(_latest(row, now)), row["id"], row["next_check_at"]) for row in rows]
    late = [(plan, article_id) for plan, article_id, stored in plans if plan < stored]
    db.executemany("update articles set next_check_at = ? where id = ?", late)
    return len(late)


def _latest(row: sqlite3.Row, now: datetime) -> datetime:
    published = row["published_at"]
    absence = Absence(utc_time(row["first_at"]), utc_time(row["last_at"]), row["visits"]) if row["visits"] else None
    return latest_check(
        utc_time(published) if published and "T" in published else None,
        utc_time(row["first_seen_at"]),
        utc_time(row["last_changed_at"]),
        utc_time(row["last_checked_at"]),
        absence,
        now,
    )


def _free_hosts(db: sqlite3.Connection, now: float) -> int:
    """Let no host rest because of a time in the future; one that means it says so again at the next request."""
    return db.execute(
        "update _pace set held_until = iif(held_until > :now, 0, held_until), next_at = min(next_at, :now)"
        " where max(held_until, next_at) > :now",
        {"now": now},
    ).rowcount


def _match_again(db: sqlite3.Connection, part: _Part, now: datetime) -> int:
    """Put events back, and have them matched again: an alert that there is already is not raised twice."""
    (first,) = db.execute(
        f"select min(id) from events where at > ?1 and {part.condition}", (utc_text(now), *part.parameters)
    ).fetchone()
    if first is None:
        return 0
    db.execute("update _matched set event_id = min(event_id, ?)", (first - 1,))
    return _put_back(db, "events", ("at",), part, now)
