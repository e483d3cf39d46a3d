"""Which day of ours is a day of another calendar? The Buddhist one of Thailand and the Iranian one. Pure."""

from __future__ import annotations

from datetime import date, timedelta

BUDDHIST, IRANIAN = range(2500, 2650), range(1350, 1450)
"""Years: no page is from those of ours that they could be taken for."""
_AHEAD = 543
_IRANIAN_START = date(1971, 3, 21)
_IRANIAN_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
"""Of each 33 years; true of the observed calendar for these centuries."""


def gregorian(year: int, month: int, day: int) -> date:
    """Return a day, also of the Buddhist calendar (543 years ahead) or the Iranian one (months of 31, then of 30 days).

    Raises ValueError for a day that the calendar does not have.
    """
    if year in BUDDHIST:
        return date(year - _AHEAD, month, day)
    if year not in IRANIAN:
        return date(year, month, day)
    if not (1 <= month <= 12 and 1 <= day <= (31 if month < 7 else 30)):
        raise ValueError(f"no day of the Iranian calendar: {year}-{month}-{day}")
    before = sum(365 + (passed % 33 in _IRANIAN_LEAP) for passed in range(IRANIAN.start, year))
    return _IRANIAN_START + timedelta(before + 31 * (month - 1) - max(0, month - 7) + day - 1)
