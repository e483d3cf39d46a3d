"""One run of the monitor, from the sites that it follows to the last crawl that it waits for."""

from __future__ import annotations

import asyncio
import logging
import random
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from crawler.article import span
from crawler.errors import SetupError
from crawler.monitoring.followed import followed, misnamed
from crawler.monitoring.monitor import Monitor, Rhythm, board, rhythm_of
from crawler.monitoring.processes import ClockAlarm, Crew, Processes
from crawler.profiles import ProfileError, ProfileFiles, Profiles
from crawler.site import Site
from pipelines.archive.between_crawls import Pasts, are_alerts_waiting
from pipelines.archive.crawls import Past
from pipelines.archive.database import ArchiveError

logger = logging.getLogger(__name__)
_REREAD = timedelta(minutes=1)
_AROUND = 3  # lines of a terminal that the table of sites leaves to its head and foot
_SENT_WITHIN = timedelta(seconds=20)
_GRACE = 90.0  # seconds for crawls to store what they have fetched; systemd waits as long


@dataclass(frozen=True, slots=True)
class Orders:
    """What the monitor is to do.

    ``names`` of sites, those that are mine where empty; ``every`` for profiles that do not say.
    """

    database: Path
    profiles: Path | None
    names: tuple[str, ...]
    every: str
    at_once: int


async def keep_watch(
    orders: Orders, processes: Processes, terminal: bool, crawl: Callable[[str], Awaitable[int]] | None = None
) -> None:
    """Crawl until SIGTERM or Ctrl-C; a second one kills what runs. Raises SetupError where there is nothing to do.

    ``crawl`` gives the exit status of a site's crawl; on this machine, where it is None.
    """
    alarm, pasts = ClockAlarm(), Pasts(orders.database)
    monitor = Monitor(
        alarm,
        crawl=crawl or Crew(processes).crawl,
        look=lambda site, now: _past(pasts, site, now),
        jitter=lambda: random.uniform(-1, 1),  # noqa: S311 - spreads crawls, keeps no secret
        at_once=orders.at_once,
    )
    reader = ProfileReader(orders, monitor)
    asked, stopping = _signals()
    await reader.read()
    await AlertSender(orders.database, alarm, processes).look()
    try:
        if terminal:
            console = Console()

            def picture() -> Table:
                return board(monitor.lines.values(), alarm.now(), console.height - _AROUND)

            with Live(get_renderable=picture, console=console, refresh_per_second=1):
                await asked.wait()
        else:
            await asked.wait()
    finally:
        alarm.stop()
    logger.info("asked to stop; waiting for the crawls that run, at most %d s", _GRACE)
    await processes.stop(_GRACE, stopping)


def follow(orders: Orders, files: ProfileFiles | None = None) -> list[tuple[str, Rhythm]]:
    """Return the sites to follow, each with its rhythm. Raises SetupError for an unknown name, and for no site.

    ``files`` are those of the orders, where they were read before.
    """
    try:
        span(orders.every)
        profiles = (files or ProfileFiles(orders.profiles)).read()
        names = orders.names or followed(orders.database, profiles)
        if not orders.names:
            for sentence in misnamed(orders.database, profiles):
                logger.warning("%s", sentence)
    except (ProfileError, ArchiveError) as error:
        raise SetupError(str(error)) from error
    except ValueError as error:
        raise SetupError(f"MONITOR_EVERY={error}") from None
    sites = [site for name in names if (site := _site(profiles, name, is_named=bool(orders.names)))]
    for broken in profiles.broken.values():
        logger.warning("%s", broken)
    if not sites:
        raise NoSiteError(
            "no paper is followed yet: `scrapy papers` lists those that are shipped, `scrapy enable NAME` adds one, and"
            " `scrapy addsite URL -s SITES_DIR=FOLDER` makes a profile of any other"
        )
    return [(site.name, rhythm_of(site, orders.every)) for site in sites]


def _site(profiles: Profiles, name: str, *, is_named: bool) -> Site | None:
    """Return a site; None for a broken profile that nobody asked for by name. Raises SetupError."""
    site = profiles.sites.by_name.get(name)
    if site is None and is_named:
        error = profiles.broken.get(name)
        raise SetupError(str(error) if error else f"no site is called {name!r}; `scrapy list --all` names them all")
    return site


class NoSiteError(SetupError):
    """There is no site to follow."""


class ProfileReader:
    """Looks at the profiles again each minute, so that a new or mended one needs no restart."""

    def __init__(self, orders: Orders, monitor: Monitor):
        self._orders, self._monitor = orders, monitor
        self._files = ProfileFiles(orders.profiles)

    async def read(self) -> None:
        """Have the monitor follow what the files say now; what is wrong with them then changes nothing."""
        try:
            self._monitor.follow(follow(self._orders, self._files))
        except NoSiteError as error:
            if not self._monitor.lines:
                raise
            logger.warning("%s", error)  # the last one was switched off: wait for the next
            self._monitor.follow([])
        except SetupError as error:
            if not self._monitor.lines:
                raise
            logger.error("%s; the profiles stay as they were", error)
        self._monitor.alarm.at(self._monitor.alarm.now() + _REREAD, "profiles", self.read)


class AlertSender:
    """Has the alerts sent that wait, in a process of its own: a target that hangs holds up no crawl."""

    def __init__(self, database: Path, alarm: ClockAlarm, processes: Processes):
        self._database, self._alarm, self._processes = database, alarm, processes

    async def look(self) -> None:
        """Send if anything waits, and look again soon."""
        try:
            if _is_waiting(self._database, self._alarm.now()):
                await self._processes.run("watch", "send")
        finally:
            self._alarm.at(self._alarm.now() + _SENT_WITHIN, "alerts", self.look)


def _is_waiting(database: Path, now: datetime) -> bool:
    with _errors_logged("the alerts that wait"):
        return are_alerts_waiting(database, now)
    return False


def _past(pasts: Pasts, site: str, now: datetime) -> Past:
    """Return how a site's crawls went; nothing where the archive is not there yet, or cannot be read."""
    with _errors_logged(f"the past of {site}"):
        return pasts.of(site, now)
    return Past()


@contextmanager
def _errors_logged(what: str) -> Iterator[None]:
    """Log that something cannot be read from the archive, and go on behind the block."""
    try:
        yield
    except ArchiveError as error:
        logger.error("%s cannot be read: %s", what, error)


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Return what is set at the first request to stop, and at the second."""
    asked, pressed = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, lambda: (pressed if asked.is_set() else asked).set())
    return asked, pressed
