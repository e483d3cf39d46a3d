"""A period to go back through: which listings can hold it, and which addresses lie in it. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from crawler.article import Candidate
from crawler.discovery.listing import Nested

# The day of an article in its address stands in a folder: /2024/12/09/ or /2024-12-09-. A year in a slug tells nothing.
_ARTICLE = re.compile(r"/((?:19|20)\d{2})[/-](0[1-9]|1[0-2])[/-](?:(0[1-9]|[12]\d|3[01])(?=[/-]))?")
# The days of a sitemap in its name: 2024-12.xml, sitemap-2024.xml, news_20241209.xml.
_SITEMAP = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:[-_/.]?(0[1-9]|1[0-2]))?(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")


_PARAMETERS = (("yyyy", "year", "y"), ("mm", "month", "m"), ("dd", "day", "d"))
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_BEHIND = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Period:
    """Inclusive days where the site is."""

    since: date
    until: date
    zone: ZoneInfo

    def may_be_listed_in(self, nested: Nested) -> bool:
        """Whether a sitemap can name an article of the period, by the days in its address."""
        days = _asked_for(nested.url) or span_of(nested.url, _SITEMAP)
        return days is None or (days[0] <= self.until and days[1] >= self.since)

    def was_changed_since(self, nested: Nested) -> bool:
        """Whether a sitemap was changed when the period had begun, as far as its index says, or two days before: some
        systems date a file by the last article but one.
        """
        return nested.lastmod is None or nested.lastmod.astimezone(self.zone).date() >= self.since - _BEHIND

    def may_hold(self, candidate: Candidate) -> bool:
        """Whether an article can lie in the period, by what its listing says or its address; in doubt it can."""
        days = self._days(candidate)
        return days is None or (days[0] <= self.until and days[1] >= self.since)

    def is_over(self, candidates: tuple[Candidate, ...]) -> bool:
        """Whether all of a page of candidates, which grow older from page to page, lie before the period.

        A page that tells no days is never over: then only its end ends the walk.
        """
        known = [days for one in candidates if (days := self._days(one)) is not None]
        return bool(known) and all(last < self.since for _, last in known)

    def _days(self, candidate: Candidate) -> tuple[date, date] | None:
        if candidate.hinted_at is not None:
            day = candidate.hinted_at.astimezone(self.zone).date()
            return day, day
        if candidate.hinted_day is not None:
            return candidate.hinted_day, candidate.hinted_day
        days = span_of(candidate.url, _ARTICLE)
        if days is None:
            return None
        # Editors date pieces before midnight that appear after it.
        return days[0] - timedelta(days=1), days[1] + timedelta(days=1)


def _asked_for(url: str) -> tuple[date, date] | None:
    """The first and last day that a query asks for by their names: ``?yyyy=2024&mm=12&dd=09``."""
    asked = {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
    parts = [next((asked[name] for name in names if name in asked), "") for names in _PARAMETERS]
    if not _YEAR.fullmatch(parts[0]):
        return None
    year, month, day = (f"{int(part):02}" if part.isdecimal() and len(part) < 5 else "" for part in parts)
    return span_of(f"x://x/{'-'.join(filter(None, (year, month, day if month else '')))}.", _SITEMAP)


def span_of(url: str, dated: re.Pattern[str]) -> tuple[date, date] | None:
    """The first and last day that an address names: a year's, a month's, or one day twice. None where it names none."""
    for year, month, day in dated.findall("/" + url.partition("://")[2].partition("/")[2]):
        first, last = int(month or 1), int(month or 12)
        try:
            begin = date(int(year), first, int(day or 1))
            return begin, date(int(year), last, int(day or monthrange(int(year), last)[1]))
        except ValueError:  # such as 30 February: a number that is no date
            continue
    return None
