"""The process that crawls many sites side by side: ``python -m crawler.monitoring.worker [-s NAME=VALUE …]``.

The monitor keeps one of these. On standard input it reads the names of sites, one a line, and crawls each at once; on
standard output it writes ``SITE STATUS`` at the end of each crawl, and ``retire`` where it wants no more of them:
after a good many crawls, where it has grown, or where something went wrong that is no site's fault. It then ends with
its last crawl, and another takes its place. Where its input ends before that, nobody is there any more, and it stops
its crawls.

A crawl here is the same as ``scrapy crawl SITE``, with a lease, a row in the run log, an outcome and lines in the log
of its own; what crawls share is a :class:`~crawler.extensions.archive.Workplace`. Of what belongs to a process, and not
to a crawl, this module has the one: the resolver that guards, the heart, the log, the signals.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging
from scrapy.utils.misc import build_from_crawler, load_object
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor

from crawler import clock
from crawler.ending import OVERDUE, leave_within
from crawler.errors import ALONE, HELD, SetupError
from crawler.extensions.archive import Crawl, PackedSettings, SharingCrawler, Workplace
from crawler.extensions.run_log import resident_mb
from crawler.extensions.watchdog import Heart
from crawler.profiles import ProfileError, ProfileFiles
from crawler.scrapy_private import spare_repetition
from crawler.spider_loader import spider_for
from crawler.turns import CRAWL
from pipelines.archive.between_crawls import are_suspects_due
from pipelines.archive.database import ArchiveError
from pipelines.archive.lease import Lease, LeaseHeldError

if TYPE_CHECKING:  # importing it earlier would install the wrong one
    from twisted.internet.base import ReactorBase

logger = logging.getLogger(__name__)
MOST_CRAWLS = 5_000
"""Crawls of a process: what leaks a little in each, of ours or of Scrapy's, goes with it. A day of a hundred sites."""
MOST_MEMORY = 260
"""MB that a process may hold: with a hundred quiet sites at once it holds 150 to 210, and is asked for 300 at most."""
_OBJECTS = 3_000
"""Objects after which Python looks for cycles among them. With its own 700 a sixth of a visit's CPU goes there: 18 ms,
15 with 3,000, and no less with 10,000. The process then holds 145 MB where it held 115."""
_LINGERING = 2.0
"""Seconds for which the archive stays open after the last crawl. Closed, others may put theirs in its place."""
_REREAD = timedelta(minutes=1)
_STILL = 1_200.0
"""Seconds in which something must come of a crawl: a host may ask for ten minutes of patience."""
_LOOKED_AT = 30.0  # seconds between two looks at how crawls go
_LEAVING = 15.0  # seconds in which the process ends once its crawls have
_COUNTS = ("downloader/request_count", "downloader/response_count", "item_scraped_count", "item_dropped_count")
_TALKATIVE = ("addons", "core.engine", "crawler", "middleware", "utils.log", "extensions")


def main() -> None:
    """Crawl what is asked for until nobody asks any more."""
    settings = _settings(sys.argv[1:])
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is printed by mistake must not look like an answer
    name_sites_in_log(settings)
    spare_repetition()
    gc.set_threshold(_OBJECTS)
    reactor = guarded_reactor(settings)
    worker = Worker(settings, answers.write)
    serving: list[asyncio.Future[None]] = []  # the event loop alone would let it be collected
    reactor.callWhenRunning(lambda: serving.append(asyncio.ensure_future(_serve(worker, reactor))))
    reactor.run(installSignalHandlers=False)


def guarded_reactor(settings: Settings) -> ReactorBase:
    """Install the reactor, with the resolver that refuses private addresses: Scrapy does that for its own alone."""
    install_reactor(settings["TWISTED_REACTOR"], settings["ASYNCIO_EVENT_LOOP"])
    from twisted.internet import reactor

    runner: Any = AsyncCrawlerRunner(settings)  # of which a resolver reads the settings alone, as Scrapy has it
    build_from_crawler(load_object(settings["TWISTED_DNS_RESOLVER"]), runner, reactor=reactor).install_on_reactor()
    reactor.getThreadPool().adjustPoolsize(maxthreads=settings.getint("REACTOR_THREADPOOL_MAXSIZE"))
    return reactor


