"""A hostile server on 127.0.0.1, for crawls that must survive it: bad answers between good articles.

Everything endless ends by itself after some bytes or seconds, and when the server closes.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator

from tests.hostile_pages import GOOD, article, feed, good_title, odd_pages

HOSTILE = {
    "/redirect/file": "a redirect to file:///etc/hostname",
    "/redirect/private": "a redirect to http://10.0.0.1/",
    "/redirect/metadata": "a redirect to http://169.254.169.254/, where clouds keep credentials",
    "/redirect/long": "a redirect to an address of 6,000 characters",
    "/redirect/endless": "a redirect to itself, with another query each time",
    "/bomb": "100 MB of zeros in 100 kB of gzip",
    "/endless": "a body without end (64 MB at most)",
    "/slow/body": "a body of one byte a second (60 at most)",
    "/slow/headers": "headers of one line a second (60 at most)",
    "/gzip/truncated": "gzip cut in the middle",
    "/gzip/claimed": "plain text that is labelled gzip",
    "/gzip/hidden": "gzip that is labelled plain",
    "/br/truncated": "br cut in the middle",
    "/zstd/truncated": "zstd cut in the middle",
    "/deflate/truncated": "deflate cut in the middle",
    "/charset": "a page in windows-1251 that says it is utf-8",
    "/binary": "a picture that is labelled text/html",
    "/nested": "60,000 nested elements",
    "/empty": "nothing, with status 200",
    "/reset": "a connection reset within the body",
    "/length": "a Content-Length ten times the body's",
    "/headers": "5 MB of headers",
    "/status/500": "a server error",
    "/status/404": "a page that is not there",
    "/markup": "a good article with script and markup in its title and JSON-LD",
    "/links": "100,000 links",
    "/json-ld": "a page whose JSON-LD is broken",
}
"""The paths, and what is wrong there."""

_ENDLESS_BYTES = 64 * 1024 * 1024
_SLOW_STEPS = 60
_STEP_SECONDS = 1.0
_REDIRECTS = {
    "/redirect/file": "file:///etc/hostname",
    "/redirect/private": "http://10.0.0.1/",
    "/redirect/long": "/" + "%2e" * 2_000,
    "/redirect/metadata": "http://169.254.169.254/",
}
_HTML = "text/html; charset=utf-8"


def good_articles() -> dict[str, str]:
    """The path and the title of each good article."""
    return {f"/good/{n}": good_title(n) for n in GOOD}


class HostileServer:
    """The server while it runs. ``url`` has no slash at its end; ``asked`` are the paths asked for, in order."""

    def __init__(self, server: _Server) -> None:
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        self.asked = server.asked

    def good_articles(self) -> dict[str, str]:
        """The address and the title of each good article."""
        return {self.url + path: title for path, title in good_articles().items()}


@contextlib.contextmanager
def hostile_server() -> Iterator[HostileServer]:
    """Serve on a free port of 127.0.0.1 until the block ends; what still answers then, stops."""
    odd_pages()  # now: several who ask at once would each have to wait for all of it
    server = _Server(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield HostileServer(server)
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()  # waits for the handlers
        thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False  # so that server_close waits for them
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        self.closing = threading.Event()
        self.asked: list[str] = []
        super().__init__(address, handler)


class _Handler(socketserver.StreamRequestHandler):
    timeout = 10
    server: _Server

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the crawler hung up, as it should
            target = self._target()
            if target:
                self.server.asked.append(target)
                self._answer(target.partition("?")[0], target)

    def _target(self) -> str:
        words = self.rfile.readline(65_537).split()
        while self.rfile.readline(65_537).strip():
            pass
        return words[1].decode("latin-1") if len(words) > 1 else ""

    def _answer(self, path: str, target: str) -> None:
        if streamed := _STREAMED.get(path):
            streamed(self)
        else:
            self.wfile.write(_response(path, target, f"http://{_host(self.server)}"))

    def _slowly(self, head: bytes, step: bytes) -> None:
        self.wfile.write(head)
        for _ in range(_SLOW_STEPS):
            if self.server.closing.wait(_STEP_SECONDS):
                return
            self.wfile.write(step)

    def slow_body(self) -> None:
        self._slowly(_head(200, length=1_000_000), b".")

    def slow_headers(self) -> None:
        self._slowly(b"HTTP/1.1 200 OK\r\n", b"X-Wait: a little\r\n")

    def endless(self) -> None:
        self.wfile.write(_head(200, length=None))
        piece = b"<p>On and on.</p>\n" * 4_000
        for _ in range(_ENDLESS_BYTES // len(piece)):
            if self.server.closing.is_set():
                return
            self.wfile.write(piece)

    def reset(self) -> None:
        self.wfile.write(_head(200, length=10_000) + b"<html><body><p>Only so far")
        # Lingering for no time makes close() send a reset in place of an orderly end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


_STREAMED: dict[str, Callable[[_Handler], None]] = {
    "/endless": _Handler.endless,
    "/slow/body": _Handler.slow_body,
    "/slow/headers": _Handler.slow_headers,
    "/reset": _Handler.reset,
}


def _host(server: _Server) -> str:
    return f"127.0.0.1:{server.server_address[1]}"


def _response(path: str, target: str, origin: str) -> bytes:
    """The whole answer at a path that is answered at once."""
    if path in _REDIRECTS:
        return _head(302, 0, Location=_REDIRECTS[path])
    if path == "/redirect/endless":
        turn = int(target.partition("?")[2] or 0) + 1
        return _head(302, 0, Location=f"{path}?{turn}")
    if path == "/headers":
        return _head(200, 2, **{f"X-Filler-{n}": "f" * 1_000 for n in range(5_000)}) + b"ok"
    if path == "/length":
        page = article("/length", "A page cut short")
        return _head(200, 10 * len(page)) + page
    status, kind, coding, body = _plain(path, origin)
    told = {"Content-Encoding": coding} if coding else {}
    return _head(status, len(body), kind, **told) + body


def _plain(path: str, origin: str) -> tuple[int, str, str | None, bytes]:
    """Status, content type, content encoding and body of an answer whose headers are in order."""
    if path in good_articles():
        return 200, _HTML, None, article(path, good_articles()[path])
    if path == "/feed.xml":
        return 200, "application/rss+xml", None, feed(origin, list(HOSTILE))
    if path == "/robots.txt":
        return 200, "text/plain", None, b"User-agent: *\nAllow: /\n"
    if path == "/status/500":
        return 500, _HTML, None, b"<h1>Internal error</h1>"
    if odd := odd_pages().get(path):
        return 200, _HTML, *odd
    return 404, _HTML, None, b"<h1>Not found</h1>"


def _head(status: int, length: int | None, kind: str = _HTML, **headers: str) -> bytes:
    told = {"Content-Type": kind, "Connection": "close", **headers}
    if length is not None:
        told["Content-Length"] = str(length)
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode("latin-1")
