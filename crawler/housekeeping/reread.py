"""Articles read anew, by today's rules, from the captures that their rows name.

A change of our rules is no edit: what is read otherwise becomes a revision with cause ``rules``, without an event.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path

from crawler.article import Article, Candidate, Fetch, Outcome, Source, Visit, utc_time
from crawler.discovery.warc import MOST_BYTES, records_of
from crawler.errors import SetupError
from crawler.extraction.extract import EXTRACTOR
from crawler.extraction.tasks import extract_page
from crawler.housekeeping import Job, plural
from crawler.housekeeping.captures import UNREADABLE, Capture, parse
from crawler.paged import read_again
from crawler.site import Sites
from pipelines.archive.database import open_archive
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted
from pipelines.identity import idle_params
from pipelines.store import reread as store_again


def reread(job: Job, sites: Sites) -> None:
    """Read each article anew that other rules read, where its capture is at hand, one transaction an article.

    Broken off, it goes on where it stopped. Raises SetupError where no folder holds captures.
    """
    if job.captures is None or not job.captures.is_dir():
        raise SetupError("archive reread reads captures: name their folder with -s ARCHIVE_DIR=…")
    count: Counter[str] = Counter()
    with closing(open_archive(job.database)) as db:
        sites = idle_params.learned(db, sites)
        waiting = db.execute(
            "select id, capture from articles where capture is not null and extractor is not ? order by id",
            (EXTRACTOR,),
        ).fetchall()
        for article_id, written in waiting:
            try:
                visit = _visit(job.captures, written, sites)
            except (OSError, *UNREADABLE) as error:
                job.say(f"article {article_id}: {written}: {str(error) or type(error).__name__}; left as it is")
                count["unreadable"] += 1
                continue
            with db:
                count[_store(db, visit, sites)] += 1
    said = ", ".join(f"{n:,} {what}" for what, n in sorted(count.items()))
    job.say(f"{plural(len(waiting), 'article')} read by other rules" + (f": {said}" if said else ""))


def _visit(folder: Path, written: str, sites: Sites) -> Visit:
    """Return captures, of all pages of an article, as a visit, read by today's rules. Raises ValueError or OSError
    where one is not there.
    """
    pages = [_read(folder, capture, sites) for capture in parse(written)]
    if not pages:
        raise ValueError("no capture of the form FILE:OFFSET:DIGEST")
    (first, at), *others = pages
    article = read_again(first, [page for page, _ in others]) if others else first
    fetch = Fetch(first.url, first.url, at, 200, capture=written)
    return Visit(Candidate(first.url, Source.WARC), fetch, Outcome.STORED, article=article)


def _read(folder: Path, capture: Capture, sites: Sites) -> tuple[Article, datetime]:
    """Return what a page says, and when it was fetched."""
    with (folder / capture.file).open("rb") as file:
        file.seek(capture.offset)
        record = next(records_of(file), None)
        if record is None or record.http_headers is None:
            raise ValueError("no response there")
        url = record.rec_headers.get_header("WARC-Target-URI")
        at = utc_time(record.rec_headers.get_header("WARC-Date"))
        body = record.content_stream().read(MOST_BYTES)
        kind = record.http_headers.get_header("Content-Type") or ""
    charset = kind.partition("charset=")[2].split(";")[0].strip(" \"'") or None
    return extract_page(body, url, sites.for_url(url), at, charset), at


def _store(db: sqlite3.Connection, visit: Visit, sites: Sites) -> str:
    """Write what was read; returns what became of it, for the count."""
    article = visit.article
    if article is None or not article.paragraphs:
        return "without a text now, left as they are"
    record = fingerprinted(canonicalise(visit, article, sites))
    stored = store_again(db, record, sites.for_url(article.url))
    if stored is None:
        return "of another article, left as they are"
    return "read otherwise" if stored.changed else "read alike"
