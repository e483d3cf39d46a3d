"""The front page: what is new, what changed, what disappeared, and how the crawls are doing."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from datasette import Request, Response, hookimpl
from datasette.app import Datasette

from reading_room.cells import day, hour_here
from reading_room.plots import Plot, Series, columns
from reading_room.queries import load_queries
from reading_room.rows import DAYS, Row, read_front_page

_GROUPS = {
    "Articles": ("articles", "unique_articles", "authors", "tags", "article_authors", "article_tags", "article_urls"),
    "What an article is made of": ("blocks", "links", "related_articles", "linked_articles", "provenance", "dropped"),
    "What became of them": ("revisions", "events", "merges", "forgotten"),
    "How they hang together": (
        "stories", "story_articles", "story_changes", "copies", "syndication", "wanted_articles", "cited_sources",
    ),
    "Crawling": ("sites", "crawls", "crawl_outcomes", "findings", "candidates", "listings"),
    "Being told": ("watches", "alerts", "deliveries"),
}  # fmt: skip
"""The tables and views in the order in which people look for them; new ones come last."""
_A_WEEK = 7
_DAY, _HOUR = 10, 13


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
    shown = {
        "front": await datasette.get_database("news").execute_fn(front_page),
        "metadata": datasette.metadata(),
    }
    return Response.html(await datasette.render_template("index.html", shown, request=request, view_name="index"))


def front_page(db: sqlite3.Connection) -> dict[str, Any]:
    """Everything on the front page."""
    found = read_front_page(db)
    plots = []
    if found["until"]:
        plots += [articles_a_day(found["hours"], days_until(found["until"], DAYS)), hour_of_day(found["hours"])]
    if found["edited_until"]:
        plots.append(edits_a_day(found["edits"], days_until(found["edited_until"], DAYS)))
    queries = {name: query for name, query in load_queries().items() if name != "search"}
    return {**found, "days": DAYS, "plots": plots, "queries": queries}


async def _shelves(datasette: Datasette) -> dict[str, Any]:
    described = datasette.metadata("tables", database="news") or {}
    placed = [name for names in _GROUPS.values() for name in names]
    rest = [name for name, table in described.items() if name not in placed and not table.get("hidden")]
    groups = {**_GROUPS, "Further": tuple(rest)} if rest else _GROUPS
    return {
        "shelves": {
            group: [(name, described[name].get("description", "")) for name in names if name in described]
            for group, names in groups.items()
        }
    }


# The plots of the front page, from the numbers that were read for them. Pure.


def days_until(last: str, days: int) -> list[str]:
    """The days up to this one, it included, as ``2024-12-09``."""
    end = date.fromisoformat(last)
    return [(end - timedelta(days=n)).isoformat() for n in reversed(range(days))]


def articles_a_day(hours: Sequence[Row], days: Sequence[str]) -> Plot:
    """By site. ``hours`` have a site's name and title, an ``hour`` (``2024-12-09T11``, or a plain day) and ``n``."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in hours:
        counts[_site(row)][row["hour"][:_DAY]] += row["n"]
    series = [Series(name, tuple(counts[name][day] for day in days)) for name in _sites(hours)]
    return columns(f"Articles a day, to {day(days[-1])}", days, series, _weekly(days))


def hour_of_day(hours: Sequence[Row]) -> Plot:
    """When each site publishes, by its own clock. What has a plain day alone is left out."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for row in hours:
        if len(row["hour"]) == _HOUR:
            counts[_site(row)][hour_here(row["hour"], row["timezone"])] += row["n"]
    series = [Series(name, tuple(counts[name][hour] for hour in range(24))) for name in _sites(hours)]
    ticks = [(hour, f"{hour:02}:00") for hour in (0, 6, 12, 18)]
    return columns("Hour of publication, by each site's clock", [f"{hour:02}:00" for hour in range(24)], series, ticks)


def _sites(hours: Iterable[Row]) -> list[str]:
    """The largest first, in all plots alike: so that a site has one colour."""
    totals: Counter[str] = Counter()
    for row in hours:
        totals[_site(row)] += row["n"]
    return sorted(totals, key=lambda name: (-totals[name], name))


def _site(row: Row) -> str:
    return str(row["title"] or row["name"])


def edits_a_day(edits: Mapping[str, Iterable[Row]], days: Sequence[str]) -> Plot:
    """Changes by their kind."""
    names = {"edited": "stated edits", "silent_edit": "silent edits", "gone": "disappeared"}
    series = []
    for kind, found in edits.items():
        of_day = {row["day"]: row["n"] for row in found}
        if of_day:
            series.append(Series(names[kind], tuple(of_day.get(day, 0) for day in days)))
    return columns(f"Edits and disappearances a day, to {day(days[-1])}", days, series, _weekly(days))


def _weekly(days: Sequence[str]) -> list[tuple[int, str]]:
    """Names for one day in seven, the last one with its month."""
    marked = range(len(days) - 1, -1, -_A_WEEK)
    return [(n, f"{date.fromisoformat(days[n]).day} {date.fromisoformat(days[n]):%b}") for n in marked]
