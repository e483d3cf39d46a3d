"""The real clock of the monitor: APScheduler on the running event loop."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler


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
