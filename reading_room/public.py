"""What do strangers see? With ``--public``: an allow-list of tables, questions and pages, and closer limits.

Whatever a later version adds to the archive stays closed until it is named here. The archive also holds what concerns
nobody but those who run it: who is told of what and where, why a delivery failed, which articles had to be forgotten,
and the tables of the machinery.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from datasette import hookimpl

SETTINGS = {
    "default_allow_sql": False,
    "allow_facet": False,
    "suggest_facets": False,
    "allow_csv_stream": False,
    "allow_download": False,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 500,
    "max_returned_rows": 1000,
}
"""The limits that replace those of settings.json."""
TABLES = frozenset({
    "articles", "article_facts", "articles_flat", "unique_articles", "authors", "tags", "article_authors",
    "article_tags",
    "article_urls", "blocks", "links", "related_articles", "linked_articles", "provenance", "dropped",
    "revisions", "revision_blocks", "edits", "events", "merges",
    "stories", "story_articles", "story_changes", "copies", "syndication", "wanted_articles", "cited_sources",
    "sites", "crawls", "crawl_outcomes", "findings", "candidates", "listings", "listings_state",
})  # fmt: skip
"""The tables and views that are shown."""
ASKED_HOST = "vestnik.host"
"""Where a request says what host it meant to ask."""
CLOSED_QUESTIONS = frozenset({"watch"})
"""The canned questions that read other tables."""
_PAGES = re.compile(
    r"/(?:$|edits(?:$|\.atom$)|compare$|history$|news(?:$|[./])|static/|-/static(?:-plugins)?/|favicon\.ico$|robots\.txt$)"
)
"""The addresses that are answered; ``/-/plugins``, ``/-/metadata``, ``/-/threads`` and their like are not."""
_NOT_FOUND = b"There is no such page here."

_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_Application = Callable[[MutableMapping[str, Any], _Receive, _Send], Awaitable[None]]


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # Datasette ships no types; the last answer counts
def permission_allowed(datasette: Any, action: str, resource: object) -> bool | None:
    """Close every table and question that is not on the list; None leaves the answer to others."""
    if not datasette.public:
        return None
    if action == "view-table" and isinstance(resource, tuple):
        return None if resource[1] in TABLES else False
    if action == "view-query" and isinstance(resource, tuple):
        return False if resource[1] in CLOSED_QUESTIONS else None
    return None if action in ("view-instance", "view-database") else False


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def asgi_wrapper(datasette: Any) -> Callable[[_Application], _Application]:
    """Answer under the room's own address, whatever host a request names, and in public only the listed pages."""

    def wrap(app: _Application) -> _Application:
        async def guarded(scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
            if scope["type"] == "http":
                address = urlsplit(datasette.address)
                if datasette.public and not _PAGES.match(scope["path"]):
                    await _refuse(send)
                    return
                # Links in feeds are whole addresses, which Datasette makes of the request's own words.
                asked_host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
                others = [pair for pair in scope["headers"] if pair[0].lower() not in (b"host", b"x-forwarded-host")]
                headers = [*others, (b"host", address.netloc.encode())]
                scope = {**scope, "scheme": address.scheme, "headers": headers, ASKED_HOST: asked_host}
            await app(scope, receive, send)

        return guarded

    return wrap


async def _refuse(send: _Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(_NOT_FOUND)).encode())]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": _NOT_FOUND})
