"""The pace at a host: the last gate before the network, shared by all processes on the archive."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from math import inf
from time import monotonic
from typing import Any, cast
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request, Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import DNSLookupError

from crawler import clock
from crawler.ending import LET_GO, LetGoError
from crawler.middlewares.retry_after import SHORT, HostHeldError, seconds_to_wait
from crawler.scrapy_private import close_connections, hurry, slot_delay
from pipelines.archive.pace import REFUSALS
from pipelines.context import context_of

_PATIENCE = 600.0
"""Seconds of Retry-After that one crawl waits at one host, all in all."""


class PacedHandler(HTTP11DownloadHandler):
    """Scrapy's handler, which sends a request when it is its turn.

    Here, behind the downloader's own queue, at most as many requests of a host wait as may be under way, the time-out
    has not begun, and redirects and robots.txt come by too. A replay has another handler and no pace.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.crawler = crawler
        self.ledger = context_of(crawler).ledger
        # Whoever waits for a turn has reserved it: one at a time, so that a killed process leaves one turn unused.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._sent: defaultdict[str, float] = defaultdict(lambda: -inf)
        self._paused: defaultdict[str, float] = defaultdict(float)
        # Without a delay the downloader hands on all that it has at once. What an answer says of its host is to be
        # known before the next request goes there.
        most = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._places: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(most))
        self._under_way: set[asyncio.Task[Any]] = set()
        self._has_let_go = False
        crawler.signals.connect(self.let_go, LET_GO)

    async def download_request(self, request: Request) -> Response:
        """As Scrapy's. Raises HostHeldError instead of waiting long for a host that asked to be left alone.

        An answer with Retry-After holds its host. Raises LetGoError where the crawl gives up what is in flight.
        """
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        if self._has_let_go:
            raise LetGoError
        self._under_way.add(task)
        try:
            return await self._download(request)
        except asyncio.CancelledError:
            if self._has_let_go:
                raise LetGoError from None
            raise
        finally:
            self._under_way.discard(task)

    async def close(self) -> None:
        """As Scrapy's."""
        await close_connections(self)

    def let_go(self) -> None:
        """Break off what is in flight, and what waits for its turn."""
        self._has_let_go = True
        for task in self._under_way:
            task.cancel()
        hurry(self.crawler)

    async def _download(self, request: Request) -> Response:
        host = urlsplit(request.url).hostname or ""
        async with self._places[host]:
            await self._look_up(host)
            async with self._turns[host]:
                is_first = host not in self._sent
                await self._turn(host, slot_delay(self.crawler, host))
            response = await super().download_request(request)
            if is_first:  # it was sent once there was a connection, nobody knows when: by now at the latest
                self._sent[host] = max(self._sent[host], monotonic())
            await self._learn(host, request, response)
        return response

    async def _look_up(self, host: str) -> None:
        """Find the host before its turn comes: what waits for a name would be sent together with what comes after it.

        The resolver keeps what it has found. Raises CannotResolveHostError, as the download would.
        """
        from twisted.internet import reactor  # importing it earlier would install the wrong one

        try:
            await maybe_deferred_to_future(cast("Any", reactor).resolve(host))
        except DNSLookupError as error:
            raise CannotResolveHostError(str(error)) from error

    async def _learn(self, host: str, request: Request, response: Response) -> None:
        """Write down what an answer says of its host: until when to wait, that it refuses us, that it does no more."""
        seconds = seconds_to_wait(response, clock.now())
        if seconds is not None:
            await self.ledger.hold(host, seconds)
        elif response.status in REFUSALS:
            await self.ledger.refused(host, response.status)
        elif self.ledger.pace(host).refusals and urlsplit(request.url).path != "/robots.txt":  # that is seldom refused
            await self.ledger.accepted(host)

    async def _turn(self, host: str, delay: float) -> None:
        while True:
            wanted = self.ledger.pace(host)
            if (held := wanted.held_until - self.ledger.seconds()) > 0:
                await self._pause(host, held, is_rest=wanted.refusals > 0)
            elif step := max(delay, wanted.crawl_delay):
                await self._reserved(host, step)
                if self.ledger.pace(host).held_until <= self.ledger.seconds():
                    return  # else another request was told to wait meanwhile
            else:
                return

    async def _reserved(self, host: str, step: float) -> None:
        """Wait for the turn. After a busy loop has sent one late, the next one follows no sooner for it."""
        await asyncio.sleep(await self.ledger.reserve(host, step, is_first=host not in self._sent))
        await asyncio.sleep(max(self._sent[host] + step - monotonic(), 0))
        self._sent[host] = monotonic()

    async def _pause(self, host: str, seconds: float, *, is_rest: bool) -> None:
        """Wait for a host that named a time, and where a backfill has the time; else its addresses wait for a crawl."""
        self._paused[host] += seconds
        is_in_a_hurry = is_rest and getattr(self.crawler.spider, "mode", "") != "backfill"
        if is_in_a_hurry or seconds > SHORT or self._paused[host] > _PATIENCE:
            raise HostHeldError(f"{host} asked to be left alone for {seconds:.0f} s more")
        await asyncio.sleep(seconds)
