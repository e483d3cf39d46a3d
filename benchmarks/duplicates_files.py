"""Labelled pairs in a file, one a line, so that any other generator's can be judged as ours are.

A line is a JSON object: ``{"one": {…}, "other": {…}, "label": "duplicate", "class": "truncated copy"}``. The label is
``duplicate`` or ``different``; the class, which may be left out, is what the figures are told apart by. An article has

- ``url``, its address, or ``site``, the paper's host; where both are given the address decides whose it is,
- ``text``, its paragraphs parted by an empty line (where there is none, each line is one),
- ``title``, ``published_at`` (ISO 8601; a plain date, or a time without a zone, is taken as UTC), ``wire`` (the agency
  that it names), ``kind`` (``live``, ``news`` and so on; else a title such as ``Live: …`` tells a live blog, as it does
  to the crawler): each may be left out.

A text may stand in several pairs. An address that stood in an earlier pair is given a number: it would be the same
article. Other keys do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from crawler import addresses
from crawler.article import Kind
from crawler.extraction import suffixes
from tests.material.duplicates.pairs import Pair, Version

START = datetime(2024, 1, 1, tzinfo=UTC)
"""The moment from which :attr:`Version.hours` count."""
_EMPTY_LINE = re.compile(r"\n\s*\n")
_NOT_IN_HOSTS = re.compile(r"[^a-z0-9.-]+")


class PairsError(Exception):
    """A file of pairs cannot be read or written; the message is one sentence."""


class _Piece(msgspec.Struct, omit_defaults=True):
    text: str
    site: str = ""
    url: str = ""
    title: str = ""
    published_at: str | None = None
    wire: str | None = None
    kind: Kind | None = None


class _Line(msgspec.Struct, rename={"sort": "class"}):
    one: _Piece
    other: _Piece
    label: Literal["duplicate", "different"]
    sort: str = ""


def read(path: Path) -> Iterator[Pair]:
    """The pairs of a file. Raises PairsError, with the line and the key, for what is wrong with it."""
    taken: set[str] = set()
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _pair(f"{path}:{number}", line, number, taken)
    except OSError as error:
        raise PairsError(f"{path}: {error.strerror}; expected a file of labelled pairs, one a line") from error


def write(path: Path, pairs: Iterable[Pair]) -> int:
    """Write pairs in the form that :func:`read` takes. Gives how many. Raises PairsError where that cannot be."""
    written = 0
    try:
        with path.open("wb") as file:
            for written, pair in enumerate(pairs, 1):
                one, other = (_piece(told, f"{written}-{n}") for n, told in enumerate((pair.first, pair.second)))
                label: Literal["duplicate", "different"] = "duplicate" if pair.is_same else "different"
                file.write(msgspec.json.encode(_Line(one, other, label, pair.sort)) + b"\n")
    except OSError as error:
        raise PairsError(f"{path}: {error.strerror}; expected a file that can be written") from error
    return written


def _pair(where: str, line: bytes, number: int, taken: set[str]) -> Pair:
    try:
        raw = msgspec.json.decode(line, type=_Line)
        told = [_told(piece, f"{number}-{n}", taken) for n, piece in enumerate((raw.one, raw.other))]
    except (msgspec.MsgspecError, ValueError) as error:
        raise PairsError(f"{where}: {error}") from None
    taken |= {one.url for one in told if one.url}
    return Pair(raw.sort or raw.label, raw.label == "duplicate", *told)


def _told(piece: _Piece, name: str, taken: set[str]) -> Version:
    """Raises ValueError for an address or a time that is none, and where nothing says whose the article is."""
    url = addresses.clean(piece.url) if piece.url else None
    host = (urlsplit(url).hostname or "") if url else _host(piece.site)
    if url in taken:
        url = f"https://{host}/{name}"
    text = piece.text.replace("\r\n", "\n")
    parted = _EMPTY_LINE.split(text) if _EMPTY_LINE.search(text.strip()) else text.split("\n")
    return Version(
        site=host,
        title=piece.title,
        paragraphs=tuple(one.strip() for one in parted if one.strip()),
        hours=_hours(piece.published_at),
        is_live=piece.kind is Kind.LIVE if piece.kind else suffixes.LIVE.match(piece.title) is not None,
        wire=piece.wire,
        url=url,
    )


def _host(site: str) -> str:
    """A paper's host; of one that is named otherwise, a host made of the name."""
    name = _NOT_IN_HOSTS.sub("-", (site if site.isascii() else site.encode().hex()).lower()).strip("-.")
    if not name:
        raise ValueError("an article has neither url nor site; expected one of them, such as www.example.com")
    return name if "." in name else f"{name}.example"


def _hours(at: str | None) -> float | None:
    if at is None:
        return None
    try:
        told = datetime.fromisoformat(at)
    except ValueError:
        raise ValueError(f"published_at = {at!r}; expected a time such as 2024-12-09T11:02:00Z") from None
    return ((told if told.tzinfo else told.replace(tzinfo=UTC)) - START) / timedelta(hours=1)


def _piece(told: Version, name: str) -> _Piece:
    at = None if told.hours is None else (START + timedelta(hours=told.hours)).isoformat(timespec="seconds")
    return _Piece(
        text="\n\n".join(told.paragraphs),
        site=told.site,
        url=told.url or f"https://{told.site}/{name}",
        title=told.title,
        published_at=at,
        wire=told.wire,
        kind=Kind.LIVE if told.is_live else None,
    )
