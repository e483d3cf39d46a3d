"""What a listing says about an article: a title and a time. Hints only, the page itself decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

from w3lib.html import remove_tags

from crawler import months
from crawler.charsets import unescaped
from crawler.extraction.clocks import OFFSETS

MOST_CHARACTERS = 500
"""Of a title: what is longer is no headline."""
_MOST_OF_A_TIME = 100  # characters
_W3C = re.compile(
    r"(?P<year>\d{4})(?P<joint>[-/])(?P<month>\d\d?)(?P=joint)(?P<day>\d\d?)"
    r"(?:[T ](?P<clock>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(?P<zone>[A-Z]{1,5}|(?:GMT|UTC)?[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)
"""As the W3C's note has it, and as it is written by hand: with strokes, without a zone's minutes, with its name."""


def title(written: str | None, *, is_text: bool = False) -> str | None:
    """A title without markup, entities and white space that only the file needs; None where nothing is left.

    With ``is_text``, angle brackets are the title's own.
    """
    if not written:
        return None
    written = written[: 20 * MOST_CHARACTERS]
    plain = whole(unescaped(written if is_text else remove_tags(written)))
    return " ".join(plain.split())[:MOST_CHARACTERS].rstrip() or None


def whole(text: str) -> str:
    """Return a text without halves of characters, which SQLite refuses: JSON may hold one where a title was cut."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def moment(written: str | None) -> datetime | None:
    """The time, in UTC, that RFC 822 (RSS) or the W3C's note on dates (Atom, sitemaps) makes of this.

    None where it cannot be read, and where the hour or its zone is not stated: a hint is never guessed.
    """
    text = (written or "")[:_MOST_OF_A_TIME].strip()
    try:
        if match := _W3C.fullmatch(text):
            zone = _zone(match["zone"] or "")
            stated = f"{_written_day(match)}T{match['clock']}{zone}" if match["clock"] and zone else None
            return datetime.fromisoformat(stated).astimezone(UTC) if stated else None
        at = parsedate_to_datetime(_as_rfc_822(text))
    except (ValueError, OverflowError, IndexError):
        return None
    return at.astimezone(UTC) if at.tzinfo else None


@dataclass(frozen=True, slots=True)
class Published:
    """When a listing says that an article was published: the time, else the day; and how it says so."""

    at: datetime | None = None
    day: date | None = None
    written: str | None = None


def published(written: str | None) -> Published:
    """The time as :func:`moment` reads it; else the day that is stated, without a time or without a zone."""
    text = (written or "")[:_MOST_OF_A_TIME].strip()
    at = moment(text)
    day = None if at else _stated_day(text)
    return Published(at, day, text) if at or day else Published()


def _stated_day(text: str) -> date | None:
    try:
        if match := _W3C.fullmatch(text):
            return date.fromisoformat(_written_day(match))
        told = _as_rfc_822(text)
        return parsedate_to_datetime(told if ":" in told else f"{told} 00:00").date()
    except (ValueError, OverflowError, IndexError):
        return None


def modified(written: str | None) -> datetime | None:
    """As :func:`moment`, of a change; a plain day counts from its first second in UTC: what is older is older."""
    day = _day(written)
    return datetime.combine(day, time(), UTC) if day else moment(written)


def last_moment(written: str | None) -> datetime | None:
    """As :func:`moment`, but a plain day counts to its last second in UTC: the upper bound of a modification."""
    day = _day(written)
    return datetime.combine(day, time(23, 59, 59), UTC) if day else moment(written)


def _day(written: str | None) -> date | None:
    match = _W3C.fullmatch((written or "")[:_MOST_OF_A_TIME].strip())
    try:
        return date.fromisoformat(_written_day(match)) if match and not match["clock"] else None
    except ValueError:
        return None


def _written_day(match: re.Match[str]) -> str:
    return f"{match['year']}-{match['month']:0>2}-{match['day']:0>2}"


_MANY_ZONES = frozenset({"IST", "AST", "GST", "BDT", "ART", "CST", "CDT"})
"""Names that nobody can tell from a feed (IST: India, Ireland, Israel); America's are read as RFC 822 has them."""
_ZONES = {
    name: f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    for name, minutes in (*OFFSETS.items(), ("Z", 0), ("GMT", 0), ("UTC", 0), ("UT", 0))
    if name.isascii() and name not in _MANY_ZONES
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OTHER_MONTHS = {"jänner": 1, "fevrier": 2, "aout": 8, "сен": 9, "ноя": 11, "decembre": 12}
"""As feeds write them, and CLDR does not."""
_WEEKDAY = re.compile(r"^[^\W\d_]{2,20}\.?,?\s{1,5}(?=\S)")
_WORD = re.compile(r"[^\W\d_]{3,20}\.?")
_OFFSET = re.compile(r"(?:(?:GMT|UTC)\s?)?([+-]\d\d)(?::?(\d\d))?", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"^([A-Z][a-z]{2}) (\d{1,2}),? (\d{4}),?(?=\s|$)")
_OF_TWELVE = re.compile(r"\b(1[0-2]|0?[1-9])(?::(\d\d))?((?::\d\d)?)\s?([ap])\.?m\b\.?", re.IGNORECASE)


def _as_rfc_822(text: str) -> str:
    """Return a date without its weekday, with the day before an English month, 24 hours, and the zone in figures.

    All this where it is known; months are those whose names mean one month in all languages.
    """
    text = text.replace("\u2212", "-")
    if not _month(first := _word(text)):
        text = _WEEKDAY.sub("", text) if first else text
    text = _WORD.sub(lambda word: _month(word[0]) or word[0], text, count=1)
    text = _OF_TWELVE.sub(_of_day, _MONTH_FIRST.sub(r"\2 \1 \3", text))
    head, _, zone = text.rpartition(" ")
    named = _zone(zone)
    return f"{head} {named.replace(':', '')}" if named and head else text


def _word(text: str) -> str:
    match = _WORD.match(text)
    return match[0] if match else ""


def _month(word: str) -> str | None:
    """The English abbreviation of a month's name."""
    name = months.folded(word)
    number = months.names("en").get(name) or _OTHER_MONTHS.get(name) or months.unmistakable().get(name)
    return _MONTHS[number - 1] if number else None


def _of_day(match: re.Match[str]) -> str:
    """A clock of twelve hours as one of twenty-four."""
    hour = int(match[1]) % 12 + 12 * (match[4].lower() == "p")
    return f"{hour:02}:{match[2] or '00'}{match[3]}"


def _zone(written: str) -> str | None:
    """A zone in figures, ``+01:00``; None where it is not known. -0000 is UTC told by a server that hides its own."""
    if match := _OFFSET.fullmatch(written.replace("\u2212", "-")):
        return f"{match[1]}:{match[2] or '00'}".replace("-00:00", "+00:00")
    return _ZONES.get(written.upper())
