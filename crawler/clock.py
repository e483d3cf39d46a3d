"""What time it is: the one place where this machine's clock is read.

Everything that is hard takes the time as a parameter; whoever stands at the edge asks here. A span is measured with
``time.monotonic``, never by two looks at the clock: it is set back and forth, by people and by its own servers.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from crawler.errors import SetupError

NEVER_SET_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
"""A day before any release of Vestnik. A clock that shows an earlier one was never set: machines without a battery
begin in 1970, or with the day on which their system was built."""


def now() -> datetime:
    """Return the time of this machine's clock (aware, UTC)."""
    return datetime.fromtimestamp(time.time(), UTC)


def seconds() -> float:
    """Return the same in seconds since 1970."""
    return time.time()


class SteadyClock:
    """A clock that is set once, when it is made, and that nobody sets after that.

    A crawl goes by one: set back by a day while it runs, the machine's would have it take this morning's news for
    tomorrow's.
    """

    def __init__(self) -> None:
        self._began, self._elapsed = now(), _elapsed()

    def now(self) -> datetime:
        """Return the time (aware, UTC)."""
        return self._began + self.elapsed()

    def elapsed(self) -> timedelta:
        """Return the time since it was set."""
        return timedelta(seconds=_elapsed() - self._elapsed)


def _elapsed() -> float:
    """Return seconds that pass also while the machine is suspended, where its system counts those."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def check(at: datetime) -> None:
    """Raise SetupError where a clock that shows ``at`` cannot be right."""
    if at < NEVER_SET_BEFORE:
        raise SetupError(
            f"this machine's clock says {at:%Y-%m-%d %H:%M} UTC, which is before Vestnik was written; set the clock"
            " (timedatectl set-ntp true), then run this again"
        )
