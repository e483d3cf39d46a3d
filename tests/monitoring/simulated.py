"""Days that pass in milliseconds: an alarm whose time goes from one event to the next."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import count

_TURNS = 20  # of the event loop until everything that an event set off waits for another one


class SimulatedAlarm:
    """Calls in the order of time, and lets whoever sleeps in that time sleep as long."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._nth = count()
        self._due: list[tuple[datetime, int, str | None, Callable[[], Awaitable[None]]]] = []
        self._valid: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def now(self) -> datetime:
        return self._now

    def at(self, when: datetime, name: str, action: Callable[[], Awaitable[None]]) -> None:
        self._valid[name] = nth = next(self._nth)
        heapq.heappush(self._due, (when, nth, name, action))

    def forget(self, name: str) -> None:
        self._valid.pop(name, None)

    async def sleep(self, span: timedelta) -> None:
        """For what runs in simulated time."""
        over = asyncio.Event()

        async def wake() -> None:
            over.set()

        heapq.heappush(self._due, (self._now + span, next(self._nth), None, wake))
        await over.wait()

    def jump(self, span: timedelta) -> None:
        """The machine is suspended for so long, or its clock set: nothing is called meanwhile.

        Where the clock is set back, whoever waits still waits as long as before.
        """
        self._now += span
        if span < timedelta():
            self._due = [(when + span, nth, name, action) for when, nth, name, action in self._due]

    async def run(self, until: datetime) -> None:
        """Let the time pass. Raises what an action raised."""
        while self._due and self._due[0][0] <= until:
            when, nth, name, action = heapq.heappop(self._due)
            if name is not None and self._valid.get(name) != nth:
                continue
            self._now = max(self._now, when)
            task = asyncio.ensure_future(_done(action))
            self._tasks.add(task)
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            for ended in [task for task in self._tasks if task.done()]:
                self._tasks.discard(ended)
                ended.result()
        self._now = max(self._now, until)


async def _done(action: Callable[[], Awaitable[None]]) -> None:
    await action()
