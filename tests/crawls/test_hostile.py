"""The hostile server keeps its word: a crawl test that relies on it would else prove nothing."""

import gzip
import http.client
import json
import re
import threading
import time

import pytest

from crawler.discovery.feeds import parse_feed
from tests.hostile import HOSTILE, good_articles, hostile_server


@pytest.fixture(scope="module")
def server():
    with hostile_server() as running:
        yield running


def ask(server, path: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_good_articles_are_good(server):
    titles = good_articles()
    assert len(set(titles.values())) == 20
    for path, title in titles.items():
        response, body = ask(server, path)
        metadata = json.loads(re.findall(rb'ld\+json">(.*?)</script>', body)[0])
        assert (response.status, metadata["headline"]) == (200, title)
        assert metadata["author"]["name"].encode() in body
        assert body.count(b"<p>") >= 5


def test_the_feed_lists_everything_with_bad_between_good(server):
    _, body = ask(server, "/feed.xml")
    paths = [one.url.removeprefix(server.url) for one in parse_feed(body, f"{server.url}/feed.xml").candidates]
    assert sorted(paths) == sorted([*good_articles(), *HOSTILE])
    assert (paths[0], paths[-2]) == ("/good/1", "/good/20")
    assert set(server.good_articles()) < {server.url + path for path in paths}


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/redirect/file", "file:///etc/hostname"),
        ("/redirect/private", "http://10.0.0.1/"),
        ("/redirect/metadata", "http://169.254.169.254/"),
        ("/redirect/endless", "/redirect/endless?1"),
        ("/redirect/endless?41", "/redirect/endless?42"),
    ],
)
def test_redirects_lead_where_they_say(server, path, target):
    response, _ = ask(server, path)
    assert (response.status, response.headers["Location"]) == (302, target)


@pytest.mark.parametrize(
    ("path", "status"), [("/status/500", 500), ("/status/404", 404), ("/x", 404), ("/robots.txt", 200)]
)
def test_status_codes(server, path, status):
    assert ask(server, path)[0].status == status


def test_the_bomb_is_small_and_large(server):
    response, body = ask(server, "/bomb")
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(body) < 200_000
    assert len(gzip.decompress(body)) == 100 * 1024 * 1024


def test_labels_lie(server):
    with pytest.raises(EOFError):
        gzip.decompress(ask(server, "/gzip/truncated")[1])
    claimed, body = ask(server, "/gzip/claimed")
    assert (claimed.headers["Content-Encoding"], body[:9]) == ("gzip", b"<!DOCTYPE")
    hidden, body = ask(server, "/gzip/hidden")
    assert (hidden.headers["Content-Encoding"], body[:2]) == (None, b"\x1f\x8b")
    response, body = ask(server, "/charset")
    assert (response.headers["Content-Type"], "Паром".encode("cp1251") in body) == ("text/html; charset=utf-8", True)
    assert ask(server, "/binary")[1].startswith(b"\x89PNG")


def test_pages_are_as_large_as_they_say(server):
    assert ask(server, "/nested")[1].count(b"<div>") == 60_000
    assert ask(server, "/links")[1].count(b"<a ") == 100_000
    assert ask(server, "/empty")[1] == b""
    assert b"<script>alert" not in ask(server, "/markup")[1]


def test_broken_transfers_break(server):
    with pytest.raises(http.client.IncompleteRead):
        ask(server, "/length")
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        ask(server, "/reset")
    with pytest.raises(http.client.HTTPException):
        ask(server, "/headers")


def test_slow_and_endless_answers_stop_when_the_server_closes():
    started = time.monotonic()
    with hostile_server() as server:
        clients = [
            threading.Thread(target=_ask_and_give_up, args=(server, path))
            for path in ("/slow/body", "/slow/headers", "/endless")
        ]
        for client in clients:
            client.start()
        while len(server.asked) < len(clients) and time.monotonic() - started < 8:
            time.sleep(0.02)
        assert sorted(server.asked) == ["/endless", "/slow/body", "/slow/headers"]
    for client in clients:
        client.join()
    assert time.monotonic() - started < 8


def _ask_and_give_up(server, path: str) -> None:
    try:
        ask(server, path)
    except (OSError, http.client.HTTPException):
        return
