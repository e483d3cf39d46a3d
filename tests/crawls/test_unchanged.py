"""A crawl that finds nothing new: it asks for its listings, starts no worker, and writes nothing but its own row."""

import subprocess
import sys
from time import sleep

import pytest

from tests.archive.dump import assert_same
from tests.big_paper import big_paper_server, settings_for
from tests.crawling import ROOT, Crawl, Running, command_line, crawl

ARTICLES = 150


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """A server, the settings to crawl it with, and a whole crawl of it."""
    folder = tmp_path_factory.mktemp("paper")
    with big_paper_server(ARTICLES) as server:
        settings = settings_for(server, folder)
        yield server, settings, crawl("demo", folder / "news.db", **settings)


def test_a_crawl_of_feeds_news_sitemaps_and_sections_comes_to_all_that_a_big_paper_lists(paper):
    _, _, first = paper
    assert first.status == 0, first.said
    assert first.one("select count(*) from articles") == ARTICLES
    sections = first.one("select count(distinct candidate) from listings where source = 'section'")
    assert sections == ARTICLES  # feeds and news sitemaps name the first pages of most of them


def test_a_crawl_that_finds_nothing_new_asks_for_the_listings_alone_and_starts_no_worker(paper):
    server, settings, first = paper
    before, stored = len(server.requests), first.rows("select max(last_seen_at), count(*) from articles")
    workers = set()
    with Running("demo", first.database, **settings) as running:
        while running.process.poll() is None:
            workers.update(running.workers())
            sleep(0.02)  # a worker takes ten times as long to start
        second = running.end()
    assert second.status == 0, second.said
    assert "nothing new" in second.said
    assert workers == set()
    asked = [path for path, _ in list(server.requests)[before:]]
    assert len(asked) == len(set(asked)) == 1 + listings(second)
    assert asked[0] == "/robots.txt"
    assert second.rows("select max(last_seen_at), count(*) from articles") == stored
    assert second.rows("select requests, articles from crawls order by id desc limit 1") == [(len(asked), 0)]
    assert_same(second, first)


HEAVY = {"apprise", "babel.core", "feedparser", "lingua", "pebble", "pyarrow", "rich", "trafilatura"}
"""What takes long to load, and is of no use to a crawl that finds nothing."""
_LOADED = """
import atexit, sys
atexit.register(lambda: print("loaded:", *sys.modules))
from scrapy.cmdline import execute
execute()
"""


def test_a_crawl_that_finds_nothing_new_loads_nothing_that_only_news_takes(paper):
    _, settings, first = paper
    arguments = command_line("demo", first.database, None, settings)[3:]
    done = subprocess.run([sys.executable, "-c", _LOADED, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert "nothing new" in done.stderr
    loaded = set(done.stdout.partition("loaded:")[2].split())
    assert {"scrapy", "crawler.spiders.site"} <= loaded
    assert HEAVY & loaded == set()


def listings(done: Crawl) -> int:
    """How many listings the profile names, with the news sitemaps that their index does."""
    feeds, sections, home, index, news = 8, 13, 1, 1, 10
    assert done.one("select count(distinct listing_url) from listings where source = 'feed'") <= feeds
    return feeds + sections + home + index + news
