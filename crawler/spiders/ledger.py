"""What all spiders do with addresses: each is written into the ledger, which says whether it is fetched now."""

from __future__ import annotations

import asyncio
import inspect
import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request
from scrapy.statscollectors import StatsCollector

from crawler import addresses
from crawler.article import NAMING, Candidate, Outcome
from crawler.ending import SUSPECT
from crawler.errors import SetupError
from crawler.extensions.archive import ArchiveSpider
from crawler.site import Sites
from crawler.wrappers import unwrapped
from pipelines.archive.calls import Answer
from pipelines.archive.database import ArchiveError
from pipelines.archive.lease import Lease
from pipelines.archive.ledger import Entry

_AT_ONCE = 100  # addresses read in one go
_SEVERAL = 3  # pages: that fewer fail together may be chance, or one bad address on a list


class LedgerSpider(ArchiveSpider):
    """A spider that asks the ledger before it fetches."""

    def __init__(self, name: str | None = None, **unknown: Any):
        """Raises SetupError for an argument that the spider does not have: a misspelt one must not do nothing.

        What begins with ``_`` is not ours: scrapyd names its job so.
        """
        if wrong := sorted(name for name in unknown if not name.startswith("_")):
            known = ", ".join(_arguments(type(self))) or "none"
            raise SetupError(f"the spider {self.name} takes no argument {', '.join(wrong)}; those it takes: {known}")
        super().__init__(name)
        self._asked: set[str] = set()
        self._last: list[Request] = []
        self._suspects_met: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider; what it works with is opened after it, and handed to ``join``."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._on_idle, signals.spider_idle)
        return spider

    def take_lease(self, database: Path) -> Lease:
        """Return a lease that others may share: crawls of single addresses run side by side. Raises LeaseHeldError."""
        return Lease(database, "any site", self.mode, self.now(), shared=True)

    def now(self) -> datetime:
        """Return the time of this crawl (aware, UTC)."""
        return self.crawl.now()

    def verdict(self) -> str | None:
        """Return why the crawl as a whole failed, though it came to its end; None when it did not."""
        return self.crawl.failure or all_failed(counted(self.crawler.stats, "vestnik/outcome/"))

    async def ask(
        self,
        candidates: Iterable[Candidate],
        depth: int = 0,
        listing: Answer | None = None,
        *,
        were_there: bool = False,
    ) -> list[Request]:
        """Write the candidates into the ledger, and return requests for those that are to be fetched now.

        The listing that named them is saved with them: from then on it may say "not modified". ``were_there``: they are
        new here, and no news.
        """
        entries: list[Entry] = []
        for entry in self.entries(candidates):
            entries.append(replace(entry, was_there=were_there))
            if len(entries) % _AT_ONCE == 0:
                await asyncio.sleep(0)  # a sitemap may hold 50,000: others want their turn
        with self.ending_on_error():
            return list(self._requests(await self.crawl.ledger.ask(tuple(entries), self.now(), listing), depth))
        return []

    def entries(self, candidates: Iterable[Candidate]) -> Iterator[Entry]:
        """Yield the candidates as the ledger knows them; what is no address is reported and left out."""
        for candidate in candidates:
            try:
                yield entry_of(candidate, self.crawl.sites, self.refusal)
            except ValueError as error:
                self.crawl.report(candidate.listing_url or candidate.source, str(error))

    def refusal(self, candidate: Candidate) -> str | None:
        """Return why a candidate, whose address is clean, will not be asked for; None when it will."""
        return objection(candidate, self.crawl.sites)

    def waiting(self) -> tuple[Candidate, ...]:
        """Return addresses that earlier crawls, or this one, left waiting. None unless a spider says so."""
        return ()

    def more(self) -> list[Request]:
        """Return what to ask for once everything asked for is stored; suspects last of all, one at a time."""
        requests = list(self._requests(self.waiting(), depth=1)) or list(self.second_looks())
        if requests or not self._last:
            return requests
        self.crawler.signals.send_catch_log(SUSPECT)
        return [self._last.pop()]

    def second_looks(self) -> Iterator[Request]:
        """Yield what to look at once more when all that is new is stored. Nothing unless a spider says so."""
        yield from ()

    def unless_suspect(self, url: str, request: Request) -> Iterator[Request]:
        """Yield the request, unless crawls have ended while they read this address: then it is kept to the end."""
        suspect = self.crawl.suspects.get(url)
        if suspect is None:
            yield request
            return
        self._suspects_met.add(url)
        if suspect.is_due:
            self._last.append(request)
        else:
            self.crawl.report(url, "left out, for crawls have ended while they read it")

    def passed_by(self) -> tuple[str, ...]:
        """Return the listings that crawls of this mode have ended over, and to which this whole one did not come.

        Where nothing is new on the first page of a section, no crawl comes to its second one, which would be a suspect
        for ever.
        """
        listings = (each.url for each in self.crawl.suspects.values() if each.is_due and each.mode == self.mode)
        return tuple(url for url in listings if url not in self._suspects_met)

    async def take_up(self, url: str) -> None:
        """Write down that what an address gave is read now, in case that ends the crawl without a word."""
        if self.crawl.crawl_id is not None:
            with self.ending_on_error():
                await self.crawl.ledger.take_up(url, self.crawl.crawl_id)

    @contextmanager
    def ending_on_error(self) -> Iterator[None]:
        """End the crawl where the archive cannot be read or written; what comes after the block goes on without it."""
        try:
            yield
        except ArchiveError as error:
            self.crawl.abort(str(error))

    @abstractmethod
    def request_for(self, candidate: Candidate, depth: int = 0, **meta: Any) -> Request:
        """Return the request for an article's page."""

    def _requests(self, candidates: Iterable[Candidate], depth: int) -> Iterator[Request]:
        for candidate in candidates:
            key = self.crawl.sites.address_key(candidate.url)
            # One request an article; but a slug may be another article's too, so each such address is asked for.
            once = candidate.url if "~" in key else key
            if once not in self._asked:
                self._asked.add(once)
                yield from self.unless_suspect(candidate.url, self.request_for(candidate, depth))

    def _on_idle(self) -> None:
        requests = self.more()
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider


