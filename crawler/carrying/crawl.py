"""One crawl of a site by the archive host: its listings are handed out, then what is to be fetched, batch by batch.

It is the crawl of ``crawler/spiders/site.py`` in the same order, but that a worker asks and the archive host decides:
what listings name is written into the ledger, what that says is to be fetched is handed out, then second looks, until
nothing is due. The row in the run log, the summary and the states of listings are those of any crawl.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from msgspec.structs import replace
from scrapy.settings import BaseSettings

from crawler import clock
from crawler.article import Candidate, Fetch, Outcome, Source, Validators, Visit
from crawler.carrying.errand import mark
from crawler.carrying.host import Done, Host, Lapsed, hosts_of, origins_of
from crawler.carrying.messages import Page, Task
from crawler.carrying.terms import Terms
from crawler.discovery.places import Place, places_of_news
from crawler.errors import HELD, SetupError
from crawler.extensions.run_log import CrawlReport, resident_mb, summary, write_metrics
from crawler.profiles import write_profile
from crawler.site import Site
from crawler.spiders.ledger import all_failed
from crawler.spiders.site import NOTHING_READ, WAITING_AT_ONCE, most_doubtful, nothing_was_read, nowhere
from crawler.version import VERSION
from pipelines.archive import under_way
from pipelines.archive.between_crawls import named_since, suspects_afar
from pipelines.archive.calls import Beginning, Ending
from pipelines.archive.database import ArchiveError
from pipelines.archive.handed_out import HandOut, numbered
from pipelines.archive.lease import Lease, LeaseHeldError
from pipelines.archive.listing_states import Asked, Known, State
from pipelines.archive.under_way import ALONE, TOGETHER, Suspect
from pipelines.identity import doubts
from pipelines.identity.doubts import masked
from pipelines.store import Crawling, Stored, decided, keep

logger = logging.getLogger(__name__)
MODE = "crawl"
_SECTIONS_REMEMBERED = timedelta(days=7)
_IDLE = 2
"""Batches that come back with nothing done before they are given up: no worker can do them."""
_SET_ASIDE = "left out, for workers have ended while they read it"


async def crawl(host: Host, site: Site, settings: BaseSettings, terms: Terms) -> int:
    """Crawl a site; return the exit status that ``scrapy crawl SITE`` would have."""
    try:
        lease = Lease(host.archive.path, site.name, MODE, clock.now())
    except LeaseHeldError as error:
        logger.info("%s: %s", site.name, error)
        return HELD
    try:
        async with host.turn(site.name):
            return await SiteCrawl(host, site, settings, terms).run()
    except (ArchiveError, SetupError) as error:
        logger.error("%s: %s", site.name, error)
        return 1
    finally:
        lease.release()


class SiteCrawl:
    """A crawl from its row to its summary. What is stored of its batches is told to it while it runs."""

    def __init__(self, host: Host, site: Site, settings: BaseSettings, terms: Terms):
        self._host, self._site, self._settings, self._terms = host, site, settings, terms
        self._ledger = host.ledger
        self._crawl_id = 0
        self._began = monotonic()
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._changed: Counter[tuple[str, str]] = Counter()
        self._links_resolved = 0
        self._figures: Counter[str] = Counter()
        self._troubles: list[tuple[str, str]] = []
        self._listings: dict[str, Asked] = {}
        self._sizes: dict[str, int] = {}
        self._before: Mapping[str, Known] = {}
        self._last_end: datetime | None = None
        self._front = ""
        self._suspects: Mapping[str, Suspect] = {}
        self._pages: dict[str, Page] = {}
        """What is to be handed out, or is: by address, with the number 0 until it is."""
        self._found: deque[Page] = deque()
        self._next: deque[Page] = deque()
        self._asked: set[str] = set()
        self._looked_again = 0
        self._idle = 0

    # What the host tells.

    def stored(self, stored: Stored) -> None:
        """Count what became of an address."""
        if stored.outcome is Outcome.WAITING:
            return
        self._idle = 0
        self._outcomes[stored.outcome, stored.reason] += 1
        self._changed.update((stored.reason, field) for field in stored.changed)
        self._links_resolved += stored.links_resolved

    def found(self, candidates: Sequence[Candidate], depth: int) -> None:
        """Take up what a listing or a page named and the ledger wants."""
        self._found.extend(Page(0, candidate, depth) for candidate in candidates)

    # The crawl.

    async def run(self) -> int:
        """Do all of it, and return the exit status. Raises ArchiveError where the row cannot be written."""
        await self._begin()
        failure: str | None = None
        outcome = "failed"
        try:
            failure = await self._hand_out_all()
            await self._decide()
            failure = failure or self._verdict()
            outcome = "failed" if failure else "done"
        except asyncio.CancelledError:
            failure, outcome = "shutdown", "stopped"
            raise
        except ArchiveError as error:
            failure = str(error)
            raise
        finally:
            await asyncio.shield(self._finish(outcome, failure or "finished"))
        return 0 if outcome == "done" else 1

    async def _begin(self) -> None:
        name, now = self._site.name, clock.now()
        if merged := await self._ledger.apply_address_rules(self._host.sites(), now):
            logger.info("by the profiles' address rules %d articles turned out to be others, and were merged", merged)
        self._last_end = self._ledger.last_end(name, MODE)
        begun = await self._ledger.begin(Beginning(name, MODE, VERSION, now, is_alone=True, is_afar=True))
        self._crawl_id = begun.crawl_id
        self._suspects = suspects_afar(self._host.archive, name, now)
        if begun.found_killed:
            logger.warning("%s: the last crawl was killed; what it left waiting is asked for again", name)

    async def _hand_out_all(self) -> str | None:
        """Hand out listings, then pages until none is due; return why the crawl failed."""
        places = {place.url: place for place in places_of_news(self._site)}
        self._before = self._ledger.listings(self._site.name, tuple(places))
        if failure := await self._work_off(numbered(self._unless_suspect(places)), places):
            return failure
        while self._is_more_due():
            part = [self._next.popleft() for _ in range(min(len(self._next), self._terms.most(self._pace)))]
            self._pages = {page.candidate.url: page for page in part}
            alone = [url for url in self._pages if url in self._suspects]
            together = [url for url in self._pages if url not in self._suspects]
            for urls in ([together] if together else []) + [[url] for url in alone]:
                if failure := await self._work_off(numbered(urls), {}):
                    return failure
        return await self._probe()

    async def _work_off(self, hand_outs: tuple[HandOut, ...], places: Mapping[str, Place]) -> str | None:
        """Hand out addresses until each is settled or set aside, or was not reached; return why none can be.

        What came back too often comes again one by one, and what ends its worker then is set aside.
        """
        queue = deque([hand_outs] if hand_outs else [])
        while queue:
            part = queue.popleft()
            outcome = await self._host.hand_out(self._crawl_id, part, self._task(part, places), self)
            if isinstance(outcome, Done):
                if failure := await self._take_back(outcome, is_listings=bool(places)):
                    return failure
                await self._ledger.keep_current(self._crawl_id, self._row())
                continue
            await self._divide(outcome, queue, is_listings=bool(places))
        return None

    async def _divide(self, lapsed: Lapsed, queue: deque[tuple[HandOut, ...]], *, is_listings: bool) -> None:
        together = []
        for hand_out in lapsed.left:
            ends = lapsed.ends.get(hand_out.url, 0)
            if ends >= TOGETHER + ALONE:
                if is_listings:
                    self._note_listing(hand_out.url, under_way.TAKEN_DOWN)
                await self._host.set_aside(hand_out, None if is_listings else self)
            elif ends >= TOGETHER:
                queue.append((hand_out,))
            else:
                together.append(hand_out)
        if together:
            queue.append(tuple(together))

    async def _take_back(self, done: Done, *, is_listings: bool) -> str | None:
        """Take over what a worker says in the end. Return why the crawl is to end, where no worker can do it."""
        ended = done.ended
        self._figures.update(ended.figures)
        self._troubles.extend(ended.troubles)
        self._listings.update({asked.url: asked for asked in ended.listings})
        self._sizes.update(ended.listing_sizes)
        self._front = ended.front or self._front
        left = [] if is_listings else [self._pages[each.url] for each in done.left]
        if ended.reason:
            logger.warning("%s: %s", self._site.name, ended.reason)
        elif not left:
            return None
        self._idle += 1
        if self._idle <= _IDLE:
            self._next.extendleft(reversed(left))  # not reached: they come again
            return None
        if ended.reason:
            return ended.reason
        for page in left:
            await self._give_up(page)
        return None

    async def _give_up(self, page: Page) -> None:
        """Settle an address as failed that workers give back every time."""
        url = page.candidate.url
        fetch = Fetch(requested=url, url=url, at=clock.now())
        visit = Visit(page.candidate, fetch, Outcome.FAILED, "not reached in its time", revisit=page.revisit)
        on_behalf = Crawling(self._crawl_id, self._host.sites(), self._terms.policy)
        self.stored(await self._host.archive.write(lambda db: keep(db, visit, on_behalf)))

    # What is due.

    def _is_more_due(self) -> bool:
        """Take up what is to be fetched next: what was just found, what waits, and at last what is looked at again."""
        if not self._next:
            self._next.extend(self._once(self._waiting()))
        if not self._next:
            self._next.extend(self._once(self._second_looks()))
        return bool(self._next)

    def _waiting(self) -> Iterator[Page]:
        while self._found:
            yield self._found.popleft()
        for candidate in self._ledger.waiting(self._site.name, clock.now(), WAITING_AT_ONCE):
            yield Page(0, candidate, 1)

    def _second_looks(self) -> Iterator[Page]:
        now = clock.now()
        for revisit in self._ledger.due(self._site.name, now, self._terms.revisits_most):
            candidate = Candidate(revisit.url, Source.LIST)
            yield Page(0, candidate, 0, revisit.article_id, revisit.may_be_unchanged)
        left = most_doubtful(self._figures["requests"]) - self._looked_again
        if left > 0:
            for candidate in self._ledger.doubtful(self._site.name, now, left):
                self._looked_again += 1
                yield Page(0, candidate, 1)

    def _once(self, pages: Iterable[Page]) -> Iterator[Page]:
        """Yield what this crawl has not asked for yet, without what is set aside."""
        for page in pages:
            url = page.candidate.url
            if url in self._asked:
                continue
            self._asked.add(url)
            suspect = self._suspects.get(url)
            if suspect is None or suspect.is_due:
                yield page
            else:
                self._report(url, _SET_ASIDE)

    def _unless_suspect(self, places: Iterable[str]) -> list[str]:
        """Return the listings to ask, those that have ended workers last."""
        asked = []
        for url in places:
            suspect = self._suspects.get(url)
            if suspect is None or suspect.is_due:
                asked.append(url)
            else:
                self._note_listing(url, _SET_ASIDE)
        return asked

    async def _probe(self) -> str | None:
        """Have the site asked how it answers where nothing can be, where pages are in doubt."""
        sites, now = self._host.sites(), clock.now()
        url = self._ledger.undecided(self._site, self._crawl_id, sites, now)
        if url is None:
            return None
        hand_outs = numbered([nowhere(url)])
        task = self._blank(1, [url], probe=url)
        outcome = await self._host.hand_out(self._crawl_id, hand_outs, task, self)
        if isinstance(outcome, Done):
            await self._take_back(outcome, is_listings=True)
        if self._front:
            await self._ledger.remember_page(self._site.name, doubts.FRONT, masked(self._front), clock.now())
        return None

    # What goes along with a batch.

    @property
    def _pace(self) -> float:
        """Return how long a page takes at this site, in seconds."""
        own = self._terms.delay if self._site.delay is None else self._site.delay
        wished = max((self._ledger.pace(host).crawl_delay for host in hosts_of([self._site.home])), default=0.0)
        return max(own, wished, self._host.paces.get(self._site.name, 0.0))

    def _task(self, part: tuple[HandOut, ...], places: Mapping[str, Place]) -> Task:
        urls = [each.url for each in part]
        if places:
            return self._listings_task(urls, [places[url] for url in urls])
        pages = tuple(replace(self._pages[each.url], number=each.number) for each in part)
        asked_again = [page.candidate.url for page in pages if page.revisit is not None]
        return self._blank(len(pages), urls, pages=pages, validators=self._validators(asked_again))

    def _listings_task(self, urls: list[str], places: list[Place]) -> Task:
        states = {url: known for url, known in self._before.items() if url in urls}
        may_ask = [url for url in urls if url not in states or states[url].may_be_unchanged]
        seen: frozenset[int] = frozenset()
        paged = [place.url for place in places if place.section is not None and place.section.paging]
        if paged and self._last_end is not None:
            since = self._last_end - _SECTIONS_REMEMBERED
            seen = frozenset(map(mark, named_since(self._host.archive, paged, since)))
        return self._blank(
            len(places) * self._terms.section_pages, urls, places=tuple(urls), states=states, seen=seen,
            validators=self._validators(may_ask),
        )  # fmt: skip

    def _blank(self, requests: int, urls: list[str], **known: Any) -> Task:
        """Return a batch of so many requests at these addresses, with what is known of their hosts."""
        site = self._site
        return Task(
            batch="", site=site.name, extractor=self._host.extractor, profile=write_profile(site),
            seconds=self._terms.seconds(requests, self._pace), related_depth=self._terms.related_depth,
            section_pages=self._terms.section_pages, is_first=self._last_end is None, last_end=self._last_end,
            pace=self._host.paces.get(site.name), paces=self._host.known_paces(hosts_of([site.home, *urls])),
            robots=self._host.known_robots(origins_of([site.home, *urls])), **known,
        )  # fmt: skip

    def _validators(self, urls: Iterable[str]) -> dict[str, Validators]:
        known = ((url, self._ledger.validators(url)) for url in urls)
        return {url: validators for url, validators in known if validators is not None}

    # The end.

    async def _decide(self) -> None:
        """Decide what was kept apart, now that all pages that tell whose it is have been seen."""
        archive, sites, now = self._host.archive, self._host.sites(), clock.now()
        on_behalf = Crawling(self._crawl_id, sites, self._terms.policy)
        for item in await archive.write(lambda db: decided(db, self._crawl_id, sites, now)):
            self.stored(await archive.write(partial(keep, item=item, crawl=on_behalf, is_decided=True)))

    def _verdict(self) -> str | None:
        if nothing_was_read(self._listings.values(), self._before):
            return NOTHING_READ
        return all_failed(self._outcomes)

    async def _finish(self, outcome: str, reason: str) -> None:
        says_how_it_is = outcome != "stopped"
        ending = Ending(
            site=self._site.name,
            outcome=outcome,
            reason=reason,
            at=clock.now(),
            figures=self._row(),
            outcomes=self._outcomes,
            listing_sizes=self._sizes if says_how_it_is else None,
            listings=tuple(self._listings.values()),
        )
        await self._ledger.finish(self._crawl_id, ending)
        write_metrics(self._ledger, self._settings)
        for line in summary(self._told(outcome, reason)):
            logger.info("%s", line)

    def _told(self, outcome: str, reason: str) -> CrawlReport:
        return CrawlReport(
            site=self._site.name,
            outcome=outcome,
            reason=reason,
            seconds=monotonic() - self._began,
            requests=self._figures["requests"],
            size=self._figures["bytes"],
            listed=self._figures["listed"],
            links_resolved=self._links_resolved,
            outcomes=self._outcomes,
            changed=self._changed,
            troubles=tuple(self._troubles),
            database=str(self._host.archive.path),
            contact=None,
        )

    def _row(self) -> dict[str, int]:
        """Return the columns of ``crawls`` that grow while it runs."""
        return {
            "requests": self._figures["requests"],
            "bytes": self._figures["bytes"],
            "listed": self._figures["listed"],
            "articles": self._outcomes["stored", ""],
            "aliases": sum(n for (outcome, _), n in self._outcomes.items() if outcome == "alias"),
            "peak_memory_mb": resident_mb(),
        }

    def _report(self, where: str, reason: str) -> None:
        logger.warning("%s: %s: %s", self._site.name, where, reason)
        self._troubles.append((where, reason))

    def _note_listing(self, url: str, reason: str) -> None:
        form = next((place.form.name for place in places_of_news(self._site) if place.url == url), "")
        self._listings[url] = Asked(url, form, State.FAILED, reason)
        self._report(url, reason)
