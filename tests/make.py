"""Values for tests, with everything that a test does not care about filled in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from crawler.article import Article, Candidate, Fetch, Link, Moment, Outcome, Source, Visit
from crawler.profiles import load_profiles
from crawler.site import Sites
from pipelines.archive.database import _connect, open_archive
from pipelines.archive.schema import migrations
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted
from pipelines.record import Record
from pipelines.store import Stored, store

NOW = datetime(2024, 12, 9, 12, 0, tzinfo=UTC)
SITES: Sites = load_profiles().sites
MT = "https://www.themoscowtimes.com"
TEXT = tuple(f"Paragraph {n} tells in plain words what the town council decided on Monday evening." for n in range(4))


def fresh_archive() -> sqlite3.Connection:
    """An empty archive in memory, laid out by the migrations."""
    db = _connect(Path(":memory:"))
    _laid_out().backup(db)
    return db


@cache
def _laid_out() -> sqlite3.Connection:
    """What is copied, because to lay it out takes thirty times as long."""
    db = _connect(Path(":memory:"))
    migrations.apply(Database(db))
    return db


def article(url: str, **fields: Any) -> Article:
    """An article as extraction would give it."""
    known: dict[str, Any] = {
        "title": "Council Decides",
        "paragraphs": TEXT,
        "published": Moment(NOW - timedelta(hours=3), 180),
        "extractor": "test",
    }
    return Article(site=SITES.for_url(url).name, url=url, **(known | fields))


def visit(url: str, requested: str | None = None, minutes: int = 0, **fields: Any) -> Visit:
    """A fetch of ``url``, asked for as ``requested``, that gave an article."""
    asked = requested or url
    candidate = Candidate(asked, Source.FEED, f"{MT}/rss/news")
    fetch = Fetch(asked, url, NOW + timedelta(minutes=minutes), 200, () if asked == url else (asked,))
    return Visit(candidate, fetch, Outcome.STORED, article=article(url, **fields))


def record(one: Visit) -> Record:
    """The visit after canonicalise and fingerprint."""
    assert one.article is not None
    return fingerprinted(canonicalise(one, one.article, SITES))


def keep(db: sqlite3.Connection, one: Visit) -> Stored:
    """Store the visit's article."""
    return store(db, record(one), SITES.for_url(one.fetch.url), None)


def related(*urls: str) -> tuple[Link, ...]:
    """Related boxes before the second paragraph."""
    return tuple(Link("related", 1, url, "Read this too") for url in urls)


def rows(db: sqlite3.Connection, sql: str, *args: object) -> list[tuple[Any, ...]]:
    """What a query finds, as plain tuples."""
    return [tuple(row) for row in db.execute(sql, args)]


def foreign_database(path: Path) -> None:
    """Another program's database at this path."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table recipes(name)")


def no_database(path: Path) -> None:
    """A file at this path that is something else."""
    path.write_bytes(b"A letter to the editor. " * 400)


def newer_archive(path: Path) -> None:
    """An archive at this path that a later version has written to."""
    open_archive(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        told = {"migration_set": "vestnik", "name": "m999_later", "applied_at": ""}
        Database(db).table("_sqlite_migrations").insert(told)


def older_archive(path: Path) -> None:
    """An archive at this path as an earlier version laid it out."""
    with closing(_connect(path)) as db:
        migrations.apply(Database(db), stop_before="m011_findings")
