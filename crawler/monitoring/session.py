"""One run of the monitor, from its lease to the last crawl that it waits for: signals, profiles, the terminal."""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from rich.live import Live

from crawler.errors import SetupError
from crawler.monitoring.monitor import Monitor, Rhythm, board, rhythm_of
from crawler.profiles import ProfileError, load_profiles
from pipelines.archive.crawls import Past, past
from pipelines.archive.database import ArchiveError
from pipelines.archive.durations import span
from pipelines.archive.reading import open_for_reading
from pipelines.watching import alerts

logger = logging.getLogger(__name__)
T = TypeVar("T")
_REREAD = timedelta(minutes=1)
_SENT_WITHIN = timedelta(seconds=20)
_GRACE = 90.0  # seconds for crawls to store what they have fetched; systemd waits as long


@dataclass(frozen=True, slots=True)
class Orders:
    """What the monitor is to do: ``names`` of sites, all where empty; ``every`` for profiles that do not say."""

    database: Path
    profiles: Path | None
    names: tuple[str, ...]
    every: str
    at_once: int


async def keep_watch(orders: Orders, processes: Processes, terminal: bool) -> None:
    """Crawl until SIGTERM or Ctrl-C; a second one kills what runs. Raises SetupError where there is nothing to do."""
    alarm = SchedulerAlarm()
    monitor = Monitor(
        alarm,
        crawl=lambda site: processes.run("crawl", site),
        look=lambda site, now: _past(orders.database, site, now),
        jitter=lambda: random.uniform(-1, 1),  # noqa: S311 - spreads crawls, keeps no secret
        at_once=orders.at_once,
    )
    reader = _Profiles(orders, monitor)
    asked, stopping = _signals()
    alarm.start()
    await reader.read()
    await _Sender(orders.database, alarm, processes).look()
    try:
        if terminal:
            with Live(get_renderable=lambda: board(monitor.lines.values(), alarm.now()), refresh_per_second=1):
                await asked.wait()
        else:
            await asked.wait()
    finally:
        alarm.stop()
    logger.info("asked to stop; waiting for the crawls that run, at most %d s", _GRACE)
    await processes.stop(_GRACE, stopping)


def follow(orders: Orders) -> list[tuple[str, Rhythm]]:
    """The sites to follow, each with its rhythm. Raises SetupError for a name that there is not, and for no site."""
    try:
        span(orders.every)
        profiles = load_profiles(orders.profiles)
    except ProfileError as error:
        raise SetupError(str(error)) from error
    except ValueError as error:
        raise SetupError(f"MONITOR_EVERY={error}") from None
    for name in orders.names:
        if name in profiles.broken:
            raise SetupError(str(profiles.broken[name]))
        if name not in profiles.sites.by_name:
            raise SetupError(f"no site is called {name!r}; `scrapy list` names them all")
    for broken in profiles.broken.values():
        logger.warning("%s", broken)
    sites = [site for name, site in profiles.sites.by_name.items() if not orders.names or name in orders.names]
    if not sites:
        raise SetupError("there is no site to follow; `scrapy addsite URL` makes a profile")
    return [(site.name, rhythm_of(site, orders.every)) for site in sites]


class _Profiles:
    """Reads the profiles again each minute, so that a new or mended one needs no restart."""

    def __init__(self, orders: Orders, monitor: Monitor):
        self._orders, self._monitor = orders, monitor

    async def read(self) -> None:
        """Have the monitor follow what the files say now; what is wrong with them then changes nothing."""
        try:
            self._monitor.follow(follow(self._orders))
        except SetupError as error:
            if not self._monitor.lines:
                raise
            logger.error("%s; the profiles stay as they were", error)
        self._monitor.alarm.at(self._monitor.alarm.now() + _REREAD, "profiles", self.read)


class _Sender:
    """Has the alerts sent that wait, in a process of its own: a target that hangs holds up no crawl."""

    def __init__(self, database: Path, alarm: SchedulerAlarm, processes: Processes):
        self._database, self._alarm, self._processes = database, alarm, processes

    async def look(self) -> None:
        """Send if anything waits, and look again soon."""
        try:
            if _is_waiting(self._database, self._alarm.now()):
                await self._processes.run("watch", "send")
        finally:
            self._alarm.at(self._alarm.now() + _SENT_WITHIN, "alerts", self.look)


