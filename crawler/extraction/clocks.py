"""Which time of day does a line print, and in which zone? Clocks with twelve and twenty-four hours, in many scripts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from crawler.article import Moment

_BEFORE_NOON = r"a\.?\s?m\b\.?|πμ|π\.\s?μ\.?|ص(?!\w)|صباح\w*|午前|上午|凌晨|早上|오전|पूर्वाह्न|\bSA\b|ПП"
_AFTER_NOON = r"p\.?\s?m\b\.?|μμ|μ\.\s?μ\.?|م(?!\w)|مساء\w*|午後|下午|晚上|中午|오후|अपराह्न|\bCH\b"
CLOCK = re.compile(
    r"(?P<first>午前|午後|上午|下午|凌晨|早上|晚上|中午|오전|오후)?\s?"
    r"(?<![\d:.,/+−-])(?P<hour>[01]?\d|2[0-4])(?:"
    r"(?:(?:\s?:\s?|\s?h\s?|\.|\s?(?:時|时|點|点|시|ժ)\s?|\s?Uhr\s)(?P<minute>[0-5]\d)(?!\d)"
    r"(?:\s?[:分]\s?(?P<second>[0-5]\d)(?!\d))?"
    r"|\s?(?:時|时|點|点|시)\s?(?P<short>\d)(?=\s?[分분]))"
    rf"(?:\s?(?:分|분|(?:hrs|Uhr|uur|h)\b|น\.|ч\.))?(?:[\s,]*(?P<noon>{_BEFORE_NOON}|{_AFTER_NOON}))?"
    rf"|\s?(?P<alone>{_BEFORE_NOON}|{_AFTER_NOON}|Uhr\b|(?:h|時|时|시)(?![\w]))"
    r"|(?P<bare>[0-5]\d)(?=\s?(?:hrs|hours|GMT|UTC|IST|EST|EDT|BST|CET|CEST)\b))",
    re.IGNORECASE,
)
_IS_AFTER_NOON = re.compile(_AFTER_NOON, re.IGNORECASE)
_IS_BEFORE_NOON = re.compile(_BEFORE_NOON, re.IGNORECASE)
_ZONE = re.compile(
    r"[\s,]*[(\[]?\s?(?:(?P<base>UTC|GMT|Z)\s?(?P<from>[+−-]\d{1,2}(?::?\d{2})?)?|(?P<offset>[+−-](?:\d{2}:?\d{2}|\d:\d{2}|\d{2}(?!\d)))"
    r"|(?P<name>[A-Z]{2,5}|мск|МСК|ET|CT|MT|PT))(?![\w])"
)
OFFSETS = {
    name: minutes
    for minutes, names in {
        0: "WET",
        60: "CET MEZ BST WEST WAT",
        120: "CEST MESZ EET SAST CAT HAEC",
        180: "EEST MSK МСК мск EAT TRT AST IDT",
        210: "IRST",
        240: "GST SAMT",
        300: "PKT UZT",
        330: "IST",
        345: "NPT",
        360: "BDT",
        420: "WIB ICT",
        480: "HKT SGT MYT PHT WITA AWST",
        540: "JST KST WIT",
        570: "ACST",
        600: "AEST",
        660: "AEDT",
        720: "NZST",
        780: "NZDT",
        -180: "BRT ART UYT",
        -240: "EDT CLT",
        -300: "EST CDT COT PET",
        -360: "CST MDT",
        -420: "MST PDT",
        -480: "PST AKDT",
        -540: "AKST",
        -600: "HST",
    }.items()
    for name in names.split()
}
"""Minutes ahead of UTC, by the zone's name; of names that several zones have, those of most papers."""
_BY_DATE = {"ET": "New_York", "CT": "Chicago", "MT": "Denver", "PT": "Los_Angeles"}
_ELSEWHERE = {"IST": {"Asia/Jerusalem": (120, 180), "Europe/Dublin": (0, 60)}}


def moment_at(day: date, clock: re.Match[str], line: str, zone: tzinfo, *, behind: int) -> Moment:
    """Return the time of a day and of a match of :data:`CLOCK` in a line.

    ``behind`` is where the date ends, after which the zone can stand too. Without one the clock stands in ``zone``.
    """
    hour, minute = int(clock["hour"]), int(clock["minute"] or clock["short"] or clock["bare"] or 0)
    noon = f"{clock['first'] or ''} {clock['noon'] or clock['alone'] or ''}"
    if _IS_AFTER_NOON.search(noon) and hour < 12:
        hour += 12
    elif _IS_BEFORE_NOON.search(noon) and hour == 12:
        hour = 0
    at = datetime.combine(day, time(hour % 24, minute, int(clock["second"] or 0)))
    offset = offset_in(line[clock.end() : clock.end() + 16], at, zone)
    if offset is None and behind > clock.end():
        offset = offset_in(line[behind : behind + 16], at, zone)
    if offset is None:
        return Moment(at.replace(tzinfo=zone).astimezone(UTC))
    return Moment((at - timedelta(minutes=offset)).replace(tzinfo=UTC), offset)


def offset_in(rest: str, at: datetime, zone: tzinfo) -> int | None:
    """Return the minutes that a clock is ahead of UTC, where the words behind it say so; None where they do not."""
    match = _ZONE.match(rest)
    if match is None:
        return None
    if match["base"]:
        return _minutes(match["from"]) if match["from"] else 0
    if match["offset"]:
        return _minutes(match["offset"])
    name = match["name"]
    if name in _BY_DATE:
        distance = at.replace(tzinfo=ZoneInfo(f"America/{_BY_DATE[name]}")).utcoffset() or timedelta()
        return round(distance.total_seconds() / 60)
    if str(zone) in _ELSEWHERE.get(name, {}):
        own = at.replace(tzinfo=zone).utcoffset() or timedelta()
        return round(own.total_seconds() / 60)
    return OFFSETS.get(name)


def end_of(line: str, end: int) -> int:
    """Return where a time ends, with its zone and the name of that in brackets."""
    match = _ZONE.match(line[end : end + 16])
    if match is None or (match["name"] and match["name"] not in OFFSETS and match["name"] not in _BY_DATE):
        return end
    end += match.end()
    behind = re.match(r"\s?\([^()]{1,40}\)|\)", line[end : end + 50])
    return end + behind.end() if behind else end


def _minutes(written: str) -> int:
    digits = written[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return (hours * 60 + minutes) * (1 if written[0] == "+" else -1)
