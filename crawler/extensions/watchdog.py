"""The watchdog: a crawl that stands still is ended, and one that is asked to stop has stopped within a minute.

A pattern that runs away, or any work without a bound, holds Python's lock: no thread gets a turn, no signal is heard.
So the end comes from C, by ``faulthandler``, with the stack in the log, and is put off by each beat of the reactor.
While suspects are read the stack goes into a file beside the archive, where the next crawl finds it and logs it: it
tells a page that ended a crawl from one that was being read when somebody killed it.

That alarm is process-wide. Where crawls share a process, the process has the one heart (:class:`Heart`), and a crawl
that does not stop in time is broken off alone.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
from pathlib import Path
from time import monotonic
from typing import IO, Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.ending import LET_GO, OVERDUE, SUSPECT
from crawler.extensions.archive import Crawl, crawl_of
from pipelines.archive.under_way import stack_file

logger = logging.getLogger(__name__)
_STDERR = 2
_BEATS = 10
"""Beats in the time after which a crawl counts as frozen."""
_LONGEST_BEAT = 1.0  # seconds: so soon it is noticed that the crawl is to stop
_PATIENT_SHARE = 0.5  # of the time to stop in, for what is in flight


class Watchdog:
    """Beats while the spider is open, and until all is closed."""

    def __init__(self, crawler: Crawler, crawl: Crawl, frozen: float, stopping: float, log: Path | None):
        """``frozen``: seconds without a beat, ``stopping``: seconds to stop in; then the process is ended.

        ``log`` is where the stack is written; to standard error where that is None.
        """
        self.crawler = crawler
        self.crawl = crawl
        self.frozen = frozen
        self.stopping = stopping
        self.log = log
        self._file: IO[str] | None = None  # kept open: only its number is handed on
        self._evidence: Path | None = None
        self._beating: asyncio.Task[None] | None = None
        self._asked_at: float | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read FROZEN_TIMEOUT, STOP_TIMEOUT and LOG_FILE."""
        settings = crawler.settings
        log = settings.get("LOG_FILE")
        watchdog = cls(
            crawler,
            crawl_of(crawler),
            settings.getfloat("FROZEN_TIMEOUT"),
            settings.getfloat("STOP_TIMEOUT"),
            Path(log) if log else None,
        )
        crawler.signals.connect(watchdog.opened, signals.spider_opened)
        crawler.signals.connect(watchdog.suspect, SUSPECT)
        crawler.signals.connect(watchdog.stopped, signals.engine_stopped)
        return watchdog

    def opened(self) -> None:
        """Begin to beat."""
        if self.crawl.is_alone:
            self._replace_file(self.log)
        self._beating = asyncio.ensure_future(self._beat())

    def suspect(self) -> None:
        """From now on leave the stack for the next crawl."""
        if self._evidence is not None or self.crawl.crawl_id is None or not self.crawl.is_alone:
            return
        self._evidence = stack_file(self.crawl.archive.path, self.crawl.crawl_id)
        logger.info("reads what ended a crawl before; if it stands still, its stack is left in %s", self._evidence)
        self._replace_file(self._evidence)
        self._put_off(min(self.frozen, self._left()))

    def stopped(self) -> None:
        """Let the process go on, whatever it does next."""
        if self._beating is not None:
            self._beating.cancel()
        if self.crawl.is_alone:
            self._replace_file(None)
        if self._evidence is not None:
            self._evidence.unlink(missing_ok=True)

    def _replace_file(self, path: Path | None) -> None:
        former, self._file = self._file, None
        if path is not None:
            try:
                self._file = path.open("a", encoding="utf-8")
            except OSError as error:  # standard error takes the stack
                logger.warning("%s: the stack of a crawl that stands still could not be written here: %s", path, error)
        faulthandler.cancel_dump_traceback_later()
        if former is not None:
            former.close()

    async def _beat(self) -> None:
        has_let_go = False
        while True:
            left = self._left()
            if self.crawl.is_alone:
                self._put_off(min(self.frozen, left))
            elif left <= 0:
                self.crawler.signals.send_catch_log(OVERDUE)
                return
            if left < (1 - _PATIENT_SHARE) * self.stopping and not has_let_go:
                has_let_go = True
                logger.info("what is in flight is given up, to stop in time; the next crawl asks for it again")
                self.crawler.signals.send_catch_log(LET_GO)
            await asyncio.sleep(min(_LONGEST_BEAT, self.frozen / _BEATS))

    def _left(self) -> float:
        """Seconds that are left of those to stop in; endless while nobody has asked the crawl to stop."""
        is_asked = not self.crawler.crawling or self.crawl.failure is not None
        if is_asked and self._asked_at is None:
            self._asked_at = monotonic()
        return float("inf") if self._asked_at is None else self._asked_at + self.stopping - monotonic()

    def _put_off(self, seconds: float) -> None:
        put_off(seconds, self._file or _STDERR)


class Heart:
    """Beats for a process that many crawls share: it is ended, with its stack in the log, where it stands still."""

    def __init__(self, frozen: float):
        """``frozen``: seconds without a beat after which it is."""
        self.frozen = frozen

    async def beat(self) -> None:
        """Beat until cancelled."""
        try:
            while True:
                put_off(self.frozen, _STDERR)
                await asyncio.sleep(min(_LONGEST_BEAT, self.frozen / _BEATS))
        finally:
            faulthandler.cancel_dump_traceback_later()


def put_off(seconds: float, file: IO[str] | int) -> None:
    """Have the process ended in so many seconds, unless it is put off again, with its stack in the file."""
    try:
        faulthandler.dump_traceback_later(max(seconds, 0.01), exit=True, file=file)
    except (RuntimeError, ValueError, OSError) as error:  # no thread, or nowhere to write: the next beat tries anew
        logger.debug("the watchdog is asleep", exc_info=error)
