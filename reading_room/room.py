"""Datasette as this project wants it: the archive under the name ``news``, with our pages, queries and functions."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

import sqlite_utils
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from pipelines.archive.schema import migrations
from reading_room import cells, feeds, front, functions, pages, paging, queries, safety, search

NAME = "news"
"""The database's name in every address, whatever its file is called: templates and links contain it."""
_HERE = Path(__file__).parent
_PLUGINS = (pages, cells, feeds, front, safety, functions, paging, queries, search)

_COUNTED_FOR = 60.0
"""Seconds for which the counts of rows beside the names of tables hold: to count them takes a tenth of a second."""
FIRST_STEPS = (
    "Run `make demo` and then `make serve DATABASE=demo/news.db` for a small invented newspaper, "
    "or `scrapy crawl moscowtimes` for a real one."
)
_KNOWN = frozenset(migration.name for migration in migrations.pending(sqlite_utils.Database(memory=True)))
"""The steps by which this Vestnik makes an archive."""


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


# Whether a file can be shown, told in a sentence when it cannot.


def trouble(path: Path) -> str | None:
    """Why this file cannot be shown, and what to do; None for a readable archive."""
    if path.is_dir():
        return f"{path} is a folder; name the archive in it, such as {path / 'news.db'}."
    if not path.exists():
        return f"There is no archive at {path} yet. {FIRST_STEPS}"
    if set("?#%") & set(str(path)):
        return f"SQLite takes ?, # and % in {path} for more than letters; rename the file or its folder."
    if leaves_foreign_files(path.stat().st_uid, os.geteuid(), os.access(path.parent, os.W_OK)):
        return (
            f"{path} belongs to another user: files that reading leaves beside it would keep that user's crawler "
            "from writing. Run both as one user."
        )
    return _trouble_inside(path)


def leaves_foreign_files(owner: int, me: int, can_write_beside: bool) -> bool:
    """Whether reading leaves a ``-shm`` file that the owner, by user number, cannot write to.

    SQLite gives the file away only when root makes it; in a folder closed to us none is made.
    """
    return can_write_beside and me not in (0, owner)


def _trouble_inside(path: Path) -> str | None:
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        try:
            columns = {name for (name,) in connection.execute("select name from pragma_table_info('articles')")}
            steps = _steps(connection)
        finally:
            connection.close()
    except sqlite3.OperationalError as error:  # what a closed folder gives: readers and writer share a file beside it
        return f"{path} cannot be opened ({error}). Run this as the user who crawls, who may write to its folder."
    except sqlite3.DatabaseError as error:
        return f"{path} cannot be read as an archive ({error}). {FIRST_STEPS}"
    if not {"address_key", "first_seen_at"} <= columns:
        return f"{path} is a database, but not an archive of Vestnik. {FIRST_STEPS}"
    return stands_apart(path, steps, _KNOWN)


def stands_apart(path: Path, steps: AbstractSet[str], known: AbstractSet[str]) -> str | None:
    """Why an archive made by these steps cannot be shown by a Vestnik that knows those; None where they agree."""
    newer = sorted(steps - known)
    if newer:
        return f"{path} was written by a newer Vestnik (it has {newer[0]}): upgrade this one to read it."
    if known - steps:
        return (
            f"{path} was written by an older Vestnik, and lacks what these pages show. The next crawl brings it up "
            f"to date, after a backup beside it; so does, without a crawl: scrapy archive compact -s DATABASE={path}"
        )
    return None


def _steps(connection: sqlite3.Connection) -> frozenset[str]:
    """The steps that have made the archive what it is; none for what is no archive."""
    if not connection.execute("select 1 from sqlite_master where name = '_sqlite_migrations'").fetchone():
        return frozenset()
    found = connection.execute("select name from _sqlite_migrations where migration_set = ?", [migrations.name])
    return frozenset(name for (name,) in found)
