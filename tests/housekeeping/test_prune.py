"""What is older than somebody wants to keep goes; what anything still rests on stays."""

import os
from contextlib import closing
from datetime import timedelta

import pytest
from sqlite_utils import Database

from crawler.article import Outcome, utc_text
from crawler.errors import SetupError
from crawler.housekeeping import Job
from crawler.housekeeping.prune import Retention, prune
from pipelines.archive import database
from pipelines.archive.database import open_archive, transaction
from pipelines.archive.lease import Lease
from tests.make import MT, NOW, keep, visit

YEAR, DAY = timedelta(days=365), timedelta(days=1)
LATER = NOW + 3 * YEAR
URL = f"{MT}/2024/12/09/piece-a1"


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr("crawler.housekeeping.prune.ROWS", 2)  # so that a few rows take several transactions
    monkeypatch.setattr(database, "sleep", lambda _: None)
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db, transaction(db):
        for days in (0, 1, 2, 3, 4, 1000):  # five states of the past, the last of them held for years
            keep(db, visit(URL, minutes=days * 1440, title=f"As of day {days}"))
    return path


def pruned(path, rows=None, *, dry_run=False, now=LATER, captures=None, **more):
    said: list[str] = []
    prune(Job(path, captures, now, said.append), Retention(rows or {}, **more), dry_run=dry_run)
    return said


def rows(path, sql):
    with closing(open_archive(path)) as db:
        return [tuple(row) for row in db.execute(sql)]


def execute(path, *statements):
    with closing(open_archive(path)) as db:
        for statement in statements:
            db.execute(statement)


def insert(path, table, names, *values):
    with closing(open_archive(path)) as db:
        columns = names.split()
        Database(db).table(table).insert_all(dict(zip(columns, row, strict=True)) for row in values)


def test_old_revisions_go_but_for_the_last_of_each_article(path):
    titles = "select title from revisions order by id"
    before = rows(path, titles)
    assert [title for (title,) in before] == [f"As of day {n}" for n in range(5)]
    told = pruned(path, {"revisions": YEAR}, dry_run=True)
    assert told == ["revisions last seen before 2026-12-09T12:00:00Z: 5 to go", "nothing was changed"]
    assert rows(path, titles) == before
    assert pruned(path, {"revisions": YEAR}, keep_revisions=2)[1].endswith("3 gone")
    assert rows(path, titles) == [("As of day 3",), ("As of day 4",)]
    assert pruned(path, {"revisions": YEAR}, keep_revisions=2)[0].endswith("0 to go")
    assert rows(path, "select title from articles") == [("As of day 1000",)]


def test_nothing_goes_that_no_option_names(path):
    before = rows(path, "select (select count(*) from revisions), (select count(*) from candidates)")
    assert pruned(path) == []
    assert rows(path, "select (select count(*) from revisions), (select count(*) from candidates)") == before


def test_addresses_that_no_listing_names_any_more_go_with_where_they_were_seen(path):
    known = [
        (f"{MT}/{outcome}-{days}", "moscowtimes", f"{outcome}-{days}", outcome, utc_text(NOW + days * DAY))
        for outcome in Outcome for days in (0, 1000)
    ]  # fmt: skip
    insert(path, "candidates", "url site address_key outcome last_seen_at", *known)
    insert(path, "listings", "candidate listing_url source", *((row[0], f"{MT}/rss/news", "feed") for row in known))
    assert pruned(path, {"candidates": YEAR})[1].endswith("7 gone")
    assert rows(path, "select distinct last_seen_at from candidates") == [(utc_text(NOW + 1000 * DAY),)]
    assert rows(path, "select count(*) from listings") == [(8,)], "those, and that of the article itself"
    assert rows(path, "select count(*) from articles") == [(1,)]


