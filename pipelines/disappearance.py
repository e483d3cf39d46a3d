"""When a page that is not there means that its article is gone. Pure.

One missing answer is an accident. Two, a day apart, with none of the page between, are not. A server that has lost
everything at once, or a site that is down, blocks us or has a new layout, proves nothing about an article.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MIN_VISITS = 2
MIN_APART = timedelta(hours=24)
_MANY = 5
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Absence:
    """How often, and from when to when, a page was not there in one row."""

    first_at: datetime
    last_at: datetime
    visits: int


def is_confirmed(absence: Absence, min_visits: int = MIN_VISITS, min_apart: timedelta = MIN_APART) -> bool:
    """Whether the visits are many enough and far enough apart."""
    return absence.visits >= min_visits and absence.last_at - absence.first_at >= min_apart


def is_plausible(missing: int, found: int) -> bool:
    """Whether a site of whose pages so many were missing and so many found of late has lost articles, not its mind."""
    return missing < _MANY or missing <= _MOST * (missing + found)
