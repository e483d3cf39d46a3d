"""What a cell shows: numbers of articles and authors as links to them, times to read, marked words in snippets.

A stored value never becomes markup: it is escaped, and an address of ours is only built from a number,
or taken from a query's own ``see`` column.
"""

from __future__ import annotations

import re
import sqlite3

from datasette import hookimpl
from datasette.app import Datasette
from markupsafe import Markup, escape

from reading_room.article_times import shorter

_TABLE_OF = {
    "article_id": "articles",
    "with_id": "articles",
    "revision_id": "revisions",
    "target_id": "articles",
    "duplicate_of": "articles",
    "into_id": "articles",
    "author_id": "authors",
    "tag_id": "tags",
    "story_id": "stories",
    "crawl_id": "crawls",
    "event_id": "events",
    "watch_id": "watches",
}
_NUMBER_OF = {"title": "article_id", "article": "article_id", "target": "target_id", "author": "author_id"}
"""Words which are a link where a query or view has the number beside them."""
_TITLED = ("articles", "stories")
_VIEWS = frozenset({None, "unique_articles", "related_articles"})
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_MARKED = re.compile("⟪([^⟪⟫]*)⟫")


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def render_cell(
    row: sqlite3.Row, value: object, column: str, table: str | None, database: str, datasette: Datasette
) -> Markup | None:
    """The cell as markup, or None to leave it to Datasette, which escapes."""
    if database != "news":
        return None
    target = _leads_to(row, value, column, table)
    if target is not None:
        return Markup('<a href="{}">{}</a>').format(datasette.urls.row(database, *target), value)
    if isinstance(value, str) and _TIME.fullmatch(value):
        return Markup('<time datetime="{}">{}</time>').format(value, shorter(value))
    if table is None and isinstance(value, str):
        if column == "see" and value.startswith("/news/"):
            return Markup('<a href="{}">more&nbsp;→</a>').format(datasette.urls.path(value))
        if column == "snippet":
            return highlighted(value)
    return None


def _leads_to(row: sqlite3.Row, value: object, column: str, table: str | None) -> tuple[str, int] | None:
    """Table and number of the row that a cell stands for, if it stands for one."""
    if value in (None, ""):
        return None
    number_column = column
    if table in _TITLED and column == "title":
        return table, row["id"]
    if table in _VIEWS:
        number_column = _NUMBER_OF.get(column, column)
        if table == "unique_articles" and column in ("id", "title"):
            return "articles", row["id"]
    to_table = _TABLE_OF.get(number_column)
    if to_table is None or number_column not in row.keys():  # noqa: SIM118 - iterating a row gives its values
        return None
    number = row[number_column]
    return (to_table, number) if isinstance(number, int) else None


def highlighted(snippet: str) -> Markup:
    """A snippet with its ⟪found words⟫ marked and everything in it escaped."""
    return Markup(_MARKED.sub(r"<mark>\1</mark>", str(escape(snippet))))  # noqa: S704 - escaped just here
