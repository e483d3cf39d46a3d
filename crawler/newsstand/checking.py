"""Are the profiles still true? Each listing of a paper is asked once and judged; the report can be sent in as it is.

The spider asks for robots.txt and the listings at the pace of every crawl; all behind it is pure.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from crawler.addresses import host_of, key_of
from crawler.discovery.forms import NEWS_SITEMAP, SITEMAP, read
from crawler.discovery.listing import Listing, ListingError
from crawler.discovery.places import Place, places_of_news
from crawler.extraction.pool import PageError
from crawler.probing.explore import UnreachableError
from crawler.probing.spider import LookingSpider
from crawler.probing.survey import ProbeError
from crawler.site import Site, Sites
from crawler.version import VERSION

_MOST_SITEMAPS = 2
"""Sitemaps of all articles that are looked at: the first and the last. One paper has one for each month since 1976."""
_MOSTLY = 0.8
"""The share of a feed's or news sitemap's addresses that must be at the paper's hosts, and that its patterns must take.

Feeds of papers name videos, podcasts and partners' pages besides. A fifth of these is a choice, not a measurement: a
lower bound would tell every paper with a video channel, and a profile that is no longer true misses far more.
"""
_MOST_NAMED = 3
_AT_ONCE = 8
"""Papers that are looked at at a time; each host is asked at its own pace."""


class Trouble(StrEnum):
    """What can be wrong with a listing."""

    BROKEN = "broken"
    EMPTY = "empty"
    MOVED = "moved"
    HOSTS = "hosts"
    PATTERNS = "patterns"


@dataclass(frozen=True, slots=True)
class Look:
    """What a listing answered: where that was, after redirects, and either why it is none or the addresses in it.

    ``nested``: listings that it names.
    """

    place: Place
    url: str
    failure: str | None = None
    addresses: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something wrong with a listing, in words that follow its address."""

    trouble: Trouble
    url: str
    words: str


@dataclass(frozen=True)
class Checked:
    """A paper with the number of listings that were looked at and what is wrong with them."""

    name: str
    listings: int
    remarks: tuple[Remark, ...]


class CheckSpider(LookingSpider):
    """Looks at the listings of papers; ``checked`` has what it found, ``failure`` why it could not go on."""

    name = "papers"

    def __init__(self, names: tuple[str, ...], sites: Sites):
        super().__init__()
        self.names, self.sites = names, sites
        self.checked: list[Checked] = []

    async def start(self) -> AsyncIterator[Any]:
        """Look at all papers; nothing is left to be scheduled."""
        places = asyncio.Semaphore(_AT_ONCE)
        with self.with_pool():
            try:
                await asyncio.gather(*(self._check(self.sites.by_name[name], places) for name in self.names))
            except ProbeError as error:
                self.failure = str(error)
        return
        yield  # Scrapy wants an iterator

    async def _check(self, site: Site, places: asyncio.Semaphore) -> None:
        async with places:
            looks = [await self._look(site, place) for place in places_to_look(site)]
        self.checked.append(checked(site, self.sites, looks))

    async def _look(self, site: Site, place: Place) -> Look:
        """Return what a listing answers; of an index of news sitemaps, with what the newest of them names."""
        url, listing = place.url, Listing()
        try:
            url, listing = await self._read(site, place, place.url)
            nested = tuple(further.url for further in listing.nested)
            if nested and place.form is NEWS_SITEMAP:
                newest = max(listing.nested, key=lambda further: (further.lastmod is not None, further.lastmod or 0))
                _, listing = await self._read(site, place, newest.url)
        except (UnreachableError, ListingError, PageError) as error:
            reason = str(error) if url == place.url or not listing.nested else f"{newest.url}: {error}"
            return Look(place, url, reason)
        return Look(place, url, None, tuple(candidate.url for candidate in listing.candidates), nested)

    async def _read(self, site: Site, place: Place, url: str) -> tuple[str, Listing]:
        page = await self.get(url)
        return page.url, await self.run(read, place.form.name, page.body, page.url, site, page.charset)


def places_to_look(site: Site) -> tuple[Place, ...]:
    """Return the listings to be asked, each once."""
    past = [Place(url, SITEMAP) for url in site.sitemaps]
    few = past if len(past) <= _MOST_SITEMAPS else [past[0], past[-1]]
    return tuple({key_of(place.url): place for place in (*places_of_news(site), *few)}.values())


def judge(site: Site, sites: Sites, look: Look) -> Iterator[Remark]:
    """Yield what is wrong with a listing of a site."""
    asked, has_moved = look.place.url, key_of(look.url) != key_of(look.place.url)
    if look.failure is not None:
        yield Remark(Trouble.BROKEN, asked, look.failure + (f" (it leads to {look.url})" if has_moved else ""))
        return
    if has_moved:
        yield Remark(Trouble.MOVED, asked, f"now at {look.url}")
    if not look.addresses and not look.nested:
        what = "no article that the patterns take" if look.place.form.parse_site else "nothing"
        yield Remark(Trouble.EMPTY, asked, f"it names {what}")
    if look.place.form.names_articles and look.addresses:
        yield from _judged(site, sites, look)


def _judged(site: Site, sites: Sites, look: Look) -> Iterator[Remark]:
    """Yield what a listing of articles names beside the profile's hosts and patterns."""
    own = [url for url in look.addresses if sites.for_url(url).name == site.name]
    if len(own) < _MOSTLY * len(look.addresses):
        others = Counter(host_of(url) for url in look.addresses if sites.for_url(url).name != site.name)
        hosts = ", ".join(host for host, _ in others.most_common(_MOST_NAMED))
        count = len(look.addresses) - len(own)
        yield Remark(
            Trouble.HOSTS, look.place.url, f"{count} of {len(look.addresses)} addresses are at other hosts: {hosts}"
        )
    refused = [url for url in own if not site.is_article(url)]
    if len(own) - len(refused) < _MOSTLY * len(own):
        yield Remark(
            Trouble.PATTERNS,
            look.place.url,
            f"the patterns do not take {len(refused)} of {len(own)} addresses, such as {refused[0]}",
        )


def checked(site: Site, sites: Sites, looks: Sequence[Look]) -> Checked:
    """Return what the looks at a site's listings showed."""
    remarks = (remark for look in looks for remark in judge(site, sites, look))
    return Checked(site.name, len(looks), tuple(remarks))


def report(papers: Iterable[Checked], day: date) -> Iterator[str]:
    """Yield the lines of a report: those that are well in one, then each other one with what is wrong."""
    by_name = sorted(papers, key=lambda paper: paper.name)
    well = [paper.name for paper in by_name if not paper.remarks]
    ill = [paper for paper in by_name if paper.remarks]
    yield f"scrapy papers check, Vestnik {VERSION}, {day.isoformat()}"
    if well:
        yield f"Well: {', '.join(well)}."
    for paper in ill:
        listings = len({remark.url for remark in paper.remarks})
        yield f"{paper.name}: {listings} of {_counted(paper.listings, 'listing')} should be looked at"
        yield from (f"  {remark.trouble:<8}  {remark.url}: {remark.words}" for remark in paper.remarks)
    yield f"{_counted(len(by_name), 'paper')} checked, {len(ill) or 'none'} with something wrong."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
