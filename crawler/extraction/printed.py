"""Which times does a line print? Dates in words and numbers of any language, with the time of day and its zone.

Names of months are those of CLDR; a line without a year says nothing that holds tomorrow. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, tzinfo
from functools import cache, lru_cache
from typing import NamedTuple

from crawler.article import Moment
from crawler.extraction import vocabulary
from crawler.extraction.calendars import gregorian
from crawler.extraction.clocks import CLOCK, end_of, moment_at
from crawler.extraction.months import Months, all_months, months, persian, weekdays
from crawler.months import folded

_LONGEST = 400
"""Characters of a line in which times are looked for."""
_LABEL, _CLOCK_AFTER, _CLOCK_BEFORE = 45, 40, 30
"""Characters before a date that can name it, and on either side of it in which its time of day stands."""
_LABEL_BEHIND = 14
_OLDEST = 1900

# Before a month: a day, which an ending or a word of few letters may follow ("1er", "1 de maio", "1. den").
_FILLER = r"(?:[^\W\d_]{1,5}[.'’]?[\s,،]+|[-–/,،.]\s*|[\u0620-\u064a]{3,8}\s+|[พค]\.?ศ\.?\s*)?"
"""Also a month's second name in Arabic, and the era in Thai."""
_ENDING = r"(?:\.?[ºª°]|[-.]?(?:st|nd|rd|th|er|re|ro|eme|ème|a|e|an|jén|én|ος|η|ն|ին|го|е|ші|ші|ж|ին|të|ú)\b)?"
_DAY_LEFT = re.compile(rf"(?<!\d)(?<!\d[:.])(\d{{1,2}}){_ENDING}\.?[\s,/–-]*(?:{_FILLER}){{0,2}}$", re.IGNORECASE)
_YEAR_LEFT = re.compile(r"(?<!\d)(\d{4})(?!\d)[\s.,-]*(?:[^\W\d_]{1,10}\.?[\s,]*)?$")
_DAY_RIGHT = re.compile(rf"[\s.,-]*(?:of\s|the\s)?(\d{{1,2}})(?![\d:]|h\d|\.\d){_ENDING}(?:\s?d\.)?", re.IGNORECASE)
_YEAR_RIGHT = re.compile(
    rf"[\s.,،/–-]*(?:{_FILLER}){{0,2}}(?:(\d{{4}})(?!\d)|['’`]?(\d{{2}})(?![\d:]|[.h]\d|\s?[ap]\.?m))"
)
_YEAR_BEHIND_CLOCK = re.compile(r"\s+\d{1,2}:\d\d(?::\d\d)?(?:\s+[A-Z]{2,5}(?:[+-]\d{2}:?\d{2})?)?\s+(\d{4})(?!\d)")
_YEAR_FIRST = re.compile(
    r"(?:(?<![A-Za-z\d])(?P<era>令和|平成|昭和|民國|民国|[RH](?=\d{1,2}[.年]))\s?(?P<reign>\d{1,3}|元)|(?<![\d./-])(?P<year>\d{4}))"
    r"\s?[-/.年년]\s?(?P<month>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})(?!\d)\s?(?:日|일)?"
)
_YEAR_LAST = re.compile(
    r"(?<![\d.,:/-])(?<![RH](?=\d))(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d:])(?!\.\d)"
)
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The year before the first of an era: of Japan's emperors, also by their letters, and of the Republic of China."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time that a line prints. ``start`` and ``end`` are its place; ``label`` is that of `label_of`.

    ``words`` is the date as printed, with the time of day where it has one.
    """

    moment: Moment
    start: int
    end: int
    words: str
    label: str | None


class _Day(NamedTuple):
    start: int
    end: int
    at: date


@lru_cache(maxsize=1024)  # who, when and what was printed ask for the same lines
def stamps(text: str, zone: tzinfo, language: str | None = None, *, day_first: bool = True) -> tuple[Stamp, ...]:
    """Return the times that a line prints, in its order.

    ``zone`` is where its clocks stand if they name none: such a time has no offset of its own. ``day_first`` says how
    ``05/02/2024`` is read; dates with dots have the day first everywhere.
    """
    line = _digits(text[:_LONGEST])
    if not any(map(str.isdigit, line)):
        return ()
    days = _days(line, language, day_first=day_first)
    found: list[Stamp] = []
    for number, day in enumerate(days):
        before = found[-1].end if found else 0
        after = days[number + 1].start if number + 1 < len(days) else len(line)
        clock = _clock(line, day, before, after, is_last=number + 1 == len(days))
        moment = moment_at(day.at, clock, line, zone, behind=day.end) if clock else Moment(day.at)
        start = min(day.start, clock.start()) if clock else day.start
        end = end_of(line, max(day.end, clock.end())) if clock else day.end
        found.append(Stamp(moment, start, end, text[start:end].strip(), None))
    return tuple(replace(stamp, label=_label(line, found, number)) for number, stamp in enumerate(found))


def without_times(text: str, language: str | None = None, *, mark: str = " \n ") -> str:
    """Return a line without the times that it prints, their weekdays and the words that name them.

    ``mark`` stands where a time stood.
    """
    for start, end in reversed(places(text, stamps(text, UTC, language), language)):
        text = f"{text[:start]}{mark}{text[end:]}"
    return text


def places(text: str, found: Sequence[Stamp], language: str | None) -> list[tuple[int, int]]:
    """Return where times stand in a line, each with the weekday before it or behind it."""
    days = weekdays((language or "en").partition("-")[0])
    spans: list[tuple[int, int]] = []
    for stamp in found:
        start, end = stamp.start, stamp.end
        before = _DAY_BEFORE.search(text, max(spans[-1][1] if spans else 0, start - _CLOCK_AFTER), start)
        if before is not None and (word := _weekday(before["day"], days)):
            start = before.end("day") - len(word)
        behind = _DAY_BEHIND.match(text, end)
        if behind is not None and folded(behind["day"]) in days:
            end = behind.end()
        spans.append((start, end))
    return spans


def _weekday(words: str, days: frozenset[str]) -> str | None:
    """The last words of some, one to three, that are a weekday's name."""
    parts = words.split(" ")
    ends = (" ".join(parts[-number:]) for number in range(min(3, len(parts)), 0, -1))
    return next((end for end in ends if folded(end) in days), None)


