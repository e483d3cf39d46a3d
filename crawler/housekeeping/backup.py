"""``scrapy archive backup``: a whole, checked copy while crawls write."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from crawler.errors import SetupError
from crawler.housekeeping import Job
from pipelines.archive.database import ArchiveError, sentence

_STAMP = "%Y-%m-%dT%H%M%SZ"


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
