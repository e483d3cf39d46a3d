"""A server on 127.0.0.1 that answers as a test tells it to, and remembers who asked for what and when."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """One answer; by default there is no such page. ``together``: not before so many have asked for it."""

    status: int = 404
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    together: threading.Barrier | None = None


@dataclass(frozen=True)
class Asked:
    """One request: the time at which it came, the host that it named, its path and headers."""

    at: float
    host: str
    path: str
    headers: dict[str, str]


class PoliteServer:
    """``answers`` holds successive answers, the last of which stays, for a host and path or a path on any host."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[Asked] = []

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [asked.path for asked in self.asked]

    def answer(self, host: str, path: str) -> Answer:
        """The next answer there."""
        left = self.answers.get(host + path) or self.answers.get(path, [Answer()])
        return left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def polite_server() -> Iterator[PoliteServer]:
    """Serve on a free port until the block ends."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = False  # closing waits for the answers under way
    http.polite = server = PoliteServer(http.server_port)  # type: ignore[attr-defined]  # where the handler finds it
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self) -> None:
        server: PoliteServer = self.server.polite  # type: ignore[attr-defined]  # set above
        host = urlsplit(f"//{self.headers['Host']}").hostname or ""
        server.asked.append(Asked(time(), host, self.path, dict(self.headers.items())))
        answer = server.answer(host, self.path)
        if answer.together:
            answer.together.wait(timeout=30)
        with suppress(ConnectionError):  # a crawl that has ended
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Requests are kept in ``asked``."""
