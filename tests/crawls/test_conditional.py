"""Conditional requests: what is sent, what comes back, and that nothing is remembered before somebody says so."""

import gzip
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from scrapy.http import Request, Response

from crawler.article import Validators
from crawler.middlewares.conditional import answered_with, asked_with
from crawler.spiders.base import ArticleSpider
from pipelines.archive import calls, ledger
from tests.crawling import crawl
from tests.crawls.polite_server import Answer, polite_server
from tests.make import fresh_archive

NOON = datetime(2024, 12, 9, 12, 0, tzinfo=UTC)
STAMP = "Mon, 09 Dec 2024 12:00:00 GMT"
BODY = b"<rss/>"
HASH = sha256(BODY).hexdigest()
KNOWN = Validators('W/"1"', STAMP, HASH)


class ReaderSpider(ArticleSpider):
    """Asks for one listing and writes down what it was told; with ``save``, it remembers the answer."""

    name = "reader"

    def __init__(self, url, save="", **kwargs):
        super().__init__(**kwargs)
        self.url, self.save = url, save

    async def start(self):
        yield Request(self.url, callback=self.read, meta={"conditional": True, "handle_httpstatus_list": [404]})

    async def read(self, response):
        meta = response.meta
        told = (response.status, len(response.body), meta.get("unchanged"))
        self.logger.info("told %s", told)
        if self.save and "validators" in meta:
            await self.ask((), listing=calls.Answer(response.url, meta["validators"]))
        return
        yield


@pytest.fixture
def server():
    with polite_server() as one:
        yield one


def read(server, folder, save="yes", **settings):
    """What the spider was told, and the validators that the server was sent."""
    before = len(server.asked)
    args = {"url": f"{server.url}/feed", "save": save}
    done = crawl("reader", folder / "news.db", args, SPIDER_MODULES="tests.crawls.test_conditional", **settings)
    (told,) = [line.rpartition("told ")[2] for line in done.said.splitlines() if "told (" in line]
    sent = [asked.headers for asked in server.asked[before:] if asked.path != "/robots.txt"]
    return told, [(one.get("If-None-Match"), one.get("If-Modified-Since")) for one in sent]


@pytest.mark.parametrize(
    ("known", "headers"),
    [
        (KNOWN, {"If-None-Match": 'W/"1"', "If-Modified-Since": STAMP}),
        (Validators('"strong"', None, HASH), {"If-None-Match": '"strong"'}),
        (Validators(None, STAMP, HASH), {"If-Modified-Since": STAMP}),
        (Validators(None, None, HASH), {}),
    ],
)
def test_validators_are_sent_back_as_they_were_given(known, headers):
    assert asked_with(known) == headers


@pytest.mark.parametrize(
    ("status", "headers", "body", "known", "said"),
    [
        (200, {"ETag": '"2"', "Last-Modified": STAMP}, BODY, None, Validators('"2"', STAMP, HASH)),
        (200, {}, BODY, KNOWN, Validators(None, None, HASH)),
        (304, {}, b"", KNOWN, KNOWN),
        (304, {"ETag": '"3"'}, b"", KNOWN, Validators('"3"', STAMP, HASH)),
        (304, {}, b"", None, None),
    ],
)
def test_an_answer_says_what_to_ask_with_next_time(status, headers, body, known, said):
    assert answered_with(Response("http://x/", status, headers, body), known) == said


def test_the_last_saved_validators_count_and_each_address_has_its_own():
    db = fresh_archive()
    assert ledger.load(db, "http://x/1") is None
    for tag in ('"1"', '"2"'):
        ledger.save_validators(db, "http://x/1", Validators(tag, None, HASH), NOON)
    ledger.save_validators(db, "http://x/2", KNOWN, NOON)
    assert ledger.load(db, "http://x/1") == Validators('"2"', None, HASH)
    assert ledger.load(db, "http://x/2") == KNOWN


def test_a_listing_that_did_not_change_is_not_sent_again_once_it_was_saved(server, tmp_path):
    full = Answer(200, BODY, {"ETag": 'W/"1"', "Last-Modified": STAMP, "Content-Type": "application/rss+xml"})
    server.answers["/feed"] = [full]
    assert read(server, tmp_path, save="") == ("(200, 6, False)", [(None, None)])
    assert read(server, tmp_path) == ("(200, 6, False)", [(None, None)])
    server.answers["/feed"] = [Answer(304)]
    assert read(server, tmp_path) == ("(304, 0, True)", [('W/"1"', STAMP)])


def test_a_server_without_validators_is_told_by_the_body_and_a_redirect_takes_none_along(server, tmp_path):
    server.answers["/feed"] = [Answer(200, BODY, {"ETag": '"old"'})]
    read(server, tmp_path)
    server.answers = {"/feed": [Answer(302, headers={"Location": "/moved"})], "/moved": [Answer(200, BODY)]}
    assert read(server, tmp_path) == ("(200, 6, False)", [('"old"', None), (None, None)])
    server.answers["/moved"] = [Answer(200, gzip.compress(BODY), {"Content-Encoding": "gzip"})]
    assert read(server, tmp_path) == ("(200, 6, True)", [('"old"', None), (None, None)])


def test_an_archive_in_the_making_gets_the_full_answer_and_a_replay_of_it_tells_what_changed(server, tmp_path):
    server.answers["/feed"] = [Answer(200, BODY, {"ETag": '"1"'})]
    warc = tmp_path / "warc"
    assert read(server, tmp_path, ARCHIVE_DIR=warc) == ("(200, 6, False)", [(None, None)])
    assert read(server, tmp_path, ARCHIVE_DIR=warc) == ("(200, 6, True)", [(None, None)])
    assert read(server, tmp_path, REPLAY_WARC=warc / "*.warc.gz") == ("(200, 6, True)", [])
