"""The process behind ``scrapy work``: takes batches, crawls several side by side, and sends back what comes of them.

It keeps nothing: no archive, no profiles of its own, nothing that the next start would need. Killed at any moment, it
has lost what was in flight, and the archive host hands that out again when the time of the batch is over. Asked to
stop, it gives back what it has not reached.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections import ChainMap

from scrapy.settings import Settings

from crawler import clock
from crawler.carrying.carrier import RESULTS, TASKS, Carrier, CarrierError, Delivery
from crawler.carrying.errand import STOPPED_AT, Errand, ErrandCrawler, Send, Turns, settings_for
from crawler.carrying.messages import Began, Ended, Result, Task, read_task, write
from crawler.carrying.rabbit import Rabbit
from crawler.codec import CodecError
from crawler.ending import LET_GO, OVERDUE, leave_within
from crawler.errors import SetupError, WorkersError, files_are_short
from crawler.extensions.archive import pool_of
from crawler.extensions.run_log import resident_mb
from crawler.extensions.watchdog import Heart
from crawler.extraction.tasks import extractor
from crawler.monitoring.worker import forget_addresses, guarded_reactor
from crawler.profiles import ProfileError, load_profiles, read_profile
from crawler.site import Sites
from crawler.turns import CRAWL

logger = logging.getLogger(__name__)
MOST_BATCHES = 5_000
"""Batches of a process: what leaks a little in each goes with it. Whatever keeps it running starts another."""
MOST_MEMORY = 400  # MB, some thirty batches at a time hold 200
_PATIENCE = 60.0  # seconds in which the broker must answer at the start
_GRACE = 20.0  # seconds for what is in flight, once the worker is asked to stop; the rest is given back
_LEAVING = 15.0  # seconds in which the process ends once its batches have
_AGAIN = 1.0  # seconds until a result is sent again that was not confirmed
_LATE = 900.0
"""Seconds after a batch's time in which its results are still sent: no host has handed its addresses out for longer."""


def work(settings: Settings) -> int:
    """Work until asked to stop; return the exit status. Raises SetupError for what is wrong from the beginning."""
    reactor = guarded_reactor(settings)
    ended: list[BaseException | None] = []
    serving: list[asyncio.Future[None]] = []  # the event loop alone would let it be collected

    async def serve() -> None:
        try:
            await _serve(settings)
        except Exception as error:
            ended.append(error)
        finally:
            leave_within(_LEAVING, lambda: 1 if ended else 0)
            reactor.stop()

    reactor.callWhenRunning(lambda: serving.append(asyncio.ensure_future(serve())))
    reactor.run(installSignalHandlers=False)
    if ended and ended[0] is not None:
        raise ended[0]
    return 0


async def _serve(settings: Settings) -> None:
    beats = [asyncio.ensure_future(Heart(settings.getfloat("FROZEN_TIMEOUT")).beat())]
    beats.append(asyncio.ensure_future(forget_addresses()))
    rabbit = Rabbit(settings["BROKER"], makes_queues=False)
    try:
        worker = Worker(settings, rabbit)
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, worker.stop)
        await worker.learn_rules()
        await rabbit.open(_PATIENCE)
        await rabbit.consume(TASKS, worker.take, settings.getint("WORK_AT_ONCE"))
        logger.info(
            "%s takes batches from %s, %d at a time", worker.name, rabbit.place, settings.getint("WORK_AT_ONCE")
        )
        await worker.ended()
    finally:
        await rabbit.close()
        for beat in beats:
            beat.cancel()


