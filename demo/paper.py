"""The paper as a web server sees it: an address, a time and request headers in, a reply out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from urllib.parse import unquote

from demo.clock import PRESENT
from demo.issue import Issue
from demo.manuscripts import manuscripts
from demo.pieces import Piece
from demo.routes import Answer, answer

ORIGIN = "http://127.0.0.1:8650"
"""Where the demo is served, and what its profile names."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. Header names are written as they are sent, each at most once."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Paper:
    """The newspaper at an origin, such as ``http://127.0.0.1:8650``, without a slash at the end."""

    origin: str = ORIGIN
    pieces: tuple[Piece, ...] = ()

    def issue(self, now: datetime = PRESENT) -> Issue:
        """The paper as it is at an aware time."""
        return Issue(self.origin, now, self.pieces or manuscripts())

    def respond(self, path_and_query: str, now: datetime = PRESENT, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply to a GET of this address at this aware time, with these request headers. Never raises."""
        issue = self.issue(now)
        path = unquote(path_and_query.partition("#")[0].partition("?")[0]).strip("/")
        reply = _reply(issue, answer(issue, path))
        wanted = {name.lower(): value for name, value in (headers or {}).items()}
        return _not_modified(reply) if reply.status == 200 and _fresh(reply, wanted) else reply


def _reply(issue: Issue, found: Answer) -> Reply:
    body = found.text.encode()
    headers = {
        "Date": _http(issue.now),
        "Content-Type": found.type,
        "Content-Length": str(len(body)),
        "Cache-Control": "max-age=300, public",
    }
    if found.location:
        headers["Location"] = found.location
    if found.status == 200:
        headers |= {"ETag": f'"{sha256(body).hexdigest()[:20]}"', "Last-Modified": _http(issue.changed)}
    return Reply(found.status, headers, body)


def _fresh(reply: Reply, wanted: Mapping[str, str]) -> bool:
    """Whether the reader's copy still holds; its tag counts before its date (RFC 9110, section 13.2.2)."""
    if tags := wanted.get("if-none-match"):
        return reply.headers["ETag"] in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    try:
        since = parsedate_to_datetime(wanted["if-modified-since"])
        return parsedate_to_datetime(reply.headers["Last-Modified"]) <= since
    except (KeyError, ValueError, TypeError):  # no date, no such date, or one without a zone
        return False


def _not_modified(reply: Reply) -> Reply:
    kept = {name: value for name, value in reply.headers.items() if not name.startswith("Content-")}
    return Reply(304, kept, b"")


def _http(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
