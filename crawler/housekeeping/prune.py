"""``scrapy archive prune``: what is older than somebody wants to keep it goes, rows and WARC files.

Rows go a few at a time, while crawls write. What other rows rest on stays: a crawl that an event or a finding names,
the last complete crawl of each site, which tells the next one what is new, a finding that an alert tells of, an alert
that still waits to be sent.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from crawler.article import utc_text
from crawler.errors import SetupError
from crawler.housekeeping import Job, plural
from crawler.housekeeping.captures import parse
from pipelines.archive.database import ROWS, in_turns, open_archive, transaction
from pipelines.archive.lease import oldest_start

_AT_REST = timedelta(days=1)
"""A WARC file that was written to later than that ago may be a crawl's that runs, whatever was asked for."""
_CAPTURED = ("articles", "revisions")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which rows of a table are old, given ``:before``; ``parts`` are rows of other tables that go with them.

    Each part is (table, column, column of this table that it names). ``words`` complete "N …".
    """

    where: str
    words: str
    parts: tuple[tuple[str, str, str], ...] = ()


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "revisions": Rule(
            "seen_until < :before and :keep <= (select count(*) from revisions n where"
            " n.article_id = revisions.article_id and (n.seen_until, n.id) > (revisions.seen_until, revisions.id))",
            "revisions last seen",
        ),
        # last_seen_at: in whatever listing, or when it was asked for. One that a listing still names, or that was
        # tried of late, would be met again at once, and fetched once more.
        "candidates": Rule("last_seen_at < :before", "candidates last listed", (("listings", "candidate", "url"),)),
        "alerts": Rule(
            "created_at < :before and not exists (select 1 from deliveries d where d.alert_id = alerts.id"
            " and d.sent_at is null and d.next_try_at is not null)",
            "alerts made",
            (("deliveries", "alert_id", "id"),),
        ),
        "findings": Rule(
            "ended_at < :before and not exists (select 1 from alerts l where l.finding_id = findings.id)",
            "findings ended",
        ),
        "crawls": Rule(
            "started_at < :before and outcome <> 'running'"
            " and not exists (select 1 from events e where e.crawl_id = crawls.id)"
            " and not exists (select 1 from findings f where f.crawl_id = crawls.id)"
            " and id not in (select id from (select id, max(finished_at) from crawls where outcome = 'done'"
            " group by site, mode))",
            "crawls without news begun",
            (("crawl_outcomes", "crawl_id", "id"),),
        ),
    }
)
"""By table, in the order in which they go: what names others goes before these."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is kept: ``rows`` by table, as in ``RULES``. What is not named stays.

    ``keep_revisions``: so many of each article stay however old.
    """

    rows: Mapping[str, timedelta] = field(default_factory=dict)
    warc: timedelta | None = None
    keep_revisions: int = 0


def prune(job: Job, retention: Retention, *, dry_run: bool) -> None:
    """Say what goes, let it go, and say what went. Raises SetupError where WARC files are named and none are kept."""
    files = [] if retention.warc is None else _old_files(job, retention.warc)
    with closing(open_archive(job.database)) as db:
        for table, rule in RULES.items():
            if table not in retention.rows:
                continue
            before = job.now - retention.rows[table]
            n = count(db, table, before, retention.keep_revisions)
            job.say(f"{rule.words} before {utc_text(before)}: {n:,} to go")
            if n and not dry_run:
                gone = prune_rows(db, table, before, retention.keep_revisions)
                job.say(f"{rule.words} before {utc_text(before)}: {gone:,} gone")
        if retention.warc is not None:
            names = {path.name for path in files}
            size = sum(path.stat().st_size for path in files)
            job.say(
                f"WARC files last written before {utc_text(job.now - retention.warc)}: {len(files):,} to go,"
                f" {size:,} bytes, with the captures of {plural(captures_in(db, names), 'state')} of articles"
            )
            if files and not dry_run:
                # The rows first: if this is broken off, none names what is not there.
                without_captures(db, names)
                for path in files:
                    path.unlink(missing_ok=True)
                job.say(f"WARC files: {len(files):,} gone")
    if dry_run:
        job.say("nothing was changed")


def may_go(written: datetime, before: datetime, now: datetime, first_start: datetime | None) -> bool:
    """Return whether a WARC file is old and no crawl's that runs. Pure.

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


def count(db: sqlite3.Connection, table: str, before: datetime, keep: int = 0) -> int:
    """Return how many rows would go. ``keep`` is of revisions: so many of each article stay however old."""
    values = {"before": utc_text(before), "keep": keep}
    (n,) = db.execute(f"select count(*) from {table} where {RULES[table].where}", values).fetchone()
    return int(n)


def prune_rows(db: sqlite3.Connection, table: str, before: datetime, keep: int = 0) -> int:
    """Delete the old rows of a table with their parts. Return how many went. Not to be called inside a transaction."""
    # What crawls write from here on stays for the next time: a backfill writes much that is old, and never less.
    (newest,) = db.execute(f"select max(rowid) from {table}").fetchone()
    rule, values = RULES[table], {"before": utc_text(before), "keep": keep, "newest": newest}
    last = gone = 0

    def step() -> int:
        nonlocal last, gone
        # Looked for before the transaction, for nobody waits for a reader; each is judged again within it.
        old = [
            row[0]
            for row in db.execute(
                f"select rowid from {table} where rowid > :last and rowid <= :newest and {rule.where}"
                " order by rowid limit :most",
                values | {"last": last, "most": ROWS},
            )
        ]
        if old:
            last = old[-1]
            with transaction(db):
                gone += _delete(db, table, rule, values | {"ids": json.dumps(old)})
        return len(old)

    in_turns(step)
    return gone


def _delete(db: sqlite3.Connection, table: str, rule: Rule, values: Mapping[str, object]) -> int:
    old = f"rowid in (select value from json_each(:ids)) and {rule.where}"
    for part, column, key in rule.parts:
        db.execute(f"delete from {part} where {column} in (select {key} from {table} where {old})", values)
    return db.execute(f"delete from {table} where {old}", values).rowcount


def captures_in(db: sqlite3.Connection, files: Collection[str]) -> int:
    """Return how many articles and revisions name a capture in one of these WARC files."""
    return sum(len(captured) for table in _CAPTURED for captured in _walk(db, table, files))


def without_captures(db: sqlite3.Connection, files: Collection[str]) -> int:
    """Let no row name a capture in files that are about to go. Return how many did."""
    gone = 0
    for table in _CAPTURED:
        walk = _walk(db, table, files)

        def step(table: str = table, walk: Iterator[list[tuple[int, str]]] = walk) -> int:
            captured = next((some for some in walk if some), [])
            if captured:
                with transaction(db):
                    db.executemany(f"update {table} set capture = null where id = ? and capture = ?", captured)
            return len(captured)

        gone += in_turns(step)
    return gone


def _walk(db: sqlite3.Connection, table: str, files: Collection[str]) -> Iterator[list[tuple[int, str]]]:
    """Yield the captures in these files, as (id, capture), a bounded number at a time, perhaps none."""
    last = 0
    while rows := db.execute(
        f"select id, capture from {table} where id > ? and capture is not null order by id limit ?", (last, ROWS)
    ).fetchall():
        last = rows[-1][0]
        yield [(id_, written) for id_, written in rows if any(one.file in files for one in parse(written))]
