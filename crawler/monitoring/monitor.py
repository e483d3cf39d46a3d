"""The monitor's heart: each site is crawled, looked at, and planned anew. Time and processes are handed in.

A crawl is worth its requests when it finds something: half the gap between two articles is soon enough to have each one
shortly after it appears. The profile's ``every`` says around what, so a paper that falls silent is still looked at.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from math import ceil
from typing import Protocol
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from crawler.article import span
from crawler.errors import HELD
from crawler.site import Site
from pipelines.archive.crawls import Past
from pipelines.archive.due import is_due

logger = logging.getLogger(__name__)
JITTER = 0.1
"""Part of a pause by which it may be longer or shorter, so that sites on one server do not meet at each full hour."""
_FASTEST, _SLOWEST = 0.5, 8  # times ``every``
_DOUBLINGS = 5  # of the pause while crawls fail: 10 minutes become five hours
_PATIENCE = timedelta(hours=6)  # the longest pause that failures lead to; a site that asks for longer ones gets them
_PAGE_TURNED = 8.0  # seconds that a page of the table stands
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Alarm(Protocol):
    """Tells the time, and calls when it has come. A later call for the same name replaces an earlier one."""

    def now(self) -> datetime:
        """Return the time (aware, UTC)."""

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


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a site is to be crawled, and the hours of its own zone in which it is left alone."""

    every: timedelta
    quiet: tuple[time, time] | None
    zone: ZoneInfo


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
        """``crawl`` runs a site's crawl and gives its exit status; ``look`` gives a site's past."""
        self.alarm = alarm
        self.lines: dict[str, Line] = {}
        self._rhythms: dict[str, Rhythm] = {}
        self._crawl, self._look, self._jitter = crawl, look, jitter
        self._places = asyncio.Semaphore(at_once)
        self._visited: set[str] = set()

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
        if site in self._visited:  # it waits for a place, and was planned anew meanwhile
            return
        self._visited.add(site)
        try:
            await self._crawl_and_plan(site)
        finally:
            self._visited.discard(site)

    async def _crawl_and_plan(self, site: str) -> None:
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
            self._log(self.lines[site])

    def _plan(self, site: str, line: Line, began: datetime | None = None) -> None:
        now = self.alarm.now()
        past = self._look(site, now)
        if past.started is not None and past.started > now:
            past = replace(past, started=None)  # the clock was ahead then: nobody knows how long ago that was
        if began is not None and (past.started is None or past.started < began):  # it did not come to write its row
            failed = line.status not in (0, HELD)
            past = replace(past, started=min(began, now), failures=past.failures + failed)
        when = next_start(self._rhythms[site], past, now, self._jitter())
        if began is None and past.outcome == "running":  # it was broken off with the process that ran it
            when = _after_quiet(self._rhythms[site], now)
        self.lines[site] = replace(line, past=past, next_at=when, is_running=False)
        self.alarm.at(when, site, partial(self.visit, site))

    def _log(self, line: Line) -> None:
        outcome = {0: line.past.outcome or "done", HELD: "another crawl of it is running"}.get(
            line.status, f"failed (exit status {line.status}): {line.past.reason or 'see its log'}"
        )
        level = logging.INFO if line.status in (0, HELD) else logging.WARNING
        logger.log(level, "%s: %s; %d new, %d changed; next at %s", line.site, outcome, line.past.new,
                   line.past.changed, f"{line.next_at:%Y-%m-%d %H:%M} UTC")  # fmt: skip


def rhythm_of(site: Site, otherwise: str) -> Rhythm:
    """Return what a profile asks for; ``otherwise`` is the span for one that does not say: ``30 min``."""
    return Rhythm(span(site.every or otherwise), hours(site.quiet) if site.quiet else None, ZoneInfo(site.timezone))


def hours(written: str) -> tuple[time, time]:
    """Return ``23:00-06:00`` as its first and last minute, perhaps over midnight. Profiles were checked when read."""
    begin, _, end = written.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


def next_start(rhythm: Rhythm, past: Past, now: datetime, jitter: float) -> datetime:
    """Return when the next crawl begins: ``now`` or later (aware, UTC). ``jitter``: -1 to 1, drawn by whoever calls.

    A time that was missed, because the machine slept or all places were taken, is made up for once, not once for each.
    """
    if past.started is None:
        return _after_quiet(rhythm, now)
    pause = pause_after(rhythm, past) * (1 + JITTER * jitter)
    planned = past.started + pause
    return _after_quiet(rhythm, now if is_due(planned, now, pause) else planned)


