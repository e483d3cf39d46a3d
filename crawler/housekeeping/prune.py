"""``scrapy archive prune``: what is older than somebody wants to keep it goes, rows and WARC files."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from crawler.article import utc_text
from crawler.errors import SetupError
from crawler.housekeeping.job import Job, plural
from pipelines.archive import prune as pruning
from pipelines.archive.database import open_archive
from pipelines.archive.standstill import oldest_start

_AT_REST = timedelta(days=1)
"""A WARC file that was written to later than that ago may be a crawl's that runs, whatever was asked for."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is kept: ``rows`` by table, as in ``prune.RULES``. What is not named stays.

    ``keep_revisions``: so many of each article stay however old.
    """

    rows: Mapping[str, timedelta] = field(default_factory=dict)
    warc: timedelta | None = None
    keep_revisions: int = 0


def prune(job: Job, retention: Retention, *, dry_run: bool) -> None:
    """Say what goes, let it go, and say what went. Raises SetupError where WARC files are named and none are kept."""
    files = [] if retention.warc is None else _old_files(job, retention.warc)
    with closing(open_archive(job.database)) as db:
        for table, rule in pruning.RULES.items():
            if table not in retention.rows:
                continue
            before = job.now - retention.rows[table]
            n = pruning.count(db, table, before, retention.keep_revisions)
            job.say(f"{rule.words} before {utc_text(before)}: {n:,} to go")
            if n and not dry_run:
                gone = pruning.prune(db, table, before, retention.keep_revisions)
                job.say(f"{rule.words} before {utc_text(before)}: {gone:,} gone")
        if retention.warc is not None:
            names = {path.name for path in files}
            size = sum(path.stat().st_size for path in files)
            job.say(
                f"WARC files last written before {utc_text(job.now - retention.warc)}: {len(files):,} to go,"
                f" {size:,} bytes, with the captures of {plural(pruning.captures_in(db, names), 'state')} of articles"
            )
            if files and not dry_run:
                # The rows first: if this is broken off, none names what is not there.
                pruning.without_captures(db, names)
                for path in files:
                    path.unlink(missing_ok=True)
                job.say(f"WARC files: {len(files):,} gone")
    if dry_run:
        job.say("nothing was changed")


def may_go(written: datetime, before: datetime, now: datetime, first_start: datetime | None) -> bool:
    """Whether a WARC file is old and no crawl's that runs. Pure.

    ``written``: when it last was; ``first_start``: when the first of the crawls that run began, None where none does.
    """
    return written < min(before, now - _AT_REST, first_start or now)


def _old_files(job: Job, span: timedelta) -> list[Path]:
    if job.captures is None or not job.captures.is_dir():
        raise SetupError("--warc-older-than: name the folder of the WARC files with -s ARCHIVE_DIR=…")
    start = oldest_start(job.database)
    first_start = None if start is None else datetime.fromtimestamp(start, job.now.tzinfo)
    return sorted(
        path
        for path in job.captures.iterdir()
        if path.name.endswith((".warc", ".warc.gz"))
        and may_go(datetime.fromtimestamp(path.stat().st_mtime, job.now.tzinfo), job.now - span, job.now, first_start)
    )
