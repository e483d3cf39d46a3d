"""What every part of the housekeeping is told."""

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


def plural(n: int, one: str, several: str | None = None) -> str:
    """``1 file``, ``1,203 files``."""
    return f"{n:,} {one if n == 1 else several or one + 's'}"
