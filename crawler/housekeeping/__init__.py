"""Looking after the archive while crawls run: one module for each part of ``scrapy archive``, which all take a Job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Job:
    """``captures`` is the folder with WARC files, None where none is kept; ``say`` takes each line for the reader."""

    database: Path
    captures: Path | None
    now: datetime
    say: Callable[[str], None]


def plural(n: int, noun: str) -> str:
    """Return ``1 file``, ``1,203 files``."""
    return f"{n:,} {noun if n == 1 else noun + 's'}"
