"""The one place where stages, middlewares and extensions find what the crawl works with.

It is an add-on of Scrapy's, for those are made before all other parts of a crawl but the spider, and the crawler finds
them by their class. So nobody asks the spider.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from scrapy.crawler import Crawler

from crawler import clock
from crawler.site import Sites
from pipelines.archive.calls import Ledger, LocalLedger
from pipelines.archive.writer import Archive
from pipelines.identity.revisits import Policy

logger = logging.getLogger(__name__)


class Context:
    """The open archive, the site profiles, the clock, and the way to end the crawl."""

    def __init__(
        self,
        crawler: Crawler,
        archive: Archive | None,
        sites: Sites,
        policy: Policy,
        fixed_now: datetime | None = None,
        ledger: Ledger | None = None,
    ):
        """``fixed_now`` is the time that the crawl takes it to be, where it is not the clock's.

        ``ledger``: the archive as the crawl sees it, where it is not the open one.
        """
        self._archive = archive
        self.ledger: Ledger = ledger or LocalLedger(self.archive, self._seconds)
        self.sites = sites
        self.policy = policy
        self.crawl_id: int | None = None
        self.captures_as = ""
        """What files of captures are called after, where that is not the spider: it names the machine."""
        self.failure: str | None = None
        self._crawler = crawler
        self._fixed_now = fixed_now
        self._clock = clock.SteadyClock()

    @property
    def archive(self) -> Archive:
        """Return the open archive. Raises RuntimeError where it is on another machine."""
        if self._archive is None:
            raise RuntimeError("the archive is on another machine; what is asked of it goes through the ledger")
        return self._archive

    def now(self) -> datetime:
        """Return the time of this crawl (aware, UTC)."""
        return self._fixed_now or self._clock.now()

    def _seconds(self) -> float:
        """Return the time by which hosts are held: the machine's clock, or that of a simulation, which goes on."""
        return clock.seconds() if self._fixed_now is None else (self._fixed_now + self._clock.elapsed()).timestamp()

    def abort(self, reason: str) -> None:
        """End the crawl as failed: going on would fetch what cannot be stored.

        What is in flight is let go; the ledger has it still waiting.
        """
        if self.failure is None:
            self.failure = reason
            logger.error("%s", reason)
            self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="aborted"))


def context_of(crawler: Crawler) -> Context:
    """Return the context of a crawl. Raises RuntimeError for a crawler whose spider works without an archive."""
    context = crawler.get_addon(Context)
    if context is None:
        raise RuntimeError(
            f"{crawler.spidercls.__name__} works without an archive; `scrapy list` names the spiders with one"
        )
    return context
