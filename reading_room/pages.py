"""The pages of single things: what their templates show, loaded in one go before Datasette draws them.

Each loader takes a connection and the row's key as it stands in the address, and gives the template's ``page``,
or None where there is nothing more to show than the row's own fields.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Request, hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode

from reading_room import article_copies, article_story, lists, rows
from reading_room.body import language, parts
from reading_room.history import changes, paragraphs

Loader = Callable[[sqlite3.Connection, str], dict[str, Any] | None]


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def extra_template_vars(
    view_name: str, database: str | None, table: str | None, request: Request | None, datasette: Datasette
) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """Hand ``page`` to the templates of rows, of syndication limited to one origin, and of the list of articles."""
    if database != "news" or request is None or table is None:
        return None
    if view_name == "row":
        loader, key = _ROWS.get(table), tilde_decode(request.url_vars["pks"])
    else:
        loader, key = _TABLES.get(table), request.args.get("origin_id") or ""
    if loader is None:
        return None

    async def load() -> dict[str, Any]:
        return {"page": await datasette.get_database("news").execute_fn(lambda db: loader(db, key))}

    return load


def article_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Everything around an article, and its text as parts."""
    if not lists.is_number(key):
        return None
    found = rows.read(db, int(key))
    if not found["article"]:
        return None
    article = found["article"][0]
    present = [link for link in found["links"] if not link["past"]]
    steps = changes(found["revisions"], article)
    return {
        **found,
        "article": article,
        "zone": article["timezone"],
        "lang": language(article["language"] or article["site_language"]),
        "parts": parts(paragraphs(article["text"]), found["blocks"], present),
        "more": [link for link in present if link["kind"] == "read_more"],
        "past": [link for link in found["links"] if link["past"]],
        "changes": [step for step in steps if step.cause != "rules"],
        "rules": [step for step in steps if step.cause == "rules"],
        "silent": sum(step.silent is True for step in steps if step.cause != "rules"),
        "story": found["story"][0] if found["story"] else None,
        "original": found["original"][0] if found["original"] else None,
        "origin": found["copies"][0] if found["copies"] else None,
    }


_ROWS: dict[str, Loader] = {
    "articles": article_page,
    "stories": article_story.story_page,
    "authors": lists.author_page,
    "tags": lists.tag_page,
    "sites": lists.site_page,
    "crawls": lists.crawl_page,
    "revisions": lists.revision_page,
}
_TABLES: dict[str, Loader] = {
    "syndication": article_copies.syndication_page,
    "articles": lists.site_titles,
}
