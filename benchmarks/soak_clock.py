"""The clock of the processes that a benchmark starts, which is set to and fro while they run."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from random import Random

from tests.crawling import ROOT

_FOLDER = Path(__file__).parent / "shifted_clock"
_JUMPS = tuple(timedelta(hours=hours) for hours in (-720, -72, -24, 3, 24, 96, 288, 9_600))


class ShiftedClock:
    """A file that says by how much the clock is wrong, and the environment in which processes go by it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "shift"
        self.ahead = self.behind = 0
        self.put_right()
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(_FOLDER), str(ROOT))),
            "SHIFT_FILE": str(self._file),
        }

    def jump(self, chance: Random) -> None:
        """Set the clock days or hours ahead or back."""
        span = chance.choice(_JUMPS)
        self.ahead += span > timedelta()
        self.behind += span < timedelta()
        self.set(span)

    def put_right(self) -> None:
        """Set the clock right."""
        self.set(timedelta())

    def set(self, span: timedelta) -> None:
        """Set the clock ahead of the right time by this span, which may be negative."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{span.total_seconds():.0f}", "ascii")
        new.replace(self._file)  # whoever looks finds the one number or the other
