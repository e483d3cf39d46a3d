"""Datasette as this project wants it: the archive under the name ``news``, with our pages, queries and functions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from reading_room import (
    article_filters,
    cells,
    feeds,
    front,
    front_errors,
    functions,
    pages,
    paging,
    queries,
    safety,
    search,
    search_page,
)

NAME = "news"
"""The database's name in every address, whatever its file is called: templates and links contain it."""
_HERE = Path(__file__).parent
_PLUGINS = (
    pages,
    article_filters,
    cells,
    feeds,
    front,
    front_errors,
    functions,
    paging,
    queries,
    safety,
    search,
    search_page,
)

_COUNTED_FOR = 60.0
"""Seconds for which the counts of rows beside the names of tables hold: to count them takes a tenth of a second."""


class Archive(Database):  # type: ignore[misc]  # Datasette ships no types
    """The archive, whose tables are counted once a minute at most."""

    _counts: Mapping[str, int | None] = {}
    _counted_at = float("-inf")

    async def table_counts(self, limit: int = 10) -> Mapping[str, int | None]:
        """The rows of each table, None where ``limit`` milliseconds were too few to count them."""
        if monotonic() - self._counted_at > _COUNTED_FOR:
            self._counts, self._counted_at = await super().table_counts(limit), monotonic()
        return self._counts


class Room(Datasette):  # type: ignore[misc]  # Datasette ships no types
    """Datasette, which works out once who may see a table, not for every table that a page names.

    The rules stand in metadata.yaml, which does not change while it runs; to copy all of it takes a millisecond.
    """

    @cache  # noqa: B019 - it lives as long as the program
    def _table_permission_allows(self, database: str, table: str) -> list[Any]:
        allowed: list[Any] = super()._table_permission_allows(database, table)
        return allowed


def open_room(archive: Path, public: bool = False) -> Room:
    """Datasette on this archive, to be served or asked through its ``client``.

    Every connection is read-only (``mode=ro``). It is never opened as immutable: of a file that is being written,
    that would show torn pages. ``public`` is for readers who are strangers: see safety.py.
    """
    for plugin in _PLUGINS:
        if not pm.is_registered(plugin):
            pm.register(plugin)
    room = Room(config_dir=_HERE, settings=safety.settings(_HERE / "settings.json", public))
    room.remove_database("_memory")
    room.add_database(Archive(room, path=str(archive), is_mutable=True), name=NAME)
    return room