def _arguments(spider: type[LedgerSpider]) -> list[str]:
    """Return the names that ``-a NAME=VALUE`` may give to a spider."""
    taken = inspect.signature(spider.__init__).parameters.values()
    return [each.name for each in taken if each.name not in ("self", "name") and each.kind is not each.VAR_KEYWORD]


_FILES = re.compile(
    r"(?i)\.(?:pdf|jpe?g|png|gif|webp|svg|mp[34]|m4[av]|webm|mov|ogg|zip|docx?|xlsx?|xml|json|rss|epub)$"
)
"""What is no page; a feed may name it all the same."""


def entry_of(candidate: Candidate, sites: Sites, refusal: Callable[[Candidate], str | None]) -> Entry:
    """Return a candidate as the ledger knows it; ``refusal`` says why it will not be asked for, of a clean one.

    Raises ValueError for what is no address.
    """
    url = addresses.clean(unwrapped(candidate.url))
    site = sites.for_url(url)
    clean = replace(candidate, url=url)
    return Entry(clean, site.name, site.address_key(url), refusal(clean))


def counted(stats: StatsCollector, prefix: str) -> dict[tuple[str, str], int]:
    """Return the counts of all stats that are named ``prefix`` + ``one/other``."""
    found = {}
    for name, n in stats.get_stats().items():
        if name.startswith(prefix):
            one, _, other = name.removeprefix(prefix).partition("/")
            found[one, other] = n
    return found


def all_failed(outcomes: Mapping[tuple[str, str], int]) -> str | None:
    """Return the reason when nothing but failures came of all the pages that were asked for, by (outcome, reason)."""
    failed = {reason: n for (outcome, reason), n in outcomes.items() if outcome == Outcome.FAILED}
    pages = sum(failed.values())
    if pages != sum(outcomes.values()) or pages < _SEVERAL:
        return None
    return f"all {pages} pages failed, most of them with: {max(failed, key=lambda reason: failed[reason])}"


def objection(candidate: Candidate, sites: Sites) -> str | None:
    """Return why nobody asks for an address, whatever the spider: it cannot be an article's. None when it can.

    Patterns of a profile are learned from a part of the addresses: they add to what a feed or a news sitemap names, and
    take nothing away.
    """
    url = candidate.url
    if len(url) > addresses.LONGEST_ASKED:
        return "too long an address"
    site = sites.for_url(url)
    if candidate.source in NAMING and not site.is_front_page(url) and not _FILES.search(urlsplit(url).path):
        return None
    return None if site.is_article(url) else "not an article's address"