class Worker:
    """Runs crawls at one workplace, which is open while any of them runs and shortly after."""

    def __init__(self, settings: Settings, answer: Any):
        """``answer`` takes lines for whoever asks."""
        self.settings = PackedSettings(settings)
        self.is_retiring = False
        self._answer = answer
        self._crawls: dict[str, asyncio.Task[None]] = {}
        self._running: dict[str, SharingCrawler] = {}
        self._begun = 0
        self._place: Workplace | None = None
        self._lease: Lease | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._files = ProfileFiles(Path(settings["SITES_DIR"]) if settings["SITES_DIR"] else None)
        self._has_said_so = False
        self._read_at = -_REREAD.total_seconds()

    def begin(self, site: str) -> None:
        """Crawl a site, beside the others."""
        self._crawls[site] = asyncio.ensure_future(self._crawl_and_answer(site))

    def stop(self) -> None:
        """Ask all crawls to stop. Each gives up what is in flight after a while, as a crawl of its own process does."""
        self.is_retiring = True
        for site, crawler in self._running.items():
            asyncio.ensure_future(_stop(site, crawler))  # noqa: RUF006  # the crawl's own task waits for its effect

    async def ended(self) -> None:
        """Wait for the last crawl."""
        while self._crawls:
            await asyncio.wait(self._crawls.values())
        self._close()

    async def _crawl_and_answer(self, site: str) -> None:
        CRAWL.set(site)
        status = 1
        try:
            status = await self._crawl(site)
        except Exception:
            logger.exception("the crawl could not be run")
            self.is_retiring = True
        finally:
            del self._crawls[site]
            self._consider_retiring()
            self._answer(f"{site} {status}\n")
            if not self._crawls:
                self._closing = asyncio.get_running_loop().call_later(_LINGERING, self._close)

    async def _crawl(self, site: str) -> int:
        try:
            place = self._opened()
            if are_suspects_due(place.archive, site, clock.now()):
                return ALONE  # what has ended a crawl must not end a hundred
            profile = place.sites.by_name.get(site)
            if profile is None:
                raise SetupError(f"no site is called {site!r}")
        except SetupError as error:
            logger.error("%s", error)
            return error.status
        crawler = SharingCrawler(spider_for(profile), self.settings, place)
        return await self._run(site, crawler)

    async def _run(self, site: str, crawler: SharingCrawler) -> int:
        self._begun += 1
        self._running[site] = crawler
        run = asyncio.ensure_future(crawler.crawl_async())
        crawler.signals.connect(lambda: run.cancel(), OVERDUE, weak=False)
        watch = asyncio.ensure_future(self._see_it_move(crawler))
        try:
            await run
        except asyncio.CancelledError:
            if not run.done() or not run.cancelled():
                raise
            logger.error("the crawl did not stop in time and is broken off; the next one asks for what it left")
            self.is_retiring = True
        except SetupError as error:
            logger.log(logging.INFO if error.status == HELD else logging.ERROR, "%s", error)
            return error.status
        finally:
            watch.cancel()
            del self._running[site]
            if crawl := crawler.get_addon(Crawl):
                crawl.close()
                self.is_retiring |= crawl.failure is not None  # the archive or the workers: of this process, perhaps
        return 0 if crawler.stats.get_value("vestnik/verdict") in ("done", "stopped") else 1

    async def _see_it_move(self, crawler: SharingCrawler) -> None:
        """End a crawl of which nothing comes any more: a coroutine of it waits for what will never happen."""
        counts, since = None, monotonic()
        while True:
            await asyncio.sleep(_LOOKED_AT)
            now = [crawler.stats.get_value(name) for name in _COUNTS]
            if now != counts:
                counts, since = now, monotonic()
            elif monotonic() - since > _STILL and (crawl := crawler.get_addon(Crawl)):
                crawl.abort(f"nothing came of it for {_STILL / 60:.0f} minutes")
                return

    def _opened(self) -> Workplace:
        """Return the workplace, opened where it is not, with profiles that are at most a minute old.

        Raises SetupError.
        """
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if self._place is None:
            try:
                # Who has the archive open holds a lease, like a crawl of single addresses: nobody may replace it now.
                lease = Lease(Path(self.settings["DATABASE"]), "any site", "crawl", clock.now(), shared=True)
            except LeaseHeldError as error:
                raise SetupError(str(error), HELD) from error
            try:
                self._place = Workplace.of(self.settings, self._files)
            except BaseException:
                lease.release()
                raise
            self._lease = lease
            self._read_at = monotonic()
        elif monotonic() - self._read_at > _REREAD.total_seconds():
            self._read_profiles(self._place)
        return self._place

    def _read_profiles(self, place: Workplace) -> None:
        """Take up profiles that were changed; what is wrong with them then changes nothing."""
        self._read_at = monotonic()
        try:
            place.take_up(self._files.read().sites)
        except ProfileError as error:
            logger.error("%s; the profiles stay as they were", error)

    def _consider_retiring(self) -> None:
        too_much = self._begun >= MOST_CRAWLS or resident_mb() > MOST_MEMORY
        has_lack = self._place is not None and self._place.pool.lack is not None
        if (self.is_retiring or too_much or has_lack) and not self._has_said_so:
            self.is_retiring = self._has_said_so = True
            self._answer("retire\n")

    def _close(self) -> None:
        if self._crawls or self._place is None:
            return
        place, self._place = self._place, None
        place.pool.close()
        with suppress(ArchiveError):
            place.archive.close()
        if self._lease is not None:
            self._lease.release()


