"""The alarm of the real clock, where that clock is set while somebody waits."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from crawler.monitoring.processes import ClockAlarm

BEGIN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SOON = timedelta(milliseconds=60)


class WallClock:
    """A clock on the wall: it goes, and can be set."""

    def __init__(self):
        self.set_by = timedelta()
        self._began = asyncio.get_running_loop().time()

    def now(self):
        return BEGIN + self.set_by + timedelta(seconds=asyncio.get_running_loop().time() - self._began)


@pytest.mark.parametrize("span", [timedelta(0), -timedelta(hours=2), -timedelta(days=9), timedelta(days=9)], ids=str)
async def test_it_calls_in_time_however_the_clock_is_set(span):
    clock, called = WallClock(), asyncio.Event()
    alarm = ClockAlarm(clock.now, longest=0.02)

    async def call():
        called.set()

    alarm.at(clock.now() + SOON, "site", call)
    clock.set_by = span
    assert not called.is_set()
    await asyncio.wait_for(called.wait(), 20)


async def test_what_is_far_away_is_called_once_the_clock_gets_there():
    clock, called = WallClock(), asyncio.Event()
    alarm = ClockAlarm(clock.now, longest=0.02)

    async def call():
        called.set()

    alarm.at(clock.now() + timedelta(hours=8), "site", call)
    await asyncio.sleep(0.1)
    assert not called.is_set()
    clock.set_by = timedelta(hours=8)
    await asyncio.wait_for(called.wait(), 20)
    alarm.stop()


async def test_once_it_is_stopped_it_calls_nobody_who_asks_for_it_either():
    clock, called = WallClock(), []
    alarm = ClockAlarm(clock.now, longest=0.02)

    async def call():
        called.append("site")

    alarm.stop()
    alarm.at(clock.now(), "site", call)  # as a crawl does that ends while the monitor waits for the last ones
    await asyncio.sleep(0.1)
    assert called == []
