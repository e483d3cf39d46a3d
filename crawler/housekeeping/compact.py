"""``scrapy archive compact``: the archive small and quick again while crawls write.

Only :func:`vacuum` needs a time without crawls.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from crawler.housekeeping import Job
from pipelines.archive import unindexed
from pipelines.archive.crawls import refresh_statistics
from pipelines.archive.database import BUSY_TIMEOUT, ArchiveError, in_turns, open_archive, transaction
from pipelines.archive.lease import standstill
from pipelines.archive.searching import INDEXES

_PAGES = 500
"""Of full text, merged in one transaction: some tens of milliseconds."""
_SLACK = 20  # steps more than the whole index takes
_NO_WORK = 2  # changes; a merge that has nothing to do makes fewer, says SQLite's documentation of FTS5
_PATIENCE = 2.0  # seconds to wait for readers, while writers wait for us


def compact(job: Job) -> None:
    """Make the archive small and quick again; what needs a time without crawls is left out where there is none."""
    with closing(open_archive(job.database)) as db:
        job.say(f"before: {_size(job.database)}")
        if completed := in_turns(lambda: _complete(db)):
            job.say(f"searches now find {completed:,} rows of an earlier version as they find new ones")
        merge_full_text(db)
        with transaction(db):
            refresh_statistics(db)
        with standstill(job.database, "scrapy archive compact", job.now) as others:
            if others:
                job.say(
                    "free pages stay in the file, for giving them back would keep crawls waiting: running is"
                    f" {', '.join(others)}; run this again when nothing is"
                )
            else:
                _vacuum(job, db)
        if not empty_log(db):
            job.say("the write-ahead log is still read by somebody, and becomes small when they are done")
    job.say(f"after: {_size(job.database)}")


def _complete(db: sqlite3.Connection) -> int:
    with transaction(db):
        return next(unindexed.steps(db), 0)


def _vacuum(job: Job, db: sqlite3.Connection) -> None:
    try:
        vacuum(db, job.database)
    except ArchiveError as error:
        job.say(f"free pages stay in the file: {error}")


def _size(database: Path) -> str:
    file, log = sizes(database)
    return f"{file:,} bytes" + (f", and {log:,} in its write-ahead log" if log else "")


def merge_full_text(db: sqlite3.Connection) -> None:
    """Merge each search index into one piece, as ``optimize`` does, but in many short transactions.

    Words of texts that were changed or deleted leave it so. What crawls add meanwhile need not be merged as well.
    """
    for index in INDEXES:
        (pages,) = db.execute(f"select count(*) from {index}_data").fetchone()
        steps = iter(range(_SLACK + 2 * pages // _PAGES))
        _merge(db, index, -_PAGES)  # from here on all pieces are to become one
        in_turns(lambda: int(next(steps, None) is not None and _merge(db, index, _PAGES) >= _NO_WORK))  # noqa: B023 - called before the next


def _merge(db: sqlite3.Connection, index: str, pages: int) -> int:
    before = db.total_changes
    db.execute(f"insert into {index}({index}, rank) values ('merge', ?)", (pages,))
    return db.total_changes - before


def wipe_what_is_deleted(db: sqlite3.Connection) -> None:
    """From now on this connection overwrites with zeros what it deletes."""
    db.execute("pragma secure_delete=on")


def empty_log(db: sqlite3.Connection) -> bool:
    """Put what the write-ahead log holds into the archive's file, and cut it to nothing. Return whether that was done.

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
    """Return why the disk has no room for so many bytes in each of these folders; None where it has.

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
    """Return the folder in which SQLite puts temporary files: the first of its list that can be written."""
    named = (os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp")  # noqa: S108  # SQLite's own list
    fit = (Path(name) for name in named if name and Path(name).is_dir() and os.access(name, os.W_OK | os.X_OK))
    return next(fit, Path.cwd())


def sizes(database: Path) -> tuple[int, int]:
    """Return the bytes of the archive's file and of its write-ahead log."""
    log = database.with_name(f"{database.name}-wal")
    return database.stat().st_size, log.stat().st_size if log.exists() else 0
