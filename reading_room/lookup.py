"""From an address on the web to what is kept of it: ``/history?url=…`` leads to the article's history.

A bookmark that holds a script ("bookmarklet") asks for the page that a reader is looking at.
"""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections.abc import Awaitable, Callable
from functools import cache

from datasette import Request, Response, hookimpl
from datasette.app import Datasette
from markupsafe import Markup

from crawler.profiles import load_profiles
from crawler.site import Sites
from pipelines.archive.reading import named
from reading_room.body import web


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Answer at an address of its own."""
    return [(r"^/history$", _answer)]


async def _answer(request: Request, datasette: Datasette) -> Response:
    await datasette.ensure_permissions(
        request.actor, [("view-table", ("news", "articles")), ("view-database", "news"), "view-instance"]
    )
    asked = (request.args.get("url") or "").strip()
    found = await datasette.get_database("news").execute_fn(lambda db: article_of(db, asked)) if asked else None
    if found is not None:
        return Response.redirect(f"{datasette.urls.row('news', 'articles', found)}#history")
    here = datasette.absolute_url(request, datasette.urls.path("/history"))
    shown = {
        "asked": asked,
        "is_address": web(asked) is not None,
        "command": f"scrapy crawl urls -a urls={shlex.quote(asked)}",
        "bookmarklet": bookmarklet(here),
    }
    page = await datasette.render_template("history.html", shown, request=request, view_name="history")
    return Response.html(page, status=404 if asked else 200)


def article_of(db: sqlite3.Connection, address: str) -> int | None:
    """Return the number of the article that an address leads to, as it stands or by its site's rules; else None.

    Of several that it may lead to, the first.
    """
    if web(address) is None:
        return None
    bare = address.partition("#")[0]
    try:
        found = named(db, bare, _sites())
    except ValueError:  # such as an unbalanced bracket in the host
        return None
    return min(found, default=None)


@cache
def _sites() -> Sites:
    return load_profiles().sites


def bookmarklet(history: str) -> Markup:
    """Return the address of a bookmark that opens the history of the page in view, at the address ``history``."""
    script = f"location.href={json.dumps(history + '?url=')}+encodeURIComponent(location.href)"
    return Markup("javascript:{}").format(script)
