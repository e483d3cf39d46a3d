"""What goes between the archive host and its workers: a batch of work one way, what came of it the other.

All of it is JSON, with the version of its form in each message. Nothing here depends on how it is carried.

A batch is listings or pages of one site, to be asked for by one worker. It takes along what a crawl would look up in
the archive, for a worker has none: validators, the pace of hosts, the states of listings. What comes back is what a
crawl would tell the archive, in the same order.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from crawler.article import Candidate, Validators, Visit
from crawler.codec import Codec, CodecError
from pipelines.archive.calls import Answer
from pipelines.archive.listing_states import Asked, Known

VERSION = 1
"""Of the form of messages: raised where an older host or worker would take one for something else, and where an article
is measured otherwise (``pipelines/fingerprint.py``), which is done at the worker."""
NAMED_AT_ONCE = 1_000
"""Candidates in one message."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all messages have: the batch they are of, and the site it is of."""

    batch: str
    site: str
    version: int = VERSION


class Page(msgspec.Struct, frozen=True):
    """An address that is handed out under a number, which is settled once.

    ``depth``: how many links of related articles led to it. ``revisit``: the article that it is a second look at, and
    ``asks`` whether it may then say that it has not changed.
    """

    number: int
    candidate: Candidate
    depth: int = 0
    revisit: int | None = None
    asks: bool = False


class Pace(msgspec.Struct, frozen=True):
    """What a host wants: no request for ``held`` seconds from now, ``crawl_delay`` seconds between two.

    ``refusals``: how many of its last answers refused us.
    """

    held: float = 0.0
    crawl_delay: float = 0.0
    refusals: int = 0


class Robots(msgspec.Struct, frozen=True):
    """What an origin's robots.txt said ``age`` seconds ago: its status, and of its text what is meant for us."""

    status: int
    text: str
    age: float = 0.0


class Task(Message, frozen=True, kw_only=True, tag="task"):
    """A batch of listings (``places``: addresses in the profile) or of pages, with what is known of them.

    ``seconds``: how long it may be worked on from when it is received; after that somebody else may have it.
    ``extractor``: whoever reads pages by other rules must not. ``is_first``: all that it finds was there before anybody
    looked. ``last_end`` of the site's last whole crawl; ``seen``: marks of addresses that sections named before.
    ``pace``: seconds between two requests as automatic throttling had them last. ``probe``: an address beside which
    the site is to be asked for one that cannot exist.
    """

    extractor: str
    profile: dict[str, Any]
    seconds: float
    related_depth: int
    section_pages: int
    is_first: bool = False
    places: tuple[str, ...] = ()
    pages: tuple[Page, ...] = ()
    probe: str | None = None
    last_end: datetime | None = None
    seen: frozenset[int] = frozenset()
    states: dict[str, Known] = {}
    validators: dict[str, Validators] = {}
    pace: float | None = None
    paces: dict[str, Pace] = {}
    robots: dict[str, Robots] = {}


class Began(Message, frozen=True, kw_only=True, tag="began"):
    """A worker has a batch and is about to ask for it."""

    worker: str


class Came(Message, frozen=True, kw_only=True, tag="came"):
    """What came of an address that was handed out."""

    number: int
    visit: Visit


class Named(Message, frozen=True, kw_only=True, tag="named"):
    """What a listing names, or a page as related to it. ``listing`` comes with the last part of what it names."""

    candidates: tuple[Candidate, ...]
    depth: int = 0
    listing: Answer | None = None
    were_there: bool = False


class Paced(Message, frozen=True, kw_only=True, tag="paced"):
    """What a host wants now."""

    host: str
    pace: Pace


class Remembered(Message, frozen=True, kw_only=True, tag="remembered"):
    """A page of the site's own, by its words: see ``pipelines.identity.doubts``."""

    kind: str
    words: tuple[str, ...]


class Ended(Message, frozen=True, kw_only=True, tag="ended"):
    """A worker is done with a batch; what it has not reached may be handed out again.

    ``reason`` is empty where it went as it should. ``figures`` are columns of ``crawls``. ``front``: the title of the
    site's front page, where it was read.
    """

    worker: str
    reason: str = ""
    listings: tuple[Asked, ...] = ()
    listing_sizes: dict[str, int] = {}
    troubles: tuple[tuple[str, str], ...] = ()
    figures: dict[str, int] = {}
    pace: float | None = None
    robots: dict[str, Robots] = {}
    front: str = ""


Result = Began | Came | Named | Paced | Remembered | Ended


class _Envelope(msgspec.Struct):
    version: int
    batch: str = ""


_ENVELOPES = msgspec.json.Decoder(_Envelope)


@cache
def _tasks() -> Codec[Task]:
    return Codec(Task)


@cache
def _results() -> Codec[Result]:
    return Codec(Result)


def write(message: Task | Result) -> bytes:
    """Return a message as it is carried."""
    return _tasks().encode(message) if isinstance(message, Task) else _results().encode(message)


def read_task(body: bytes) -> Task:
    """Return a batch to work on. Raises CodecError."""
    _check_version(body, "the archive host")
    return _tasks().decode(body)


def read_result(body: bytes) -> Result:
    """Return what a worker tells. Raises CodecError."""
    _check_version(body, "a worker")
    return _results().decode(body)


def _check_version(body: bytes, who: str) -> None:
    try:
        version = _ENVELOPES.decode(body).version
    except msgspec.DecodeError as error:
        raise CodecError(f"no message of {who}: {error}") from None
    if version != VERSION:
        raise CodecError(
            f"a message of {who} has the form {version}, and this side reads {VERSION}; run the same version on both"
        )
