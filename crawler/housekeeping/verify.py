"""``scrapy archive verify``: the archive, and the captures that it names."""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.discovery.warc_payload import payload, payload_fits, records_of
from crawler.housekeeping.job import Job, plural
from pipelines.archive import verify as checks
from pipelines.archive.capture import Capture
from pipelines.archive.database import sentence
from pipelines.archive.standstill import standstill

UNREADABLE = (ArchiveLoadFailed, StatusAndHeadersParserException, AttributeError, EOFError, ValueError, zlib.error)
"""What damaged WARC files raise; an AttributeError is what comes of a record without a response in it."""
_TOLD = 5


def verify(job: Job, db: sqlite3.Connection, *, thorough: bool) -> bool:
    """Say a sentence for each trouble. Gives whether there was none. ``db`` reads; crawls may write meanwhile."""
    sound = True
    for trouble in _troubles(job, db, thorough=thorough):
        sound = False
        job.say(trouble)
    if sound:
        job.say(f"{job.database} is sound: {plural(checks.articles(db), 'article')}")
    return sound


def _troubles(job: Job, db: sqlite3.Connection, *, thorough: bool) -> Iterator[str]:
    try:
        yield from checks.troubles(db, job.database, thorough=thorough)
    except sqlite3.DatabaseError as error:  # too damaged to be looked at any further
        yield sentence(job.database, error)
        return
    yield from _captures(job, db, thorough=thorough)
    if thorough:
        db.rollback()  # the reader's view of the archive, which would keep the log from being emptied
        with standstill(job.database, "scrapy archive verify --all", job.now) as others:
            if not others and (trouble := checks.whole_index(job.database)):
                yield trouble
        if others:
            job.say(
                "the search index was only sampled: comparing all of it keeps crawls from writing, and running is"
                f" {', '.join(others)}; run this again when nothing is, or on a backup"
            )


def _captures(job: Job, db: sqlite3.Connection, *, thorough: bool) -> Iterator[str]:
    found = checks.captures(db, every=thorough)
    if job.captures is None:
        if next(found, None):
            job.say("captures were not looked at: name the folder of the WARC files with -s ARCHIVE_DIR=…")
        return
    yield from wrong_captures(job.captures, found)


def wrong_captures(folder: Path, captures: Iterable[tuple[int, str, Capture | None]]) -> Iterator[str]:
    """A sentence for each capture in the folder that is not what its article's row says, and for files that lack.

    ``captures`` are articles' numbers with what their rows say, and that parsed.
    """
    missing: Counter[str] = Counter()
    for id_, written, capture in captures:
        if capture is None:
            yield f"article {id_} names a capture that is none: {written}"
        elif not (folder / capture.file).is_file():
            missing[capture.file] += 1
        elif fault := _fault(folder / capture.file, capture):
            yield f"article {id_}: {folder / capture.file} at byte {capture.offset}: {fault}; restore the file"
    if missing:
        names = ", ".join(sorted(missing)[:_TOLD]) + (", …" if len(missing) > _TOLD else "")
        yield (
            f"{plural(missing.total(), 'capture')} of those looked at lie in {plural(len(missing), 'file')} that"
            f" {folder} lacks ({names}); put them there, or name another folder with -s ARCHIVE_DIR=…"
        )


def _fault(path: Path, capture: Capture) -> str | None:
    """What is wrong with a capture; None where it can be read and has the digest that was noted."""
    try:
        with closing(path.open("rb")) as file:
            file.seek(capture.offset)
            record = next(records_of(file), None)
            if record is None:
                return "there is no record"
            stored, body = payload(record)
    except UNREADABLE as error:
        return f"not readable: {str(error).strip() or type(error).__name__}"
    if capture.digest and not payload_fits(capture.digest, stored, body):
        return f"the page does not fit its digest {capture.digest}"
    return None
