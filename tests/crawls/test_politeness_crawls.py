"""Whole crawls of a server that wants something: what it was asked, and when."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from statistics import median
from time import time

import pytest

from crawler.article import utc_time
from tests.crawling import crawl
from tests.crawls.polite_server import Answer, polite_server
from tests.hostile_pages import article

GRACE = 0.1
"""Seconds by which the way of a request may be quicker than that of another: the machine may be busy."""


@pytest.fixture
def server():
    with polite_server() as one:
        yield one


def page(path):
    return Answer(200, article(path, f"The page at {path}"), {"Content-Type": "text/html"})


def urls(server, *paths, host="127.0.0.1"):
    return {"urls": ",".join(f"http://{host}:{server.port}{path}" for path in paths)}


def slots(**hosts):
    return json.dumps({{"slow": "localhost", "only": "127.0.0.1"}[name]: slot for name, slot in hosts.items()})


def outcomes(done):
    return dict(done.rows("select substr(url, instr(substr(url, 8), '/') + 7), reason from candidates"))


def assert_apart(asked, delay):
    """A request may be late on a busy machine and the next one in time: what counts is the usual distance, and all."""
    apart = [after.at - before.at for before, after in pairwise(asked)]
    assert median(apart) > delay - GRACE
    assert sum(apart) > 0.8 * delay * len(apart)


def test_without_its_robots_txt_nothing_of_a_host_is_asked_until_the_next_crawl_has_it(server, tmp_path):
    server.answers = {"/robots.txt": [Answer(500, b"User-agent: *\nAllow: /")], "/a": [page("/a")]}
    closed = crawl("urls", tmp_path / "news.db", urls(server, "/a", "/b"), RETRY_TIMES=0)
    assert server.paths() == ["/robots.txt"]
    assert outcomes(closed) == dict.fromkeys(("/a", "/b"), "robots.txt could not be fetched: HTTP 500")
    assert closed.rows("select distinct outcome, next_try_at > last_seen_at from candidates") == [("failed", 1)]

    server.answers["/robots.txt"] = [Answer(404)]
    opened = crawl("urls", tmp_path / "news.db", urls(server, "/a", "/b"))
    assert sorted(server.paths()) == ["/a", "/b", "/robots.txt", "/robots.txt"]
    assert outcomes(opened) == {"/a": None, "/b": "HTTP 404"}


def test_crawl_delay_and_the_rules_are_kept_after_a_redirect_to_them(server, tmp_path):
    rules = b"User-agent: vestnik\nCrawl-delay: 0.3\nDisallow: /private\n\nUser-agent: *\nDisallow: /"
    server.answers = {
        "/robots.txt": [Answer(301, headers={"Location": "/rules"})],
        "/rules": [Answer(200, rules, {"Content-Type": "text/plain"})],
    }
    done = crawl("urls", tmp_path / "news.db", urls(server, "/1", "/2", "/3", "/4", "/private/5"))
    assert sorted(server.paths()) == ["/1", "/2", "/3", "/4", "/robots.txt", "/rules"]
    assert outcomes(done)["/private/5"] == "robots.txt"
    assert_apart(server.asked[2:], 0.3)


def test_a_short_retry_after_stops_its_host_for_that_time_and_no_other(server, tmp_path):
    busy, free = [f"/busy/{n}" for n in range(20)], [f"/free/{n}" for n in range(10)]
    server.answers = {
        "localhost/robots.txt": [Answer(503, headers={"Retry-After": "3"}), Answer(404)],
        "/busy/0": [Answer(503, headers={"Retry-After": "1"}), page("/busy/0")],
    }
    done = crawl(
        "urls",
        tmp_path / "news.db",
        {"urls": urls(server, *busy, host="localhost")["urls"] + "," + urls(server, *free)["urls"]},
        ALLOW_PRIVATE_HOSTS="127.0.0.1,localhost",
        DOWNLOAD_SLOTS=slots(slow={"delay": 0.05, "concurrency": 1}),
    )
    there = [asked for asked in server.asked if asked.host == "localhost"]
    assert sorted(asked.path for asked in there) == sorted(["/robots.txt", "/robots.txt", "/busy/0", *busy])
    for path, seconds in (("/robots.txt", 3), ("/busy/0", 1)):
        told = next(asked.at for asked in there if asked.path == path)
        assert all(asked.at <= told or asked.at >= told + seconds - GRACE for asked in there)
    elsewhere = [asked.at for asked in server.asked if asked.path in free]
    assert len(elsewhere) == len(free)
    assert median(elsewhere) < there[1].at
    assert done.one("select outcome from candidates where url like '%/busy/0'") == "stored"


def test_a_long_retry_after_ends_the_crawl_of_its_host_and_of_the_next_process(server, tmp_path):
    paths = ["/a", "/b", "/c"]
    server.answers = {path: [Answer(429, headers={"Retry-After": "3600"})] for path in paths}
    one = slots(only={"delay": 0.05, "concurrency": 1})
    began = time()
    done = crawl("urls", tmp_path / "news.db", urls(server, *paths), DOWNLOAD_SLOTS=one)
    _, asked = server.paths()
    wait = "the host asked to wait"
    assert outcomes(done) == {path: f"HTTP 429: {wait}" if path == asked else wait for path in paths}
    tried = done.rows("select attempts, next_try_at from candidates order by attempts")
    assert [attempts for attempts, _ in tried] == [0, 0, 1]
    assert all(utc_time(at).timestamp() >= began + 3_600 for _, at in tried)

    crawl("urls", tmp_path / "news.db", urls(server, *paths))
    assert server.paths() == ["/robots.txt", asked]


def test_two_processes_on_one_archive_keep_one_pace(server, tmp_path):
    profile = f'name = "ward"\ntitle = "The Ward"\nhome = "{server.url}/"\nhosts = ["127.0.0.1:{server.port}"]\n'
    (tmp_path / "ward.toml").write_text(profile + 'feeds = ["feed.xml"]\n', "utf-8")
    items = "".join(f"<item><title>{n}</title><link>{server.url}/ward/{n}</link></item>" for n in range(8))
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>W</title>{items}</channel></rss>'
    server.answers = {
        "/feed.xml": [Answer(200, feed.encode(), {"Content-Type": "application/rss+xml"})],
        "/robots.txt": [Answer(together=threading.Barrier(2))],
    }
    settings = {"SITES_DIR": tmp_path, "DOWNLOAD_SLOTS": slots(only={"delay": 0.2, "concurrency": 2})}
    listed = urls(server, *(f"/list/{n}" for n in range(9)))
    with ThreadPoolExecutor(2) as crawls:
        both = [
            crawls.submit(crawl, "ward", tmp_path / "news.db", None, USER_AGENT="one", **settings),
            crawls.submit(crawl, "urls", tmp_path / "news.db", listed, USER_AGENT="other", **settings),
        ]
        assert [done.result().status for done in both] == [0, 0], "\n".join(done.result().said for done in both)
    assert {f"/ward/{n}" for n in range(8)} | {f"/list/{n}" for n in range(9)} < {*server.paths()}
    assert_apart(server.asked, 0.2)
    turns = [asked.headers["User-Agent"] for asked in server.asked]
    assert sum(one != other for one, other in pairwise(turns)) > 2  # they did run at the same time


def test_a_host_that_says_too_many_rests_and_its_addresses_wait(server, tmp_path):
    paths = [f"/p{n}" for n in range(12)]
    server.answers = {"/robots.txt": [Answer(404)], **{path: [Answer(429)] for path in paths}}
    at = {"CRAWL_TIME": "2024-12-09T12:00:00Z", "DOWNLOAD_DELAY": 0}
    done = crawl("urls", tmp_path / "news.db", urls(server, *paths), **at)
    assert 1 <= len(server.paths()) - 1 <= 3
    sql = "select outcome, count(*), max(next_try_at) < '2024-12-09T13' from candidates"
    assert done.rows(sql) == [("failed", 12, 1)]
    server.answers = {"/robots.txt": [Answer(404)], **{path: [page(path)] for path in paths}}
    later = {"CRAWL_TIME": "2024-12-09T12:55:00Z", "DOWNLOAD_DELAY": 0}
    again = crawl("urls", tmp_path / "news.db", urls(server, *paths), **later)
    assert again.one("select count(*) from articles") == 12
