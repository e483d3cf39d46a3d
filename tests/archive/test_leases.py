"""One crawl at a time of a site in a mode, on one archive; whoever comes second is told, and waits for nobody."""

import re
import signal
from datetime import timedelta
from typing import Any

import pytest

from crawler.article import utc_time
from pipelines.archive.lease import Lease, standstill
from tests.big_paper import big_paper_server, settings_for
from tests.crawling import Running, crawl
from tests.make import NOW

BUSY = 75
SLOW: dict[str, Any] = {"DOWNLOAD_SLOTS": '{"127.0.0.1": {"delay": 2, "concurrency": 1}}'}
"""A pace at which a crawl is still running when the next one comes."""


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    with big_paper_server(12) as server:
        yield settings_for(server, tmp_path_factory.mktemp("paper"))


def test_a_second_crawl_of_a_site_is_turned_away_and_told_who_runs_and_since_when(paper, tmp_path):
    with Running("demo", tmp_path / "news.db", **paper, **SLOW) as first:
        first.until_stored(0)
        second = crawl("demo", tmp_path / "news.db", **paper)
        assert first.process.poll() is None
        assert second.status == BUSY
        assert "Traceback" not in second.said
        told = re.fullmatch(r"Error: another crawl of demo is running: process (\d+) on \S+, since (\S+)", last(second))
        assert told, second.said
        assert int(told[1]) == first.process.pid
        begun = utc_time(first.one("select started_at from crawls"))
        assert begun - timedelta(minutes=1) < utc_time(told[2]) <= begun
        assert first.one("select count(*) from crawls") == 1


def last(done):
    return done.said.strip().splitlines()[-1]


def test_another_mode_of_the_same_site_runs_beside_a_crawl(paper, tmp_path):
    with Running("demo", tmp_path / "news.db", **paper, **SLOW) as first:
        first.until_stored(0)
        past = crawl("demo", tmp_path / "news.db", {"since": "2025-01-18"}, **paper)
        assert past.status == 0, past.said
        assert past.rows("select mode, outcome from crawls") == [("crawl", "running"), ("backfill", "done")]


def test_the_lease_of_a_crawl_that_was_killed_is_free_at_once(paper, tmp_path):
    with Running("demo", tmp_path / "news.db", **paper, **SLOW) as first:
        first.until_stored(0)
        assert first.kill().status == -signal.SIGKILL
    done = crawl("demo", tmp_path / "news.db", **paper)
    assert done.status == 0, done.said
    assert done.rows("select outcome from crawls") == [("killed",), ("done",)]


def test_the_same_site_may_be_crawled_into_two_archives_at_once(paper, tmp_path):
    with Running("demo", tmp_path / "one.db", **paper, **SLOW) as first:
        first.until_stored(0)
        other = crawl("demo", tmp_path / "other.db", **paper)
        assert first.process.poll() is None
        assert other.status == 0, other.said


def test_crawls_of_addresses_run_side_by_side_and_not_while_the_archive_is_written_anew(tmp_path):
    database = tmp_path / "news.db"
    nowhere = {"urls": "http://127.0.0.1:9/article"}
    beside = Lease(database, "any site", "urls", NOW, shared=True)
    assert crawl("urls", database, nowhere).status == 0
    beside.release()
    with standstill(database, "compacting", NOW) as others:
        assert others == []
        turned_away = crawl("urls", database, nowhere)
    assert turned_away.status == BUSY
    assert re.fullmatch(r"Error: no urls can run now, .* held: compacting, since \S+", last(turned_away))
