"""``python -m tests.docs.tables`` writes docs/tables.md: the schema, and what Datasette says of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import Column, Table, View

from pipelines.archive.database import open_archive
from reading_room.room import NAME, open_room
from tests.crawling import ROOT

FILE = ROOT / "docs/tables.md"
_INTRODUCTION = """\
# Tables

The archive is one SQLite file, and its tables are the interface: people write SQL against them. Names keep their
meaning. A column is added, never renamed or given another meaning without a migration and a line in the
[changelog](../CHANGELOG.md).

- Times are UTC, `2024-12-09T11:02:00Z`; a plain day, `2024-12-09`, where a page gives no more. They sort as text.
- NULL means that the page did not say, not that the value is zero or empty.
- Names that begin with `_` are internal and may change at any time.
- `articles.text` is the last column and stays it: SQLite reads a row from its beginning, and what stood behind a long
  text would cost all its pages. Name the columns that you want; `select *` reads every text.
- Full text: `select a.* from articles_fts f join articles a on a.id = f.rowid where articles_fts match 'ferry'`.
  What edits took out stands in `revisions_fts`, whose rowid is the number of the revision:
  `select rowid, title, text from revisions_fts where revisions_fts match 'ferry'`.

`python -m tests.docs.tables` writes this page from the schema and from Datasette's descriptions; a test compares.
"""


def page() -> str:
    """Return the text of docs/tables.md."""
    with TemporaryDirectory(prefix="vestnik-docs-") as folder:
        archive = Path(folder) / "news.db"
        open_archive(archive).close()
        described: dict[str, Any] = open_room(archive).metadata("tables", database=NAME)
        public = {name: told for name, told in described.items() if not told.get("hidden")}
        db = Database(archive)
        with closing(db):
            sections = [line for name, told in public.items() for line in _section(db[name], told)]
    contents = " · ".join(f"[{name}](#{name})" for name in public)
    return "\n".join([_INTRODUCTION, contents, *sections]) + "\n"


def _section(table: Table | View, described: dict[str, Any]) -> Iterator[str]:
    """Return the lines of one table or view."""
    targets = {} if isinstance(table, View) else {key.column: key.other_table for key in table.foreign_keys}
    yield f"\n## {table.name}\n"
    yield f"{'A view. ' if isinstance(table, View) else ''}{described['description']}\n"
    yield "| column | type | what it holds |"
    yield "|---|---|---|"
    for column in table.columns:
        target = targets.get(column.name)
        leads = f" → [{target}](#{target})" if target else ""
        yield f"| `{column.name}` | {_type(column)}{leads} | {described['columns'][column.name]} |"


def _type(column: Column) -> str:
    """Return a column's type and what SQLite demands of it."""
    demands = " key" if column.is_pk else " not null" if column.notnull else ""
    return f"{column.type.lower()}{demands}"


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
    sys.exit()
