"""A crawl of one batch at a worker: the spider and the middlewares of every crawl, without an archive.

What a crawl asks of the archive is answered from what came with the batch, and what it tells the archive is sent to the
archive host. So nothing here decides what is to be fetched, or what becomes of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from socket import gethostname
from time import monotonic
from typing import Any, Self, cast
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.settings import Settings

from crawler import clock
from crawler.article import Candidate, Validators, Visit
from crawler.carrying.messages import (
    NAMED_AT_ONCE,
    Came,
    Ended,
    Named,
    Pace,
    Paced,
    Page,
    Remembered,
    Result,
    Robots,
    Task,
)
from crawler.discovery.places import places_of_news
from crawler.ending import LetGoError
from crawler.extensions.archive import Crawl, PackedSettings
from crawler.extraction.pool import WorkerPool
from crawler.middlewares.robots import Meaning, RobotsMiddleware, meaning_of, rules_for
from crawler.scrapy_private import slot_delay
from crawler.site import Site, Sites
from crawler.spiders.site import SiteSpider
from pipelines.archive.calls import Answer, Ledger
from pipelines.archive.ledger import Entry
from pipelines.archive.listing_states import Known
from pipelines.archive.pace import HostPace, rest
from pipelines.identity.revisits import Policy

Send = Callable[[Result], Awaitable[None]]
_REPLACED: dict[str, dict[str, str | None]] = {
    "ADDONS": {"crawler.extensions.archive.Crawl": "crawler.carrying.errand.Errand"},
    "EXTENSIONS": {"crawler.extensions.run_log.RunLog": None, "crawler.extensions.progress.Progress": None},
    "DOWNLOADER_MIDDLEWARES": {"crawler.middlewares.robots.RobotsMiddleware": "crawler.carrying.errand.CarriedRobots"},
}
"""Parts of a crawl beside its archive that a batch's crawl has others for, or has none of."""
_LONGEST_ROBOTS = 100_000  # characters that are sent along; a longer one is asked for again
STOPPED_AT = 0.8
"""The part of its time after which a batch begins no more requests; what is in flight has the rest."""


def settings_for(settings: Settings) -> PackedSettings:
    """Return the settings of a worker as its batches have them."""
    own = settings.copy()
    for name, replaced in _REPLACED.items():
        parts = {replaced.get(part, part): order for part, order in settings[name].items()}
        own.set(name, {part: order for part, order in parts.items() if part is not None}, priority="cmdline")
    own.set("ITEM_PIPELINES", {"crawler.carrying.errand.SendBack": 100}, priority="cmdline")
    return PackedSettings(own)


def spider_for(site: Site, task: Task) -> type[BatchSpider]:
    """Return the spider class of a batch, with what it has otherwise than others."""
    own: dict[str, Any] = {} if site.delay is None else {"DOWNLOAD_DELAY": site.delay}
    if (start := task.pace or site.delay) is not None:
        own["AUTOTHROTTLE_START_DELAY"] = start
    own |= {"RELATED_DEPTH": task.related_depth, "SECTION_PAGES": task.section_pages}
    # A crawl that is asked to stop gives up what is in flight at half of this time: here, when the batch's is over.
    own["STOP_TIMEOUT"] = 2 * (1 - STOPPED_AT) * task.seconds
    return type(site.name, (BatchSpider,), {"name": site.name, "site_name": site.name, "custom_settings": own})


class Turns:
    """When each host may be asked next, for all batches of a worker: some pages lead to other papers' hosts."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}

    def reserve(self, host: str, delay: float, earliest: float) -> float:
        """Take a turn at a host, not before ``earliest``; return when it is, by the monotonic clock."""
        at = max(earliest, self._next.get(host, 0.0))
        self._next[host] = at + delay
        if len(self._next) > 10_000:
            self._next = {known: then for known, then in self._next.items() if then > monotonic()}
        return at


class ErrandCrawler(Crawler):
    """A crawler that knows its batch."""

    def __init__(
        self,
        settings: PackedSettings,
        task: Task,
        sites: Sites,
        pool: WorkerPool,
        send: Send,
        turns: Turns,
        since: clock.SteadyClock,
    ):
        """``sites``: all profiles that a worker knows, the batch's own among them; ``since`` the batch was received."""
        super().__init__(spider_for(sites.by_name[task.site], task), settings)
        self.task, self.sites, self.pool, self.send, self.turns, self.since = task, sites, pool, send, turns, since


