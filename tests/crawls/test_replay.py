"""Replay: a crawl reads the archive in place of the network, at the archive's time, and the same bytes."""

import gzip
import resource
import zlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import brotli
import pytest

from crawler.discovery.warc import index, read
from crawler.middlewares.capture import append
from tests.crawling import crawl
from tests.hostile_pages import article
from tests.warc_recording import HTML, Recording

ORIGIN = "https://www.example.com"
CODINGS = {"/gzip": gzip.compress, "/br": brotli.compress, "/deflate": zlib.compress, "/plain": bytes, "/target": bytes}
TITLES = {path: f"The page at {path[1:]} opens again" for path in CODINGS}
BODIES = {path: squeeze(article(path, TITLES[path])) for path, squeeze in CODINGS.items()}
_PLAIN = ("/plain", "/target")


class Encoded(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/old":
            self._send(301, b"moved", Location="/target")
        elif self.path in BODIES:
            coding = {} if self.path in _PLAIN else {"Content-Encoding": self.path[1:]}
            self._send(200, BODIES[self.path], **coding)
        else:
            self._send(404, b"no such page")

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """The crawl speaks for itself."""


@contextmanager
def served():
    with ThreadingHTTPServer(("127.0.0.1", 0), Encoded) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def captured(tmp_path_factory):
    """A crawl that kept what it fetched, and the same crawl from what was kept, when the server is gone."""
    folder = tmp_path_factory.mktemp("captured")
    with served() as origin:
        urls = {
            "urls": ",".join(f"{origin}{path}" for path in ("/gzip", "/br", "/deflate", "/plain", "/old", "/absent"))
        }
        live = crawl("urls", folder / "live.db", urls, ARCHIVE_DIR=folder / "warc")
    again = crawl("urls", folder / "again.db", urls, REPLAY_WARC=folder / "warc" / "*.warc.gz")
    return origin, live, again, folder / "warc"


def test_bodies_are_kept_as_they_came_over_the_wire(captured):
    origin, live, _, folder = captured
    assert live.status == 0, live.said
    held = index(sorted(folder.iterdir()))
    assert held.damaged == ()
    for path, body in BODIES.items():
        kept = held.latest(origin + path)
        assert kept is not None
        assert read(kept).body == body, path
    redirect = next(one for one in held.captures if one.url == f"{origin}/old")
    moved = read(redirect)
    assert (moved.status, dict(moved.headers)["Location"]) == (301, "/target")


def test_what_was_kept_reads_again_as_the_same_articles(captured):
    _, live, again, _ = captured
    assert again.status == 0, again.said
    told = "select url, title, text, first_seen_at, capture from articles order by url"
    assert again.rows(told) == live.rows(told)
    assert [title for (title,) in again.rows("select title from articles order by 1")] == sorted(TITLES.values())
    settled = "select url, outcome, reason from candidates order by url"
    assert again.rows(settled) == live.rows(settled)


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """An article in three states, and one whose record is damaged; there is no robots.txt in the archive."""
    folder = tmp_path_factory.mktemp("history")
    recording = Recording(folder / "history.warc.gz")
    for day, title in ((9, "First title of it"), (10, "Second title of it"), (12, "Third title of it")):
        recording.add(f"{ORIGIN}/news/a", article("/a", title), f"2024-12-{day:02}T12:00:00Z")
    recording.add(f"{ORIGIN}/news/bad", article("/b", "Damaged"), digest="sha1:" + "A" * 32)
    recording.save()
    urls = {"urls": ",".join(f"{ORIGIN}/news/{name}" for name in ("a", "bad", "absent"))}
    at = {"REPLAY_AT": "2024-12-11T00:00:00+03:00"}
    return [
        crawl("urls", folder / f"{n}.db", urls, REPLAY_WARC=recording.path, **one) for n, one in enumerate(({}, at))
    ]


def test_an_address_answers_with_its_last_capture(history):
    last, _ = history
    assert last.status == 0, last.said
    assert last.rows("select title, first_seen_at from articles") == [("Third title of it", "2024-12-12T12:00:00Z")]


def test_as_of_a_time_an_address_answers_with_its_last_capture_before(history):
    _, then = history
    assert then.rows("select title, first_seen_at from articles") == [("Second title of it", "2024-12-10T12:00:00Z")]
    assert then.rows("select started_at from crawls") == [("2024-12-10T21:00:00Z",)]


def test_a_missing_address_and_a_damaged_record_fail_with_their_reason(history):
    last, _ = history
    settled = {url: rest for url, *rest in last.rows("select url, outcome, reason from candidates")}
    assert settled[f"{ORIGIN}/news/absent"] == ["failed", "not in the archive"]
    assert settled[f"{ORIGIN}/news/bad"] == ["failed", "damaged in the archive"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"REPLAY_WARC": "absent/*.warc.gz"}, "no WARC file matches"),
        ({"REPLAY_AT": "yesterday"}, "REPLAY_AT=yesterday: not a time; expected one such as"),
        ({"REPLAY_AT": "2024-12-09T12:00:00"}, "REPLAY_AT=2024-12-09T12:00:00: not a time"),
    ],
)
def test_what_cannot_be_replayed_is_told_before_anything_is_asked_for(tmp_path, settings, told):
    done = crawl("moscowtimes", tmp_path / "news.db", **settings)
    assert done.status == 1
    assert "Traceback" not in done.said
    assert told in done.said
    assert done.said.count("Error: ") == 1


def test_a_redirect_leads_to_the_state_of_its_own_time(tmp_path):
    recording = Recording(tmp_path / "moved.warc.gz", zipped=False)
    recording.add(f"{ORIGIN}/old/a", b"", "2024-12-09T12:00:00Z", "HTTP/1.1 301 Moved", (("Location", "/news/a"),))
    for hour, title in ((12, "First title of it"), (18, "Second title of it")):
        recording.add(f"{ORIGIN}/news/a", article("/a", title), f"2024-12-09T{hour}:00:01Z", headers=HTML)
    path: Path = recording.save()
    done = crawl("urls", tmp_path / "news.db", {"urls": f"{ORIGIN}/old/a"}, REPLAY_WARC=path)
    assert done.rows("select title, url from articles") == [("First title of it", f"{ORIGIN}/news/a")]


def test_a_record_that_does_not_fit_on_the_disk_leaves_the_file_as_it_was(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with (tmp_path / "kept.warc.gz").open("ab", buffering=0) as file:
        assert append(file, memoryview(b"a whole record")) == 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                append(file, memoryview(b"one that is too long for what is left"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert append(file, memoryview(b", another")) == len(b"a whole record")
    assert (tmp_path / "kept.warc.gz").read_bytes() == b"a whole record, another"
