"""The paper as a web server sees it: an address, a time and request headers in, a reply out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from demo.clock import PRESENT
from demo.issue import Issue
from demo.manuscripts import manuscripts
from demo.pieces import Piece
from demo.replies import Reply, reply
from demo.routes import answer

PORT = 8650
ORIGIN = f"http://127.0.0.1:{PORT}"
"""Where the demo is served, and what its profile names."""


@dataclass(frozen=True)
class Paper:
    """The newspaper at an origin, such as ``http://127.0.0.1:8650``, without a slash at the end."""

    origin: str = ORIGIN
    pieces: tuple[Piece, ...] = ()

    def at(self, origin: str) -> Paper:
        """The same paper at another origin."""
        return replace(self, origin=origin)

    def issue(self, now: datetime = PRESENT) -> Issue:
        """The paper as it is at an aware time."""
        return Issue(self.origin, now, self.pieces or manuscripts())

    def respond(self, path_and_query: str, now: datetime = PRESENT, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply to a GET of this address at this aware time, with these request headers. Never raises."""
        issue = self.issue(now)
        path = unquote(path_and_query.partition("#")[0].partition("?")[0]).strip("/")
        return reply(answer(issue, path), now, issue.changed, headers or {})
