"""The canned queries, read from queries.yaml, and the SQL functions that they call: addresses, hosts, letters.

The SQL of the query ``search``, and its functions, stand in search.py.
"""

from __future__ import annotations

import sqlite3
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.utils import parse_metadata

from crawler.addresses import host_of, without_www

_MAPPED = 1 << 30
"""Bytes of the file that are read as memory; what lies beyond is read as ever."""
SEARCH = "search"
"""The query whose SQL is put together in search.py."""


@cache
def load_queries() -> dict[str, dict[str, Any]]:
    """Return every query by name, as Datasette takes them: title, description, sql, params, whether the SQL is hidden.

    With it come ``labels``, ``defaults`` and ``choices`` of its parameters, and ``empty``, what no rows mean: for
    query-news.html. The search has no ``sql`` here.
    """
    queries: dict[str, dict[str, Any]] = parse_metadata((files("reading_room") / "queries.yaml").read_text("utf-8"))
    return queries


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def canned_queries(database: str) -> dict[str, dict[str, Any]]:
    """Offer all but the search on the archive."""
    if database != "news":
        return {}
    return {name: query for name, query in load_queries().items() if name != SEARCH}


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Make the functions known to SQLite, and let it read the archive as memory.

    Facets and rare sortings look at every row; mapped, they take half the time (measured with 40,000 articles).
    """
    if database == "news":
        conn.execute(f"pragma mmap_size = {_MAPPED}")
    conn.create_function("page", -1, page, deterministic=True)
    conn.create_function("folded", 1, folded, deterministic=True)
    conn.create_function("host_of", 1, link_host, deterministic=True)


def page(name: str, *pairs: object) -> str:
    """Return ``/news/NAME?COLUMN=VALUE…``: a table's or query's page, limited by columns and values given in turn.

    NULL asks for rows without a value in that column.
    """
    limits = zip(pairs[::2], pairs[1::2], strict=True)
    query = urlencode([(f"{column}__isnull", 1) if value is None else (str(column), value) for column, value in limits])
    return f"/news/{name}?{query}"


@lru_cache(maxsize=4096)
def link_host(href: str | None) -> str | None:
    """Return the host that a link leads to, without ``www.``; None for what is no http(s) address."""
    if href is None or not href.lower().startswith(("http://", "https://")):
        return None
    try:
        return without_www(host_of(href)) or None
    except ValueError:  # such as an unbalanced bracket in the host
        return None


def folded(text: str | None) -> str | None:
    """Return the text with its letters made alike whatever their case; SQLite's own ``lower`` knows A to Z alone."""
    return text and text.casefold()
