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
    """A listing: its address and form, how deep it lies below the one in the profile, and its page in a section."""

    url: str
    form: Form
    level: int = 0
    section: Section | None = None
    page: int = 0


_DEEPEST = 2
"""Levels of sitemap indexes below the first; the protocol knows one."""


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
    for one in sorted(wanted, key=_newest, reverse=True):
        yield replace(place, url=one.url, level=place.level + 1)


def next_page(place: Place) -> Place | None:
    """The further page of a section; None where there is none to ask for."""
    section = place.section
    if section is None or not section.paging:
        return None
    offset = section.first + place.page * section.step
    return replace(place, url=section.paging.replace("{offset}", str(offset)), page=place.page + 1)


def _newest(nested: Nested) -> tuple[date, str]:
    # An index seldom dates all of its files; where it dates none, their names order them.
    return (nested.lastmod.date() if nested.lastmod else date.min), nested.url
