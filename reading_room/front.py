"""The front page: what is new, what changed, what disappeared, and how the crawls are doing.

It is read by index look-ups with limits, and by no count over a whole table.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from datasette import Request, Response, hookimpl
from datasette.app import Datasette

from pipelines.archive.events import PLOTTED
from reading_room import public
from reading_room.cells import day, hour_here
from reading_room.plots import Plot, Series, columns
from reading_room.queries import load_queries
from reading_room.rows import Row, row, rows

_GROUPS = {
    "Articles": (
        "articles", "articles_flat", "unique_articles", "authors", "tags", "article_authors", "article_tags",
        "article_urls",
    ),
    "What an article is made of": ("blocks", "links", "related_articles", "linked_articles", "provenance", "dropped"),
    "What became of them": ("edits", "revisions", "events", "merges", "forgotten"),
    "Stories and copies": (
        "stories", "story_articles", "story_changes", "copies", "syndication", "wanted_articles", "cited_sources",
    ),
    "Crawling": ("sites", "crawls", "crawl_outcomes", "findings", "candidates", "listings", "listings_state"),
    "Alerts": ("watches", "alerts", "deliveries"),
}  # fmt: skip
"""The tables and views in the order in which people look for them; new ones come last."""
_A_WEEK = 7
_DAY, _HOUR = 10, 13  # letters of 2024-12-09T11

DAYS = 30
"""How far back the plots look, from the day of the latest article, or of the latest event."""
_COUNTED = 10_000
"""Waiting addresses are counted up to here."""
_EDITS = 5_000
"""The latest edits of each kind from which those of the window are counted."""
_MANY_SITES = 30
"""Sites from which on they are told country by country as well; `scrapy health` does so, too."""
# The plus keeps SQLite on the index by time: by far most articles repeat no other.
_LATEST = """
    select id, f.site, (select s.title from sites s where s.name = f.site) as site_title, title, standfirst, section,
           kind, wire, language, status, duplicate_of, published_at, first_seen_at, last_changed_at
    from article_facts f join articles on id = f.article_id where +duplicate_of is null order by dated_at desc limit 14
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
# How bad what is found of a site is, by the index of findings that last: 2 critical, 1 a warning, null nothing.
_TROUBLE = """
    (select max(1 + (f.level = 'critical')) from findings f where f.site = s.name and f.ended_at is null)
"""
# Which sites are shown is settled first, those in trouble before all: of a thousand, the rest is not looked up.
_CRAWLS = f"""
    select s.name, s.title, s.home, s.timezone, c.id as crawl_id, c.mode, c.started_at, c.finished_at, c.outcome,
           c.reason, c.articles,
           (select sum(n) from crawl_outcomes o where o.crawl_id = c.id and o.outcome = 'failed') as failed,
           (select sum(n) from crawl_outcomes o where o.crawl_id = c.id and o.outcome = 'blocked') as blocked,
           (select count(*) from (select 1 from candidates w where w.site = s.name and w.outcome = 'waiting'
                                  limit :counted)) as waiting,
           (select max(published_at) from articles a where a.site = s.name) as newest
    from (select s.name, c.id as crawl_id, c.started_at, {_TROUBLE} as trouble,
                 coalesce(c.outcome in ('failed', 'killed'), 0) as has_failed
          from sites s left join crawls c on c.id = (select max(id) from crawls where site = s.name)
          order by trouble desc, has_failed desc, c.started_at desc, s.name limit 60) shown
    cross join sites s on s.name = shown.name left join crawls c on c.id = shown.crawl_id
    order by shown.trouble desc, shown.has_failed desc, shown.started_at desc, s.name
"""  # noqa: S608  # our own words
_COUNTRIES = f"""
    select upper(coalesce(country, '')) as country, count(*) as sites, count(*) filter (where trouble = 2) as critical,
           count(*) filter (where trouble = 1) as warning
    from (select country, {_TROUBLE} as trouble from sites s where exists (select 1 from crawls where site = s.name))
    group by 1 order by critical desc, warning desc, sites desc, 1
"""  # noqa: S608  # our own words
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
# A site at a time, each from the index (site, dated_at) alone.
_HOURS = """
    select s.name, s.title, s.timezone, substr(f.dated_at, 1, 13) as hour, count(*) as n
    from sites s cross join article_facts f indexed by article_facts_site
    where f.site = s.name and f.dated_at >= :since group by s.name, hour
"""
_EDITED = """
    select substr(at, 1, 10) as day, count(*) as n
    from (select at from events where kind = :kind order by id desc limit :most) where at >= :since group by day
"""


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Take ``/`` over: Datasette's own view counts every table first, which takes longer than all of this page."""
    return [(r"^/$", _front)]


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def extra_template_vars(view_name: str, datasette: Datasette) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """Hand ``shelves`` to the template of the database's page."""
    return (lambda: _shelves(datasette)) if view_name == "database" else None


async def _front(request: Request, datasette: Datasette) -> Response:
    await datasette.ensure_permissions(request.actor, [("view-database", "news"), "view-instance"])
    front = await datasette.get_database("news").execute_fn(front_page)
    if datasette.public:
        front["queries"] = {
            name: query for name, query in front["queries"].items() if name not in public.CLOSED_QUESTIONS
        }
    shown = {
        "front": front,
        "metadata": datasette.metadata(),
    }
    return Response.html(await datasette.render_template("index.html", shown, request=request, view_name="index"))


