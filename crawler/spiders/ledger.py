"""What all spiders share before a page is read: the archive, the profiles, the ledger, and how a crawl ends."""

from __future__ import annotations

import asyncio
import sqlite3
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request
from scrapy.settings import BaseSettings

from crawler import addresses
from crawler.article import Candidate, Validators, utc_time
from crawler.errors import HELD, SetupError
from crawler.extraction.pool import WorkerPool
from crawler.middlewares.replay import load_index
from crawler.profiles import ProfileError, load_profiles
from crawler.site import Sites
from pipelines.archive import ledger
from pipelines.archive.database import ArchiveError
from pipelines.archive.lease import Lease, LeaseHeldError
from pipelines.archive.ledger import save_validators
from pipelines.archive.writer import Archive
from pipelines.identity import rekey
from pipelines.identity.revisits import Policy

T = TypeVar("T")
_PAUSE = 0.15  # seconds: who waits for SQLite's lock looks every tenth of a second
_LONGEST = 2_083  # characters; longer addresses are not given to articles, and many servers refuse them


class LedgerSpider(Spider):
    """A spider that asks the ledger before it fetches. ``mode`` names the kind of crawl in the run log."""

    mode = "crawl"
    sites: Sites
    archive: Archive
    lease: Lease
    pool: WorkerPool
    policy: Policy
    fixed_now: datetime | None = None

    def __init__(self, name: str | None = None, **unknown: Any):
        """Raises SetupError for an argument that the spider does not have: a misspelt one must not do nothing.

        What begins with ``_`` is not ours: scrapyd names its job so.
        """
        if wrong := sorted(name for name in unknown if not name.startswith("_")):
            raise SetupError(f"the spider {self.name} takes no argument {', '.join(wrong)}")
        super().__init__(name)
        self.crawl_id = 0
        self.failure: str | None = None
        self.troubles: list[tuple[str, str]] = []
        self.listing_sizes: dict[str, int] = {}
        self._asked: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Open the archive and read the profiles. Raises SetupError for what is wrong, or who has the lease."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        folder = settings.get("SITES_DIR")
        try:
            spider.sites = load_profiles(Path(folder) if folder else None).sites
            spider.archive = Archive(Path(settings["DATABASE"]))
        except (ProfileError, ArchiveError) as error:
            raise SetupError(str(error)) from error
        spider.policy = Policy(settings.getint("GONE_MIN_VISITS"), timedelta(hours=settings.getfloat("GONE_MIN_HOURS")))
        spider.pool = WorkerPool(
            settings.getint("EXTRACTION_WORKERS"),
            settings.getfloat("EXTRACTION_TIMEOUT"),
            settings.getint("EXTRACTION_MEMORY"),
        )
        spider.fixed_now = _fixed_time(settings, "REPLAY_AT") or _fixed_time(settings, "CRAWL_TIME")
        spider.check()
        try:
            spider.lease = spider.take_lease()
        except LeaseHeldError as error:
            raise SetupError(str(error), HELD) from error
        if pattern := settings.get("REPLAY_WARC"):
            load_index(pattern)  # what is wrong with it is told now; a download handler's errors are each page's
        crawler.signals.connect(spider._on_idle, signals.spider_idle)
        crawler.signals.connect(spider.pool.close, signals.engine_stopped)
        return spider

    def check(self) -> None:
        """What of the arguments only the profiles tell to be wrong. Raises SetupError."""

    def take_lease(self) -> Lease:
        """Crawls of whatever addresses may run side by side. Raises LeaseHeldError."""
        return Lease(self.archive.path, "any site", self.mode, self.now(), shared=True)

    async def prepare(self) -> None:
        """Bring the archive in step with the profiles, before anything is asked for.

        Many rows take minutes: in short transactions, with pauses in which other crawls write. Raises ArchiveError.
        """
        work: list[Iterator[int]] = []

        def step(db: sqlite3.Connection) -> int | None:
            if not work:
                work.append(rekey.steps(db, self.sites, self.now()))
            return next(work[0], None)

        merged = 0
        while (gained := await self.archive.write(step)) is not None:
            merged += gained
            await asyncio.sleep(_PAUSE)
        if merged:
            self.logger.info(
                "by the profiles' address rules %d articles turned out to be others, and were merged", merged
            )

    def now(self) -> datetime:
        """The time of this crawl: the clock's, unless REPLAY_AT or CRAWL_TIME sets it."""
        return self.fixed_now or datetime.now(UTC)

    def report(self, where: str, reason: str) -> None:
        """Something that the person who runs the crawl should know, though it stops nothing."""
        self.logger.warning("%s: %s", where, reason)
        self.troubles.append((where, reason))

    def abort(self, reason: str) -> None:
        """End the crawl as failed. What is in flight is let go; the ledger has it still waiting."""
        if self.failure is None:
            self.failure = reason
            self.logger.error("%s", reason)
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="aborted"))

    def verdict(self) -> str | None:
        """Why the crawl as a whole failed, though it came to its end; None when it did not."""
        return self.failure

    def waiting(self) -> list[Candidate]:
        """Addresses that earlier crawls, or this one, left waiting. None unless a spider says so."""
        return []

    def more(self) -> list[Request]:
        """What to ask for once everything asked for is stored."""
        return list(self._requests(self.waiting(), depth=1))

    def look_up(self, question: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """A quick answer from the archive; ``otherwise`` when it cannot be read, which ends the crawl."""
        try:
            return self.archive.read(question)
        except ArchiveError as error:
            self.abort(str(error))
            return otherwise

    async def ask(
        self,
        candidates: Iterable[Candidate],
        depth: int = 0,
        listing: str | None = None,
        validators: Validators | None = None,
    ) -> list[Request]:
        """Write the candidates into the ledger; requests for those that are to be fetched now.

        The validators of the listing that named them are saved with them: from then on it may say "not modified".
        """
        entries = list(self.entries(candidates))
        now = self.now()

        def note(db: sqlite3.Connection) -> list[Candidate]:
            if listing and validators:
                save_validators(db, listing, validators, now)
            return ledger.note(db, entries, now)

        try:
            due = await self.archive.write(note)
        except ArchiveError as error:
            self.abort(str(error))
            return []
        return list(self._requests(due, depth))

    def entries(self, candidates: Iterable[Candidate]) -> Iterator[ledger.Entry]:
        """The candidates as the ledger knows them; what is no address is reported and left out."""
        for candidate in candidates:
            try:
                url = addresses.clean(candidate.url)
                site = self.sites.for_url(url)
                key = site.address_key(url)
            except ValueError as error:
                self.report(candidate.listing_url or candidate.source, str(error))
                continue
            known = Candidate(url, candidate.source, candidate.listing_url, candidate.hinted_title, candidate.hinted_at)
            yield ledger.Entry(known, site.name, key, self.refusal(url))

    def refusal(self, url: str) -> str | None:
        """Why an address will not be asked for, if so."""
        if len(url) > _LONGEST:
            return "too long an address"
        return None if self.sites.for_url(url).is_article(url) else "not an article's address"

    def _requests(self, candidates: Iterable[Candidate], depth: int) -> Iterator[Request]:
        for candidate in candidates:
            key = self.sites.address_key(candidate.url)
            # One request an article; but a slug may be another article's too, so each such address is asked for.
            once = candidate.url if "~" in key else key
            if once not in self._asked:
                self._asked.add(once)
                yield self.request_for(candidate, depth)

    @abstractmethod
    def request_for(self, candidate: Candidate, depth: int = 0, **meta: Any) -> Request:
        """The request for an article's page."""

    def _on_idle(self) -> None:
        requests = self.more()
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider


def _fixed_time(settings: BaseSettings, name: str) -> datetime | None:
    written = settings.get(name)
    try:
        return utc_time(written) if written else None
    except ValueError:
        raise SetupError(f"{name}={written}: not a time; expected one such as 2024-12-09T11:02:00Z") from None
