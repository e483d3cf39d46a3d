"""However a crawl is broken off, the ones after it make the archive what one undisturbed crawl would have made."""

import os
import signal
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

import pytest

from crawler.article import utc_text
from tests.archive.dump import assert_same, assert_sound
from tests.big_paper import big_paper_server, settings_for
from tests.crawling import Running, crawl, path_of

MANY, FEW = 500, 60
"""Articles of the paper whose crawls are killed for long, and of the one that tells the same in short."""
PACE: dict[str, Any] = {"DOWNLOAD_SLOTS": '{"127.0.0.1": {"delay": 0.05, "concurrency": 4}}'}
"""For a crawl that something is to happen to: else all of the short paper may be fetched before."""
SLOWLY: dict[str, Any] = {"DOWNLOAD_SLOTS": '{"127.0.0.1": {"delay": 0.5, "concurrency": 1}}'}
"""For one that is not to come to its end: half a minute, however long a busy machine takes to store what came."""


def undisturbed(articles, folder):
    """The server of a paper, the settings to crawl it with, and one whole crawl."""
    with big_paper_server(articles) as server:
        settings = settings_for(server, folder) | {"EXTRACTION_WORKERS": 2}
        whole = crawl("demo", folder / "whole.db", **settings)
        assert whole.status == 0, whole.said
        assert whole.one("select count(*) from articles") == articles
        yield server, settings, whole


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    yield from undisturbed(MANY, tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    yield from undisturbed(FEW, tmp_path_factory.mktemp("few"))


def assert_completed_after(kills, chance, longest, paper, database):
    """A crawl that is killed once it has stored so many articles, for each of these numbers; then one to its end."""
    _, settings, whole = paper
    print(f"killed after {kills} articles")
    for wanted in kills:
        with Running("demo", database, **settings) as running:
            running.until_stored(wanted)
            sleep(chance.uniform(0, longest if wanted else 0.05))  # anywhere between two commits
            killed = running.kill()
        assert killed.status == -signal.SIGKILL
        assert_sound(killed)
    done = crawl("demo", database, **settings)
    assert done.status == 0, done.said
    assert_sound(done)
    assert_same(done, whole)
    assert done.one("select count(*) from events where kind = 'new'") == done.one("select count(*) from articles")
    outcomes = [outcome for (outcome,) in done.rows("select outcome from crawls order by id")]
    # A run that was killed before its first word has no row: its number may have been reached before it began.
    assert outcomes[-1] == "done"
    assert outcomes[:-1] == ["killed"] * (len(outcomes) - 1)
    assert 1 <= len(outcomes) - 1 <= len(kills)
    assert "the last crawl was killed" in done.said


@pytest.mark.parametrize("seed", range(2))
def test_crawls_that_are_killed_lose_nothing_and_the_last_one_completes_the_archive(few, tmp_path, seed):
    chance = Random(seed)  # noqa: S311  # a seed that is told can be tried again
    kills = sorted(chance.sample(range(FEW * 2 // 3), k=2))
    if seed == 0:
        kills[0] = 0  # while it reads its listings
    assert_completed_after(kills, chance, 0.1, few, tmp_path / "news.db")


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_crawls_of_a_big_paper_that_are_killed_lose_nothing(many, tmp_path, seed):
    chance = Random(seed)  # noqa: S311  # as above
    kills = sorted(chance.sample(range(MANY * 3 // 4), k=1 + seed // 3 % 3))
    if seed % 3 == 1:
        kills[0] = 0
    assert_completed_after(kills, chance, 0.5, many, tmp_path / "news.db")


def test_a_crawl_that_is_asked_to_stop_stores_what_it_has_fetched_and_the_next_one_goes_on(few, tmp_path):
    server, settings, whole = few
    before = len(server.requests)
    with Running("demo", tmp_path / "news.db", None, **settings, **SLOWLY) as running:
        running.until_stored(FEW // 10)
        running.process.send_signal(signal.SIGTERM)
        stopped = running.end()
    assert (stopped.status, stopped.rows("select outcome from crawls")) == (0, [("stopped",)]), stopped.said
    pages = {path for path, status in list(server.requests)[before:] if status == 200 and "-a9" in path}
    assert pages == {path_of(url) for (url,) in stopped.rows("select url from articles")}
    assert len(pages) < FEW
    done = crawl("demo", tmp_path / "news.db", **settings)
    assert done.status == 0, done.said
    assert_same(done, whole)


def is_busy(pid):
    with Path(f"/proc/{pid}/stat").open(encoding="ascii") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "R"


def test_a_worker_that_is_killed_costs_the_page_that_it_held_until_that_is_tried_again(few, tmp_path):
    _, settings, whole = few
    # A worker that is killed at the wrong moment holds the others up: after a minute, at this bound, they are replaced.
    with Running("demo", tmp_path / "news.db", **settings, EXTRACTION_TIMEOUT=5) as running:
        running.until_stored(FEW // 4)
        running.until(lambda: len(running.workers()) == 2 and all(map(is_busy, running.workers())))
        os.kill(running.workers()[0], signal.SIGKILL)
        first = running.end()
    assert first.status == 0, first.said
    lost = first.rows("select reason from candidates where article_id is null")
    assert len(lost) <= 1
    # Killed while it handed its page back, it breaks off the other one, or holds it up: then no answer came.
    reasons = ("killed its parser (SIGKILL)", "killed its parser (exit status 1)", "its parser did not answer")
    assert {reason for (reason,) in lost} <= {*reasons, "took longer than 5 s to parse"}
    later = utc_text(datetime.now(UTC) + timedelta(minutes=15))
    done = crawl("demo", tmp_path / "news.db", **settings, CRAWL_TIME=later)
    assert done.status == 0, done.said
    assert_same(done, whole)


@pytest.mark.parametrize("seconds", [6, pytest.param(20, marks=pytest.mark.soak)])
def test_a_crawl_waits_for_whoever_locks_the_archive_and_goes_on(few, tmp_path, seconds):
    _, settings, whole = few
    with Running("demo", tmp_path / "news.db", None, **settings, **PACE, LOGSTATS_INTERVAL=1) as running:
        running.until_stored(FEW // 3)
        with locked(tmp_path / "news.db"):
            stored, told = running.stored(), running.said().count("articles stored")
            sleep(seconds)
            assert running.stored() == stored
            assert running.said().count("articles stored") >= told + seconds // 2  # the reactor has not stopped
        done = running.end()
    assert done.status == 0, done.said
    assert_same(done, whole)


@contextmanager
def locked(database):
    """Another program's transaction on the archive."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as db:
        db.execute("begin immediate")
        yield
