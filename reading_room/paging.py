"""Pages that neither lose nor repeat a row.

Datasette continues a sorted table after (value, key), but sorts by the value alone. Rows with equal values then come
in whatever order SQLite's chosen index has them; where that is not the key's, the next page skips some and repeats
others. Where this can happen, a condition that is always true, but which SQLite is told hardly ever holds, has it read
the table in the order of the key and sort that: its sorting keeps the order of equals. It costs a look at every row,
and where a filter and the sorting share an index, it needs the statistics that ANALYZE leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from datasette import Request, hookimpl
from datasette.app import Datasette
from datasette.database import Database
from datasette.filters import FilterArguments

Order = tuple[str, bool]
"""A column of an index, and whether it descends."""


@dataclass(frozen=True)
class Table:
    """What decides the order of equals: the key's first column, whether that is the row's number, and the indexes."""

    key: str
    numbered: bool
    indexes: Sequence[Sequence[Order]]


def keeps_order(table: Table, sort: Order, pinned: frozenset[str], ranged: frozenset[str]) -> bool:
    """Return whether equals come in the order of the key from whichever index SQLite may choose.

    ``pinned`` are the columns that a filter holds to one value, ``ranged`` those that another kind of filter limits.
    """
    for index in table.indexes:
        if index[0][0] not in pinned | ranged | {sort[0]}:
            continue  # of no use for this page
        start = next((n for n, (column, _) in enumerate(index) if column not in pinned), len(index))
        if tuple(index[start:]) not in ((), (sort,)):
            return False
    return table.numbered


def filtered(parameters: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the columns that a page's parameters hold to one value, and those that they limit otherwise."""
    pinned: set[str] = set()
    ranged: set[str] = set()
    for name in parameters:
        if not name.startswith("_"):
            column, _, lookup = name.partition("__")
            (pinned if lookup in ("", "exact") else ranged).add(column)
    return frozenset(pinned - ranged), frozenset(ranged)


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
async def filters_from_request(
    request: Request, table: str, database: str, datasette: Datasette
) -> FilterArguments | None:
    """Add the condition to the pages that need it."""
    parameters: Mapping[str, str] = request.args
    sort = _sort(parameters, datasette.metadata(database=database, table=table, fallback=False) or {})
    if database != "news" or sort is None:
        return None
    shape = await _shape(datasette.get_database(database), table)
    if shape is None:  # a view: Datasette counts its rows off instead
        return None
    if "_where" not in parameters and keeps_order(shape, sort, *filtered(parameters)):
        return None
    # Numbers and texts all sort before a blob.
    return FilterArguments([f"likelihood([{shape.key}] < x'', 0.0000001)"], human_descriptions=[])


def _sort(parameters: Mapping[str, str], metadata: Mapping[str, str]) -> Order | None:
    for source, up, down in ((parameters, "_sort", "_sort_desc"), (metadata, "sort", "sort_desc")):
        if source.get(down):
            return source[down], True
        if source.get(up):
            return source[up], False
    return None


async def _shape(db: Database, table: str) -> Table | None:
    columns = (await db.execute("select name, type, pk from pragma_table_info(?) where pk order by pk", [table])).rows
    if not columns:
        return None
    indexes: dict[str, list[Order]] = defaultdict(list)
    columns_of = await db.execute(
        "select l.name, x.name as column, x.desc from pragma_index_list(?) l, pragma_index_xinfo(l.name) x"
        " where x.key and l.origin <> 'pk' order by l.seq, x.seqno",
        [table],
    )
    for row in columns_of.rows:
        indexes[row["name"]].append((row["column"], bool(row["desc"])))
    numbered = len(columns) == 1 and columns[0]["type"].lower() == "integer"
    return Table(columns[0]["name"], numbered, tuple(map(tuple, indexes.values())))