def front_page(db: sqlite3.Connection) -> dict[str, Any]:
    """Return everything on the front page."""
    read = read_front_page(db)
    plots = []
    if read["until"]:
        plots += [articles_a_day(read["hours"], days_until(read["until"], DAYS)), hour_of_day(read["hours"])]
    if read["edited_until"]:
        plots.append(edits_a_day(read["edits"], days_until(read["edited_until"], DAYS)))
    queries = {name: query for name, query in load_queries().items() if name != "search"}
    return {**read, "days": DAYS, "plots": plots, "queries": queries}


async def _shelves(datasette: Datasette) -> dict[str, Any]:
    described = datasette.metadata("tables", database="news") or {}
    if datasette.public:
        described = {name: table for name, table in described.items() if name in public.TABLES}
    placed = [name for names in _GROUPS.values() for name in names]
    rest = [name for name, table in described.items() if name not in placed and not table.get("hidden")]
    groups = {**_GROUPS, "Further": tuple(rest)} if rest else _GROUPS
    return {
        "shelves": {
            group: [(name, described[name].get("description", "")) for name in names if name in described]
            for group, names in groups.items()
        }
    }


def read_front_page(db: sqlite3.Connection) -> dict[str, Any]:
    """Return what came last, how the crawls are doing, and the numbers of the plots with the days that they end on."""
    newest = row(db, _NEWEST) or {"article": None, "event": None}
    edited = {"most": _EDITS, "since": _since(db, newest["event"])}
    return {
        "latest": rows(db, _LATEST),
        "changed": _newest([*rows(db, _EVENTS, ["edited"]), *rows(db, _EVENTS, ["silent_edit"])], 8),
        "gone": _newest(rows(db, _EVENTS, ["gone"]), 6),
        "stories": rows(db, _STORIES),
        "crawls": rows(db, _CRAWLS, {"counted": _COUNTED}),
        "countries": _countries(db),
        "last_crawl": row(db, _RUNS),
        "findings": rows(db, _FINDINGS),
        "until": newest["article"],
        "hours": rows(db, _HOURS, {"since": _since(db, newest["article"])}),
        "edited_until": newest["event"],
        "edits": {kind: rows(db, _EDITED, {"kind": kind, **edited}) for kind in PLOTTED},
    }


def _countries(db: sqlite3.Connection) -> list[Row]:
    """Return how many crawled sites each country has, and how many are in trouble, the worst first; none of a few."""
    countries = rows(db, _COUNTRIES)
    return countries if sum(country["sites"] for country in countries) > _MANY_SITES else []


def _since(db: sqlite3.Connection, day: str | None) -> str | None:
    """Return the first day of the window that ends on this one."""
    first = row(db, "select date(?, ?) as day", [day, f"-{DAYS - 1} days"])
    return first["day"] if first else None


def _newest(events: Sequence[Row], most: int) -> list[Row]:
    """Return the latest events, one for each article."""
    shown: dict[int, Row] = {}
    for event in sorted(events, key=lambda event: event["event_id"], reverse=True):
        shown.setdefault(event["id"], event)
    return list(shown.values())[:most]


def days_until(last: str, days: int) -> list[str]:
    """Return the days up to this one, it included, as ``2024-12-09``."""
    end = date.fromisoformat(last)
    return [(end - timedelta(days=n)).isoformat() for n in reversed(range(days))]


def articles_a_day(hours: Sequence[Row], days: Sequence[str]) -> Plot:
    """Return the plot of articles by day and site.

    ``hours``: rows with a site's ``name`` and ``title``, an ``hour`` (``2024-12-09T11``, or a plain day) and ``n``.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for hour in hours:
        counts[_site(hour)][hour["hour"][:_DAY]] += hour["n"]
    series = [Series(name, tuple(counts[name][day] for day in days)) for name in _sites(hours)]
    return columns(f"Articles a day, to {day(days[-1])}", days, series, _weekly(days))


def hour_of_day(hours: Sequence[Row]) -> Plot:
    """Return when each site publishes, by its own clock. What has a plain day alone is left out."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for hour in hours:
        if len(hour["hour"]) == _HOUR:
            counts[_site(hour)][hour_here(hour["hour"], hour["timezone"])] += hour["n"]
    series = [Series(name, tuple(counts[name][clock] for clock in range(24))) for name in _sites(hours)]
    ticks = [(clock, f"{clock:02}:00") for clock in (0, 6, 12, 18)]
    return columns(
        "Hour of publication, by each site's clock", [f"{clock:02}:00" for clock in range(24)], series, ticks
    )


def _sites(hours: Iterable[Row]) -> list[str]:
    """Return the sites, the largest first, in all plots alike: so that a site has one colour."""
    totals: Counter[str] = Counter()
    for hour in hours:
        totals[_site(hour)] += hour["n"]
    return sorted(totals, key=lambda name: (-totals[name], name))


def _site(hour: Row) -> str:
    return str(hour["title"] or hour["name"])


def edits_a_day(edits: Mapping[str, Iterable[Row]], days: Sequence[str]) -> Plot:
    """Return the plot of changes by their kind."""
    series = []
    for kind, counted in edits.items():
        of_day = {edit["day"]: edit["n"] for edit in counted}
        if of_day:
            series.append(Series(PLOTTED[kind], tuple(of_day.get(day, 0) for day in days)))
    return columns(f"Edits and disappearances a day, to {day(days[-1])}", days, series, _weekly(days))


def _weekly(days: Sequence[str]) -> list[tuple[int, str]]:
    """Return names for one day in seven, counted back from the last."""
    marked = range(len(days) - 1, -1, -_A_WEEK)
    return [(n, day_and_month(days[n])) for n in marked]


def day_and_month(day: str) -> str:
    """Return ``2024-12-09`` as ``9 Dec``."""
    at = date.fromisoformat(day)
    return f"{at.day} {at:%b}"