_DAY_BEFORE = re.compile(r"(?P<day>[^\W\d_][^\d,;:|()·•\n]{0,30}?)\.?,?\s{1,3}(?:[^\W\d_]{1,3}\.?\s{1,2})?$")
"""A weekday's name is one word or some, which small words part from the date: "fredag d. 20. november"."""
_DAY_BEHIND = re.compile(r"\.?[\s,(]{1,3}(?P<day>[^\W\d_][\w’'-]{1,20})\)?")


# Regions that write the month first, and those whose English does not.
_MONTH_FIRST = frozenset({"us", "ph", "ca", "pr", "gu", "fm", "pw", "mh", "bz"})
_DAY_FIRST_DOMAINS = frozenset([
    "uk", "ie", "au", "nz", "in", "za", "ng", "ke", "gh", "ug", "tz", "zm", "zw", "mw", "na", "bw", "sg", "my",
    "hk", "pk", "bd", "lk", "np", "mt", "cy", "jm", "tt", "bb", "fj", "eu",
])  # fmt: skip


def day_is_first(language: str, locale: str, host: str, printed: str = "") -> bool:
    """Return whether a date such as ``05/02/2024`` has the day first.

    Told by the host's country, the region of the page's language or of its locale (``en-GB``, ``en_US``), and by the
    page's own dates of which only one reading is possible (``printed``); of English without a region, the month is.
    """
    for match in _YEAR_LAST.finditer(printed):
        if int(match[1]) > 12 or int(match[3]) > 12:
            return int(match[1]) > 12
    if host.rpartition(".")[2] in _DAY_FIRST_DOMAINS:
        return True
    code, _, region = re.sub("_", "-", language.strip().lower()).partition("-")
    if code and code != "en":
        return code not in ("fil", "tl")
    region = region[-2:] or re.sub("_", "-", locale.strip().lower()).partition("-")[2]
    if region:
        return region not in _MONTH_FIRST
    return not code