class Worker:
    """Crawls batches, each as a crawl of its own, with one pool for all."""

    def __init__(self, settings: Settings, carrier: Carrier):
        """Raises SetupError where the workers that read pages cannot be had."""
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self._settings = settings_for(settings)
        self._carrier = carrier
        self._turns = Turns()
        self._extractor = ""
        self._running: dict[str, ErrandCrawler] = {}
        self._begun = 0
        self._stopping = asyncio.Event()
        self._failure: str | None = None
        self._has_let_go = False
        try:
            self._pool = pool_of(settings)
            self._sites = load_profiles().sites
        except (WorkersError, ProfileError) as error:
            raise SetupError(files_are_short() or str(error)) from error

    async def learn_rules(self) -> None:
        """Find out by which rules pages are read here. Raises SetupError where none can be."""
        try:
            self._extractor = await self._pool.run(extractor)
        except WorkersError as error:
            raise SetupError(str(error)) from error

    def stop(self) -> None:
        """Take no more, give what is in flight a while, and give the rest back."""
        if self._stopping.is_set():
            return
        logger.info("asked to stop; %d batches end within %d s", len(self._running), _GRACE)
        self._stopping.set()
        for crawler in self._running.values():
            asyncio.ensure_future(crawler.stop_async())  # noqa: RUF006  # the batch's own task waits for its effect
        asyncio.get_running_loop().call_later(_GRACE, self._let_go)

    async def ended(self) -> None:
        """Wait until it is asked to stop, and for the last batch then. Raises SetupError where it had to stop."""
        await self._stopping.wait()
        await self._carrier.stop_consuming()
        while self._running:  # noqa: ASYNC110  # each ends by itself within its time
            await asyncio.sleep(0.1)
        self._pool.close()
        if self._failure is not None:
            raise SetupError(self._failure)

    async def take(self, delivery: Delivery) -> None:
        """Work on a batch. Returns when all that came of it is safe at the broker."""
        if delivery.is_again:  # somebody may be at it still: the archive host hands it out anew when its time is over
            logger.info("a batch that another worker had is left to the archive host")
            return
        try:
            task = read_task(delivery.body)
            site = read_profile(task.profile, "the profile of a batch")
        except (CodecError, ProfileError) as error:
            self._fail(str(error))
            return
        CRAWL.set(site.name)
        since, send = clock.SteadyClock(), self._sender(task)
        if self._stopping.is_set():
            await send(self._given_back(task, "the worker stops"))
            return
        if task.extractor != self._extractor:
            told = f"it reads pages by {self._extractor}, the archive host by {task.extractor}: run the same version"
            await send(self._given_back(task, f"{self.name}: {told}"))
            self._fail(told)
            return
        claims = self._sites.claims or {}
        sites = Sites(ChainMap({site.name: site}, self._sites.by_name), {**claims, site.name: site.hosts})  # type: ignore[arg-type]  # which only reads
        crawler = ErrandCrawler(self._settings, task, sites, self._pool, send, self._turns, since)
        self._running[task.batch] = crawler
        failure: str | None = None
        try:
            await send(Began(batch=task.batch, site=task.site, worker=self.name))
            await self._run(task, crawler)
            errand = crawler.get_addon(Errand)
            failure = errand.failure if errand else "it could not be begun"
            if errand is None:
                await send(self._given_back(task, f"{self.name}: {failure}"))
            else:
                await send(errand.ended(self.name, f"{self.name}: {failure}" if failure else ""))
        finally:
            del self._running[task.batch]
            self._consider_ending(failure)

    def _given_back(self, task: Task, reason: str) -> Ended:
        """Return what is said of a batch that was not begun."""
        return Ended(batch=task.batch, site=task.site, worker=self.name, reason=reason)

    async def _run(self, task: Task, crawler: ErrandCrawler) -> None:
        self._begun += 1
        loop = asyncio.get_running_loop()
        run = asyncio.ensure_future(crawler.crawl_async())
        crawler.signals.connect(lambda: run.cancel(), OVERDUE, weak=False)
        left = task.seconds * STOPPED_AT - crawler.since.elapsed().total_seconds()
        timer = loop.call_later(max(left, 0.0), lambda: asyncio.ensure_future(crawler.stop_async()))
        try:
            await run
        except asyncio.CancelledError:
            if not run.cancelled():
                raise
            logger.error("a batch did not stop in time and is broken off")
            self._fail("a batch did not stop in time")
        except SetupError as error:
            logger.error("%s", error)
        finally:
            timer.cancel()

    def _sender(self, task: Task) -> Send:
        """Return what sends the results of a batch."""
        begun = asyncio.get_running_loop().time()

        async def send(result: Result) -> None:
            """Return when a result is safe. After a long time it is given up: its address comes again."""
            body = write(result)
            while True:
                try:
                    return await self._carrier.publish(RESULTS, body)
                except CarrierError as error:
                    is_late = asyncio.get_running_loop().time() > begun + task.seconds + _LATE
                    if is_late or self._has_let_go:
                        logger.error("a result is given up: %s", error)
                        return None
                    await asyncio.sleep(_AGAIN)

        return send

    def _consider_ending(self, failure: str | None) -> None:
        if failure or self._pool.lack:
            self._fail(self._pool.lack or failure or "")
        elif self._begun >= MOST_BATCHES or resident_mb() > MOST_MEMORY:
            logger.info("this process has had enough, and makes room for another")
            self.stop()

    def _fail(self, reason: str) -> None:
        """End as failed: whoever keeps workers running sees it, and starts another one."""
        if self._failure is None:
            logger.error("%s", reason)
            self._failure = reason
        self.stop()

    def _let_go(self) -> None:
        self._has_let_go = True
        for crawler in self._running.values():
            crawler.signals.send_catch_log(LET_GO)
