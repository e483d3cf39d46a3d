"""A crawl that stands still is ended, and one that is asked to stop has stopped in time, whatever it waits for."""

import asyncio
import ctypes
import json
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

import pytest

from crawler.article import utc_text
from crawler.errors import WorkersError
from crawler.extraction.pool import Share, WorkerPool
from demo.server import Server
from pipelines.archive.calls import Beginning, LocalLedger
from pipelines.archive.writer import Archive
from tests.big_paper import BigPaper, big_paper_server, settings_for
from tests.crawling import ROOT, Running, crawl
from tests.extraction.test_pool import answer, spin

ARTICLES = 12


class Runaway:
    """A spider middleware with a pattern that runs away, at one article of the paper."""

    def process_spider_input(self, response):
        if re.search("-a9000[5-6]$", response.url):
            print("it runs away", file=sys.stderr, flush=True)
            re.match(r"(a|a)*b", "a" * 60)


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    with big_paper_server(ARTICLES) as server:
        yield settings_for(server, tmp_path_factory.mktemp("paper"))


RUNAWAY: dict[str, Any] = {"SPIDER_MIDDLEWARES": '{"tests.crawls.test_watchdog.Runaway": 1}'}


def test_a_crawl_that_a_pattern_freezes_is_ended_with_its_stack_in_the_log_and_the_next_one_goes_on(paper, tmp_path):
    database = tmp_path / "news.db"
    began = monotonic()
    frozen = crawl("demo", database, **paper, **RUNAWAY, FROZEN_TIMEOUT=6, errors="^Timeout")
    assert frozen.status == 1, frozen.said
    assert monotonic() - began < 60
    assert "Timeout (0:00:06)!" in frozen.said
    assert "test_watchdog.py" in frozen.said.partition("Timeout")[2]
    done = crawl("demo", database, **paper)
    assert (done.status, done.one("select count(*) from articles")) == (0, ARTICLES), done.said
    assert "the last crawl was killed" in done.said


def test_sigterm_ends_a_frozen_crawl_too(paper, tmp_path):
    with Running("demo", tmp_path / "news.db", **paper, **RUNAWAY, FROZEN_TIMEOUT=6, errors="^Timeout") as running:
        running.until(lambda: "it runs away" in running.said())
        running.process.send_signal(signal.SIGTERM)
        began = monotonic()
        stopped = running.end()
    assert stopped.status == 1, stopped.said
    assert monotonic() - began < 20


def stand_still():
    """Hold the interpreter and hear no signal, as a pattern that runs away, but leave the processor to others."""
    mutex = ctypes.create_string_buffer(64)
    for _ in range(2):
        ctypes.PyDLL(None).pthread_mutex_lock(mutex)


class StandsStillAtAnArticle:
    """A stage that stands still at one article, after it was read in its worker."""

    def process_item(self, item):
        if item.candidate.url.endswith("-a90005"):
            stand_still()
        return item


class Odd(BigPaper):
    """A paper one of whose feeds names an address at which the profile's pattern runs away."""

    def _set(self, path, now):
        given = super()._set(path, now)
        odd = f"<item><title>Odd</title><link>{self.origin}/{'a' * 60}!</link></item></channel>"
        return replace(given, text=given.text.replace("</channel>", odd)) if path == "rss/all" else given


PATTERNS = r"""
[[articles]]
pattern = '(?i)/\d{4}/\d{2}/\d{2}/(?P<slug>[^/?]+)-a(?P<id>\d+)(/pdf)?$'
[[articles]]
pattern = '/(a|a)*b'
"""
STAGES = {"tests.crawls.test_watchdog.StandsStillAtAnArticle": 50, "pipelines.validate.Validate": 100}
STAGES |= {"pipelines.canonicalise.Canonicalise": 200, "pipelines.fingerprint.Fingerprint": 300}
STAGES |= {"pipelines.store.Store": 400}


def ended(database, settings, **hostile):
    """Crawls that a watchdog ends, until one comes to its end; that one, and how many there were before."""
    for number in range(5):
        done = crawl("demo", database, **settings, **hostile, FROZEN_TIMEOUT=8, errors="^Timeout")
        if done.status == 0:
            return done, number
    raise AssertionError(done.said)


def test_an_article_that_ends_two_crawls_is_set_aside_and_all_others_are_stored(paper, tmp_path):
    database = tmp_path / "news.db"
    done, before = ended(database, paper, ITEM_PIPELINES=json.dumps(STAGES))
    assert before == 2
    assert done.one("select count(*) from articles") == ARTICLES - 1
    ((url, outcome, reason),) = done.rows("select url, outcome, reason from candidates where article_id is null")
    assert (url[-7:], outcome, reason) == ("-a90005", "failed", "ended the crawl that read it")
    later = utc_text(datetime.now(UTC) + timedelta(days=1, hours=1))
    whole = crawl("demo", database, **paper, CRAWL_TIME=later)
    assert (whole.status, whole.one("select count(*) from articles")) == (0, ARTICLES), whole.said
    assert whole.rows("select * from _under_way") == []


def test_a_listing_that_ends_two_crawls_is_left_out_and_the_others_are_read(tmp_path):
    with Server(Odd(ARTICLES)) as server:
        settings = settings_for(server, tmp_path)
        profile = settings["SITES_DIR"] / "demo.toml"
        profile.write_text(profile.read_text("utf-8") + PATTERNS, "utf-8")
        done, before = ended(tmp_path / "news.db", settings)
    assert before == 2
    assert "/rss/all: left out, for crawls have ended while they read it" in done.said
    assert done.one("select count(*) from articles") == ARTICLES


