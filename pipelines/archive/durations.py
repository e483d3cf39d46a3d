"""Spans of time as people write them: in profiles, settings, watches and the options of commands."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "y": timedelta(days=365),
}
_SPAN = re.compile(r"([1-9]\d{0,7}) ?(min|h|d|y)")
_LONGEST = timedelta(days=36_500)  # a time that lies further back has no place in a calendar


def span(written: str) -> timedelta:
    """``10 min``, ``2 h`` or ``2y`` as a duration. Raises ValueError for anything else, and for no time at all."""
    found = _SPAN.fullmatch(written)
    length = int(found[1]) * _UNITS[found[2]] if found else _LONGEST * 2
    if length > _LONGEST:
        raise ValueError(f"{written!r}; expected a span such as '10 min', '2 h', '1 d' or '2 y'")
    return length