async def _stop(site: str, crawler: SharingCrawler) -> None:
    CRAWL.set(site)  # what is said of the end is said of this crawl
    await crawler.stop_async()


async def _serve(worker: Worker, reactor: Any) -> None:
    loop = asyncio.get_running_loop()
    heart = asyncio.ensure_future(Heart(worker.settings.getfloat("FROZEN_TIMEOUT")).beat())
    cache = asyncio.ensure_future(forget_addresses())
    orders = asyncio.StreamReader()

    def stop() -> None:
        worker.stop()
        orders.feed_eof()

    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(signal.SIGINT, stop)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        worker.begin(line.decode().strip())
    if not worker.is_retiring:
        logger.warning("the monitor is gone; the crawls are asked to stop")
        worker.stop()
    await worker.ended()
    heart.cancel()
    cache.cancel()
    leave_within(_LEAVING, lambda: 0)
    reactor.stop()


async def forget_addresses() -> None:
    """Have names looked up again after some time: Scrapy remembers them for as long as a process lives."""
    from scrapy.resolver import dnscache

    while True:
        await asyncio.sleep(600)
        dnscache.clear()


def _settings(arguments: Sequence[str]) -> Settings:
    parser = ArgumentParser(prog="python -m crawler.monitoring.worker")
    parser.add_argument("-s", dest="pairs", action="append", default=[], metavar="NAME=VALUE")
    settings = get_project_settings()
    pairs = (pair.partition("=") for pair in parser.parse_args(arguments).pairs)
    settings.setdict({name: value for name, _, value in pairs}, priority="cmdline")
    return settings


class _Named(logging.Formatter):
    """Writes the site before what is said of its crawl."""

    def format(self, record: logging.LogRecord) -> str:
        """As the base class."""
        site = getattr(getattr(record, "spider", None), "name", None) or CRAWL.get()
        told = record.getMessage()
        if site and not told.startswith(f"{site}:"):
            record.msg, record.args = f"{site}: {told}", ()
        return super().format(record)


def name_sites_in_log(settings: Settings) -> None:
    """Have every line carry its site. Not by Scrapy's own handler, which it makes anew at each crawl."""
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
    configure_logging(settings)
    file = settings.get("LOG_FILE")
    handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler()
    handler.setFormatter(_Named(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"]))
    handler.setLevel(settings["LOG_LEVEL"])
    logging.root.addHandler(handler)
    logging.root.setLevel(settings["LOG_LEVEL"])
    for name in _TALKATIVE:
        logging.getLogger(f"scrapy.{name}").setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
