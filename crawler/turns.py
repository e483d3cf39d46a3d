"""Which crawl is this, and whose turn is it? For crawls that share a process, and what only some can have at a time.

The name of the crawl goes with its coroutines and whatever they start (a context variable), so nobody hands it on: log
lines take it from here, and so do the queues before the workers that read pages and the thread that writes. There every
crawl gets a place in turn, so that one with thousands of pages keeps none waiting that has a single one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import ContextVar
from types import TracebackType

CRAWL: ContextVar[str] = ContextVar("crawl", default="")
"""The name of the site whose crawl runs here; empty where there is but one, or none."""


class Turns:
    """So many places, as an ``asyncio.Semaphore`` has them, given to the crawls that wait in turn."""

    def __init__(self, places: int):
        self._free = places
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        """Who waits, by crawl; the crawl whose turn it is stands first."""

    @property
    def waiting(self) -> int:
        """Return how many wait for a place."""
        return sum(not place.done() for queue in self._queues.values() for place in queue)

    async def __aenter__(self) -> None:
        if self._free:
            self._free -= 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(CRAWL.get(), deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # it was given to somebody who no longer wants it
                self._give()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give()

    def _give(self) -> None:
        """Give a place that was left to the next one who still waits."""
        while self._queues:
            crawl = next(iter(self._queues))
            queue = self._queues.pop(crawl)
            place = queue.popleft()
            if queue:
                self._queues[crawl] = queue  # behind the others
            if not place.done():
                place.set_result(None)
                return
        self._free += 1
