"""When an address that gave no article is tried again. A pure function of what happened."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.article import Outcome

_FIRST = {
    Outcome.FAILED: timedelta(minutes=10),  # a network's hiccup, a server's bad moment
    Outcome.BLOCKED: timedelta(days=1),  # robots.txt and paywalls change slowly
}
_MOST = timedelta(days=2)
_ATTEMPTS = 15


def next_try(outcome: Outcome, attempts: int, now: datetime, held_until: datetime | None = None) -> datetime | None:
    """The earliest time of the next try after ``attempts`` of them; None for never.

    The pause doubles each time up to two days; after fifteen attempts, so that an outage of a week loses nothing, the
    address is left alone. Without an attempt yet there is no pause. Where the host named a time, ``held_until``, it is
    not before that.
    """
    first = _FIRST.get(outcome)
    if first is None or attempts >= _ATTEMPTS:
        return None
    pause = min(first * (1 << (attempts - 1)), _MOST) if attempts else timedelta()
    return max(now + pause, held_until or now)
