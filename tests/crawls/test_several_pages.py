"""Crawls of an article over several pages, one of which is not there at first; and of its captures, read anew."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from crawler.housekeeping import Job
from crawler.housekeeping.reread import reread
from crawler.profiles import load_profiles
from tests.crawling import crawl
from tests.crawls.polite_server import Answer, polite_server

PATH = "/2026/the-pier-comes-back"
PAGER = f"<nav><a href='{PATH}?page=2'>2</a> <a href='{PATH}?page=3'>3</a> <a href='{PATH}?page=2'>Next page</a></nav>"
ABOUT = {1: ("pier", "crane", "ferry"), 2: ("quay", "tug", "sea wall"), 3: ("lighthouse", "fish market", "dock")}


def paragraphs(number):
    return [
        f"The {one} comes back after the storm, and the council wants to know by Friday what all of it will cost."
        for one in ABOUT[number]
    ]


def page(number):
    text = "".join(f"<p>{one}</p>" for one in paragraphs(number))
    return Answer(
        200,
        f"<html lang=en><head><title>The pier comes back</title></head><body><article><h1>The pier comes back</h1>"
        f"{text}{PAGER}</article></body></html>".encode(),
        {"Content-Type": "text/html; charset=utf-8"},
    )


def feed(url):
    item = f"<title>The pier comes back</title><link>{url}{PATH}</link><pubDate>Fri, 20 Nov 2026 09:30:00 GMT</pubDate>"
    body = f'<rss version="2.0"><channel><title>Courier</title><link>{url}</link><item>{item}</item></channel></rss>'
    return Answer(200, body.encode(), {"Content-Type": "application/rss+xml"})


def profile(folder: Path, port: int) -> Path:
    folder.mkdir()
    (folder / "courier.toml").write_text(
        f'name = "courier"\ntitle = "Courier"\nhome = "http://127.0.0.1:{port}/"\nhosts = ["127.0.0.1:{port}"]\n'
        'timezone = "UTC"\nfeeds = ["feed"]\n[[articles]]\npattern = \'/\\d{4}/(?P<slug>[^/?]+)$\'\n'
    )
    return folder


def test_an_article_over_several_pages_is_whole_also_when_one_of_them_comes_later(tmp_path):
    said: list[str] = []
    with polite_server() as server:
        server.answers = {
            "/feed": [feed(server.url)],
            "/": [Answer(200, b"<html><body><h1>Courier</h1></body></html>", {"Content-Type": "text/html"})],
            PATH: [page(1)],
            f"{PATH}?page=2": [page(2)],
            f"{PATH}?page=3": [Answer(), page(3)],
        }
        given = {"SITES_DIR": profile(tmp_path / "sites", server.port), "ARCHIVE_DIR": tmp_path / "warc"}
        facts = "select text, capture, partial, date_basis from articles join article_facts on article_id = id"
        done = crawl("courier", tmp_path / "news.db", CRAWL_TIME="2026-11-20T10:00:00Z", **given)
        ((text, capture, partial, basis),) = done.rows(facts)
        assert text.split("\n\n") == [*paragraphs(1), *paragraphs(2)], done.said
        assert (capture.count(".warc.gz:"), partial, basis) == (2, "of 3 pages, page 3: HTTP 404", "listing")
        done = crawl("courier", tmp_path / "news.db", CRAWL_TIME="2026-11-20T11:00:00Z", **given)
        ((text, capture, partial, _),) = done.rows(facts)
        assert text.split("\n\n") == [*paragraphs(1), *paragraphs(2), *paragraphs(3)]
        assert (capture.count(".warc.gz:"), partial) == (3, None)
        assert done.rows("select kind from events") == [("new",)]
        assert done.one("select count(*) from article_urls where kind = 'page'") == 2
        sites = load_profiles(tmp_path / "sites").sites
    with closing(sqlite3.connect(done.database)) as db, db:
        db.execute("update articles set extractor = 'older'")
    reread(Job(done.database, tmp_path / "warc", datetime(2026, 11, 21, tzinfo=UTC), said.append), sites)
    assert said == ["1 article read by other rules: 1 read alike"]
    assert done.rows(facts)[0][0] == text
