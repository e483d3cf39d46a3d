"""Times as pages write them, to :class:`~crawler.article.Moment`. Pure: the time of fetching is a parameter."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from crawler.article import Moment
from crawler.extraction.calendars import gregorian
from crawler.extraction.clocks import offset_in
from crawler.extraction.printed import stamps
from crawler.extraction.words import squeezed

_ISO = re.compile(
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"
    r"(?:(?:T|\s|,)\s*(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d+)?)?"
    r")?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$")
_ATE_PLUS = re.compile(r"(?:\s|&#43;|&plus;|%2B)(\d{2}:\d{2})$", re.IGNORECASE)
"""An offset whose plus an address or a template ate or wrote in its own way."""
_OF_TWELVE = re.compile(r"\s?[ap]\.?m\b", re.IGNORECASE)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d{1,6})?$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NAME = re.compile(r"[^\W\d_].{0,2}[^\W\d_]")
_CLOCK = re.compile(r"\d:\d\d")
_LONGEST_DATE = 60  # characters: with weekday, time of day and zone
_RFC = re.compile(
    r"(?:[A-Z][a-z]{2},\s*)?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})?"
    r"(?:\s+(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T))?$"
)


def moment(text: str, zone: tzinfo, language: str | None = None) -> Moment | None:
    """Return the time a text states: ISO 8601, RFC 2822, seconds since 1970, or as people of that language print it.

    A time without a zone is taken in ``zone`` and has no offset of its own; midnight without a zone is a plain date,
    as systems fill in for what they do not know.
    """
    text = squeezed(text)[:120]
    try:
        return _machine(text, zone) or printed_moment(text, zone, language)
    except (ValueError, OverflowError, OSError):
        return None


def printed_moment(text: str, zone: tzinfo, language: str | None, *, day_first: bool = True) -> Moment | None:
    """Return the first time that a text prints as :func:`stamps` reads it, else as dateparser does."""
    in_line = next((stamp.moment for stamp in stamps(text, zone, language, day_first=day_first)), None)
    return in_line or _in_other_words(text, zone, language)


def _in_other_words(text: str, zone: tzinfo, language: str | None) -> Moment | None:
    """Return the time of a text that is nothing but a date, in a form or language that only dateparser knows.

    The text bears it out: year and day stand in it as they were understood, and letters name the month.
    """
    written = squeezed(text)
    year = _YEAR.search(written)
    if len(written) > _LONGEST_DATE or year is None or not _NAME.search(written):
        return None
    import dateparser  # noqa: PLC0415, RUF100 - slow to load, seldom needed

    settings = {"PARSERS": ["absolute-time"], "STRICT_PARSING": True, "REQUIRE_PARTS": ["day", "month", "year"]}
    try:
        at = dateparser.parse(written, languages=[(language or "en").partition("-")[0]], settings=settings)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None  # a language it does not know
    if at is None or str(at.year) != year[0] or not re.search(rf"(?<!\d)0?{at.day}(?!\d)", written):
        return None
    return _aware(at, zone) if _CLOCK.search(written) else Moment(at.date())


def machine_moment(text: str, zone: tzinfo) -> Moment | None:
    """As :func:`moment`, for the forms that machines write alone: cheap."""
    try:
        return _machine(squeezed(text)[:120], zone)
    except (ValueError, OverflowError, OSError):
        return None


def possible(said: Moment | None, fetched_at: datetime) -> bool:
    """Whether there is a time, and a page fetched then can have been written or changed at it."""
    return said is not None and said.is_possible(fetched_at)


def same_day(one: Moment, other: Moment) -> bool:
    """Whether a plain date and a time can mean the same publication, whatever zone the date was written in."""
    first, second = one.local_day(), other.local_day()
    return abs((first - second).days) <= 1


def zone_of(name: str) -> tzinfo:
    """The zone of that name; UTC for a name that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC


def _machine(text: str, zone: tzinfo) -> Moment | None:
    match = _ISO.match(text)
    if match and not _OF_TWELVE.match(text, match.end()):
        return _from_iso(match, text[match.end() :], zone)
    if _EPOCH.match(text):
        return Moment(datetime.fromtimestamp(int(text[:10]), UTC), 0)
    if match := _COMPACT.match(text):
        y, m, d, hh, mm, ss, z = match.groups()
        written = f"{y}-{m}-{d}" + (f"T{hh}:{mm}:{ss or '00'}" if hh else "")
        again = _ISO.match(written)
        return _from_iso(again, z or "", zone) if again else None
    if _RFC.match(text):
        return _aware(parsedate_to_datetime(text), zone)
    return None


def _from_iso(match: re.Match[str], rest: str, zone: tzinfo) -> Moment:
    part = match.groupdict()
    day = gregorian(int(part["y"]), int(part["m"]), int(part["d"]))
    if part["H"] is None:
        return Moment(day)
    clock = time(int(part["H"]) % 24, int(part["M"]), int(part["S"] or 0) % 60)
    at = datetime.combine(day, clock)
    offset = offset_in(_ATE_PLUS.sub(r"+\1", rest).upper(), at, zone) if rest else None
    if offset is None:
        return _aware(at, zone)
    return Moment((at - timedelta(minutes=offset)).replace(tzinfo=UTC), offset)


def _aware(at: datetime, zone: tzinfo) -> Moment:
    if at.tzinfo is None:
        if at.hour == at.minute == at.second == 0:
            return Moment(at.date())
        return Moment(at.replace(tzinfo=zone, microsecond=0).astimezone(UTC))
    distance = at.utcoffset() or timedelta()
    return Moment(at.replace(microsecond=0).astimezone(UTC), round(distance.total_seconds() / 60))
