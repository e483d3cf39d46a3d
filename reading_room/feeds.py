"""Feeds out: ``.atom`` for every table, view and canned query, and ``.xlsx`` beside Datasette's own JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from datasette import Request, hookimpl
from datasette.app import Datasette
from datasette.utils import path_from_row_pks

from reading_room.atom import EPOCH, Feed, Row, atom, entries, number, plain, xml_text
from reading_room.queries import load_queries

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST = 32_767
"""Characters that the format allows in a cell."""
_EXACT = 10**15
"""Numbers from here on would lose digits: the format keeps them as floating point."""
_WIDTH = 28


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_output_renderer() -> list[dict[str, Any]]:
    """Offer them wherever there are rows; a feed only of what it can name from one day to the next."""
    return [
        {"extension": "atom", "render": render_atom, "can_render": can_feed},
        {"extension": "xlsx", "render": render_sheet, "can_render": lambda columns: bool(columns)},
    ]


def can_feed(columns: Sequence[str], table: str | None, query_name: str | None, view_name: str) -> bool:
    """Whether the page's rows can be followed: SQL written by hand has no name to know its entries by."""
    return bool(columns and (table or query_name) and view_name != "row")


async def render_atom(
    datasette: Datasette,
    request: Request,
    rows: Sequence[Any],
    columns: Sequence[str],
    table: str | None,
    query_name: str | None,
    data: dict[str, Any],
) -> dict[str, Any]:
    """The rows as an Atom feed, or a sentence where the query failed."""
    if data.get("error") or not (table or query_name):
        return _refused(data.get("error") or "A feed needs a table or a canned query.")
    name = table or query_name
    page = datasette.absolute_url(request, request.path.removesuffix(".atom"))
    if request.query_string:
        page += f"?{request.query_string}"
    keys = await datasette.get_database("news").primary_keys(table) if table else []
    origin = f"vestnik {await _origin(datasette)} {name}"
    made = entries(
        (dict(zip(columns, row, strict=True)) for row in rows),
        origin,
        keys,
        lambda row: (
            str(datasette.absolute_url(request, path)) if (path := _path(datasette, row, table, keys)) else page
        ),
    )
    feed = Feed(
        id=f"{origin} {request.path} {request.query_string}",
        title=_title(name or "", request),
        updated=max((entry.updated for entry in made), default=EPOCH),
        self=datasette.absolute_url(request, request.full_path),
        page=page,
        entries=tuple(made),
    )
    return {"body": atom(feed), "content_type": "application/atom+xml; charset=utf-8"}


async def render_sheet(
    rows: Sequence[Any], columns: Sequence[str], table: str | None, query_name: str | None, data: dict[str, Any]
) -> dict[str, Any]:
    """The rows of this page as a workbook, in which no text is a formula."""
    if data.get("error"):
        return _refused(data["error"])
    name = table or query_name or "query"
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx"}
    return {"body": sheet(columns, rows), "content_type": _SHEET, "headers": headers}


def _refused(sentence: str) -> dict[str, Any]:
    return {"body": sentence, "content_type": "text/plain; charset=utf-8", "status_code": 400}


async def _origin(datasette: Datasette) -> str:
    """What tells this archive from others, for as long as it lives: when its first crawl began."""
    first = await datasette.get_database("news").execute("select started_at from crawls order by id limit 1")
    row = first.first()
    return str(row["started_at"]) if row else ""


def _path(datasette: Datasette, row: Row, table: str | None, keys: Sequence[str]) -> str | None:
    """The page of what a row is about: its article's, its own, or the one that the query names."""
    article, see = number(row.get("article_id")), row.get("see")
    if isinstance(article, int):
        return str(datasette.urls.row("news", "articles", article))
    if table and keys:
        return str(datasette.urls.row("news", table, path_from_row_pks(row, keys, False)))
    if isinstance(see, str) and see.startswith("/news/"):
        return str(datasette.urls.path(see))
    return None


def _title(name: str, request: Request) -> str:
    title = load_queries().get(name, {}).get("title", name.replace("_", " ").capitalize())
    asked = ", ".join(
        f"{key} {value}" for key in request.args if not key.startswith("_") and (value := request.args[key])
    )
    return f"{title}: {asked}" if asked else title


# Rows as a workbook for spreadsheet programs. Pure: values in, bytes out.
#
# Unlike in CSV, each cell says what it is: a text stays a text, whatever it begins with, and is never run as
# a formula.


def sheet(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet with a line of headings and a line for each row. A text too long for a cell ends in an ellipsis."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.freeze_panes(1, 0)
        page.set_column(0, max(len(columns) - 1, 0), _WIDTH)
        for place, column in enumerate(columns):
            page.write_string(0, place, _fitting(column), book.add_format({"bold": True}))
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(map(plain, row)):
                if value is None:
                    continue
                if isinstance(value, int | float) and abs(value) < _EXACT:
                    page.write_number(line, place, value)
                else:
                    page.write_string(line, place, _fitting(str(value)))
    return made.getvalue()


def _fitting(text: str) -> str:
    clean = xml_text(text)
    return clean if len(clean) <= _LONGEST else f"{clean[: _LONGEST - 1]}…"
