"""The pace at a host: the last gate before the network, shared by all processes on the archive."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from time import time
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.pqueues import DownloaderAwarePriorityQueue, DownloaderInterface

from crawler.middlewares.retry_after import SHORT, HostHeldError, seconds_to_wait
from pipelines.archive import pace
from pipelines.archive.writer import Archive

if TYPE_CHECKING:
    from crawler.spiders.base import ArticleSpider

_PATIENCE = 600.0
"""Seconds of Retry-After that one crawl waits at one host, all in all."""
_AHEAD = 2
"""Requests of a host in the downloader for each that it is asked at once."""


class PacedHandler(HTTP11DownloadHandler):
    """Scrapy's handler, which sends a request when it is its turn.

    Here, behind the downloader's own queue, at most as many requests of a host wait as may be under way, the time-out
    has not begun, and redirects and robots.txt come by too. A replay has another handler and no pace.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.crawler = crawler
        # Whoever waits for a turn has reserved it: one at a time, so that a killed process leaves one turn unused.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._paused: defaultdict[str, float] = defaultdict(float)

    async def download_request(self, request: Request) -> Response:
        """As Scrapy's. Raises HostHeldError instead of waiting long for a host that asked to be left alone.

        An answer with Retry-After holds its host.
        """
        host = urlsplit(request.url).hostname or ""
        async with self._turns[host]:
            await self._turn(host, self._delay(host))
        response = await super().download_request(request)
        seconds = seconds_to_wait(response, datetime.now(UTC))
        if seconds is not None:  # before the downloader learns that there is room for the next one
            await self._archive.write(lambda db: pace.hold(db, host, time() + seconds, time()))
        return response

    async def _turn(self, host: str, delay: float) -> None:
        while True:
            wanted = self._wanted(host)
            if (held := wanted.held_until - time()) > 0:
                await self._pause(host, held)
            elif step := max(delay, wanted.crawl_delay):
                await self._reserved(host, step)
                if self._wanted(host).held_until <= time():
                    return  # else another request was told to wait meanwhile
            else:
                return

    async def _reserved(self, host: str, step: float) -> None:
        at = await self._archive.write(lambda db: pace.reserve(db, host, step, time()))
        await asyncio.sleep(at - time())

    async def _pause(self, host: str, seconds: float) -> None:
        self._paused[host] += seconds
        if seconds > SHORT or self._paused[host] > _PATIENCE:
            raise HostHeldError(f"{host} asked to be left alone for {seconds:.0f} s more")
        await asyncio.sleep(seconds)

    def _wanted(self, host: str) -> pace.HostPace:
        return self._archive.read(lambda db: pace.of_host(db, host, time()))

    @property
    def _archive(self) -> Archive:
        return cast("ArticleSpider", self.crawler.spider).archive

    def _delay(self, host: str) -> float:
        downloader = self.crawler.engine.downloader
        if slot := downloader.slots.get(host):
            return slot.delay  # as automatic throttling has it now
        own = downloader.per_slot_settings.get(host, {})
        return float(own.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY")))


class HostQueue(DownloaderAwarePriorityQueue):
    """Scrapy's queue, but a slow host gets no more places in the downloader than it can use: the others need them."""

    def __init__(self, crawler: Crawler, *args: Any, **kwargs: Any):
        super().__init__(crawler, *args, **kwargs)
        self._downloader_interface = HostLoad(crawler)


class HostLoad(DownloaderInterface):
    """How busy each host is, counting also the requests that still wait for robots.txt."""

    def stats(self, possible_slots: Iterable[str]) -> list[tuple[int, str]]:
        """The load of each host that takes another request."""
        load = Counter(map(self.get_slot_key, self.downloader.active))
        return [(load[slot], slot) for slot in possible_slots if load[slot] < self._most(slot)]

    def _most(self, slot: str) -> int:
        own = self.downloader.per_slot_settings.get(slot, {})
        return _AHEAD * int(own.get("concurrency", self.downloader.domain_concurrency))