def pause_after(rhythm: Rhythm, past: Past) -> timedelta:
    """Return the time between crawls: short where a site publishes much, long where little, or where crawls fail."""
    slowest = rhythm.every * _SLOWEST
    pause = min(max(past.gap / 2, rhythm.every * _FASTEST), slowest) if past.gap else slowest
    if past.failures:
        pause = min(max(pause, rhythm.every) * 2 ** min(past.failures, _DOUBLINGS), max(_PATIENCE, pause))
    return pause


def longest_pause(rhythm: Rhythm) -> timedelta:
    """Return the longest time that the monitor leaves between two crawls, whatever a site publishes or suffers."""
    pause = max(rhythm.every * _SLOWEST, _PATIENCE) * (1 + JITTER)
    if rhythm.quiet is None:
        return pause
    begin, end = (timedelta(hours=at.hour, minutes=at.minute) for at in rhythm.quiet)
    return pause + (end - begin) % _DAY


def _after_quiet(rhythm: Rhythm, at: datetime) -> datetime:
    """Return the time itself, or the end of the quiet hours in which it lies."""
    if rhythm.quiet is None:
        return at
    begin, end = rhythm.quiet
    local = at.astimezone(rhythm.zone)
    clock = local.time().replace(tzinfo=None)
    is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not is_quiet:
        return at
    day = local.date() + timedelta(days=clock >= end)
    return datetime.combine(day, end, rhythm.zone).astimezone(at.tzinfo)


def board(lines: Iterable[Line], now: datetime, most: int | None = None) -> Table:
    """Return a line for every site: its last crawl, what that found, the next one, and what troubles it.

    Trouble comes first. Where there are more lines than ``most``, that stays, up to half of them; of the others there
    is one page after the other.
    """
    ordered = sorted(lines, key=lambda line: (not trouble(line), line.site))
    shown = _page(ordered, now, most) if most is not None and len(ordered) > most else ordered
    table = Table(box=None, pad_edge=False, header_style="bold")
    if len(shown) < len(ordered):
        troubled = sum(bool(trouble(line)) for line in ordered)
        table.caption = f"{len(shown)} of {len(ordered):,} sites, {troubled:,} of them in trouble"
        table.caption_justify = "left"
    for name in ("site", "last crawl", "new", "changed", "week", "next"):
        table.add_column(name, justify="left" if name in ("site", "last crawl", "next") else "right", no_wrap=True)
    table.add_column("trouble", overflow="fold")
    for line in shown:
        past = line.past
        table.add_row(
            line.site,
            f"{ago(now - past.started)} ago" if past.started else "never",
            f"{past.new:,}" if past.started else "",
            f"{past.changed:,}" if past.started else "",
            f"{past.published:,}" if past.started else "",
            Text("crawling now", "green") if line.is_running else ahead(line.next_at, now),
            Text(trouble(line), "red"),
        )
    return table


def _page(ordered: Sequence[Line], now: datetime, most: int) -> Sequence[Line]:
    """Return as many lines as there is room for: the first of those in trouble, and a page of the rest."""
    troubled = sum(bool(trouble(line)) for line in ordered)
    staying = ordered[: min(troubled, most // 2)]
    rest, room = ordered[len(staying) :], max(most - len(staying), 1)
    page = int(now.timestamp() // _PAGE_TURNED) % ceil(len(rest) / room)
    return [*staying, *rest[page * room : (page + 1) * room]]


def trouble(line: Line) -> str:
    """Return what a person should know of a site; empty where all is well."""
    if line.status == HELD:
        return "another crawl of it is running"
    if not line.past.failures:
        return line.past.listings
    times = f" ({line.past.failures} in a row)" if line.past.failures > 1 else ""
    return f"{line.past.outcome or 'failed'}{times}: {line.past.reason or 'it left no word'}"


def ahead(at: datetime | None, now: datetime) -> str:
    """Return ``in 4 min``; ``waiting for a place`` when the time has come and it is not crawled yet."""
    if at is None or at <= now:
        return "waiting for a place"
    return f"in {ago(at - now)}"


def ago(span: timedelta) -> str:
    """Return a duration in one unit: ``40 s``, ``12 min``, ``5 h``, ``3 d``."""
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if span >= unit:
            return f"{span // unit} {name}"
    return f"{max(int(span.total_seconds()), 0)} s"