def _is_waiting(database: Path, now: datetime) -> bool:
    return _look_up(database, "the alerts that wait", lambda db: alerts.is_waiting(db, now), otherwise=False)


def _past(database: Path, site: str, now: datetime) -> Past:
    """How a site's crawls went; nothing is known where the archive is not there yet, or cannot be read."""
    return _look_up(database, f"the past of {site}", lambda db: past(db, site, now), otherwise=Past())


def _look_up(database: Path, what: str, question: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
    """An answer of the archive; ``otherwise`` where it is not there yet, or cannot be read, which is told."""
    if not database.exists():
        return otherwise
    try:
        with closing(open_for_reading(database, older=True)) as db:
            return question(db)
    except (ArchiveError, sqlite3.Error) as error:
        logger.error("%s cannot be read: %s", what, error)
        return otherwise


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Set at the first request to stop, and at the second."""
    asked, pressed = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, lambda: (pressed if asked.is_set() else asked).set())
    return asked, pressed


def options(pairs: Sequence[str]) -> tuple[str, ...]:
    """The settings given on the command line, for each command that is run: ``-s NAME=VALUE`` …"""
    return tuple(part for pair in pairs for part in ("-s", pair))


# Commands in processes of their own: their memory returns, a crash costs one, and a stop waits for all of
# them.


class Processes:
    """Runs ``scrapy`` commands. ``log`` takes what they write; None leaves that to whoever reads this process."""

    def __init__(self, options: Sequence[str], log: Path | None):
        """``options`` go to every command, such as ``-s DATABASE=news.db``."""
        self.options = tuple(options)
        self.log = log
        self._running: set[asyncio.subprocess.Process] = set()

    async def run(self, *command: str) -> int:
        """The exit status of ``scrapy COMMAND``; negative where a signal ended it, as the standard library has it."""
        process = await self._start(command)
        self._running.add(process)
        try:
            return await process.wait()
        finally:
            self._running.discard(process)

    async def _start(self, command: Sequence[str]) -> asyncio.subprocess.Process:
        # A session of its own: the terminal's Ctrl-C is for the monitor, which then asks each crawl to stop.
        line = (sys.executable, "-m", "scrapy", *command, *self.options)
        if self.log is None:
            return await asyncio.create_subprocess_exec(*line, start_new_session=True)
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(*line, stdout=log, stderr=log, start_new_session=True)

    async def stop(self, grace: float, impatience: asyncio.Event) -> None:
        """Ask all to stop, and wait ``grace`` seconds or until somebody is impatient; then kill what is left.

        The archive survives that too: what was in flight waits for the next crawl.
        """
        self._signal(signal.SIGTERM)
        ended = asyncio.ensure_future(self._ended())
        hurried = asyncio.ensure_future(impatience.wait())
        await asyncio.wait((ended, hurried), timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        self._signal(signal.SIGKILL)
        await ended

    async def _ended(self) -> None:
        await asyncio.gather(*(process.wait() for process in self._running))

    def _signal(self, sign: signal.Signals) -> None:
        for process in self._running:
            with suppress(ProcessLookupError):
                process.send_signal(sign)


# The real clock of the monitor: APScheduler on the running event loop.


class SchedulerAlarm:
    """Calls at a time, or as soon after it as the machine is awake."""

    def __init__(self) -> None:
        logging.getLogger("apscheduler").setLevel(
            logging.WARNING
        )  # it tells of every job; the monitor says what counts
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """From now on. To be called in the event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """No more calls; what was called goes on."""
        self._scheduler.shutdown(wait=False)

    def now(self) -> datetime:
        """The time (aware, UTC)."""
        return datetime.now(UTC)

    def at(self, when: datetime, name: str, action: Callable[[], Awaitable[None]]) -> None:
        """Have the action done at this time, once, however late."""
        self._scheduler.add_job(action, "date", run_date=when, id=name, misfire_grace_time=None, replace_existing=True)

    def forget(self, name: str) -> None:
        """Do not call for this name."""
        with suppress(JobLookupError):
            self._scheduler.remove_job(name)
