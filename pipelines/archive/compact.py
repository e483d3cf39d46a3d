"""Making the archive small and quick again. Only :func:`vacuum` needs a time without crawls."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from pipelines.archive.batches import in_turns
from pipelines.archive.database import BUSY_TIMEOUT, ArchiveError

_PAGES = 500
"""Of full text, merged in one transaction: some tens of milliseconds."""
_SLACK = 20  # steps more than the whole index takes
_NO_WORK = 2  # changes; a merge that has nothing to do makes fewer, says SQLite's documentation of FTS5
_PATIENCE = 2.0  # seconds to wait for readers, while writers wait for us


def merge_full_text(db: sqlite3.Connection) -> None:
    """Merge the search index into one piece, as ``optimize`` does, but in many short transactions.

    Words of texts that were changed or deleted leave it so. What crawls add meanwhile need not be merged as well.
    """
    (pages,) = db.execute("select count(*) from articles_fts_data").fetchone()
    steps = iter(range(_SLACK + 2 * pages // _PAGES))
    _merge(db, -_PAGES)  # from here on all pieces are to become one
    in_turns(lambda: int(next(steps, None) is not None and _merge(db, _PAGES) >= _NO_WORK))


def _merge(db: sqlite3.Connection, pages: int) -> int:
    before = db.total_changes
    db.execute("insert into articles_fts(articles_fts, rank) values ('merge', ?)", (pages,))
    return db.total_changes - before


def wipe_what_is_deleted(db: sqlite3.Connection) -> None:
    """From now on this connection overwrites with zeros what it deletes."""
    db.execute("pragma secure_delete=on")


def empty_log(db: sqlite3.Connection) -> bool:
    """Put what the write-ahead log holds into the archive's file, and cut it to nothing. Gives whether that was done.

    It is not where somebody reads from it for long. Crawls cannot write while this waits: it does not wait long.
    """
    db.execute(f"pragma busy_timeout={_PATIENCE * 1000:.0f}")
    try:
        (busy, _, _) = db.execute("pragma wal_checkpoint(truncate)").fetchone()
    finally:
        db.execute(f"pragma busy_timeout={BUSY_TIMEOUT * 1000:.0f}")
    return not busy


def vacuum(db: sqlite3.Connection, database: Path) -> None:
    """Write the whole archive anew, without free pages. Crawls wait as long: to be called in a standstill.

    Raises ArchiveError where the disk has no room for it.
    """
    (pages,), (free,), (size,) = (
        db.execute(f"pragma {name}").fetchone() for name in ("page_count", "freelist_count", "page_size")
    )
    needed = (pages - free) * size
    if lacking := without_room(needed, {database.parent: 1, _temporary(): 1}):
        raise ArchiveError(lacking)
    db.execute("pragma temp_store=file")  # open_archive keeps temporary tables in memory, which the whole archive fills
    try:
        db.execute("vacuum")
    finally:
        db.execute("pragma temp_store=memory")


def without_room(needed: int, times: dict[Path, int]) -> str | None:
    """Why the disk has no room for so many bytes in each of these folders; None where it has.

    Folders on one disk share its room.
    """
    wanted: dict[int, tuple[Path, int]] = {}
    for folder, n in times.items():
        device = folder.stat().st_dev
        first, sum_ = wanted.get(device, (folder, 0))
        wanted[device] = first, sum_ + n * needed
    for folder, total in wanted.values():
        if (free := shutil.disk_usage(folder).free) < total:
            return f"writing the archive anew takes {total:,} bytes on the disk of {folder}, where {free:,} are free"
    return None


def _temporary() -> Path:
    """The folder in which SQLite puts temporary files: the first of its list that can be written."""
    named = (os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp")  # noqa: S108  # SQLite's own list
    fit = (Path(one) for one in named if one and Path(one).is_dir() and os.access(one, os.W_OK | os.X_OK))
    return next(fit, Path.cwd())


def sizes(database: Path) -> tuple[int, int]:
    """Bytes of the archive's file and of its write-ahead log."""
    log = database.with_name(f"{database.name}-wal")
    return database.stat().st_size, log.stat().st_size if log.exists() else 0
