"""A paper on a port of the loopback address."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Thread
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from demo.clock import PRESENT
from demo.paper import Paper
from demo.replies import Reply

HOST = "127.0.0.1"
_KEPT = 100_000
"""Requests remembered; older ones are forgotten first."""
_AT_ONCE = 32
_PATIENCE = 10.0
"""Seconds that a client may take over its request."""


class Newspaper(Protocol):
    """What can be served."""

    def at(self, origin: str) -> Self:
        """The same paper at another origin, such as ``http://127.0.0.1:8650``."""

    def respond(self, path_and_query: str, now: datetime, headers: Mapping[str, str] | None) -> Reply:
        """The reply to a GET of this address at this aware time, with these request headers. Never raises."""


P = TypeVar("P", bound=Newspaper)


class Server(Generic[P]):
    """A context manager that serves a newspaper while it is open. Raises OSError when the port is taken.

    ``port`` 0 takes a free one; the paper's origin becomes the address served. ``now`` may be set while it runs, and so
    may ``trouble``: paths that it matches are answered with the status ``trouble_status`` and nothing else.
    ``requests`` holds (path with query, status) of each answer, oldest first.
    """

    def __init__(self, paper: P, port: int = 0, now: datetime = PRESENT) -> None:
        self.now = now
        self.trouble: re.Pattern[str] | None = None
        self.trouble_status = 503
        self.requests: deque[tuple[str, int]] = deque(maxlen=_KEPT)
        self._slots = BoundedSemaphore(_AT_ONCE)
        self._http = ThreadingHTTPServer((HOST, port), _handler(self))
        self._http.daemon_threads = False  # closing waits for the answers under way
        self.origin = f"http://{HOST}:{self._http.server_port}"
        self.paper = paper.at(self.origin)
        self._thread = Thread(target=self._http.serve_forever, args=(0.05,), name="demo-paper", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request that the HTTP server has read."""
        with self._slots:
            reply = self._troubled(handler.path) or self.paper.respond(
                handler.path, self.now, dict(handler.headers.items())
            )
        self.requests.append((handler.path, reply.status))
        with suppress(ConnectionError):  # a reader who has left
            _send(handler, reply)

    def _troubled(self, path: str) -> Reply | None:
        if self.trouble is None or not self.trouble.match(path):
            return None
        return Reply(self.trouble_status, {"Content-Type": "text/plain", "Content-Length": "0"}, b"")


class PaperServer(Server[Paper]):
    """The server of the first paper."""

    def __init__(self, paper: Paper | None = None, port: int = 0, now: datetime = PRESENT) -> None:
        super().__init__(paper or Paper(), port, now)


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    handler.send_response_only(reply.status)  # the paper gives its own Date
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command == "GET":
        handler.wfile.write(reply.body)


def _handler(server: Server[P]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE

        def do_GET(self) -> None:
            server.answer(self)

        def do_HEAD(self) -> None:
            server.answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
            """Requests are kept in ``requests``; a line each would drown the crawl's own output."""

    return Handler
