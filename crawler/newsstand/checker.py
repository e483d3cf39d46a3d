"""Scrapy's side of checking papers: robots.txt and each listing once, at the pace of every crawl."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from crawler.discovery.forms import NEWS_SITEMAP, read
from crawler.discovery.listing import Listing, ListingError
from crawler.discovery.places import Place
from crawler.extraction.pool import PageError
from crawler.newsstand.checking import Checked, Look, checked, places_to_look
from crawler.probing.explore import UnreachableError
from crawler.probing.spider import LookingSpider
from crawler.probing.survey import ProbeError
from crawler.site import Site, Sites

_AT_ONCE = 8
"""Papers that are looked at at a time; each host is asked at its own pace."""


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
