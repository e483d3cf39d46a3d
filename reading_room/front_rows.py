"""What the front page reads: index look-ups with limits, and no count over a whole table."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from reading_room.rows import Row, row, rows

Found = Mapping[str, Any]

DAYS = 30
"""How far back the plots look, from the day of the latest article, or of the latest event."""
_COUNTED = 10_000
"""Waiting addresses are counted up to here."""
_EDITS = 5_000
"""The latest edits of each kind from which those of the window are counted."""

# The plus keeps SQLite on the index by time: by far most articles repeat no other.
_LATEST = """
    select id, site, (select s.title from sites s where s.name = site) as site_title, title, standfirst, section,
           kind, wire, language, status, duplicate_of, published_at, first_seen_at, last_changed_at
    from articles where +duplicate_of is null and published_at is not null order by published_at desc limit 14
"""
# Backwards on the index by kind, whose entries of one kind are in the order of their numbers, which is that of time.
_EVENTS = """
    select e.id as event_id, e.at, e.kind as event, e.detail, a.id, a.site, a.title, a.language, a.status,
           (select s.title from sites s where s.name = a.site) as site_title
    from (select * from events where kind = ? order by id desc limit 12) e join articles a on a.id = e.article_id
"""
_STORIES = """
    select id, title, articles, started_at, updated_at from (
        select * from stories order by updated_at desc limit 60) where articles > 1 order by updated_at desc limit 6
"""
_CRAWLS = """
    select s.name, s.title, s.home, s.timezone, c.id as crawl_id, c.mode, c.started_at, c.finished_at, c.outcome,
           c.reason, c.articles,
           (select sum(n) from crawl_outcomes o where o.crawl_id = c.id and o.outcome = 'failed') as failed,
           (select sum(n) from crawl_outcomes o where o.crawl_id = c.id and o.outcome = 'blocked') as blocked,
           (select count(*) from (select 1 from candidates w where w.site = s.name and w.outcome = 'waiting'
                                  limit :counted)) as waiting,
           (select max(published_at) from articles a where a.site = s.name) as newest
    from sites s left join crawls c on c.id = (select max(id) from crawls where site = s.name)
    order by c.started_at desc, s.name limit 60
"""
_NEWEST = """
    select substr((select max(published_at) from articles), 1, 10) as article,
           substr((select max(at) from events), 1, 10) as event
"""
_RUNS = """
    select c.id, c.site, s.title as site_title, c.started_at, c.outcome
    from crawls c left join sites s on s.name = c.site order by started_at desc limit 1
"""
_FINDINGS = """
    select f.id, f.site, s.title as site_title, f.level, f.detail, f.started_at, f.last_seen_at
    from findings f left join sites s on s.name = f.site
    where f.ended_at is null order by f.level = 'critical' desc, f.started_at desc limit 40
"""
# A site at a time, each from the index (site, published_at) alone.
_HOURS = """
    select s.name, s.title, s.timezone, substr(a.published_at, 1, 13) as hour, count(*) as n
    from sites s cross join articles a indexed by articles_site
    where a.site = s.name and a.published_at >= :since group by s.name, hour
"""
_EDITED = """
    select substr(at, 1, 10) as day, count(*) as n
    from (select at from events where kind = :kind order by id desc limit :most) where at >= :since group by day
"""


def read(db: sqlite3.Connection) -> Found:
    """What came last, how the crawls are doing, and the numbers of the plots with the days that they end on."""
    newest = row(db, _NEWEST) or {"article": None, "event": None}
    edited = {"most": _EDITS, "since": _since(db, newest["event"])}
    kinds = ("silent_edit", "edited", "gone")
    return {
        "latest": rows(db, _LATEST),
        "changed": _newest([*rows(db, _EVENTS, ["edited"]), *rows(db, _EVENTS, ["silent_edit"])], 8),
        "gone": _newest(rows(db, _EVENTS, ["gone"]), 6),
        "stories": rows(db, _STORIES),
        "crawls": rows(db, _CRAWLS, {"counted": _COUNTED}),
        "last_crawl": row(db, _RUNS),
        "findings": rows(db, _FINDINGS),
        "until": newest["article"],
        "hours": rows(db, _HOURS, {"since": _since(db, newest["article"])}),
        "edited_until": newest["event"],
        "edits": {kind: rows(db, _EDITED, {"kind": kind, **edited}) for kind in kinds},
    }


def _since(db: sqlite3.Connection, day: str | None) -> str | None:
    """The first day of the window that ends on this one."""
    found = row(db, "select date(?, ?) as day", [day, f"-{DAYS - 1} days"])
    return found["day"] if found else None


def _newest(events: Sequence[Row], most: int) -> list[Row]:
    """The latest of them, one for each article."""
    shown: dict[int, Row] = {}
    for event in sorted(events, key=lambda event: event["event_id"], reverse=True):
        shown.setdefault(event["id"], event)
    return list(shown.values())[:most]
