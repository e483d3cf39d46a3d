"""Times as readers want them: in UTC and by the site's own clock, a plain day as a day. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from crawler.article import utc_time

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def shorter(time: str | None) -> str:
    """``2024-12-09T11:02:00Z`` as ``2024-12-09 11:02 UTC``; a plain day stays one, nothing is nothing."""
    return f"{time[:10]} {time[11:16]} UTC" if time and "T" in time else time or ""


def spoken(words: str | None) -> str:
    """Words with the times among them as readers want them."""
    return _TIME.sub(lambda found: shorter(found[0]), words or "")


def day(time: str | None) -> str:
    """``9 December 2024``; a text that is no time as it is."""
    try:
        at = date.fromisoformat((time or "")[:10])
    except ValueError:
        return time or ""
    return f"{at.day} {at:%B %Y}"


def both(time: str | None, zone: str | None) -> str:
    """``9 December 2024, 14:02 MSK · 11:02 UTC``: by the site's clock, then in UTC, with its day where other."""
    if not time or "T" not in time:
        return day(time)
    try:
        utc = utc_time(time)
    except ValueError:
        return time
    here = utc.astimezone(clock(zone))
    if not here.utcoffset():
        return f"{day(time)}, {time[11:16]} UTC"
    name = here.tzname() or ""
    name = name if name.isalpha() else f"UTC{_distance(here)}"
    other = "" if here.date() == utc.date() else f"{day(time)}, "
    return f"{day(here.date().isoformat())}, {here:%H:%M} {name} · {other}{utc:%H:%M} UTC"


def hour_here(time: str, zone: str | None) -> int:
    """The hour of the day on the site's clock, of a UTC time to the hour at least (``2024-12-09T11``)."""
    return datetime.fromisoformat(time[:13] + ":00+00:00").astimezone(clock(zone)).hour


def _distance(here: datetime) -> str:
    told = f"{here:%z}"  # +0330
    return f"{told[:3]}:{told[3:5]}"


@lru_cache(maxsize=512)
def clock(zone: str | None) -> ZoneInfo:
    """The zone of this name; UTC where there is none, or no such one."""
    try:
        return ZoneInfo(zone or "UTC")
    except (KeyError, OSError, ValueError):  # unknown, a folder of zones, not a name at all
        return ZoneInfo("UTC")
