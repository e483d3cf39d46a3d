"""Feeds, sitemaps and section pages as a look at a site finds them: of which sort, with which addresses and times.

Section pages also show how their further pages are addressed. Forms seen on the web: ``?page=2``, ``/page/2``,
``/seite/2``, ``/2``, ``/seite-2``, ``/20`` (an offset).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import gcd
from urllib.parse import parse_qsl, urlsplit

from crawler.addresses import host_of, key_of
from crawler.article import Source
from crawler.discovery.feeds import parse_feed
from crawler.discovery.listing import Listing, Nested
from crawler.discovery.sections import parse_section
from crawler.discovery.sitemaps import parse_sitemap
from crawler.extraction.document import read
from crawler.probing.front_page import COMMENT_WORD, NEWS_WORD, PAGE_WORD, PAGING_WORDS, POST_WORD
from crawler.probing.zones import Stated, stated_times
from crawler.site import Section, Site

_LANGUAGE = re.compile(
    rb"<language>\s*([A-Za-z]{2,3}(?:-[A-Za-z]{2})?)|<(?:feed|rss)\b[^>]*\bxml:lang=[\"']([A-Za-z-]{2,8})"
)
_MOST = 500
_NUMBER = re.compile(r"\d+")
_BEHIND = re.compile(r"/(?:(?P<word>[a-z]+(?:-[a-z]+)*)[/=:-]?)?(?P<number>\d{1,5})/?(?:\.html?)?", re.IGNORECASE)
_FIRST_YEAR = 1900
_MOST_ELEMENTS = 20_000
_SMALLEST_OFFSET = 6
"""A single further page with a smaller number is counted by pages, with a larger one by articles."""


class Sort(StrEnum):
    """What a listing is, as far as it says itself."""

    FEED = "feed"
    COMMENTS = "comments"
    NEWS = "news sitemap"
    INDEX = "index"
    PLAIN = "sitemap"


@dataclass(frozen=True, slots=True)
class SurveyedListing:
    """A listing: its sort, a few hundred of the addresses in it, the further listings that it names.

    ``index`` is the index that names it, where that one stands for all of its kind.
    """

    url: str
    sort: Sort
    addresses: tuple[str, ...] = ()
    nested: tuple[Nested, ...] = ()
    language: str | None = None
    times: tuple[Stated, ...] = ()
    index: str | None = None

    def share_of(self, holds: Callable[[str], bool]) -> float:
        """Return how many of its addresses this holds for; 0 for none at all."""
        return sum(map(holds, self.addresses)) / len(self.addresses) if self.addresses else 0.0

    @property
    def of_pages(self) -> bool:
        """Return whether a sitemap is called after pages, tags or authors, and not after articles."""
        name = urlsplit(self.url).path
        return PAGE_WORD.search(name) is not None and POST_WORD.search(name) is None

    def below(self, index: SurveyedListing) -> SurveyedListing:
        """Return the same listing as one of those that an index names: news have an index of their own, or none."""
        stands_for = self.sort is Sort.PLAIN or NEWS_WORD.search(urlsplit(index.url).path) is not None
        return replace(self, index=index.url) if stands_for else self


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A section as its first page shows it: the articles on it and every address on it."""

    url: str
    articles: tuple[str, ...]
    addresses: tuple[str, ...]


def read_feed(body: bytes, url: str) -> SurveyedListing:
    """Return the feed at ``url``. Raises ListingError for a body that is none."""
    listing = parse_feed(body, url)
    addresses = _addresses(listing)
    sort = Sort.COMMENTS if _is_of_comments(url, addresses) else Sort.FEED
    match = _LANGUAGE.search(body[:20_000])
    language = (match[1] or match[2]).decode("ascii") if match else None
    return SurveyedListing(url, sort, addresses, language=language, times=stated_times(body))


def read_sitemap(body: bytes, url: str) -> SurveyedListing:
    """Return the sitemap at ``url``. Raises ListingError for a body that is none."""
    listing = parse_sitemap(body, url)
    sources = [candidate.source for candidate in listing.candidates]
    if listing.nested:
        sort = Sort.INDEX
    else:
        sort = Sort.NEWS if sources.count(Source.NEWS_SITEMAP) > len(sources) / 2 else Sort.PLAIN
    # The modification of an entry says nothing of the paper's clocks: its server writes it.
    times = stated_times(body) if sort is Sort.NEWS else ()
    return SurveyedListing(url, sort, _addresses(listing), listing.nested, times=times)


