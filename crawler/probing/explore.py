"""Looking at a site, page by page, through whatever fetches: a few dozen requests, each for a reason."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

from protego import Protego

from crawler.article import Article
from crawler.discovery.listing import ListingError, web_address
from crawler.extraction.pool import PageError
from crawler.extraction.tasks import extract_page
from crawler.middlewares.robots import rules_for
from crawler.probing.front_page import FEED_PLACES, NEWS_SITEMAP_PLACES, SITEMAP_PLACES, read_front_page
from crawler.probing.listings import (
    SectionPage,
    Sort,
    SurveyedListing,
    paged,
    read_feed,
    read_section,
    read_sitemap,
    worth_reading,
)
from crawler.probing.survey import MOST_ARTICLES, ProbeError, Robots, Survey, conclude

T = TypeVar("T")
_MOST_FEEDS, _MOST_SITEMAPS, _MOST_NESTED, _MOST_SECTIONS = 6, 3, 3, 14
_FOR_ARTICLES = MOST_ARTICLES + 3
"""Requests kept for articles, for those that fail, and for a further page of a section."""
_RESERVED = _FOR_ARTICLES + 6
"""Requests kept for what every site has; guesses must do with the others."""
_FEWEST_IN_SECTION = 2


class UnreachableError(Exception):
    """An address that gave no page; the message is the reason, in a few words."""


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered: ``url`` after redirects, ``charset`` as the server declared it."""

    url: str
    body: bytes
    charset: str | None = None


class Net(Protocol):
    """Whoever fetches and parses."""

    @property
    def left(self) -> int:
        """Requests that may still be made."""

    async def get(self, url: str) -> Page:
        """Return the page at an address. Raises UnreachableError."""

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """Return what a parser gives. Raises PageError, and ListingError where the parser does."""


