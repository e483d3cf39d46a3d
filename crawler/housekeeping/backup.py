"""``scrapy archive backup`` and ``compact``: a whole, checked copy while crawls write, and a small, quick archive.

Only :func:`vacuum` needs a time without crawls.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from crawler.errors import SetupError
from crawler.housekeeping import Job
from pipelines.archive import unindexed
from pipelines.archive.crawls import refresh_statistics
from pipelines.archive.database import BUSY_TIMEOUT, ArchiveError, in_turns, open_archive, sentence, transaction
from pipelines.archive.lease import standstill
from pipelines.archive.searching import INDEXES

_STAMP = "%Y-%m-%dT%H%M%SZ"
_PAGES = 500
"""Of full text, merged in one transaction: some tens of milliseconds."""
_SLACK = 20  # steps more than the whole index takes
_NO_WORK = 2  # changes; a merge that has nothing to do makes fewer, says SQLite's documentation of FTS5
_PATIENCE = 2.0  # seconds to wait for readers, while writers wait for us


def backup(job: Job, db: sqlite3.Connection, path: Path, keep: int | None) -> None:
    """Copy the archive that ``db`` reads to a file or into a folder, where only the newest ``keep`` backups stay.

    Raises SetupError or ArchiveError where it cannot be; then nothing older goes either.
    """
    if keep is not None and not path.is_dir():
        raise SetupError(f"--keep counts the backups in a folder, and {path} is none; name a folder that is there")
    target = target_of(path, job.database, job.now)
    back_up(db, target)
    job.say(f"{target}: {target.stat().st_size:,} bytes, checked")
    if keep is not None:
        for name in superseded([file.name for file in path.iterdir()], job.database, keep):
            (path / name).unlink()
            job.say(f"{path / name}: removed, {keep} newer ones are kept")


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


def target_of(path: Path, database: Path, now: datetime) -> Path:
    """Return the file to write: the path itself, or in a folder one that is named after the archive and the time (UTC).

    Raises ArchiveError where the folder is missing, or the file is there: a backup replaces nothing.
    """
    target = path / f"{database.stem}-{now.astimezone(UTC).strftime(_STAMP)}.db" if path.is_dir() else path
    if not target.parent.is_dir():
        raise ArchiveError(f"there is no folder {target.parent}; make it first, or name another")
    if target.exists():
        raise ArchiveError(f"{target} is there already; name another file, or a folder, in which each backup is new")
    return target


def back_up(db: sqlite3.Connection, target: Path) -> None:
    """Copy the archive as it is now. The copy has its name only once it is complete and was found sound.

    In one step, from one snapshot: in several SQLite starts over whenever a crawl has written, and never ends.
    Raises ArchiveError where the disk is full, the folder cannot be written, or the copy is damaged.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        discard(part)
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            db.backup(copy, pages=-1)
            copy.execute("pragma journal_mode=delete")  # else reading it would leave files beside it
            (state,) = copy.execute("pragma quick_check(1)").fetchone()
        if state != "ok":
            raise ArchiveError(f"the copy is damaged ({state}); look at the archive with: scrapy archive verify --all")
        _to_disk(part)
        part.rename(target)
        _to_disk(target.parent)
    except sqlite3.Error as error:
        raise ArchiveError(sentence(target, error)) from error
    finally:
        discard(part)


def superseded(names: Sequence[str], database: Path, keep: int) -> list[str]:
    """Return, of the files in a folder of backups, those of this archive that are older than its newest ``keep``. Pure.

    Among them are parts of backups that were broken off.
    """
    ours = re.compile(rf"{re.escape(database.stem)}-\d{{4}}-\d\d-\d\dT\d{{6}}Z\.db(\.part(-\w+)?)?")
    backups = sorted(name for name in names if ours.fullmatch(name))
    kept = [name for name in backups if name.endswith(".db")][-keep:]
    return [name for name in backups if kept and name < kept[0]]


def discard(copy: Path) -> None:
    """Remove a database that is not wanted any more, with all that SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        copy.with_name(f"{copy.name}{ending}").unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Let it outlast a power cut: a copy in memory alone is none."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
