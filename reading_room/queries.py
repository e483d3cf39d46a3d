"""The canned queries, read from queries.yaml; the SQL of the search is put together in search_sql.py."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from datasette import hookimpl
from datasette.utils import parse_metadata

from reading_room.search_sql import SEARCH


@cache
def load_queries() -> dict[str, dict[str, Any]]:
    """Every query by name, as Datasette takes them: title, description, sql, params and whether the SQL is hidden.

    With it come ``labels``, ``defaults`` and ``choices`` of its parameters, and ``empty``, what no rows mean: for
    query-news.html.
    """
    found: dict[str, dict[str, Any]] = parse_metadata((files("reading_room") / "queries.yaml").read_text("utf-8"))
    found["search"]["sql"] = SEARCH
    return found


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def canned_queries(database: str) -> dict[str, dict[str, Any]]:
    """Offer them on the archive."""
    return load_queries() if database == "news" else {}
