"""What we use of Scrapy that it does not promise to keep. All of it stands here, and a test notices when it changes.

Each has its reason: Scrapy has no public way to the same.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from inspect import Signature
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import scrapy.crawler
import scrapy.middleware
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response
from scrapy.pqueues import DownloaderAwarePriorityQueue, DownloaderInterface
from scrapy.spiders import Spider
from scrapy.utils import python
from scrapy.utils.defer import maybe_deferred_to_future

if TYPE_CHECKING:  # the settings import this module, and few commands download
    from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

SEEN_WITH = (2, 19)
"""The release of Scrapy in which all of this was last looked at."""
_CLOSING = 1.0  # seconds
_AHEAD = 2
"""Requests of a host in the downloader for each that it is asked at once."""


def without(base: Mapping[str, int], *unused: str) -> dict[str, int]:
    """Return Scrapy's own parts, of a setting that ends in ``_BASE``, but for those that begin so.

    It imports even those that are switched off, as None or by a setting of theirs. Of 1.2 s of processor time that a
    crawl takes to start, those for remote control and cookies would take 0.32.
    """
    return {part: order for part, order in base.items() if not part.startswith(unused)}


def slot_delay(crawler: Crawler, host: str) -> float:
    """Return the seconds between two requests to a host, as automatic throttling has them now."""
    downloader = crawler.engine.downloader
    if slot := downloader.slots.get(host):
        return slot.delay
    own = downloader.per_slot_settings.get(host, {})
    return float(own.get("delay", crawler.settings.getfloat("DOWNLOAD_DELAY")))


def hurry(crawler: Crawler) -> None:
    """Hand all that waits in the downloader on at once, without a pause: what comes next will refuse it."""
    downloader = crawler.engine.downloader
    for slot in downloader.slots.values():
        slot.delay = 0
        if slot.latercall is not None:
            slot.latercall.cancel()
            slot.latercall = None
        downloader._process_queue(slot)


async def close_connections(handler: HTTP11DownloadHandler) -> None:
    """Close the connections that a handler keeps open, or leave that to the network after a second.

    Scrapy's own way rings a second time where the reactor was busy, and Twisted logs a traceback then.
    """
    closed = maybe_deferred_to_future(handler._pool.closeCachedConnections())  # type: ignore[no-untyped-call]  # Twisted
    await asyncio.wait((asyncio.ensure_future(closed),), timeout=_CLOSING)


def spare_repetition() -> None:
    """Have Scrapy do once a process what it does at the start of each crawl, of which a quiet one is a sixth.

    It asks the methods of all middlewares for their arguments, which stay the same, and writes out all settings and
    parts for lines of the log that are switched off.
    """
    for module, name, instead in REPEATED:
        setattr(module, name, instead)


_signatures: dict[object, Signature] = {}


def _signature(function: Any, ask: Callable[[Any], Signature] = python._signature) -> Signature:
    """Return the signature of a function; that of a method is asked for once, whatever object has it."""
    method = getattr(function, "__func__", None)
    if method is None:
        return ask(function)
    if method not in _signatures:
        _signatures[method] = ask(function)
    return _signatures[method]


REPEATED: tuple[tuple[ModuleType, str, Any], ...] = (
    (python, "_signature", _signature),
    (scrapy.crawler, "overridden_settings", lambda _: ()),
    (scrapy.middleware, "pprint", SimpleNamespace(pformat=str)),
)
"""What is replaced of Scrapy's modules: module, name, and what stands there instead."""


class HostQueue(DownloaderAwarePriorityQueue):
    """Scrapy's queue, but a slow host gets no more places in the downloader than it can use: the others need them."""

    def __init__(self, crawler: Crawler, *args: Any, **kwargs: Any):
        super().__init__(crawler, *args, **kwargs)
        self._downloader_interface = HostLoad(crawler)


class HostLoad(DownloaderInterface):
    """How busy each host is, counting also the requests that still wait for robots.txt."""

    def stats(self, possible_slots: Iterable[str]) -> list[tuple[int, str]]:
        """Return the load of each host that takes another request."""
        load = Counter(map(self.get_slot_key, self.downloader.active))
        return [(load[slot], slot) for slot in possible_slots if load[slot] < self._most(slot)]

    def _most(self, slot: str) -> int:
        own = self.downloader.per_slot_settings.get(slot, {})
        return _AHEAD * int(own.get("concurrency", self.downloader.domain_concurrency))


class Throttle(AutoThrottle):
    """Scrapy's automatic throttling, which leaves alone the slots that have a pace of their own."""

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        if request.meta.get("download_slot") not in self.crawler.settings.getdict("DOWNLOAD_SLOTS"):
            super()._response_downloaded(response, request, spider)
