"""When a site is crawled next. Pure: what its profile asks for, and how its crawls went, in; a time out.

A crawl is worth its requests when it finds something: half the gap between two articles is soon enough to have each one
shortly after it appears. The profile's ``every`` says around what, so a paper that falls silent is still looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from crawler.site import Site
from pipelines.archive.durations import span
from pipelines.archive.pasts import Past

JITTER = 0.1
"""Part of a pause by which it may be longer or shorter, so that sites on one server do not meet at each full hour."""
_FASTEST, _SLOWEST = 0.5, 8  # times ``every``
_DOUBLINGS = 5  # of the pause while crawls fail: 10 minutes become five hours
_PATIENCE = timedelta(hours=6)  # the longest pause that failures lead to; a site that asks for longer ones gets them


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a site is to be crawled, and the hours of its own zone in which it is left alone."""

    every: timedelta
    quiet: tuple[time, time] | None
    zone: ZoneInfo


def rhythm_of(site: Site, otherwise: str) -> Rhythm:
    """What a profile asks for; ``otherwise`` is the span for one that does not say: ``30 min``."""
    return Rhythm(span(site.every or otherwise), hours(site.quiet) if site.quiet else None, ZoneInfo(site.timezone))


def hours(written: str) -> tuple[time, time]:
    """``23:00-06:00`` as its first and its last minute, perhaps over midnight. Profiles were checked when read."""
    begin, _, end = written.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


def next_start(rhythm: Rhythm, past: Past, now: datetime, jitter: float) -> datetime:
    """When the next crawl begins: ``now`` or later (aware, UTC). ``jitter``: -1 to 1, drawn by whoever calls.

    A time that was missed, because the machine slept or all places were taken, is made up for once, not once for each.
    """
    if past.started is None:
        return _after_quiet(rhythm, now)
    pause = pause_after(rhythm, past) * (1 + JITTER * jitter)
    return _after_quiet(rhythm, max(past.started + pause, now))


def pause_after(rhythm: Rhythm, past: Past) -> timedelta:
    """The time between two crawls: shorter where a site publishes much, longer where little, or where crawls fail."""
    slowest = rhythm.every * _SLOWEST
    pause = min(max(past.gap / 2, rhythm.every * _FASTEST), slowest) if past.gap else slowest
    if past.failures:
        pause = min(max(pause, rhythm.every) * 2 ** min(past.failures, _DOUBLINGS), max(_PATIENCE, pause))
    return pause


def _after_quiet(rhythm: Rhythm, at: datetime) -> datetime:
    """The time itself, or the end of the quiet hours in which it lies."""
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
