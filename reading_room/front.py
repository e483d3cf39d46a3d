"""What the front page shows: how much there is, from which sites, and what came last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette

from reading_room.queries import load_queries

_SITES = """
select s.name, s.title, s.home, count(a.id) as articles, max(a.published_at) as newest
from sites s left join articles a on a.site = s.name group by s.name order by articles desc, s.name limit 50
"""
# The plus keeps SQLite on the index by time: by far most articles repeat no other.
_LATEST = """
select id, site, title, standfirst, section, kind, published_at from articles
where +duplicate_of is null and published_at is not null order by published_at desc limit 12
"""
_LAST_CRAWL = "select id, site, started_at, finished_at, outcome from crawls order by started_at desc limit 1"


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def extra_template_vars(view_name: str, datasette: Datasette) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """Hand ``front`` to the template of the front page."""
    if view_name != "index":
        return None

    async def load() -> dict[str, Any]:
        archive = datasette.get_database("news")
        sites = (await archive.execute(_SITES)).rows
        return {
            "front": {
                "sites": sites,
                "articles": sum(site["articles"] for site in sites),
                "latest": (await archive.execute(_LATEST)).rows,
                "last_crawl": (await archive.execute(_LAST_CRAWL)).first(),
                "queries": {name: query for name, query in load_queries().items() if name != "search"},
            }
        }

    return load
