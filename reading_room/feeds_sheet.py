"""Rows as a workbook for spreadsheet programs. Pure: values in, bytes out.

Unlike in CSV, each cell says what it is: a text stays a text, whatever it begins with, and is never run as a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from reading_room.atom import xml_text
from reading_room.feeds_entries import plain

_LONGEST = 32_767
"""Characters that the format allows in a cell."""
_EXACT = 10**15
"""Numbers from here on would lose digits: the format keeps them as floating point."""
_WIDTH = 28


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
