"""Have the files of profiles changed? They are looked at each minute, and read where they have."""

from __future__ import annotations

import os
from pathlib import Path


def stamp(*places: Path | None) -> frozenset[tuple[str, int, int]]:
    """Return what changes when one of these files, or a profile in one of these folders, does.

    Names, times and sizes; what is not there has none.
    """
    return frozenset(mark for place in places if place is not None for mark in _marks(place))


def _marks(place: Path) -> list[tuple[str, int, int]]:
    try:
        if not place.is_dir():
            held = place.stat()
            return [(str(place), held.st_mtime_ns, held.st_size)]
        with os.scandir(place) as entries:
            return [
                (entry.path, (held := entry.stat()).st_mtime_ns, held.st_size)
                for entry in entries
                if entry.name.endswith(".toml")
            ] + [(str(place), 0, 0)]
    except OSError:
        return []
