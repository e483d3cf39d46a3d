"""The last stage: one article, one transaction."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector
from twisted.python.failure import Failure

from crawler.article import Outcome, Visit
from crawler.site import Site
from pipelines.archive import ledger
from pipelines.archive.articles import Stored, store
from pipelines.archive.database import ArchiveError
from pipelines.context import Context, context_of
from pipelines.identity import revisits
from pipelines.record import Record
from pipelines.watching import alerts


class Store:
    """Writes each item into the archive, and counts its outcome once it is written."""

    def __init__(self, stats: StatsCollector, context: Context):
        self.stats = stats
        self.context = context

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Store:
        """Take the open archive and the site profiles from the spider; listen for stages that raise."""
        store = cls(crawler.stats, context_of(crawler))
        crawler.signals.connect(store.failed, signals.item_error)
        return store

    async def failed(self, item: Visit, failure: Failure) -> None:
        """A stage raised at this item: its address has failed and is tried again, and no other one suffers."""
        reason = f"could not be stored: {type(failure.value).__name__}"
        await self.process_item(replace(item, outcome=Outcome.FAILED, reason=reason, article=None))

    async def process_item(self, item: Visit | Record) -> Visit | Record:
        """Store the item. An archive that cannot be written ends the crawl; the item's address then waits still."""
        try:
            await self._keep(item)
        except ArchiveError as error:
            self.context.abort(str(error))
            raise DropItem("not stored", log_level="DEBUG") from error
        return item

    async def _keep(self, item: Visit | Record) -> None:
        if isinstance(item, Record):
            stored = await self._store(item)
            self._count(stored.outcome, stored.reason)
            for field in stored.changed:
                self.stats.inc_value(f"vestnik/changed/{stored.reason}/{field}")
            self.stats.inc_value("vestnik/links_resolved", stored.links_resolved)
        else:
            site = self.context.sites.for_url(item.candidate.url)
            key = site.address_key(item.candidate.url)
            await self.context.archive.write(lambda db: self._settle(db, item, site, key))
            self._count(item.outcome, item.reason or "")

    def _settle(self, db: sqlite3.Connection, visit: Visit, site: Site, key: str) -> None:
        if visit.revisit is None:
            ledger.settle(db, visit, site.name, key)
        else:
            _remember(db, visit)
            revisits.settle(db, visit, visit.revisit, self.context.crawl_id, self.context.policy, site)
            alerts.match(db)

    async def _store(self, record: Record) -> Stored:
        site = self.context.sites.for_url(record.visit.fetch.url)

        def write(db: sqlite3.Connection) -> Stored:
            _remember(db, record.visit)
            stored = store(db, record, site, self.context.crawl_id, self.context.policy)
            alerts.match(db)
            return stored

        return await self.context.archive.write(write)

    def _count(self, outcome: Outcome, reason: str) -> None:
        self.stats.inc_value(f"vestnik/outcome/{outcome}/{reason}")


def _remember(db: sqlite3.Connection, visit: Visit) -> None:
    """What the server said of the page, to ask with next time; in the transaction that stores what it said."""
    if visit.validators is not None and visit.outcome is Outcome.STORED:
        ledger.save_validators(db, visit.fetch.url, visit.validators, visit.fetch.at)
