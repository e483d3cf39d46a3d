"""The archive host: hands out batches, one at a time to a group of hosts, and stores what comes back.

The archive decides what was handed out and what is settled (``pipelines/archive/handed_out.py``); what is kept here
beside it only spares a look, and may be lost with the process. Results are stored by whichever process runs when they
come, whether or not it has handed them out.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from crawler import clock
from crawler.addresses import without_www
from crawler.article import Candidate, Outcome, Visit
from crawler.carrying.carrier import RESULTS, TASKS, Carrier, CarrierError, Delivery, LaterError, NotTakenError
from crawler.carrying.messages import (
    Began,
    Came,
    Ended,
    Named,
    Pace,
    Paced,
    Remembered,
    Result,
    Robots,
    Task,
    read_result,
    write,
)
from crawler.codec import CodecError
from crawler.site import Sites
from crawler.spiders.ledger import entry_of
from crawler.spiders.site import refusal_at
from pipelines.archive import handed_out, pace, under_way
from pipelines.archive.calls import LocalLedger
from pipelines.archive.database import ArchiveError
from pipelines.archive.handed_out import Batch, HandOut
from pipelines.archive.ledger import Entry
from pipelines.archive.pace import HostPace
from pipelines.archive.writer import Archive
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted
from pipelines.identity.revisits import Policy
from pipelines.store import Crawling, Stored, keep
from pipelines.validate import validate

logger = logging.getLogger(__name__)
MARGIN = 10.0
"""Seconds after a worker has let go of a batch until it is handed out again, for what was sent at the last moment; less
where batches are short."""
_RESULTS_AT_ONCE = 64
_FULL = 10.0  # seconds until it is tried again to hand out what the broker did not take
_TROUBLE = 20.0  # seconds until it is tried again to store what could not be stored
_ROBOTS_KEPT = 3_600.0  # seconds
_MOST_ROBOTS = 10_000


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A batch of which no end was heard: what of it is not settled, and how often each address came back by now."""

    left: tuple[HandOut, ...]
    ends: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Done:
    """A batch that a worker is done with: what it says of it, and what it has not reached."""

    ended: Ended
    left: tuple[HandOut, ...]


class Listener(Protocol):
    """Who handed a batch out, while that process runs."""

    def stored(self, stored: Stored) -> None:
        """Something that came of the batch was stored."""

    def found(self, candidates: Sequence[Candidate], depth: int) -> None:
        """These addresses are to be fetched now."""


@dataclass
class _Away:
    batch: Batch
    seconds: float
    listener: Listener | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    done: Done | None = None


