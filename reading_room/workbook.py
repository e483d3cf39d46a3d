"""Workbooks out: ``.xlsx`` for every table, view and query, beside Datasette's own JSON and CSV.

Unlike in CSV, each cell says what it is: a text stays a text, whatever it begins with, and is never run as a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from datasette import hookimpl

from reading_room.feeds import label_of, refused, xml_text

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST = 32_767
"""Characters that the format allows in a cell."""
_EXACT = 10**15
"""Numbers from here on would lose digits: the format keeps them as floating point."""
_WIDTH = 28


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_output_renderer() -> dict[str, Any]:
    """Offer them wherever there are rows."""
    return {"extension": "xlsx", "render": render_workbook, "can_render": lambda columns: bool(columns)}


async def render_workbook(
    rows: Sequence[Any], columns: Sequence[str], table: str | None, query_name: str | None, data: dict[str, Any]
) -> dict[str, Any]:
    """Return the rows of this page as a workbook."""
    if data.get("error"):
        return refused(data["error"])
    name = table or query_name or "query"
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx"}
    return {"body": workbook(columns, rows), "content_type": _SHEET, "headers": headers}


def workbook(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return one sheet: a line of headings, a line for each row. A text too long for a cell ends in an ellipsis."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(columns) - 1, 0), _WIDTH)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, _fitting(column), book.add_format({"bold": True}))
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(map(label_of, row)):
                if value is None:
                    continue
                if isinstance(value, int | float) and abs(value) < _EXACT:
                    sheet.write_number(line, place, value)
                else:
                    sheet.write_string(line, place, _fitting(str(value)))
    return file.getvalue()


def _fitting(text: str) -> str:
    clean = xml_text(text)
    return clean if len(clean) <= _LONGEST else f"{clean[: _LONGEST - 1]}…"
