"""The paper's own time: its zone and the moment it takes for the present."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Moscow")
"""The zone that the profile of the layout names."""

PRESENT = datetime(2025, 1, 20, 12, 0, tzinfo=UTC)
"""When the demo is crawled; manuscripts go on for some four weeks after it."""

REDESIGN = datetime(2025, 2, 10, tzinfo=ZONE)
"""From here on article pages have another layout, which no profile knows."""


def local(at: datetime) -> datetime:
    """A time in the paper's zone; one without a zone is taken for the paper's own."""
    return at.replace(tzinfo=ZONE) if at.tzinfo is None else at.astimezone(ZONE)


def iso(at: datetime) -> str:
    """``2025-01-20T15:00:00+03:00``."""
    return local(at).isoformat(timespec="seconds")
