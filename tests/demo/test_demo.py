"""The demo paper's commands: serving it, recording it, and the summary of a crawl."""

import http.client
import socket
from contextlib import closing
from datetime import timedelta

import pytest
from sqlite_utils import Database
from warcio.archiveiterator import ArchiveIterator

from demo.__main__ import main
from demo.clock import PRESENT
from demo.paper import Paper
from demo.recording import record
from demo.server import PaperServer
from demo.summary import Extent, extent, summary
from demo.truth import truth
from pipelines.archive.schema import migrations

LATER = PRESENT + timedelta(days=30)
MOSCOW_TIMES = "https://www.themoscowtimes.com"


def _get(server, path):
    with closing(http.client.HTTPConnection(server.origin.removeprefix("http://"))) as connection:
        connection.request("GET", path)
        reply = connection.getresponse()
        reply.read()
        return reply.status, reply.headers["Location"]


def test_the_server_serves_remembers_and_lets_time_pass():
    with PaperServer() as server:
        assert _get(server, "/all/87125") == (404, None)
        server.now = LATER
        status, location = _get(server, "/all/87125")
        assert status == 302
        assert location == f"{server.origin}/2025/02/14/bells-to-strike-through-the-night-a87125"
        assert _get(server, location.removeprefix(server.origin)) == (200, None)
    assert [status for _, status in server.requests] == [404, 302, 200]
    with pytest.raises(ConnectionRefusedError):
        _get(server, "/")


def test_a_recording_holds_what_a_crawl_may_ask(tmp_path):
    count = record(Paper(MOSCOW_TIMES), tmp_path / "paper.warc.gz")
    with (tmp_path / "paper.warc.gz").open("rb") as stream:
        headers = {
            one.rec_headers["WARC-Target-URI"]: (one.rec_headers["WARC-Date"], one.http_headers.get_statuscode())
            for one in ArchiveIterator(stream)
        }
    assert len(headers) == count
    assert set(headers.values()) <= {("2025-01-20T12:00:00Z", status) for status in ("200", "301", "302", "404", "410")}
    asked = {"robots.txt", "rss/all", "newsmap/news.xml", "news/18", "all/87004", "2025/01/20/the-week-in-pictures"}
    assert {f"{MOSCOW_TIMES}/{path}" for path in asked} <= set(headers)
    assert "https://static.themoscowtimes.com/sitemap/2016-08.xml" in headers
    assert all(told.url in headers for told in truth(Paper(MOSCOW_TIMES)).values())


def test_a_taken_port_is_a_sentence(capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    assert f"port {port} is taken" in capsys.readouterr().err


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "news.db"
    with closing(Database(path)) as db:
        migrations.apply(db)
        db.table("sites").insert({"name": "demo"})
        articles = [(1, "news"), (2, "news"), (3, "opinion")]
        db.table("articles").insert_all(
            {"id": n, "site": "demo", "url": f"u{n}", "address_key": f"k{n}", "kind": kind, "title": "T", "text": ""}
            for n, kind in articles
        )
        db.table("article_urls").insert_all(
            {"url": url, "article_id": 1, "address_key": "k1", "kind": "redirected"} for url in ("u1", "other")
        )
        db.table("authors").insert({"id": 1, "site": "demo", "name": "Ansa Lorrik"})
        db.table("article_authors").insert_all({"article_id": n, "author_id": 1, "position": 0} for n in (1, 2))
        db.table("links").insert_all(
            {
                "article_id": 1,
                "kind": kind,
                "position": 0,
                "href": "h",
                "address_key": "k",
                "nth": n,
                "target_id": target,
            }
            for n, (kind, target) in enumerate([("related", 2), ("related", None), ("inline", 3)])
        )
        db.table("candidates").insert_all(
            {"url": f"c{n}", "site": "demo", "address_key": "k", "outcome": outcome, "reason": reason}
            for n, (outcome, reason) in enumerate([("stored", None), ("alias", None), ("blocked", "robots.txt")])
        )
    return path


def test_the_summary_tells_what_came_and_what_did_not(archive):
    told = [" ".join(line.split()) for line in summary(archive, Extent(), 2.04).splitlines()]
    assert "3 new articles; the archive holds 3." in told
    assert f"news 2 {'▇' * 24}" in told
    assert f"Ansa Lorrik 2 {'▇' * 24}" in told
    assert "Related links 1 of 2 lead to an article in the archive" in told
    assert "Other addresses 1 led to the same 1 article" in told
    assert "blocked: robots.txt 1" in told
    assert "It took 2.0 seconds." in told


def test_a_second_run_says_that_nothing_was_new(archive, tmp_path):
    assert "Nothing was new" in summary(archive, extent(archive), 1.0)
    assert extent(tmp_path / "none.db") == Extent()
