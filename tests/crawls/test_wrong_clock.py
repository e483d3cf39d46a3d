"""Crawls on a machine whose clock is set to and fro: what each says, and what the archive holds after them."""

from datetime import timedelta
from typing import Any

import pytest

from benchmarks.soak_clock import ShiftedClock
from demo.server import PaperServer
from tests.crawling import crawl, profile_for

SENTENCE = "clock: an earlier crawl ran with a clock that was ahead"


@pytest.fixture
def clock(tmp_path, monkeypatch):
    """The clock of crawls that are started afresh."""
    shifted = ShiftedClock(tmp_path)
    for name in ("PYTHONPATH", "SHIFT_FILE"):
        monkeypatch.setenv(name, shifted.environment[name])
    return shifted


def test_a_crawl_with_a_clock_that_is_ahead_is_put_right_and_reported_once(tmp_path, clock):
    with PaperServer() as server:
        settings: dict[str, Any] = {"SITES_DIR": profile_for(server.origin, tmp_path / "sites")}
        clock.set(timedelta(days=400))
        ahead = crawl("demo", tmp_path / "news.db", afresh=True, **settings)
        clock.put_right()
        simulated = crawl("demo", tmp_path / "news.db", afresh=True, CRAWL_TIME="2026-01-01T00:00:00Z", **settings)
        right = crawl("demo", tmp_path / "news.db", afresh=True, **settings)
        again = crawl("demo", tmp_path / "news.db", afresh=True, **settings)
    assert (ahead.status, simulated.status, right.status, again.status) == (0, 0, 0, 0)
    assert [SENTENCE in one.said for one in (ahead, simulated, right, again)] == [False, False, True, False]
    begin = again.one("select max(started_at) from crawls")
    assert again.rows("select 1 from articles where max(first_seen_at, last_checked_at, last_seen_at) > ?", begin) == []
    assert again.one("select count(*) from articles") > 10


def test_a_clock_that_was_never_set_is_refused_and_nothing_is_stored(tmp_path, clock):
    clock.set(-timedelta(days=20_000))
    refused = crawl("moscowtimes", tmp_path / "news.db", afresh=True)
    assert refused.status == 1
    assert "this machine's clock says 19" in refused.said
    assert "Traceback" not in refused.said
    assert refused.one("select count(*) from crawls") == 0
