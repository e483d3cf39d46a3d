"""What was found of a site, and what follows from it: the values between looking and writing a profile."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from crawler.addresses import host_of
from crawler.article import Article
from crawler.probing.front_page import FrontPage, is_same_site
from crawler.probing.listings import Found, Sort
from crawler.probing.patterns import Pattern, address_patterns
from crawler.probing.sections import SectionPage, paged
from crawler.probing.shapes import content_params
from crawler.probing.zones import Stated, Zone, country_of, zone_of
from crawler.site import AddressPattern, Section, Site

_MOSTLY = 0.5
"""The share of a listing's addresses that must be articles'."""
_ENOUGH = 5
"""Addresses from feeds, below which sitemaps and headlines are taken in too."""
_SHARE_OF_HOST = 0.2
_WORDS = 50
"""Words below which a page has no article on it."""
_SURE = 3
MOST_ARTICLES = 8
_WIDTH = 76


class ProbeError(Exception):
    """A site of which no profile can be made; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Robots:
    """What robots.txt says to us: the sitemaps it names, and the seconds it asks for between two requests."""

    sitemaps: tuple[str, ...] = ()
    delay: float | None = None


@dataclass(frozen=True)
class Survey:
    """All that was found. ``listings`` are feeds and sitemaps of every sort, ``articles`` the pages looked at."""

    robots: Robots
    front: FrontPage
    listings: tuple[Found, ...] = ()
    sections: tuple[SectionPage, ...] = ()
    paging_works: bool = True
    articles: tuple[Article, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()
    """Addresses that should have answered, and why they did not."""

    def of(self, *sorts: Sort) -> tuple[Found, ...]:
        """The listings of these sorts."""
        return tuple(found for found in self.listings if found.sort in sorts)

    def article_addresses(self) -> tuple[str, ...]:
        """Addresses that are articles' for all that is known: what feeds and news sitemaps list, else ever more."""
        home = self.front.url
        surest = [address for found in self.of(Sort.FEED, Sort.NEWS) for address in found.addresses]
        more = [address for found in self.of(Sort.PLAIN) if not found.of_pages for address in found.addresses]
        others = set(self.front.others)
        found: dict[str, None] = {}
        for addresses in (
            surest,
            *([one for one in some if one not in others] for some in (self.front.headlines, more)),
        ):
            if len(found) < _ENOUGH:
                found.update(dict.fromkeys(one for one in addresses if _is_below(one, home)))
        return tuple(found)

    def patterns(self) -> tuple[Pattern, ...]:
        """The forms of the article addresses."""
        return address_patterns(self.article_addresses(), self.other_addresses())

    def other_addresses(self) -> tuple[str, ...]:
        """Addresses that are surely no article's: those of the menus, and of sitemaps of pages, tags or authors."""
        listed = (address for found in self.of(Sort.PLAIN) if found.of_pages for address in found.addresses)
        return (*self.front.others, *listed)

    def hosts(self) -> tuple[str, ...]:
        """The home's host, and each other one that a good part of the articles are on."""
        counts = Counter(map(host_of, self.article_addresses()))
        least = _SHARE_OF_HOST * sum(counts.values())
        own = host_of(self.front.url)
        return (own, *(host for host, n in counts.items() if host != own and n >= least))

    def readable(self) -> tuple[Article, ...]:
        """The articles that have a title and a text, the fullest account first."""
        found = [one for one in self.articles if one.title and one.word_count >= _WORDS]
        return tuple(sorted(found, key=lambda one: -len([x for x in (one.authors, one.published, one.section) if x])))


@dataclass(frozen=True)
class Findings:
    """What a profile says, each with how it is known where that is not plain from the survey."""

    site: Site
    zone: Zone
    patterns: tuple[Pattern, ...]
    survey: Survey

    @property
    def usable(self) -> bool:
        """Whether a crawl by such a profile finds articles."""
        listed = self.site.feeds or self.site.news_sitemaps or self.site.sections
        return bool(listed and self.patterns and self.survey.readable())


def conclude(name: str, survey: Survey) -> Findings:
    """The profile that follows from a survey, under this name."""
    front = survey.front
    patterns = survey.patterns()
    language = _language(survey)
    zone = zone_of(country_of(front.language, host_of(front.url)), language, _stated(survey))
    bare = Site(
        name=name,
        title=front.title or host_of(front.url),
        hosts=survey.hosts(),
        home=front.url,
        timezone=zone.name,
        language=language,
        articles=as_regexes(patterns),
        content_params=frozenset(content_params(survey.article_addresses())),
        delay=survey.robots.delay,
    )
    site = replace(
        bare,
        feeds=_of_articles(bare, survey.of(Sort.FEED)),
        news_sitemaps=_of_articles(bare, survey.of(Sort.NEWS)),
        sitemaps=_of_articles(bare, survey.of(Sort.PLAIN)),
        sections=tuple(_section(page, survey) for page in survey.sections),
    )
    return Findings(site, zone, patterns, survey)


def _is_below(address: str, home: str) -> bool:
    """Whether an address is one of the site's, but not its front page."""
    parts = urlsplit(address)
    return bool(parts.path.strip("/") or parts.query) and address != home and is_same_site(address, home)


def as_regexes(patterns: Iterable[Pattern]) -> tuple[AddressPattern, ...]:
    """The patterns as a site holds them."""
    return tuple(AddressPattern(re.compile(pattern.regex)) for pattern in patterns)


def _of_articles(site: Site, listings: Iterable[Found]) -> tuple[str, ...]:
    """The listings that mostly name articles, or the indexes of such."""
    mostly = (found for found in listings if found.share_of(site.is_article) >= _MOSTLY)
    return tuple(dict.fromkeys(found.index or found.url for found in mostly))


def _section(page: SectionPage, survey: Survey) -> Section:
    return paged(page.url, page.addresses) if survey.paging_works else Section(page.url)


def _language(survey: Survey) -> str | None:
    """What the articles say, else the front page, else a feed."""
    said = Counter(one.language for one in survey.readable() if one.language)
    if said:
        return said.most_common(1)[0][0]
    tags = (survey.front.language, *(found.language for found in survey.listings))
    return next((tag[:2].lower() for tag in tags if tag), None)


def _stated(survey: Survey) -> Sequence[Stated]:
    """The times with an offset: of the articles where enough tell one, else of the listings too."""
    told = [
        (one.published.at, one.published.offset)
        for one in survey.articles
        if one.published and isinstance(one.published.at, datetime) and one.published.offset is not None
    ]
    if len(told) >= _SURE:
        return told
    return [*told, *(time for found in survey.listings if found.sort is not Sort.COMMENTS for time in found.times)]


# What a person is told about a site that was looked at: one article as it reads, and what was not found.


def report(findings: Findings) -> Iterator[str]:
    """The lines, for a terminal."""
    survey = findings.survey
    yield from _table(survey.readable()[0]) if survey.readable() else ()
    yield from _found(findings)
    yield from _listed("Not found:", _missing(findings))
    yield from _listed("Not readable:", (f"{url}: {reason}" for url, reason in survey.failures))


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == 0:
            yield title
        yield f"  - {line}"


def why_unusable(findings: Findings) -> str:
    """One sentence on what kept a profile from being written."""
    survey, home = findings.survey, findings.site.home
    reasons = sorted({reason for _, reason in survey.failures})
    because = f" ({'; '.join(reasons)})" if reasons else ""
    if not findings.patterns:
        return (
            f"no articles were found at {home}: neither its feeds and sitemaps nor its front page link to any{because}"
        )
    if not survey.readable():
        tried = len(survey.articles)
        return f"no articles were found at {home}: of {tried} pages, none has a title and a text{because}"
    return f"no feed, news sitemap or section was found at {home}, so new articles could not be seen{because}"


def _table(article: Article) -> Iterator[str]:
    related = sum(link.kind != "inline" for link in article.links)
    rows = {
        "Address": article.url,
        "Title": article.title,
        "Authors": ", ".join(article.authors) or "not said",
        "Published": article.published.iso if article.published else "not said",
        "Section": article.section or "not said",
        "Words": str(article.word_count),
        "Related links": str(related),
    }
    yield "One article as it would be stored:"
    for name, value in rows.items():
        yield f"  {name:<14} {value if len(value) <= _WIDTH else value[: _WIDTH - 1] + '…'}"


def _found(findings: Findings) -> Iterator[str]:
    site, survey = findings.site, findings.survey
    read = f"{len(survey.readable())} of {len(survey.articles)} articles looked at could be read"
    counts = {
        "feed": len(site.feeds),
        "news sitemap": len(site.news_sitemaps),
        "sitemap": len(site.sitemaps),
        "section": len(site.sections),
    }
    there = ", ".join(f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items() if n)
    yield f"Found: {there or 'nothing that lists articles'}; {read}."


def _missing(findings: Findings) -> Iterator[str]:
    site, survey = findings.site, findings.survey
    if not site.feeds and not site.news_sitemaps:
        yield "no feed and no news sitemap: new articles are seen on the section pages alone"
    elif not site.news_sitemaps:
        yield "no news sitemap: new articles are seen through the feed alone"
    elif not site.feeds:
        yield "no feed: new articles are seen through the news sitemap alone"
    if not site.sitemaps:
        yield "no sitemap of all articles: what was published before today is out of reach"
    if not site.sections:
        yield "no section pages: what a feed has dropped between two crawls is missed"
    elif not any(section.paging for section in site.sections):
        yield "no further pages of sections: only what stands on their first page is seen"
    nameless = sum(pattern.count for pattern in findings.patterns if "(?P<id>" not in pattern.regex)
    if nameless:
        total = sum(pattern.count for pattern in findings.patterns)
        yield f"no number of its own in {nameless} of {total} addresses: reworded, they are taken for other articles"
    if not site.language:
        yield "no language: dates in words are read as English ones"
    if not findings.zone.sure:
        yield f"no sure time zone: {site.timezone}, since {findings.zone.why}"
    if len(survey.articles) < MOST_ARTICLES:
        yield f"no more than {len(survey.articles)} articles to try the rules on"