async def ended_while_reading(database, url):
    """A crawl of the demo that left no word while it read this."""
    archive = Archive(database)
    book = LocalLedger(archive)
    begun = await book.begin(Beginning("demo", "crawl", "1", datetime.now(UTC), is_alone=True))
    await book.take_up(url, begun.crawl_id)
    archive.close()


def test_a_further_page_of_a_section_that_ended_a_crawl_is_read_last_and_what_was_named_before_it_is_stored(tmp_path):
    with big_paper_server(40) as server:
        asyncio.run(ended_while_reading(tmp_path / "news.db", f"{server.origin}/news/18"))
        done = crawl("demo", tmp_path / "news.db", **settings_for(server, tmp_path))
        asked = [path for path, _ in server.requests]
    assert (done.status, done.one("select count(*) from articles")) == (0, 40), done.said
    assert asked.index("/news/18") > max(asked.index(path) for path in asked if "-a900" in path)
    assert done.rows("select * from _under_way") == []


def test_a_further_page_to_which_crawls_come_no_more_is_no_suspect_after_a_whole_one(paper, tmp_path):
    database = tmp_path / "news.db"
    assert crawl("demo", database, **paper).status == 0
    home = (paper["SITES_DIR"] / "demo.toml").read_text("utf-8").partition('home = "')[2].partition('"')[0]
    asyncio.run(ended_while_reading(database, f"{home}news/18"))
    nothing_new = crawl("demo", database, **paper)
    assert (nothing_new.status, "the last crawl was killed" in nothing_new.said) == (0, True), nothing_new.said
    assert nothing_new.rows("select * from _under_way") == []


def test_crawls_killed_at_random_set_nothing_aside(paper, tmp_path):
    database = tmp_path / "news.db"
    slowly: dict[str, Any] = {"DOWNLOAD_SLOTS": '{"127.0.0.1": {"delay": 0.05, "concurrency": 4}}'}
    for wanted in (1, 3, 5):
        with Running("demo", database, **paper, **slowly) as running:
            running.until_stored(wanted)
            running.kill()
    done = crawl("demo", database, **paper)
    assert (done.status, done.one("select count(*) from articles")) == (0, ARTICLES), done.said
    assert done.rows("select reason from candidates where outcome = 'failed'") == []


class _Handler(BaseHTTPRequestHandler):
    """Pages that never come, and a host that asks to be left alone for long."""

    server: "_Server"

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/robots.txt":
            self.send_error(404)
        elif self.path.startswith("/wait"):
            self.send_response(503)
            self.send_header("Retry-After", "100")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.server.closing.wait(60)

    def log_message(self, *args):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        self.asked = []
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)


@contextmanager
def silent_server():
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("pace", [{}, {"DOWNLOAD_SLOTS": '{"127.0.0.1": {"delay": 8, "concurrency": 2}}'}])
def test_a_crawl_stops_in_time_whatever_it_waits_for_and_charges_no_address_with_it(tmp_path, pace):
    with silent_server() as server:
        port = server.server_address[1]
        urls = [f"http://127.0.0.1:{port}/page/{n}" for n in range(6)]
        urls += [f"http://localhost:{port}/wait/{n}" for n in range(6)]
        settings = {"ALLOW_PRIVATE_HOSTS": "127.0.0.1,localhost", "STOP_TIMEOUT": 6, **pace}
        with Running("urls", tmp_path / "news.db", {"urls": ",".join(urls)}, **settings) as running:
            running.until(lambda: any("/page" in path for path in server.asked))
            running.process.send_signal(signal.SIGTERM)
            began = monotonic()
            stopped = running.end()
    assert monotonic() - began < 20
    assert stopped.status == 0, stopped.said
    assert stopped.rows("select outcome, reason from crawls") == [("stopped", "shutdown")]
    charged = stopped.rows("select url, outcome, reason from candidates where outcome != 'waiting'")
    assert [row for row in charged if "/page" in row[0]] == [], stopped.said
    assert "what is in flight is given up" in stopped.said


def test_a_crawl_that_lets_go_gets_no_answer_more_and_others_of_the_same_pool_get_theirs():
    pool = WorkerPool(1, timeout=60, memory=100 * 2**20)

    async def let_go():
        ours, others = Share(pool), Share(pool)
        assert await ours.run(answer, 1) == 1
        waiting = [asyncio.ensure_future(ours.run(spin)) for _ in range(4)]
        unharmed = asyncio.ensure_future(others.run(answer, 2))
        await asyncio.sleep(0.5)
        ours.let_go("the crawl was asked to stop")
        for one in waiting:
            with pytest.raises(WorkersError, match="asked to stop"):
                await one
        with pytest.raises(WorkersError, match="asked to stop"):
            await ours.run(answer, 3)
        assert await unharmed == 2

    began = monotonic()
    asyncio.run(let_go())
    pool.close()
    assert monotonic() - began < 30


_STUCK = """
import threading, time
from crawler.ending import leave_within

print("stored", flush=False)
threading.Thread(target=time.sleep, args=(60,)).start()
leave_within(0.5, lambda: 7)
"""


def test_a_process_that_a_thread_holds_up_leaves_all_the_same_with_its_exit_status():
    began = monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _STUCK], cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )
    assert (done.returncode, done.stdout) == (7, "stored\n")
    assert monotonic() - began < 30
