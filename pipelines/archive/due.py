"""Whether the time for something has come: one answer for crawls, second looks, new tries, pauses and messages.

A stored time in the future is no evidence. Each plan lies at most its rule's longest pause ahead of the moment at which
it was written; one that lies farther ahead was written by a clock that was wrong, and is due. What happened cannot lie
ahead at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import overload

from crawler.article import utc_text

GRACE = timedelta(hours=1)
"""By how much clocks may differ before one of them is called wrong: a time server moves a clock by seconds, a machine
that takes local time for UTC by an hour at least."""


@overload
def is_due(at: datetime, now: datetime, longest: timedelta) -> bool: ...
@overload
def is_due(at: float, now: float, longest: float) -> bool: ...
def is_due(at, now, longest):  # type: ignore[no-untyped-def]  # the overloads say what fits together
    """Return whether what was planned for ``at`` is due, by a rule whose longest pause is ``longest``.

    Times are aware datetimes, or seconds of the clock with a pause in seconds.
    """
    return at <= now or at > now + longest


def condition(column: str) -> str:
    """Return :func:`is_due` of a column as SQL, with the parameters of :func:`bounds`."""
    return f"({column} <= :now or {column} > :latest)"


def bounds(now: datetime, longest: timedelta) -> dict[str, str]:
    """Return the parameters of :func:`condition`."""
    return {"now": utc_text(now), "latest": utc_text(now + longest)}


def has_happened(at: datetime, now: datetime) -> bool:
    """Return whether a stored time of something that happened can be right."""
    return at <= now + GRACE