def _digits(text: str) -> str:
    """The text with the digits of any script as ASCII's; each character keeps its place."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.digit(sign)) if sign.isdecimal() and not sign.isascii() else _PLAIN.get(sign, sign)
        for sign in text
    )


_PLAIN = {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "：": ":", "／": "/", "．": ".", "\u200e": " ", "\u200f": " "}


def _days(line: str, language: str | None, *, day_first: bool) -> list[_Day]:
    found = [*_numbered(line, day_first=day_first)]
    named = [*_named(line, months(language or "en"))]
    if not named and not found and re.search(r"\d{1,2}\W{0,3}\s?[^\W\d_]|[^\W\d_]\W{0,3}\s?\d{1,2}\W", line):
        named = [*_named(line, all_months())]
    days: list[_Day] = []
    for day in sorted([*found, *named]):
        if not days or day.start >= days[-1].end:
            days.append(day)
    return days


def _numbered(line: str, *, day_first: bool) -> Iterator[_Day]:
    for match in _YEAR_FIRST.finditer(line):
        reign = match["reign"]
        year = int(match["year"]) if reign is None else _ERAS[match["era"]] + (1 if reign == "元" else int(reign))
        if (at := _day(year, int(match["month"]), int(match["day"]))) is not None:
            yield _Day(match.start(), match.end(), at)
    for match in _YEAR_LAST.finditer(line):
        first, second, year = int(match[1]), int(match[3]), _full_year(match[4])
        day, month = (first, second) if day_first or match[2] == "." else (second, first)
        at = _day(year, month, day) or (_day(year, day, month) if match[2] != "." else None)
        if at is not None:
            yield _Day(match.start(), match.end(), at)


def _named(line: str, names: Months) -> Iterator[_Day]:
    for match in names.places(line):
        month = names.numbers[folded(match[1])]
        is_persian = folded(match[1]) in persian()
        left, right = line[max(0, match.start() - 40) : match.start()], line[match.end() : match.end() + 40]
        day = _around(left, right, match, month, is_persian=is_persian)
        if day is not None:
            yield day


def _around(left: str, right: str, match: re.Match[str], month: int, *, is_persian: bool) -> _Day | None:
    """The day and the year beside the name of a month, in the orders that languages have."""
    day_left, day_right = _DAY_LEFT.search(left), _DAY_RIGHT.match(right)
    begin, stop = match.start() - len(left), match.end()

    def made(day: str, year: str, start: int, end: int) -> _Day | None:
        at = _day(_full_year(year), month, int(day), is_persian=is_persian)
        return _Day(begin + start, stop + end, at) if at is not None else None

    if day_left:
        if (year := _YEAR_RIGHT.match(right)) and (
            found := made(day_left[1], year[1] or year[2], day_left.start(1), year.end())
        ):
            return found
        if (before := _YEAR_LEFT.search(left[: day_left.start(1)])) and (
            found := made(day_left[1], before[1], before.start(1), 0)
        ):
            return found
        if (behind := _YEAR_BEHIND_CLOCK.match(right)) and (
            found := made(day_left[1], behind[1], day_left.start(1), 0)
        ):
            return found
    if day_right:
        rest = right[day_right.end() :]
        if (
            (year := _YEAR_RIGHT.match(rest))
            and year[1]
            and (found := made(day_right[1], year[1], len(left), day_right.end() + year.end()))
        ):
            return found
        if (before := _YEAR_LEFT.search(left)) and (
            found := made(day_right[1], before[1], before.start(1), day_right.end())
        ):
            return found
        if (behind := _YEAR_BEHIND_CLOCK.match(rest)) and (
            found := made(day_right[1], behind[1], len(left), day_right.end())
        ):
            return found
    return None


def _full_year(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _day(year: int, month: int, day: int, *, is_persian: bool = False) -> date | None:
    try:
        at = gregorian(year, month, day)
    except ValueError:
        return None
    if is_persian and year == at.year:
        return None
    return at if at.year >= _OLDEST else None


def _clock(line: str, day: _Day, before: int, after: int, *, is_last: bool) -> re.Match[str] | None:
    """The time of day next to a date: behind it, else in front of it."""
    behind = CLOCK.search(line, day.end, min(after, day.end + _CLOCK_AFTER))
    if behind and (is_last or not _is_of_next(line, behind, after)):
        return behind
    in_front = CLOCK.finditer(line, max(before, day.start - _CLOCK_BEFORE), day.start)
    return next(iter(deque(in_front, maxlen=1)), None)


def _is_of_next(line: str, clock: re.Match[str], after: int) -> bool:
    """Whether a time of day stands right before the next date, with the words that name it before them."""
    between = line[clock.end() : after]
    return (
        len(between.strip(" ,-–")) == 0
        and after < len(line)
        and bool(re.search(r"[|•·;]", line[: clock.start()][-12:]))
    )


def _label(line: str, found: list[Stamp], number: int) -> str | None:
    """What the words before a time say of it; before the last one of a line, what the word right behind it says."""
    stamp = found[number]
    front = line[max(found[number - 1].end if number else 0, stamp.start - _LABEL) : stamp.start]
    behind = line[stamp.end :]
    is_bare = number + 1 == len(found) and not any(map(str.isalnum, front)) and len(behind) <= _LABEL_BEHIND
    return label_of(front) or (label_of(behind) if is_bare else None)


@cache
def _now() -> re.Pattern[str]:
    return re.compile(rf"(?:^|\W){vocabulary.any_of('times', 'now')}(?:\W|$)", re.IGNORECASE)


@cache
def _finder(label: str) -> vocabulary.Finder:
    return vocabulary.finder("times", label)


@cache
def _other() -> re.Pattern[str]:
    return re.compile(rf"(?:^|\W){vocabulary.any_of('times', 'other')}\W*$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def label_of(words: str) -> str | None:
    """Return what some words say of the time that follows: ``updated``, ``published``, ``now``, ``other`` or None."""
    if not any(map(str.isalpha, words)):
        return None
    if _now().search(words):
        return "now"
    small = vocabulary.folded(words)
    label = next((label for label in ("updated", "published") if _finder(label).is_in(words, small)), None)
    return label or ("other" if _other().search(words) else None)
