"""What a look at a site found, and what follows from it for its profile. Values; :mod:`explore` fills them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from crawler.address_forms import AddressPattern
from crawler.addresses import host_of
from crawler.article import Article
from crawler.probing.front_page import FrontPage, is_same_site
from crawler.probing.listings import SectionPage, Sort, SurveyedListing, paged
from crawler.probing.patterns import Pattern, address_patterns
from crawler.probing.shapes import content_params
from crawler.probing.zones import Stated, Zone, country_of, zone_of
from crawler.site import Section, Site

_MOSTLY = 0.5
"""The share of a listing's addresses that must be articles'."""
_ENOUGH = 5
"""Addresses from feeds, below which sitemaps and headlines are taken in too."""
_SHARE_OF_HOST = 0.2
_WORDS = 50
"""Words below which a page has no article on it."""
_SURE = 3
MOST_ARTICLES = 8


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
    listings: tuple[SurveyedListing, ...] = ()
    sections: tuple[SectionPage, ...] = ()
    paging_works: bool = True
    articles: tuple[Article, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()
    """Addresses that should have answered, and why they did not."""

    def of(self, *sorts: Sort) -> tuple[SurveyedListing, ...]:
        """Return the listings of these sorts."""
        return tuple(listing for listing in self.listings if listing.sort in sorts)

    def article_addresses(self) -> tuple[str, ...]:
        """Return addresses that are articles' as far as is known: what feeds and news sitemaps list, else ever more."""
        home = self.front.url
        surest = [address for listing in self.of(Sort.FEED, Sort.NEWS) for address in listing.addresses]
        more = [address for listing in self.of(Sort.PLAIN) if not listing.of_pages for address in listing.addresses]
        others = set(self.front.others)
        articles: dict[str, None] = {}
        for addresses in (
            surest,
            *([address for address in some if address not in others] for some in (self.front.headlines, more)),
        ):
            if len(articles) < _ENOUGH:
                articles.update(dict.fromkeys(address for address in addresses if _is_below(address, home)))
        return tuple(articles)

    def patterns(self) -> tuple[Pattern, ...]:
        """Return the forms of the article addresses."""
        return address_patterns(self.article_addresses(), self.other_addresses())

    def other_addresses(self) -> tuple[str, ...]:
        """Return addresses that are surely no article's: those of menus, and of sitemaps of pages, tags or authors."""
        listed = (address for listing in self.of(Sort.PLAIN) if listing.of_pages for address in listing.addresses)
        return (*self.front.others, *listed)

    def hosts(self) -> tuple[str, ...]:
        """Return the home's host, and each other one that a good part of the articles are on."""
        counts = Counter(map(host_of, self.article_addresses()))
        least = _SHARE_OF_HOST * sum(counts.values())
        own = host_of(self.front.url)
        return (own, *(host for host, n in counts.items() if host != own and n >= least))

    def readable(self) -> tuple[Article, ...]:
        """Return the articles that have a title and a text, the fullest account first."""
        readable = [article for article in self.articles if article.title and article.word_count >= _WORDS]
        return tuple(
            sorted(readable, key=lambda article: -sum(map(bool, (article.authors, article.published, article.section))))
        )


@dataclass(frozen=True)
class Findings:
    """What a profile says, each with how it is known where that is not plain from the survey."""

    site: Site
    zone: Zone
    patterns: tuple[Pattern, ...]
    survey: Survey

    @property
    def usable(self) -> bool:
        """Return whether a crawl by such a profile finds articles."""
        listed = self.site.feeds or self.site.news_sitemaps or self.site.sections
        return bool(listed and self.patterns and self.survey.readable())


def conclude(name: str, survey: Survey) -> Findings:
    """Return the profile that follows from a survey, under this name."""
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
    """Return whether an address is one of the site's, but not its front page."""
    parts = urlsplit(address)
    return bool(parts.path.strip("/") or parts.query) and address != home and is_same_site(address, home)


def as_regexes(patterns: Iterable[Pattern]) -> tuple[AddressPattern, ...]:
    """Return the patterns as a site holds them."""
    return tuple(AddressPattern(re.compile(pattern.regex)) for pattern in patterns)


def _of_articles(site: Site, listings: Iterable[SurveyedListing]) -> tuple[str, ...]:
    """Return the listings that mostly name articles, or the indexes of such."""
    mostly = (listing for listing in listings if listing.share_of(site.is_article) >= _MOSTLY)
    return tuple(dict.fromkeys(listing.index or listing.url for listing in mostly))


def _section(page: SectionPage, survey: Survey) -> Section:
    return paged(page.url, page.addresses) if survey.paging_works else Section(page.url)


def _language(survey: Survey) -> str | None:
    """Return what the articles say, else the front page, else a feed."""
    languages = Counter(article.language for article in survey.readable() if article.language)
    if languages:
        return languages.most_common(1)[0][0]
    tags = (survey.front.language, *(listing.language for listing in survey.listings))
    return next((tag[:2].lower() for tag in tags if tag), None)


def _stated(survey: Survey) -> Sequence[Stated]:
    """Return the times with an offset: of the articles where enough tell one, else of the listings too."""
    times = [
        (article.published.at, article.published.offset)
        for article in survey.articles
        if article.published and isinstance(article.published.at, datetime) and article.published.offset is not None
    ]
    if len(times) >= _SURE:
        return times
    listings = (listing for listing in survey.listings if listing.sort is not Sort.COMMENTS)
    return [*times, *(time for listing in listings for time in listing.times)]
