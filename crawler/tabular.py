"""Rows as files: CSV that a spreadsheet opens right, JSON Lines, XLSX and Parquet, each written as the rows come.

Memory holds no more than one row, or, for Parquet, one group of rows.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from crawler.errors import SetupError
from pipelines.archive.fields import FIELDS

LONGEST_CELL = 32_767
"""Characters that Excel takes in a cell; of a longer one in CSV it would make further rows."""
MOST_ROWS = 1_048_576
"""Rows of a sheet, that of the headings among them (ECMA-376 as Excel has it)."""
_EXACT = 10**15
"""Numbers from here on would lose digits in a sheet: the format keeps them as floating point."""
_GROUP = 2_000
"""Rows of a group in Parquet: some 10 MB of texts in memory."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows a file has, how many cells of it were cut, and how many rows found no room."""

    rows: int
    cut: int = 0
    left_out: int = 0


def write_csv(columns: Sequence[str], rows: Iterable[Row], file: IO[bytes]) -> Written:
    """Write CSV in UTF-8 with the mark by which Excel knows it; a cell that is too long for it ends in an ellipsis."""
    stream = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(columns)
    n = cut = 0
    for row in rows:
        n += 1
        cut += sum(isinstance(cell, str) and len(cell) > LONGEST_CELL for cell in row)
        table.writerow([harmless(fitting(cell)) for cell in row])
    stream.flush()
    stream.detach()
    return Written(n, cut)


def write_jsonl(columns: Sequence[str], rows: Iterable[Row], file: IO[bytes]) -> Written:
    """Write one JSON object a line, in UTF-8."""
    n = 0
    for row in rows:
        n += 1
        line = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
        file.write(line.encode("utf-8", "replace") + b"\n")
    return Written(n)


def write_xlsx(columns: Sequence[str], rows: Iterable[Row], file: IO[bytes]) -> Written:
    """Write a workbook of one sheet, in which a text stays a text whatever it begins with."""
    import xlsxwriter  # type: ignore[import-untyped]  # few commands need it, and it ships no types

    n = cut = 0
    left = iter(rows)
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(columns) - 1, 0), 28)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, xml_text(column), book.add_format({"bold": True}))
        for n, row in enumerate(islice(left, MOST_ROWS - 1), 1):
            for place, cell in enumerate(row):
                if isinstance(cell, int | float) and abs(cell) < _EXACT:
                    sheet.write_number(n, place, cell)
                elif cell is not None:
                    text = xml_text(str(cell))
                    cut += len(text) > LONGEST_CELL
                    sheet.write_string(n, place, fitting(text))
    return Written(n, cut, sum(1 for _ in left))


def write_parquet(columns: Sequence[str], rows: Iterable[Row], file: IO[bytes]) -> Written:
    """Write Parquet: whole numbers, fractions or texts, each column as its first group has it. Raises SetupError."""
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise SetupError("Parquet needs a package more: pip install 'vestnik[parquet]', or pyarrow") from None
    groups = _groups(rows)
    first = next(groups, [])
    schema = arrow.schema([(name, _type(arrow, [row[n] for row in first], name)) for n, name in enumerate(columns)])
    n = 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in chain([first], groups):
            arrays = [
                arrow.array([_typed(row[place], kind.type) for row in group], kind.type)
                for place, kind in enumerate(schema)
            ]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
            n += len(group)
    return Written(n)


WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "xlsx": write_xlsx, "parquet": write_parquet}
"""By the name of the form, which is also how such a file's name ends."""


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: text that starts like one gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def fitting(cell: Any) -> Any:
    """Return a cell that is not too long for a spreadsheet; what was cut ends in an ellipsis."""
    is_long = isinstance(cell, str) and len(cell) > LONGEST_CELL
    return f"{cell[: LONGEST_CELL - 2]}…" if is_long else cell


def xml_text(text: str) -> str:
    """Return the text without the control characters and half characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while group := list(islice(left, _GROUP)):
        yield group


def _type(arrow: Any, values: Sequence[Any], name: str) -> Any:
    """Return the type of a column. One without any value yet is a number where its name counts or numbers something."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int} or (not kinds and name in _NUMBERS):
        return arrow.int64()
    return arrow.float64() if kinds and kinds <= {int, float} else arrow.string()


_NUMBERS = frozenset(field.name for field in FIELDS if field.type.startswith("integer")) | {
    "copy_of", "edits", "minutes_after",
}  # fmt: skip


def _typed(value: Any, kind: Any) -> Any:
    """Return a value of the column's type; one that cannot be, such as a text among numbers, is empty."""
    if value is None:
        return None
    if str(kind) == "string":
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else str(value)
    return value if isinstance(value, int | float) else None
