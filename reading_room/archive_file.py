"""Whether a file can be shown, told in a sentence when it cannot."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Set as AbstractSet
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from pipelines.archive.schema import migrations

FIRST_STEPS = (
    "Run `make demo` and then `make serve DATABASE=demo/news.db` for a small invented newspaper, "
    "or `scrapy crawl moscowtimes` for a real one."
)


_KNOWN = frozenset(migration.name for migration in migrations.pending(Database(memory=True)))
"""The steps by which this Vestnik makes an archive."""


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
