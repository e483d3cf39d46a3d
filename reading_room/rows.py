"""What the archive knows of one article, read in one go: indexed look-ups alone, each with a limit."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Found = Mapping[str, Sequence[Row]]

_SQL = {
    "article": """
        select a.*, s.title as site_title, s.home as site_home, s.timezone, s.language as site_language
        from articles a left join sites s on s.name = a.site where a.id = :id""",
    "authors": """
        select w.id, w.name from article_authors x join authors w on w.id = x.author_id
        where x.article_id = :id order by x.position limit 100""",
    "tags": """
        select t.id, t.name from article_tags x join tags t on t.id = x.tag_id
        where x.article_id = :id order by t.name limit 200""",
    "blocks": "select position, kind, at from blocks where article_id = :id order by position limit 5000",
    # What is no more on the page was not seen when its content last changed.
    "links": """
        select l.kind, l.position, l.start, l.end, l.href, l.anchor_text, l.target_id, l.first_seen_at,
               t.title as target_title, t.site as target_site, t.published_at as target_published_at,
               l.last_seen_at < a.last_changed_at as past
        from articles a join links l on l.article_id = a.id left join articles t on t.id = l.target_id
        where a.id = :id order by l.position, l.id limit 2000""",
    # Of an article that thousands point to, the last ones; those whose editor chose it first, not the lists of latest.
    "pointing": """
        select a.id, a.title, a.site, s.title as site_title, a.published_at, a.language,
               max(l.kind <> 'read_more') as chosen
        from (select article_id, kind from links where target_id = :id and article_id <> :id
              order by id desc limit 300) l
             join articles a on a.id = l.article_id left join sites s on s.name = a.site
        group by a.id order by chosen desc, a.id desc limit 60""",
    "urls": "select url, kind, first_seen_at from article_urls where article_id = :id order by first_seen_at limit 60",
    "dropped": "select position, reason, text from dropped where article_id = :id order by position, id limit 500",
    "provenance": """
        select field, source, value, chosen from provenance
        where article_id = :id order by field, chosen desc, source limit 500""",
    "revisions": """
        select id, seen_from, seen_until, cause, silent, changed, summary, title, standfirst, byline, published_at,
               image_url, image_caption, image_credit, url, text
        from revisions where article_id = :id order by coalesce(seen_until, seen_from), id limit 400""",
    "story": """
        select s.id, s.title, s.articles, s.started_at, s.updated_at, j.reason, j.score, j.with_id,
               w.title as with_title
        from articles a join stories s on s.id = a.story_id left join story_articles j on j.article_id = a.id
             left join articles w on w.id = j.with_id
        where a.id = :id""",
    "original": """
        select o.id, o.title, o.site, o.published_at from articles a join articles o on o.id = a.duplicate_of
        where a.id = :id""",
    "repeats": """
        select id, title, site, published_at from articles where duplicate_of = :id order by id limit 50""",
    "crawled": """
        select e.crawl_id, e.at, e.kind, e.detail from events e where e.article_id = :id order by e.id limit 200""",
}
COPIES = """
    with ran(article_id, similarity, kept, own) as (
        select article_id, similarity, kept, own from copies where origin_id = :origin
        union all select :origin, 1.0, 1.0, 0.0)
    select r.article_id, r.similarity, r.kept, r.own, a.site, s.title as site_title, a.title, a.published_at,
           a.first_seen_at, a.published_precision, a.wire, a.word_count, a.status, s.timezone
    from ran r join articles a on a.id = r.article_id left join sites s on s.name = a.site
    order by r.article_id <> :origin, coalesce(a.published_at, a.first_seen_at), a.id limit 100
"""
_ORIGIN = (
    "select origin_id from copies where article_id = :id union all select :id where exists ("
    "select 1 from copies where origin_id = :id) limit 1"
)
FrontPage = Mapping[str, Any]
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
# Backwards on the index by kind, whose entries of one kind are in the order of their numbers, which is that
# of time.
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


def read(db: sqlite3.Connection, article_id: int) -> Found:
    """Rows by the names above, and ``copies``: every paper that ran the text, its origin first."""
    found = {name: rows(db, sql, {"id": article_id}) for name, sql in _SQL.items()}
    origin = row(db, _ORIGIN, {"id": article_id})
    return found | {"copies": rows(db, COPIES, {"origin": origin["origin_id"]}) if origin else []}


def rows(db: sqlite3.Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """What a query finds, as mappings."""
    cursor = db.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, found, strict=True)) for found in cursor]


def row(db: sqlite3.Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
    """The first row that a query finds."""
    found = rows(db, sql, values)
    return found[0] if found else None


# What the front page reads: index look-ups with limits, and no count over a whole table.


def read_front_page(db: sqlite3.Connection) -> FrontPage:
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