class Host:
    """Hands out and takes back, for all sites."""

    def __init__(
        self,
        archive: Archive,
        carrier: Carrier,
        sites: Callable[[], Sites],
        extractor: str,
        longest: float,
        policy: Policy,
    ):
        """``longest``: seconds that a batch may be worked on, and that it may wait for a worker."""
        self.archive, self.carrier, self.sites, self.extractor = archive, carrier, sites, extractor
        self.longest, self._margin = longest, min(MARGIN, longest / 10)
        self.ledger = LocalLedger(archive)
        self.paces: dict[str, float] = {}
        """Seconds between two requests as a site's last batch had them."""
        self._policy = policy
        self._away: dict[str, _Away] = {}
        self._grouped_of: Sites | None = None
        self._grouped: Mapping[str, str] = {}
        self._groups: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._in_order: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._robots: dict[str, tuple[float, Robots]] = {}
        self._waiting: list[asyncio.Task[None]] = []
        self._refused: set[str] = set()

    async def open(self) -> None:
        """Take up what an earlier process has handed out, and begin to store. Raises ArchiveError."""
        await self.archive.write(handed_out.drop_strays)
        for batch in self.archive.read(handed_out.outstanding):
            away = _Away(batch, self.longest)
            self._away[batch.id] = away
            lock = self._groups[batch.group]
            await lock.acquire()
            self._waiting.append(asyncio.ensure_future(self._wait_out(away, lock)))
        await self.carrier.consume(RESULTS, self.take, _RESULTS_AT_ONCE)

    async def close(self) -> None:
        """Hand out nothing more. What is away stays so, and is taken up by the next process."""
        await self.carrier.stop_consuming()
        for waiting in self._waiting:
            waiting.cancel()

    def turn(self, site: str) -> asyncio.Lock:
        """Return the lock of a site's group of hosts."""
        return self._groups[self.group(site)]

    def group(self, site: str) -> str:
        """Return the group of profiles that share a host with this one, by the first of their names."""
        sites = self.sites()
        if self._grouped_of is not sites:
            self._grouped_of, self._grouped = sites, groups(sites)
        return self._grouped.get(site, site)

    async def hand_out(
        self, crawl_id: int, hand_outs: Sequence[HandOut], task: Task, listener: Listener
    ) -> Done | Lapsed:
        """Hand out a batch and wait for its end. To be called by whoever has the site's turn.

        ``task`` is what to do, for ``task.seconds``; its number is given here. Raises ArchiveError.
        """
        while True:
            ends_at = clock.seconds() + self.longest + task.seconds + self._margin
            batch = Batch(secrets.token_hex(8), self.group(task.site), task.site, crawl_id, ends_at)
            numbered = msgspec.structs.replace(task, batch=batch.id)
            await self.archive.write(partial(handed_out.hand_out, batch=batch, hand_outs=hand_outs))
            away = self._away[batch.id] = _Away(batch, task.seconds, listener)
            try:
                await self.carrier.publish(TASKS, write(numbered), lifetime=self.longest)
            except NotTakenError as error:
                logger.warning("%s: not handed out yet: %s", task.site, error)
                await self.archive.write(partial(handed_out.end, batch_id=batch.id, keeps=True))
                del self._away[batch.id]
                await asyncio.sleep(_FULL)
                continue
            except CarrierError as error:  # perhaps somebody has it: its time is waited for
                logger.warning("%s: %s", task.site, error)
            return await self._outcome(away)

    def known_robots(self, origins: set[str]) -> dict[str, Robots]:
        """Return what these origins have answered to the question for their robots.txt, within the hour."""
        now = monotonic()
        known = {origin: self._robots[origin] for origin in origins if origin in self._robots}
        return {
            origin: Robots(robots.status, robots.text, now - at)
            for origin, (at, robots) in known.items()
            if now - at < _ROBOTS_KEPT
        }

    def known_paces(self, hosts: set[str]) -> dict[str, Pace]:
        """Return what these hosts want."""
        now, paces = clock.seconds(), {host: self.ledger.pace(host) for host in hosts}
        return {
            host: Pace(max(known.held_until - now, 0.0), known.crawl_delay, known.refusals)
            for host, known in paces.items()
            if known != HostPace()
        }

    async def set_aside(self, hand_out: HandOut, listener: Listener | None) -> None:
        """Settle an address as failed, which has ended every worker that read it, and leave it alone for a while."""
        now = clock.now()

        def write(db: sqlite3.Connection) -> None:
            under_way.set_aside(db, hand_out.url, now)
            handed_out.withdraw(db, hand_out.number)

        await self.archive.write(write)
        logger.warning("%s: %s", hand_out.url, under_way.TAKEN_DOWN)
        if listener is not None:
            listener.stored(Stored(Outcome.FAILED, 0, 0, under_way.TAKEN_DOWN))

    # What comes back.

    async def take(self, delivery: Delivery) -> None:
        """Store what a worker tells. Returns once it is written, or is known to have been before."""
        try:
            result = read_result(delivery.body)
        except CodecError as error:
            logger.error("a result is thrown away: %s", error)
            return
        lock = self._in_order[result.batch]
        async with lock:
            try:
                await self._take(result)
            except ArchiveError as error:
                logger.error("%s", error)
                await asyncio.sleep(_TROUBLE)
                raise LaterError from error
        if result.batch not in self._away:
            self._in_order.pop(result.batch, None)

    async def _take(self, result: Result) -> None:
        away = self._away.get(result.batch)
        if isinstance(result, Came):
            await self._store(result)
        elif isinstance(result, Named):
            await self._note(result, away)
        elif isinstance(result, Began):
            await self._begin(result, away)
        elif isinstance(result, Paced):
            known = HostPace(clock.seconds() + result.pace.held, result.pace.crawl_delay, result.pace.refusals)
            await self.archive.write(lambda db: pace.learn(db, result.host, known, clock.seconds()))
        elif isinstance(result, Remembered):
            await self.ledger.remember_page(result.site, result.kind, result.words, clock.now())
        else:
            await self._end(result, away)

    async def _begin(self, result: Began, away: _Away | None) -> None:
        ends_at = clock.seconds() + (away.seconds if away else self.longest) + self._margin
        is_known = await self.archive.write(lambda db: handed_out.begin(db, result.batch, result.worker, ends_at))
        if is_known and away is not None:
            away.batch = replace(away.batch, worker=result.worker, ends_at=ends_at)

    async def _store(self, result: Came) -> None:
        article = result.visit.article
        if article is not None and article.extractor != self.extractor:
            if article.extractor not in self._refused:
                self._refused.add(article.extractor)
                told = (
                    "what a worker reads by %s is refused, for this archive's pages are read by %s: upgrade the worker"
                )
                logger.error(told, article.extractor, self.extractor)
            return
        visit, sites = _sound(result.visit, clock.now()), self.sites()

        def write(db: sqlite3.Connection, told: Visit = visit) -> tuple[str, Stored] | None:
            batch = handed_out.settle(db, result.number, visit.candidate.url)
            if batch is None:
                return None
            told = validate(told, sites, batch.site)
            crawl = Crawling(batch.crawl_id, sites, self._policy)
            if told.article is None:
                return batch.id, keep(db, told, crawl)
            return batch.id, keep(db, fingerprinted(canonicalise(told, told.article, sites)), crawl)

        try:
            written = await self.archive.write(write)
        except ArchiveError:
            raise
        except Exception as error:  # whatever it is, no other address suffers
            logger.exception("%s could not be stored", visit.candidate.url)
            reason = f"could not be stored: {type(error).__name__}"
            failed = replace(visit, outcome=Outcome.FAILED, reason=reason, article=None)
            written = await self.archive.write(lambda db: write(db, failed))
        if written is not None:
            batch, stored = written  # perhaps it was handed out once more since
            if (away := self._away.get(batch)) is not None and away.listener is not None:
                away.listener.stored(stored)

    async def _note(self, result: Named, away: _Away | None) -> None:
        sites = self.sites()
        entries: list[Entry] = []
        for candidate in result.candidates:
            with suppress(ValueError):  # the worker has told of it
                entry = entry_of(candidate, sites, lambda one: refusal_at(result.site, one, sites))
                entries.append(replace(entry, was_there=result.were_there))
        to_fetch = await self.ledger.ask(tuple(entries), clock.now(), result.listing)
        if away is not None and away.listener is not None:
            away.listener.found(to_fetch, result.depth)

    async def _end(self, result: Ended, away: _Away | None) -> None:
        def write(db: sqlite3.Connection) -> tuple[HandOut, ...]:
            left = handed_out.left(db, result.batch)
            handed_out.end(db, result.batch)
            return left

        left = await self.archive.write(write)
        now = monotonic()
        self._robots.update({origin: (now, robots) for origin, robots in result.robots.items()})
        while len(self._robots) > _MOST_ROBOTS:
            del self._robots[next(iter(self._robots))]
        if result.pace is not None:
            self.paces[result.site] = result.pace
        if away is not None:
            away.done = Done(result, left)
            away.over.set()

    # What is away.

    async def _outcome(self, away: _Away) -> Done | Lapsed:
        try:
            while not away.over.is_set():
                left = away.batch.ends_at - clock.seconds()
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(away.over.wait(), min(max(left, 0.01), self.longest))
                if not away.over.is_set() and away.batch.is_over(clock.seconds()):
                    async with self._in_order[away.batch.id]:
                        if away.done is None:
                            return await self._lapse(away)
            if away.done is None:
                raise RuntimeError("a batch is over without an end")
            return away.done
        finally:
            del self._away[away.batch.id]
            self._in_order.pop(away.batch.id, None)

    async def _lapse(self, away: _Away) -> Lapsed:
        batch = away.batch

        def write(db: sqlite3.Connection) -> Lapsed:
            left = handed_out.left(db, batch.id)
            urls = [each.url for each in left]
            ends = under_way.came_back(db, urls, batch.crawl_id) if batch.worker else {}
            handed_out.end(db, batch.id, keeps=True)
            return Lapsed(left, ends)

        lapsed = await self.archive.write(write)
        who = f"of {batch.worker} " if batch.worker else "that no worker has begun "
        logger.warning("%s: a batch %scame to no end, with %d addresses left", batch.site, who, len(lapsed.left))
        return lapsed

    async def _wait_out(self, away: _Away, lock: asyncio.Lock) -> None:
        """Wait for the end of a batch that an earlier process has handed out; what is left of it waits as before."""
        try:
            outcome = await self._outcome(away)
            if isinstance(outcome, Lapsed):
                await self.archive.write(handed_out.drop_strays)
        except ArchiveError as error:
            logger.error("%s", error)
        finally:
            lock.release()


def groups(sites: Sites) -> dict[str, str]:
    """Return for each site the first name among those that share a host with it, directly or by others."""
    claims = sites.claims or {name: site.hosts for name, site in sites.by_name.items()}
    leader = {name: name for name in claims}

    def first(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    holder: dict[str, str] = {}
    for name in sorted(claims):
        for host in map(_bare, claims[name]):
            one, other = first(name), first(holder.setdefault(host, name))
            leader[max(one, other)] = min(one, other)
    return {name: first(name) for name in claims}


def origins_of(urls: Sequence[str]) -> set[str]:
    """Return scheme and host of addresses, as robots.txt goes by them."""
    parts = map(urlsplit, urls)
    return {f"{each.scheme}://{each.netloc}" for each in parts}


def hosts_of(urls: Sequence[str]) -> set[str]:
    """Return the hosts of addresses, as their pace goes by them."""
    return {urlsplit(url).hostname or "" for url in urls}


def _bare(host: str) -> str:
    return without_www(host).partition(":")[0]


def _sound(visit: Visit, now: datetime) -> Visit:
    """Return a visit that has happened: where a worker's clock is ahead, nothing gets its times."""
    return visit if visit.fetch.at <= now else replace(visit, fetch=replace(visit.fetch, at=now))
