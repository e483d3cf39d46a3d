"""A crawl of bad answers between good articles: all good ones are stored, each bad one has its reason."""

import pytest

from tests.crawling import crawl
from tests.hostile import HOSTILE, hostile_server

# What a crawl must make of each. "failed" and "blocked" are tried again later, the others are not.
EXPECTED = {
    "/redirect/file": ("blocked", "redirected to file:"),
    "/redirect/private": ("blocked", "a private address"),
    "/redirect/metadata": ("blocked", "a private address"),
    "/redirect/long": ("failed", "too long an address"),
    "/redirect/endless": ("failed", "too many redirects"),
    "/bomb": ("failed", "too large"),
    "/endless": ("failed", "too large"),
    "/slow/body": ("failed", "timed out"),
    "/slow/headers": ("failed", "timed out"),
    "/gzip/truncated": ("failed", "cut short: half a gzip stream"),
    "/br/truncated": ("failed", "cut short: half a br stream"),
    "/zstd/truncated": ("failed", "cut short: half a zstd stream"),
    "/deflate/truncated": ("failed", "cut short: half a deflate stream"),
    "/gzip/claimed": ("failed", "mislabelled: not gzip"),
    "/gzip/hidden": ("not_article", "no title"),
    "/charset": ("stored", None),
    "/binary": ("not_article", "no title"),
    "/nested": ("not_article", "no title"),
    "/empty": ("not_article", "no title"),
    "/reset": ("failed", "cut short"),
    "/length": ("failed", "cut short"),
    "/status/500": ("failed", "HTTP 500"),
    "/status/404": ("gone", "HTTP 404"),
    "/markup": ("stored", None),
    "/json-ld": ("stored", None),
}
MB = 2**20


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    with hostile_server() as server:
        good = list(server.good_articles())
        bad = [server.url + path for path in HOSTILE]
        mixed = [url for pair in zip(bad, good, strict=False) for url in pair] + bad[len(good) :] + good[len(bad) :]
        (folder / "list.txt").write_text("\n".join(mixed), "utf-8")
        args = {"file": str(folder / "list.txt")}
        done = crawl("urls", folder / "news.db", args, DOWNLOAD_TIMEOUT=8, RETRY_TIMES=0, EXTRACTION_TIMEOUT=8)
        return server, done


def test_the_crawl_ends_well_and_every_good_article_is_stored(crawled):
    server, done = crawled
    assert done.status == 0, done.said
    stored = dict(done.rows("select url, title from articles"))
    assert {url: stored.get(url) for url in server.good_articles()} == server.good_articles()
    assert done.one("select outcome from crawls") == "done"


def test_every_bad_answer_has_its_reason(crawled):
    server, done = crawled
    rows = done.rows("select url, outcome, reason from candidates")
    settled = {url.removeprefix(server.url): rest for url, *rest in rows}
    assert {path: tuple(settled[path]) for path in EXPECTED} == EXPECTED
    assert {path for path in HOSTILE if settled[path][0] == "waiting"} == set()


def test_nothing_private_was_asked_for_and_nothing_of_the_machine_was_read(crawled):
    _, done = crawled
    assert done.rows("select url from articles where url not like 'http://127.0.0.1:%'") == []
    assert "Traceback" not in done.said


def test_memory_stays_within_its_bounds(crawled):
    _, done = crawled
    assert 0 < done.peak < 250 * MB
    assert 0 < done.worker_peak < 300 * MB
