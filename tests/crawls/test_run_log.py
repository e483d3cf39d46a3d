"""The row of a crawl is kept current while it runs, and what its log tells of errors fails a test."""

import signal

import pytest

from tests.big_paper import big_paper_server, settings_for
from tests.crawling import Running, assert_no_other_errors, crawl

SLOWLY = {"DOWNLOAD_SLOTS": '{"127.0.0.1": {"delay": 0.05, "concurrency": 2}}', "LOGSTATS_INTERVAL": 0.1}


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    with big_paper_server(20) as server:
        yield settings_for(server, tmp_path_factory.mktemp("paper")) | SLOWLY


def test_a_crawl_that_is_killed_leaves_the_figures_so_far(paper, tmp_path):
    with Running("demo", tmp_path / "news.db", **paper) as running:
        running.until_stored(5)
        running.until(lambda: running.one("select articles from crawls") >= 5)
        killed = running.kill()
    assert killed.status == -signal.SIGKILL
    ((outcome, requests, size, listed, articles, memory),) = killed.rows(
        "select outcome, requests, bytes, listed, articles, peak_memory_mb from crawls"
    )
    assert outcome == "running"
    assert requests >= articles >= 5
    assert size > 1_000
    assert listed >= 5
    assert memory > 10


def test_a_crawl_that_runs_past_its_timers_ends_with_its_last_figures(paper, tmp_path):
    done = crawl("demo", tmp_path / "news.db", **paper)
    assert (done.status, done.said.count("articles stored ·") > 3) == (0, True), done.said
    assert done.rows("select outcome, articles from crawls") == [("done", 20)]


@pytest.mark.parametrize(
    "said",
    [
        "2026-01-01 00:00:00 [demo] ERROR: http://news.example/a: could not be parsed",
        "Traceback (most recent call last):",
        "x.py:1: RuntimeWarning: coroutine 'RunLog.keep_current' was never awaited",
        "2026-01-01 00:00:00 [asyncio] ERROR: Task exception was never retrieved",
    ],
)
def test_an_error_in_a_log_fails_the_test_that_does_not_expect_it(said):
    with pytest.raises(AssertionError):
        assert_no_other_errors(f"all well\n{said}\n")
    assert_no_other_errors(f"all well\n{said}\n", r"ERROR|^Traceback|never awaited")
    assert_no_other_errors("2026-01-01 00:00:00 [demo] WARNING: no errors: 0")
