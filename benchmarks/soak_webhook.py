"""A webhook on loopback that counts what it is told, and is down when it is told to be."""

from __future__ import annotations

import json
import re
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

from pipelines.watching.watches import EVENTS

_KINDS = sorted({kind.replace("_", " ") for kinds in EVENTS.values() for kind in kinds})
_EVENT = re.compile(f"({'|'.join(_KINDS)}): ")
_ADDRESS = re.compile(r"^http://\S+$", re.MULTILINE)


class Webhook:
    """A context manager that listens while it is open."""

    def __init__(self) -> None:
        self.is_down = False
        self.refused = 0
        self._told: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = Thread(target=self._http.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._http.server_port

    def addresses(self) -> Counter[str]:
        """Every article's address that it was told, and how often."""
        return Counter(address for text in self._told for address in _ADDRESS.findall(text))

    def wrong(self, expected: str) -> list[str]:
        """Every line that tells of a thing which has not happened: of all kinds of events there was only one."""
        return [
            line
            for text in self._told
            for line in text.splitlines()
            if _EVENT.match(line) and not line.startswith(f"{expected}: ")
        ]

    def take(self, body: bytes) -> int:
        """The status of the answer to a message."""
        if self.is_down:
            self.refused += 1
            return 503
        self._told.append(json.loads(body)["message"])
        return 200

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(hook: Webhook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(hook.take(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the standard library's name
            """Be silent."""

    return Handler