class Explorer:
    """Looks at one site. ``agent`` is the name under which robots.txt is read, ``now`` an aware time."""

    def __init__(self, net: Net, agent: str, now: datetime):
        self.net = net
        self.agent = agent
        self.now = now
        self.failures: dict[str, str] = {}

    async def survey(self, url: str) -> Survey:
        """Return what is found from the front page on. Raises ProbeError where there is no front page to begin with."""
        try:
            page = await self.net.get(url)
            front = await self.net.run(read_front_page, page.body, page.url, page.charset)
        except (UnreachableError, PageError) as error:
            raise ProbeError(f"{url} could not be read: {error}") from error
        survey = Survey(await self._robots(page.url), front)
        survey = replace(survey, listings=await self._listings(survey))
        survey = replace(survey, sections=await self._sections(survey))
        survey = replace(survey, paging_works=await self._paging_works(survey))
        survey = replace(survey, articles=await self._articles(survey))
        return replace(survey, failures=tuple(self.failures.items()))

    async def _robots(self, home: str) -> Robots:
        try:
            page = await self.net.get(urljoin(home, "/robots.txt"))
        except UnreachableError:
            return Robots()
        body = page.body.removeprefix(BOM_UTF8)
        rules = Protego.parse(rules_for(self.agent, body).decode("utf-8", "replace"))
        named = (web_address(page.url, line) for line in rules.sitemaps)  # some are written relative to the host
        return Robots(tuple(dict.fromkeys(filter(None, named))), rules.crawl_delay(self.agent))

    async def _listings(self, survey: Survey) -> tuple[SurveyedListing, ...]:
        home, robots = survey.front.url, survey.robots
        listings = [listing for url in survey.front.feeds[:_MOST_FEEDS] for listing in await self._feeds(url)]
        if not any(listing and listing.sort is Sort.FEED and listing.addresses for listing in listings):
            listings += await self._guess(home, FEED_PLACES, read_feed)
        for url in robots.sitemaps[:_MOST_SITEMAPS]:
            listings += await self._with_nested(await self._listing(url, read_sitemap))
        if not any(listing and listing.sort in (Sort.NEWS, Sort.PLAIN) for listing in listings):
            listings += await self._guess(home, SITEMAP_PLACES, read_sitemap)
        if not any(listing and listing.sort is Sort.NEWS for listing in listings):
            listings += await self._guess(home, NEWS_SITEMAP_PLACES, read_sitemap)
        return tuple({listing.url: listing for listing in listings if listing}.values())

    async def _feeds(self, url: str) -> Sequence[SurveyedListing | None]:
        """Return the feed at an address, or those that a page there links to, as some papers list theirs."""
        try:
            page = await self.net.get(url)
            try:
                return [await self.net.run(read_feed, page.body, page.url)]
            except ListingError as error:
                self.failures[url] = str(error)
                linked = (await self.net.run(read_front_page, page.body, page.url, page.charset)).feeds
                others = [link for link in linked if link != url][:_MOST_NESTED]
                return [await self._listing(link, read_feed, guess=True) for link in others]
        except (UnreachableError, PageError) as error:
            self.failures[url] = str(error)
            return []

    async def _guess(
        self, home: str, places: Iterable[str], read: Callable[[bytes, str], SurveyedListing]
    ) -> Sequence[SurveyedListing | None]:
        """Return the first of the usual places that has something, with what it names."""
        for place in places:
            if self.net.left <= _RESERVED:
                break
            if listing := await self._listing(urljoin(home, f"/{place}"), read, guess=True):
                return await self._with_nested(listing)
        return []

    async def _with_nested(self, index: SurveyedListing | None) -> list[SurveyedListing]:
        if index is None or index.sort is not Sort.INDEX:
            return [index] if index else []
        urls = worth_reading(index.nested, _MOST_NESTED) if self.net.left > _RESERVED else []
        nested = [await self._listing(url, read_sitemap) for url in urls]
        return [index, *(listing.below(index) for listing in nested if listing)]

    async def _listing(
        self, url: str, read: Callable[[bytes, str], SurveyedListing], *, guess: bool = False
    ) -> SurveyedListing | None:
        try:
            page = await self.net.get(url)
            return await self.net.run(read, page.body, page.url)
        except (UnreachableError, ListingError, PageError) as error:
            if not guess:
                self.failures[url] = str(error)
            return None

    async def _sections(self, survey: Survey) -> tuple[SectionPage, ...]:
        """Return the sections of the navigation that list articles; those first after which articles are addressed."""
        site = conclude("probe", survey).site
        opening = {_opening(address) for address in survey.article_addresses()}
        urls = sorted(survey.front.sections, key=lambda url: (_opening(url) not in opening, url.rstrip("/").count("/")))
        most = min(_MOST_SECTIONS, self.net.left - _FOR_ARTICLES) if site.articles else 0
        pages = [await self._read(url, read_section, site) for url in urls[: max(0, most)]]
        return tuple(page for page in pages if page and len(page.articles) >= _FEWEST_IN_SECTION)

    async def _paging_works(self, survey: Survey) -> bool:
        """Return whether the next page of a section that seems to have one lists other articles than its first."""
        site = conclude("probe", survey).site
        for page in survey.sections:
            section = paged(page.url, page.addresses)
            if section.paging:
                further = await self._read(list(section.pages(2))[1], read_section, site)
                return further is not None and not set(further.articles) <= set(page.articles)
        return False

    async def _articles(self, survey: Survey) -> tuple[Article, ...]:
        site = conclude("probe", survey).site
        listed = (*survey.article_addresses(), *(address for page in survey.sections for address in page.articles))
        addresses = list(dict.fromkeys(address for address in listed if site.articles and site.is_article(address)))
        articles: list[Article] = []
        for url in _spread(addresses, MOST_ARTICLES):
            if len(articles) == MOST_ARTICLES or not self.net.left:
                break
            if article := await self._read(url, extract_page, site, self.now):
                articles.append(article)
        return tuple(articles)

    async def _read(self, url: str, read: Callable[..., T], *args: Any) -> T | None:
        """Return what a page gives; None, with the reason noted, where it cannot be had or read."""
        try:
            page = await self.net.get(url)
            return await self.net.run(read, page.body, page.url, *args, page.charset)
        except (UnreachableError, ListingError, PageError) as error:
            self.failures[url] = str(error)
            return None


def _spread(addresses: Sequence[str], most: int) -> list[str]:
    """Return a few from all over a list first, then those between them, in case of failures."""
    step = max(1, len(addresses) // most)
    return [*addresses[::step], *(address for n, address in enumerate(addresses) if n % step)][: most + most // 2]


def _opening(url: str) -> str:
    return urlsplit(url).path.strip("/").partition("/")[0]
