"""Where a site says what it has published: the listings to ask, in the order in which they are asked.

Of a period to go back through: which listings can hold it, and which addresses lie in it. All of it is pure.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from crawler.article import Candidate
from crawler.discovery.forms import FEED, FORMS, NEWS_SITEMAP, SECTION, SITEMAP, Form
from crawler.discovery.listing import Nested
from crawler.site import Section, Site

_DEEPEST = 3
"""Levels of sitemap indexes below the first; the protocol knows one, papers have a year, a month and a section."""
_ENOUGH_DAYS = 3
"""Different days in an index: fewer may be those of its template, or of one night in which all files were made anew."""
# The day of an article in its address stands in a folder: /2024/12/09/ or /2024-12-09-. A year in a slug tells nothing.
_ARTICLE = re.compile(r"/((?:19|20)\d{2})[/-](0[1-9]|1[0-2])[/-](?:(0[1-9]|[12]\d|3[01])(?=[/-]))?")
# The days of a sitemap in its name: 2024-12.xml, sitemap-2024.xml, news_20241209.xml.
_SITEMAP = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:[-_/.]?(0[1-9]|1[0-2]))?(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_PARAMETERS = (("yyyy", "year", "y"), ("mm", "month", "m"), ("dd", "day", "d"))
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_BEHIND = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Place:
    """A listing: its address and form, how deep it lies below the one in the profile, and its page in a section.

    ``root`` is the address of the one in the profile, where that leads to it.
    """

    url: str
    form: Form
    level: int = 0
    section: Section | None = None
    page: int = 0
    root: str | None = None


def places_of_news(site: Site) -> Iterator[Place]:
    """Where new articles are listed: feeds, news sitemaps, sections, and the front page."""
    for url in site.feeds:
        yield Place(url, FEED)
    for url in site.news_sitemaps:
        yield Place(url, NEWS_SITEMAP)
    yield from _others(site, is_past=False)
    for section in (Section(site.home), *site.sections):
        yield Place(section.url, SECTION, section=section)


def places_of_past(site: Site) -> Iterator[Place]:
    """Where a site lists what it ever published: sitemaps first; sections page back as far as they reach."""
    for url in site.sitemaps:
        yield Place(url, SITEMAP)
    yield from _others(site, is_past=True)
    for section in site.sections:
        if section.paging:
            yield Place(section.url, SECTION, section=section)


def _others(site: Site, *, is_past: bool) -> Iterator[Place]:
    """What a profile lists by form."""
    for one in site.listings:
        if FORMS[one.form].is_past == is_past:
            yield Place(one.url, FORMS[one.form])


def below(place: Place, nested: tuple[Nested, ...], period: Period | None) -> Iterator[Place]:
    """The listings that a sitemap index names, the newest first, and of a period only those that can hold it."""
    if place.level >= _DEEPEST:
        return
    wanted = [one for one in nested if period is None or period.may_be_listed_in(one)]
    for one in sorted(set(wanted) - set(passed_over(nested, period)), key=_newest, reverse=True):
        yield replace(place, url=one.url, level=place.level + 1, root=place.root or place.url)


def passed_over(nested: tuple[Nested, ...], period: Period | None) -> tuple[Nested, ...]:
    """Return which files of an index are left out because it says that they were last changed before the period.

    Many indexes date all their files by a template, or not at all: dates order, and leave out only where they differ
    and some file is dated within the period.
    """
    if period is None:
        return ()
    old = tuple(one for one in nested if period.may_be_listed_in(one) and not period.was_changed_since(one))
    days = {one.lastmod.date() for one in nested if one.lastmod}
    bears_out = len(days) >= _ENOUGH_DAYS and any(one.lastmod and period.was_changed_since(one) for one in nested)
    return old if bears_out else ()


def next_page(place: Place) -> Place | None:
    """The further page of a section; None where there is none to ask for."""
    section = place.section
    if section is None or not section.paging:
        return None
    offset = section.first + place.page * section.step
    return replace(
        place, url=section.paging.replace("{offset}", str(offset)), page=place.page + 1, root=place.root or place.url
    )


def _newest(nested: Nested) -> tuple[date, str]:
    # An index seldom dates all of its files; where it dates none, their names order them.
    return (nested.lastmod.date() if nested.lastmod else date.min), nested.url


# A period to go back through.


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
