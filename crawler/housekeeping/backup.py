"""``scrapy archive backup`` and ``restore``: a whole, checked copy while crawls write, and one in the archive's place.

A file that is moved over an open archive meets the write-ahead log of the one before, and both are lost. So nothing but
SQLite writes to the archive: readers and a monitor find the restored rows with their next question, and crawls are kept
out by their leases. What was forgotten after the backup was made stays forgotten.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crawler.article import utc_text
from crawler.errors import SetupError
from crawler.housekeeping import Job, plural
from crawler.housekeeping.compact import empty_log, wipe_what_is_deleted
from crawler.housekeeping.forget import erase
from pipelines.archive.database import BUSY_TIMEOUT, ArchiveError, open_archive, sentence, transaction
from pipelines.archive.lease import standstill
from pipelines.archive.reading import open_for_reading

_STAMP = "%Y-%m-%dT%H%M%SZ"
Tombstone = tuple[str, str, str | None]
"""Key, time and reason of an article that was forgotten."""


def backup(job: Job, db: sqlite3.Connection, path: Path, keep: int | None) -> None:
    """Copy the archive that ``db`` reads to a file or into a folder, where only the newest ``keep`` backups stay.

    Raises SetupError or ArchiveError where it cannot be; then nothing older goes either.
    """
    if keep is not None and not path.is_dir():
        raise SetupError(f"--keep counts the backups in a folder, and {path} is none; name a folder that is there")
    target = target_of(path, job.database, job.now)
    _back_up(db, target)
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


def _back_up(db: sqlite3.Connection, target: Path) -> None:
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
            (state,) = copy.execute("pragma quick_check(1)").fetchone()
        if state != "ok":
            raise ArchiveError(f"the copy is damaged ({state}); look at the archive with: scrapy archive verify --all")
        _to_disk(part)
        part.rename(target)
        _to_disk(target.parent)
    except sqlite3.Error as error:
        raise ArchiveError(sentence(target, error)) from error
    finally:
        _discard(part)


def superseded(names: Sequence[str], database: Path, keep: int) -> list[str]:
    """Return, of the files in a folder of backups, those of this archive that are older than its newest ``keep``. Pure.

    Among them are parts of backups that were broken off.
    """
    ours = re.compile(rf"{re.escape(database.stem)}-\d{{4}}-\d\d-\d\dT\d{{6}}Z\.db(\.part(-\w+)?)?")
    backups = sorted(name for name in names if ours.fullmatch(name))
    kept = [name for name in backups if name.endswith(".db")][-keep:]
    return [name for name in backups if kept and name < kept[0]]


def _discard(copy: Path) -> None:
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


# A backup in the archive's place.


def restore(job: Job, backup: Path) -> None:
    """Replace what the archive holds by a backup. The archive as it was is kept beside it, where it can be read.

    Raises SetupError where the backup is none or crawls run, ArchiveError where a file cannot be read or written; then
    the archive is as before.
    """
    if not backup.is_file():
        raise SetupError(f"there is no backup {backup}")
    if job.database.exists() and backup.samefile(job.database):
        raise SetupError(f"{backup} is the archive itself; name a backup of it")
    with standstill(job.database, "scrapy archive restore", job.now) as others:
        if others:
            raise SetupError(f"running is {', '.join(others)}; stop the monitor and the crawls, then run this again")
        with _candidate(job, backup) as candidate:
            tombstones = _tombstones(job)
            erased = _forget_again(candidate, tombstones, utc_text(job.now))
            _keep(job)
            _replace(job, candidate)
    job.say(f"{job.database}: as in {backup}")
    if erased:
        job.say(
            f"{plural(erased, 'article')} that had been forgotten since {'was' if erased == 1 else 'were'} left out"
        )


@contextmanager
def _candidate(job: Job, backup: Path) -> Iterator[Path]:
    """Give a checked copy of the backup, brought up to date, beside the archive: the backup itself stays as it is."""
    copy = job.database.with_name(f"{job.database.name}.restoring")
    _discard(copy)
    try:
        with closing(open_for_reading(backup, older=True)) as db:
            _back_up(db, copy)
            (state,) = db.execute("pragma integrity_check(1)").fetchone()
        if state != "ok":
            raise ArchiveError(f"{backup} is damaged ({state}); name another backup")
        open_archive(copy).close()
        yield copy
    finally:
        _discard(copy)


def _tombstones(job: Job) -> list[Tombstone]:
    """Return what was forgotten so far; nothing where there is no archive, or none that can be read."""
    if not job.database.exists():
        return []
    try:
        with closing(open_for_reading(job.database, older=True)) as db:
            return [
                (row[0], row[1], row[2])
                for row in db.execute("select address_key, forgotten_at, reason from forgotten")
            ]
    except (ArchiveError, sqlite3.Error) as error:
        job.say(f"what was forgotten cannot be read from the archive, so look through it yourself: {error}")
        return []


def _forget_again(candidate: Path, tombstones: list[Tombstone], now: str) -> int:
    """Take out what was forgotten after the backup was made. Return how many articles that were."""
    erased = 0
    with closing(open_archive(candidate)) as db:
        wipe_what_is_deleted(db)
        with transaction(db):
            for key, at, reason in tombstones:
                for (article_id,) in db.execute(
                    "select id from articles where address_key = :key"
                    " union select article_id from _address_keys where address_key = :key and proof > 0",
                    {"key": key},
                ).fetchall():
                    erase(db, article_id, reason or "", now)
                    erased += 1
                db.execute(
                    "insert into forgotten(address_key, forgotten_at, reason) values (?, ?, ?) on conflict do nothing",
                    (key, at, reason),
                )
        empty_log(db)
    return erased


def _keep(job: Job) -> None:
    """Keep the archive as it is under a name of its own; one that cannot be read is named, not copied."""
    if not job.database.exists():
        return
    kept = job.database.with_name(f"{job.database.name}.before-restore-{job.now:%Y-%m-%dT%H%M%SZ}")
    try:
        with closing(open_for_reading(job.database, older=True)) as db:
            _back_up(db, kept)
    except (ArchiveError, sqlite3.Error) as error:
        job.say(f"the archive as it was could not be copied: {error}")
        return
    job.say(f"{kept}: the archive as it was")


def _replace(job: Job, candidate: Path) -> None:
    """Write the copy over the archive in one transaction; a file that SQLite cannot write over is put aside first."""
    database = job.database
    try:
        _write_over(candidate, database)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise ArchiveError(sentence(database, error)) from error
        aside = database.with_name(f"{database.name}.damaged-{job.now:%Y-%m-%dT%H%M%SZ}")
        database.rename(aside)
        for ending in ("-wal", "-shm"):  # of the damaged file; the restored one must not read them
            log = database.with_name(f"{database.name}{ending}")
            if log.exists():
                log.rename(f"{aside}{ending}")
        job.say(f"{aside}: the archive as it was, which is damaged; restart what still has it open")
        _write_over(candidate, database)


def _write_over(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source)) as copy,
        closing(sqlite3.connect(target, timeout=BUSY_TIMEOUT, isolation_level=None)) as archive,
    ):
        copy.backup(archive, pages=-1)
        archive.execute("pragma journal_mode=wal")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return any(word in str(error) for word in ("malformed", "not a database", "disk image"))
