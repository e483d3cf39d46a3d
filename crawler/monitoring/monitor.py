"""The monitor's heart: each site is crawled, looked at, and planned anew. Time and processes are handed in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from crawler.errors import HELD
from crawler.monitoring.rhythm import Rhythm, next_start
from pipelines.archive.pasts import Past

logger = logging.getLogger(__name__)


class Alarm(Protocol):
    """Tells the time, and calls when it has come. A later call for the same name replaces an earlier one."""

    def now(self) -> datetime:
        """The time (aware, UTC)."""

    def at(self, when: datetime, name: str, action: Callable[[], Awaitable[None]]) -> None:
        """Have the action done at this time, once."""

    def forget(self, name: str) -> None:
        """Do not call for this name."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the monitor knows of a site: how its crawls went, when it is crawled next, and whether it is right now."""

    site: str
    past: Past
    next_at: datetime | None = None
    is_running: bool = False
    status: int = 0


class Monitor:
    """Keeps every site's next crawl planned; at most ``at_once`` run at a time, and never two of one site."""

    def __init__(
        self,
        alarm: Alarm,
        crawl: Callable[[str], Awaitable[int]],
        look: Callable[[str, datetime], Past],
        jitter: Callable[[], float],
        at_once: int,
    ):
        """``crawl`` runs a site's crawl and gives its exit status; ``look`` tells a site's past."""
        self.alarm = alarm
        self.lines: dict[str, Line] = {}
        self._rhythms: dict[str, Rhythm] = {}
        self._crawl, self._look, self._jitter = crawl, look, jitter
        self._places = asyncio.Semaphore(at_once)

    def follow(self, rhythms: Iterable[tuple[str, Rhythm]]) -> None:
        """From now on, follow exactly these sites. One that is new, or is to be crawled otherwise, is planned anew."""
        wanted = dict(rhythms)
        for site in self.lines.keys() - wanted.keys():
            logger.info("%s: no longer followed", site)
            self.alarm.forget(site)
            del self.lines[site], self._rhythms[site]
        for site, rhythm in wanted.items():
            if self._rhythms.get(site) == rhythm:
                continue
            self._rhythms[site] = rhythm
            known = self.lines.setdefault(site, Line(site, Past()))
            if not known.is_running:
                self._plan(site, known)

    async def visit(self, site: str) -> None:
        """Crawl a site as soon as there is a place, then plan its next crawl."""
        async with self._places:
            if site not in self.lines:
                return
            began = self.alarm.now()
            self.lines[site] = replace(self.lines[site], is_running=True, next_at=None)
            try:
                status = await self._crawl(site)
            except OSError as error:  # no memory or no process for it: the next time may be better
                logger.error("%s: the crawl could not be started: %s", site, error)
                status = 1
        if site in self.lines:
            line = Line(site, Past(), status=status)
            self._plan(site, line, began)
            self._tell(self.lines[site])

    def _plan(self, site: str, line: Line, began: datetime | None = None) -> None:
        now = self.alarm.now()
        past = self._look(site, now)
        if began is not None and (past.started is None or past.started < began):  # it did not come to write its row
            failed = line.status not in (0, HELD)
            past = replace(past, started=began, failures=past.failures + failed)
        when = next_start(self._rhythms[site], past, now, self._jitter())
        self.lines[site] = replace(line, past=past, next_at=when, is_running=False)
        self.alarm.at(when, site, partial(self.visit, site))

    def _tell(self, line: Line) -> None:
        outcome = {0: line.past.outcome or "done", HELD: "another crawl of it is running"}.get(
            line.status, f"failed (exit status {line.status}): {line.past.reason or 'see its log'}"
        )
        level = logging.INFO if line.status in (0, HELD) else logging.WARNING
        logger.log(level, "%s: %s; %d new, %d changed; next at %s", line.site, outcome, line.past.new,
                   line.past.changed, f"{line.next_at:%Y-%m-%d %H:%M} UTC")  # fmt: skip
