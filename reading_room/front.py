"""The front page: what is new, what changed, what disappeared, and how the crawls are doing."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Request, Response, hookimpl
from datasette.app import Datasette

from reading_room.front_plots import articles_a_day, days_until, edits_a_day, hour_of_day
from reading_room.front_rows import DAYS, read
from reading_room.queries import load_queries

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
    found = read(db)
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