def test_crawls_stay_that_anything_names_and_the_last_one_that_tells_what_is_new(path):
    known = [
        (1, "crawl", "done"), (2, "crawl", "failed"), (3, "crawl", "done"), (4, "crawl", "done"), (5, "crawl", "done"),
        (6, "crawl", "killed"), (7, "backfill", "running"), (8, "backfill", "done"),
    ]  # fmt: skip
    dated = [(*row, "moscowtimes", utc_text(NOW + row[0] * DAY), utc_text(NOW + row[0] * DAY)) for row in known]
    insert(path, "crawls", "id mode outcome site started_at finished_at", *dated)
    insert(path, "crawl_outcomes", "crawl_id outcome reason n", *((row[0], "stored", "", 1) for row in known))
    execute(path, "update events set crawl_id = 3 where id = 1")
    told = ("moscowtimes", "silence", "", "warning", "", "", 4, "")
    insert(path, "findings", "site kind subject level started_at last_seen_at crawl_id detail", told)
    assert pruned(path, {"crawls": YEAR})[1].endswith("3 gone")
    assert rows(path, "select id from crawls order by id") == [(3,), (4,), (5,), (7,), (8,)]
    assert rows(path, "select crawl_id from crawl_outcomes order by 1") == [(3,), (4,), (5,), (7,), (8,)]


def test_alerts_go_once_they_wait_for_nobody_and_findings_once_no_alert_tells_of_them(path):
    old, new = utc_text(NOW), utc_text(LATER)
    names = "id site kind subject level started_at last_seen_at ended_at detail"
    ended = ((n, "s", "k", str(n), "warning", old, old, old if n < 3 else None, "") for n in (1, 2, 3))
    insert(path, "watches", "id name", (1, "w"))
    insert(path, "findings", names, *ended)
    insert(path, "alerts", "id watch_id finding_id created_at message", (1, 1, 1, old, "sent"), (2, 1, 2, old, "waits"),
           (3, 1, 3, new, "new"), (4, 1, None, old, "given up"))  # fmt: skip
    insert(path, "deliveries", "alert_id target attempts next_try_at sent_at", (1, "mail", 1, None, old),
           (1, "hook", 1, None, old), (2, "mail", 1, None, old), (2, "hook", 3, new, None), (3, "mail", 0, new, None),
           (4, "mail", 9, None, None))  # fmt: skip
    assert pruned(path, {"findings": YEAR}) == ["findings ended before 2026-12-09T12:00:00Z: 0 to go"]
    told = pruned(path, {"findings": YEAR, "alerts": 90 * DAY})
    assert [line.rpartition(": ")[2] for line in told] == ["2 to go", "2 gone", "1 to go", "1 gone"]
    assert rows(path, "select message from alerts") == [("waits",), ("new",)]
    assert rows(path, "select count(*) from deliveries") == [(3,)]
    assert rows(path, "select id from findings") == [(2,), (3,)]


def test_old_warc_files_go_and_no_row_names_a_capture_that_is_not_there(path, tmp_path):
    folder = tmp_path / "warc"
    folder.mkdir()
    for name, days in (("a.warc.gz", 0), ("b.warc.gz", 0), ("new.warc.gz", 1090), ("notes.txt", 0)):
        (folder / name).write_bytes(b"x" * 100)
        at = (NOW + timedelta(days=days)).timestamp()
        os.utime(folder / name, (at, at))
    execute(
        path,
        "update revisions set capture = 'a.warc.gz:' || id || ':sha1:x'",
        "update revisions set capture = 'new.warc.gz:7:sha1:x' where id = 2",
        "update articles set capture = 'b.warc.gz:7:sha1:x'",
    )
    with pytest.raises(SetupError, match="name the folder"):
        pruned(path, warc=YEAR)
    told = pruned(path, warc=YEAR, captures=folder, dry_run=True)
    assert told[0].endswith("2 to go, 200 bytes, with the captures of 5 states of articles")
    assert len(list(folder.iterdir())) == 4
    lease = Lease(path, "moscowtimes", "crawl", NOW)
    os.utime(lease.path, (NOW.timestamp() - 60, NOW.timestamp() - 60))  # it began before they were written
    assert "0 to go" in pruned(path, warc=YEAR, captures=folder)[0]
    lease.release()
    assert pruned(path, warc=YEAR, captures=folder)[1] == "WARC files: 2 gone"
    assert sorted(one.name for one in folder.iterdir()) == ["new.warc.gz", "notes.txt"]
    assert rows(path, "select capture from articles") == [(None,)]
    assert rows(path, "select id from revisions where capture is not null") == [(2,)]
