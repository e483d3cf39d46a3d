"""Where a site says what it has published: the listings to ask, in the order in which they are asked. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from crawler.discovery.forms import FEED, FORMS, NEWS_SITEMAP, SECTION, SITEMAP, Form
from crawler.discovery.listing import Nested
from crawler.discovery.period import Period
from crawler.site import Section, Site


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


_DEEPEST = 3
"""Levels of sitemap indexes below the first; the protocol knows one, papers have a year, a month and a section."""
_ENOUGH_DAYS = 3
"""Different days in an index: fewer may be those of its template, or of one night in which all files were made anew."""


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