def worth_reading(nested: Sequence[Nested], most: int) -> list[str]:
    """Return the few of an index's sitemaps worth reading: of news, then of articles, the newest first; no pages."""

    def rank(sitemap: Nested) -> tuple[bool, bool, bool, float, tuple[int, ...]]:
        name = urlsplit(sitemap.url).path
        changed = sitemap.lastmod.timestamp() if sitemap.lastmod else 0.0
        of_articles = POST_WORD.search(name) is not None
        numbers = tuple(int(number) for number in _NUMBER.findall(name[-40:]))
        return NEWS_WORD.search(name) is not None, of_articles, not PAGE_WORD.search(name), changed, numbers

    return [sitemap.url for sitemap in sorted(nested, key=rank, reverse=True)[:most]]


def read_section(body: bytes, url: str, site: Site, charset: str | None) -> SectionPage:
    """Read the page of a section of ``site``. Raises ListingError for a body that is no HTML."""
    articles = tuple(candidate.url for candidate in parse_section(body, url, site, charset).candidates)
    document = read(body, url, charset)
    linked: dict[str, None] = {}
    for count, element in enumerate(document.root.iter("a", "link", "div", "button", "section", "ul")):
        if count >= _MOST_ELEMENTS:
            break
        for name, value in element.items():
            if (name == "href" or name.startswith("data-")) and (address := document.absolute(value)):
                linked.setdefault(address)
    return SectionPage(url, articles, tuple(linked))


def paged(url: str, addresses: Iterable[str]) -> Section:
    """Return the section at ``url``, with the form of its further pages where its first page shows one."""
    numbers: dict[str, set[int]] = {}
    for template, number in _pages(url, addresses):
        numbers.setdefault(template, set()).add(number)
    if not numbers:
        return Section(url)
    template = max(numbers, key=lambda form: (len(numbers[form]), -len(form)))
    first, step = _counted(numbers[template])
    return Section(url, template, first, step)


def _addresses(listing: Listing) -> tuple[str, ...]:
    """Return the newest of a sitemap may stand first or last."""
    urls = [candidate.url for candidate in listing.candidates]
    return tuple(urls if len(urls) <= _MOST else [*urls[: _MOST // 2], *urls[-_MOST // 2 :]])


def _is_of_comments(url: str, addresses: Sequence[str]) -> bool:
    at_comments = sum(COMMENT_WORD.search(urlsplit(address).fragment) is not None for address in addresses)
    return COMMENT_WORD.search(urlsplit(url).path) is not None or at_comments > len(addresses) / 2


def _pages(url: str, addresses: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Return the addresses of further pages with ``{offset}`` for their number."""
    own = urlsplit(url).path.rstrip("/")
    for address in addresses:
        parts = urlsplit(address)
        if host_of(address) != host_of(url) or key_of(address) == key_of(url) or "{" in address:
            continue
        if parts.path.rstrip("/") == own:
            yield from _in_query(address, parts.query)
        elif parts.path.startswith(f"{own}/") and not parts.query:
            yield from _in_path(address, parts.path.removeprefix(own))


def _in_query(address: str, query: str) -> Iterator[tuple[str, int]]:
    pairs = parse_qsl(query)
    if len(pairs) == 1 and re.fullmatch(r"\d{1,5}", pairs[0][1]):
        name, value = pairs[0]
        yield address.replace(f"{name}={value}", f"{name}={{offset}}"), int(value)


def _in_path(address: str, behind: str) -> Iterator[tuple[str, int]]:
    match = _BEHIND.fullmatch(behind)
    if match is None or (match["word"] and match["word"].lower() not in PAGING_WORDS):
        return
    number = int(match["number"])
    if match["word"] or number < _FIRST_YEAR:  # /news/2024 is an archive's year
        start = len(address) - len(behind) + match.start("number")
        yield f"{address[:start]}{{offset}}{address[start + len(match['number']) :]}", number


def _counted(numbers: set[int]) -> tuple[int, int]:
    """Return the first further page's number, and the step from one to the next."""
    further = sorted(number for number in numbers if number > 1)
    if not further:
        return 1, 1  # counted from 0
    first, step = further[0], gcd(*further)
    if step == first > 2 and (len(further) > 1 or first >= _SMALLEST_OFFSET):
        return first, step
    return (2, 1) if first == 2 or len(further) == 1 else (first, 1)
