"""Feeds and sitemaps as a look at a site finds them: of which sort, with which addresses, language and times."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from crawler.article import Source
from crawler.discovery.feeds import parse_feed
from crawler.discovery.listing import Listing, Nested
from crawler.discovery.sitemaps import parse_sitemap
from crawler.probing.front_page import COMMENT_WORD, NEWS_WORD, PAGE_WORD, POST_WORD
from crawler.probing.zones import Stated, stated_times

_LANGUAGE = re.compile(
    rb"<language>\s*([A-Za-z]{2,3}(?:-[A-Za-z]{2})?)|<(?:feed|rss)\b[^>]*\bxml:lang=[\"']([A-Za-z-]{2,8})"
)
_MOST = 500
_NUMBER = re.compile(r"\d+")


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


def _addresses(listing: Listing) -> tuple[str, ...]:
    """Return the newest of a sitemap may stand first or last."""
    urls = [candidate.url for candidate in listing.candidates]
    return tuple(urls if len(urls) <= _MOST else [*urls[: _MOST // 2], *urls[-_MOST // 2 :]])


def _is_of_comments(url: str, addresses: Sequence[str]) -> bool:
    at_comments = sum(COMMENT_WORD.search(urlsplit(address).fragment) is not None for address in addresses)
    return COMMENT_WORD.search(urlsplit(url).path) is not None or at_comments > len(addresses) / 2
