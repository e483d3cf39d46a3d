"""What is at an address, and the whole reply that a reader with or without a copy of it gets, whatever the paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is at an address, before its headers."""

    text: str
    status: int = 200
    type: str = HTML
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. Header names are written as they are sent, each at most once."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def reply(found: Answer, now: datetime, changed: datetime, asked: Mapping[str, str]) -> Reply:
    """The reply to a request with these headers at this aware time; ``changed`` is when any page last did."""
    whole = _whole(found, now, changed)
    wanted = {name.lower(): value for name, value in asked.items()}
    return _not_modified(whole) if whole.status == 200 and _fresh(whole, wanted) else whole


def _whole(found: Answer, now: datetime, changed: datetime) -> Reply:
    body = found.text.encode()
    headers = {
        "Date": _http(now),
        "Content-Type": found.type,
        "Content-Length": str(len(body)),
        "Cache-Control": "max-age=300, public",
    }
    if found.location:
        headers["Location"] = found.location
    if found.status == 200:
        headers |= {"ETag": f'"{sha256(body).hexdigest()[:20]}"', "Last-Modified": _http(changed)}
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
