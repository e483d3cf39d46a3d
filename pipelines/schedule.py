"""When a stored article is looked at again. A pure function of what is known of it.

Most corrections come in the first hours, nearly all within a week; after that an article changes when something happens
to it, and the next look matters less each time. A change brings the looks nearer again, for where one correction was
made another often follows.
"""

from __future__ import annotations

from datetime import datetime, timedelta

# (age up to which, pause): read "while younger than six hours, every half an hour".
_STEPS = (
    (timedelta(hours=6), timedelta(minutes=30)),
    (timedelta(days=1), timedelta(hours=2)),
    (timedelta(days=3), timedelta(hours=8)),
    (timedelta(days=7), timedelta(days=1)),
    (timedelta(days=30), timedelta(days=4)),
    (timedelta(days=120), timedelta(days=15)),
)
_SELDOM = timedelta(days=60)
_TROUBLE = timedelta(hours=2)
_CONFIRM = timedelta(hours=25)
"""The pause before a second look at a page that was not there: over a day, as a confirmation asks."""


def next_check(published: datetime | None, first_seen: datetime, last_changed: datetime, now: datetime) -> datetime:
    """The earliest time of the next look at an article that was seen just now.

    Its age counts from what happened to it last: publication, being found, or a change. An article found long after it
    was published is old, however new it is to the archive.
    """
    born = min(first_seen, published) if published else first_seen
    age = now - max(born, last_changed if last_changed > first_seen else born)
    return now + next((pause for limit, pause in _STEPS if age < limit), _SELDOM)


def next_check_of_missing(now: datetime, visits: int) -> datetime:
    """The next look at an article whose page was not there: after a day, then ever more rarely: it may come back."""
    return now + min(_CONFIRM * (1 << min(visits - 1, 6)), _SELDOM)


def next_check_after_trouble(last_checked: datetime, now: datetime) -> datetime:
    """The next look at an article that could not be looked at: a quarter of the time since it could last be.

    An outage is soon over; a site that shuts us out for good is not asked for all its articles every two hours.
    """
    return now + min(max((now - last_checked) / 4, _TROUBLE), _SELDOM)
