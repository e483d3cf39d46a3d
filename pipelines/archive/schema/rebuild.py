"""Columns in the middle of a table that is there already, with everything that stands on it kept.

SQLite adds a column at the end alone, behind ``articles.text``, where reading it costs all pages of a long text. So the
table is copied into a new one of its name (SQLite, "Making Other Kinds Of Table Schema Changes"): one pass over its
rows. sqlite-utils' ``transform`` takes quadratic time here, since every row that goes is looked up in its children, and
it loses triggers. Whoever migrates has switched foreign keys off and checks them afterwards: see database.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sqlite_utils import Database

_HEAD = re.compile(r"""create\s+table\s+["'`\[]?\w+["'`\]]?\s*\(""", re.IGNORECASE)
_NAME = re.compile(r"""["'`\[]?(\w+)""")
_COMMENT = re.compile(r"('(?:[^']|'')*')|--[^\n]*|/\*.*?\*/", re.DOTALL)  # what stands in quotation is none
_NEW = "_rebuilt"


def add_columns(
    db: Database, table: str, columns: Mapping[str, str], *, before: str, filled: Mapping[str, str] | None = None
) -> None:
    """Put columns before another one, each a name and its SQL type; the others keep their order.

    ``filled`` gives the SQL expression for the value of a new column, over the row's other ones; without one it has its
    default. Rowids, and with them a full-text index on the table, stay as they are; indexes, triggers, views and what
    ANALYZE found are kept. Raises ValueError where there is no such table or column, or a new name is taken, and
    RuntimeError while foreign keys are on and the table has rows.
    """
    names = [row["name"] for row in db.query(f"select name from pragma_table_xinfo('{table}')")]
    if before not in names or (taken := columns.keys() & names):
        wrong = f"has no column {before}" if before not in names else f"already has {', '.join(sorted(taken))}"
        raise ValueError(f"{table} {wrong}; it has: {', '.join(names) or 'nothing, for it is not there'}")
    if db.execute("pragma foreign_keys").fetchone()[0] and db.execute(f"select 1 from {table} limit 1").fetchone():
        raise RuntimeError("foreign keys are on: dropping the old table would look for each row's children")
    (sql,) = db.execute("select sql from sqlite_master where type = 'table' and name = ?", [table]).fetchone()
    definitions, tail = _parts(_COMMENT.sub(r"\1", sql))
    place = next(n for n, one in enumerate(definitions) if _name(one) == before)
    definitions[place:place] = [f"{name} {type_}" for name, type_ in columns.items()]
    _replace(db, table, f"create table {_NEW} (\n    {', '.join(definitions)}\n){tail}", filled or {})


def _replace(db: Database, table: str, sql: str, filled: Mapping[str, str]) -> None:
    """Copy the rows of a table into the new one, put that in its place, and make anew what stood on it."""
    standing = [
        row[0]
        for row in db.execute(
            "select sql from sqlite_master where tbl_name = ? and type in ('index', 'trigger') and sql is not null"
            " order by rowid",
            [table],
        )
    ]
    statistics = _statistics(db, table)
    db.execute(sql)
    stored = [row["name"] for row in db.query(f"select name from pragma_table_xinfo('{table}') where hidden = 0")]
    into = ", ".join(f'"{name}"' for name in (*stored, *filled))
    values = ", ".join((*(f'"{name}"' for name in stored), *filled.values()))
    db.execute(f"insert into {_NEW} ({into}) select {values} from {table} order by 1")
    # Without this, views and triggers of other tables that name the table make the renaming an error.
    (legacy,) = db.execute("pragma legacy_alter_table").fetchone()
    db.execute("pragma legacy_alter_table = on")
    try:
        db.execute(f"drop table {table}")
        db.execute(f"alter table {_NEW} rename to {table}")
    finally:
        db.execute(f"pragma legacy_alter_table = {legacy}")
    for one in standing:
        db.execute(one)
    for name, rows in statistics.items():
        db.execute(f"delete from {name} where tbl = ?", [table])
        db.conn.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)


def _statistics(db: Database, table: str) -> dict[str, list[tuple[object, ...]]]:
    """Return what ANALYZE found of a table, which goes with it; Datasette's paging needs that."""
    kept = db.execute("select name from sqlite_master where name in ('sqlite_stat1', 'sqlite_stat4')").fetchall()
    found = {name: db.execute(f"select * from {name} where tbl = ?", [table]).fetchall() for (name,) in kept}
    return {name: [tuple(row) for row in rows] for name, rows in found.items() if rows}


def _parts(sql: str) -> tuple[list[str], str]:
    """Return what stands in the brackets of a ``create table`` statement, one by one, and what stands behind them."""
    head = _HEAD.match(sql)
    if head is None:
        raise ValueError(f"expected create table NAME (…): {sql[:80]!r}")
    end = sql.rindex(")")
    return [one.strip() for one in _split(sql[head.end() : end])], sql[end + 1 :]


def _split(text: str) -> Iterator[str]:
    """Split at the commas that stand in no brackets and no quotation."""
    depth, quoted, start = 0, "", 0
    for place, character in enumerate(text):
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "'\"`":
            quoted = character
        elif character == "," and depth == 0:
            yield text[start:place]
            start = place + 1
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
    yield text[start:]


def _name(definition: str) -> str | None:
    named = _NAME.match(definition)
    return named[1] if named else None
