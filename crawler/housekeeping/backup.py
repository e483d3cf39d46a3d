"""``scrapy archive backup`` and ``compact``."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from crawler.errors import SetupError
from crawler.housekeeping.job import Job
from pipelines.archive import compact as compacting
from pipelines.archive.backup import back_up, superseded, target_of
from pipelines.archive.crawls import refresh_statistics
from pipelines.archive.database import ArchiveError, open_archive, transaction
from pipelines.archive.standstill import standstill


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
        for name in superseded([one.name for one in path.iterdir()], job.database, keep):
            (path / name).unlink()
            job.say(f"{path / name}: removed, {keep} newer ones are kept")


def compact(job: Job) -> None:
    """Make the archive small and quick again; what needs a time without crawls is left out where there is none."""
    with closing(open_archive(job.database)) as db:
        job.say(f"before: {_size(job.database)}")
        compacting.merge_full_text(db)
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
        if not compacting.empty_log(db):
            job.say("the write-ahead log is still read by somebody, and becomes small when they are done")
    job.say(f"after: {_size(job.database)}")


def _vacuum(job: Job, db: sqlite3.Connection) -> None:
    try:
        compacting.vacuum(db, job.database)
    except ArchiveError as error:
        job.say(f"free pages stay in the file: {error}")


def _size(database: Path) -> str:
    file, log = compacting.sizes(database)
    return f"{file:,} bytes" + (f", and {log:,} in its write-ahead log" if log else "")
