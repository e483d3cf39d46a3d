"""A copy of the archive while crawls write to it: whole, checked, and one file."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pipelines.archive.database import ArchiveError, sentence

_STAMP = "%Y-%m-%dT%H%M%SZ"


def target_of(path: Path, database: Path, now: datetime) -> Path:
    """The file to write: the path itself, or in a folder one that is named after the archive and the time (UTC).

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
        _discard(part)
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            db.backup(copy, pages=-1)
            copy.execute("pragma journal_mode=delete")  # else reading it would leave files beside it
            (found,) = copy.execute("pragma quick_check(1)").fetchone()
        if found != "ok":
            raise ArchiveError(f"the copy is damaged ({found}); look at the archive with: scrapy archive verify --all")
        _to_disk(part)
        part.rename(target)
        _to_disk(target.parent)
    except sqlite3.Error as error:
        raise ArchiveError(sentence(target, error)) from error
    finally:
        _discard(part)


def superseded(names: Sequence[str], database: Path, keep: int) -> list[str]:
    """Of the files in a folder of backups, those of this archive that are older than its newest ``keep``. Pure.

    Among them are parts of backups that were broken off.
    """
    ours = re.compile(rf"{re.escape(database.stem)}-\d{{4}}-\d\d-\d\dT\d{{6}}Z\.db(\.part(-\w+)?)?")
    found = sorted(name for name in names if ours.fullmatch(name))
    kept = [name for name in found if name.endswith(".db")][-keep:]
    return [name for name in found if kept and name < kept[0]]


def _discard(part: Path) -> None:
    for path in (part, part.with_name(f"{part.name}-journal"), part.with_name(f"{part.name}-wal")):
        path.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Let it outlast a power cut: a copy in memory alone is none."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
