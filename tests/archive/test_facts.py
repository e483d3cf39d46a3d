"""By which time lists go: the page's, else the listing's, else that of the first look; and what follows for news."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.article import Moment, Visit
from pipelines.archive.database import open_archive
from pipelines.archive.reading import Selection, entries
from pipelines.archive.reading import open_for_reading as open_for_reading
from pipelines.identity import revisits
from pipelines.store import store
from pipelines.watching import alerts
from pipelines.watching.watches import Watch
from tests.make import MT, NOW, SITES, fresh_archive, record, rows, visit

URL = f"{MT}/2024/12/09/ferry-a1"
LISTED = NOW - timedelta(hours=2)
PUBLISHED = Moment(datetime(2024, 12, 9, 11, 2, tzinfo=UTC), 0)


@pytest.fixture
def db():
    archive = fresh_archive()
    alerts.follow(archive, [Watch(name="all", targets=("desk",))], complete=True)
    return archive


def look(*, hinted_at=None, minutes=0, url=URL, **fields) -> Visit:
    found = visit(url, minutes=minutes, **({"published": None} | fields))
    return replace(found, candidate=replace(found.candidate, hinted_at=hinted_at))


def keep(db, one, crawl_id=None):
    return store(db, record(one), SITES.for_url(one.fetch.url), crawl_id)


def facts(db):
    return rows(db, "select dated_at, date_basis from articles_flat")


def test_an_article_without_a_date_goes_by_its_listings_time_and_then_by_its_own(db):
    keep(db, look(hinted_at=LISTED))
    assert facts(db) == [(LISTED.strftime("%Y-%m-%dT%H:%M:%SZ"), "listing")]
    keep(db, look(minutes=30, published=PUBLISHED))
    assert facts(db) == [("2024-12-09T11:02:00Z", "page")]


def test_what_no_listing_dates_goes_by_the_first_look_and_a_time_to_come_dates_nothing(db):
    keep(db, look())
    keep(db, look(url=f"{MT}/2024/12/09/tuba-a2", hinted_at=NOW + timedelta(days=1), title="A tuba", paragraphs=()))
    first_look = rows(db, "select min(first_seen_at) from articles")[0][0]
    assert facts(db) == [(first_look, "seen")] * 2


def test_a_plain_day_of_the_page_comes_before_the_listings_time(db):
    keep(db, look(hinted_at=LISTED, published=Moment(date(2024, 12, 1))))
    assert facts(db) == [("2024-12-01", "page")]


def test_an_article_without_a_date_is_told_as_new_once_and_is_revisited(db):
    keep(db, look(hinted_at=LISTED))
    keep(db, look(hinted_at=LISTED, minutes=45))
    alerts.match(db)
    assert rows(db, "select count(*) from alerts") == [(1,)]
    due = revisits.due(db, "moscowtimes", NOW + timedelta(days=2), 10)
    assert [revisit.url for revisit in due] == [URL]


def test_an_old_listing_and_a_backfill_bring_no_news(db):
    keep(db, look(hinted_at=NOW - timedelta(days=40)))
    assert rows(db, "select count(*) from alerts") == [(0,)]
    db.execute(
        "insert into crawls(id, site, mode, started_at, outcome) values (7, 'moscowtimes', 'backfill', '2024', 'done')"
    )
    keep(db, look(url=f"{MT}/2024/12/09/tuba-a2", title="A tuba is found", paragraphs=("A tuba. " * 20,)), 7)
    assert rows(db, "select count(*) from alerts") == [(0,)]


def test_a_download_by_time_holds_what_only_a_listing_dates(tmp_path):
    open_archive(tmp_path / "news.db").close()
    with closing(sqlite3.connect(tmp_path / "news.db")) as db:
        db.row_factory = sqlite3.Row
        keep(db, look(hinted_at=LISTED))
        db.commit()
    with closing(open_for_reading(tmp_path / "news.db")) as db:
        assert [entry.columns["url"] for entry in entries(db, Selection(since=LISTED.date()))] == [URL]
        assert not list(entries(db, Selection(since=LISTED.date() + timedelta(days=2))))