class Errand(Crawl):
    """The context of a batch's crawl."""

    def __init__(self, crawler: ErrandCrawler):
        self.task = crawler.task
        self.send = crawler.send
        self.carried = CarriedLedger(self, crawler.turns, crawler.since)
        ledger = cast("Ledger", self.carried)
        super().__init__(crawler, None, crawler.sites, crawler.pool, is_alone=False, policy=Policy(), ledger=ledger)
        self.numbers = {page.candidate.url: page.number for page in self.task.pages}
        self.robots: dict[str, Robots] = {}
        self.pace: float | None = None
        self.front = ""
        self.captures_as = f"{self.task.site}-{gethostname()}"
        crawler.signals.connect(self._note_pace, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make it of the crawler's batch."""
        if not isinstance(crawler, ErrandCrawler) or not isinstance(crawler.spider, BatchSpider):
            raise TypeError("a batch is crawled by an ErrandCrawler")
        errand = cls(crawler)
        crawler.spider.join(errand)
        return errand

    def ended(self, worker: str, reason: str) -> Ended:
        """Return what the archive host is told in the end."""
        value = self._crawler.stats.get_value
        return Ended(
            batch=self.task.batch,
            site=self.task.site,
            worker=worker,
            reason=reason,
            listings=tuple(self.listings.values()),
            listing_sizes=self.listing_sizes,
            troubles=tuple(self.troubles),
            figures={
                "requests": int(value("downloader/request_count", 0)),
                "bytes": int(value("downloader/response_bytes", 0)),
                "listed": int(value("vestnik/listed", 0)),
            },
            pace=self.pace,
            robots=self.robots,
            front=self.front,
        )

    def _note_pace(self, spider: BatchSpider) -> None:
        self.front = spider.front_title
        self.pace = slot_delay(self._crawler, urlsplit(self.sites.by_name[self._crawler.spidercls.name].home).netloc)


def errand_of(crawler: Crawler) -> Errand:
    """Return the context of a batch's crawl. Raises TypeError for another crawl."""
    errand = crawler.get_addon(Errand)
    if errand is None:
        raise TypeError("a batch is crawled by an ErrandCrawler")
    return errand


class CarriedLedger:
    """What a crawl asks of the archive, by what came with the batch.

    What only the archive host asks of it is not there: of a crawl's row, of what is due, of what waits.
    """

    def __init__(self, errand: Errand, turns: Turns, since: clock.SteadyClock):
        self._errand = errand
        self._task = errand.task
        self._turns = turns
        self._since = since
        now = clock.seconds()
        self._paces = {
            host: HostPace(now + pace.held if pace.held > 0 else 0.0, pace.crawl_delay, pace.refusals)
            for host, pace in self._task.paces.items()
        }

    @property
    def is_over(self) -> bool:
        """Return whether the time of the batch has run out, so that somebody else may have it."""
        return self._since.elapsed() > timedelta(seconds=self._task.seconds)

    async def put_down(self, url: str) -> None:
        """See :class:`~pipelines.archive.calls.Ledger`. Nothing: the archive host knows what is handed out."""

    def has_news(self, entries: tuple[Entry, ...], since: datetime | None) -> bool:
        """See :class:`~pipelines.archive.calls.Ledger`."""
        return since is None or any(mark(entry.candidate.url) not in self._task.seen for entry in entries)

    def begins_so(self, *_: object) -> bool:
        """See :class:`~pipelines.archive.calls.Ledger`. Nobody here knows what is stored: all pages are asked for."""
        return False

    def undecided(self, *_: object) -> str | None:
        """See :class:`~pipelines.archive.calls.Ledger`."""
        return self._task.probe

    async def remember_page(self, _site: str, kind: str, words: Sequence[str], _now: datetime) -> None:
        """See :class:`~pipelines.archive.calls.Ledger`."""
        await self._errand.send(Remembered(batch=self._task.batch, site=self._task.site, kind=kind, words=tuple(words)))

    def validators(self, url: str) -> Validators | None:
        """See :class:`~pipelines.archive.calls.Ledger`."""
        return self._task.validators.get(url)

    def seconds(self) -> float:
        """See :class:`~pipelines.archive.calls.Ledger`."""
        return clock.seconds()

    def pace(self, host: str) -> HostPace:
        """See :class:`~pipelines.archive.calls.Ledger`. Raises LetGoError where no host may be asked any more."""
        if self.is_over:
            self._errand.let_go()
            raise LetGoError
        return self._known(host)

    async def reserve(self, host: str, delay: float, *, is_first: bool) -> float:
        """See :class:`~pipelines.archive.calls.Ledger`.

        The first request waits for a whole turn: nobody knows when the worker before has sent its last one.
        """
        now = monotonic()
        earliest = now + delay if is_first else now
        return self._turns.reserve(host, delay, earliest) - now

    async def hold(self, host: str, seconds: float) -> None:
        """See :class:`~pipelines.archive.calls.Ledger`."""
        known = self._known(host)
        until = max(self.seconds() + seconds, known.held_until)
        await self._learn(host, HostPace(until, known.crawl_delay, known.refusals))

    async def refused(self, host: str, status: int) -> float:
        """See :class:`~pipelines.archive.calls.Ledger`."""
        known = self._known(host)
        if known.held_until:
            return known.held_until - self.seconds()
        seconds = rest(status, known.refusals + 1)
        held_until = self.seconds() + seconds if seconds else 0.0
        await self._learn(host, HostPace(held_until, known.crawl_delay, known.refusals + 1))
        return seconds

    async def accepted(self, host: str) -> None:
        """See :class:`~pipelines.archive.calls.Ledger`."""
        known = self._known(host)
        await self._learn(host, HostPace(known.held_until, known.crawl_delay, 0))

    async def slow_down(self, host: str, crawl_delay: float) -> None:
        """See :class:`~pipelines.archive.calls.Ledger`."""
        known = self._known(host)
        await self._learn(host, HostPace(known.held_until, crawl_delay, known.refusals))

    def _known(self, host: str) -> HostPace:
        known = self._paces.get(host, HostPace())
        return known if known.held_until > self.seconds() else HostPace(0.0, known.crawl_delay, known.refusals)

    async def _learn(self, host: str, now: HostPace) -> None:
        self._paces[host] = now
        held = max(now.held_until - self.seconds(), 0.0)
        told = Pace(held, now.crawl_delay, now.refusals)
        await self._errand.send(Paced(batch=self._task.batch, site=self._task.site, host=host, pace=told))


class BatchSpider(SiteSpider):
    """Asks for what was handed out, and for what a listing leads to; what it finds the archive host decides on."""

    crawl: Errand

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the listings, then the pages."""
        task = self.crawl.task
        self.is_first, self._last_end = task.is_first, task.last_end
        self._listings: Mapping[str, Known] = task.states
        places = {place.url: place for place in places_of_news(self.site)}
        for url in task.places:
            if url in places:
                for request in self._listing_once(places[url]):
                    yield request
        for page in task.pages:
            yield self._page(page)
        for request in self._probe():
            yield request

    def _page(self, page: Page) -> Request:
        meta = {} if page.revisit is None else {"revisit": page.revisit, "conditional": page.asks}
        return self.request_for(page.candidate, page.depth, **meta)

    async def ask(
        self,
        candidates: Iterable[Candidate],
        depth: int = 0,
        listing: Answer | None = None,
        *,
        were_there: bool = False,
    ) -> list[Request]:
        """Send the candidates to the archive host. What is to be fetched comes with another batch."""
        every = tuple(candidates)
        parts = [every[at : at + NAMED_AT_ONCE] for at in range(0, len(every), NAMED_AT_ONCE)] or [()]
        for number, part in enumerate(parts, 1):
            if part or listing is not None:
                answer = listing if number == len(parts) else None  # saved with the last of what it names
                task = self.crawl.task
                await self.crawl.send(
                    Named(
                        batch=task.batch,
                        site=task.site,
                        candidates=part,
                        depth=depth,
                        listing=answer,
                        were_there=were_there,
                    )
                )
        return []

    def more(self) -> list[Request]:
        """Return nothing: the batch is all."""
        return []


class CarriedRobots(RobotsMiddleware):
    """Asks no origin for its robots.txt that another batch has asked within the hour."""

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self._errand = errand_of(crawler)

    async def fetch(self, origin: str) -> Response:
        """As the base class, or as it was before."""
        url = f"{origin}/robots.txt"
        known = self._errand.task.robots.get(origin)
        if known is not None:
            return Response(url, status=known.status, body=known.text.encode())
        answer = await super().fetch(origin)
        if meaning_of(answer.status) is not Meaning.CLOSED:
            is_rules = meaning_of(answer.status) is Meaning.RULES
            text = rules_for(self.agent, answer.body).decode("utf-8", "replace") if is_rules else ""
            if len(text) <= _LONGEST_ROBOTS:
                self._errand.robots[origin] = Robots(answer.status, text)
        return answer


class SendBack:
    """The only stage at a worker: what came of an address goes to the archive host."""

    def __init__(self, errand: Errand):
        self.errand = errand

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the crawl's context."""
        return cls(errand_of(crawler))

    async def process_item(self, item: Visit) -> Visit:
        """Send it, and wait until it is safe."""
        task, number = self.errand.task, self.errand.numbers[item.candidate.url]
        await self.errand.send(Came(batch=task.batch, site=task.site, number=number, visit=item))
        return item


def mark(url: str) -> int:
    """Return by what a worker knows an address again that the archive had before."""
    return int.from_bytes(blake2b(url.encode("utf-8", "replace"), digest_size=8).digest())
