"""Much work on an archive to which crawls write: in short transactions, with pauses in which the others get theirs."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep

ROWS = 300
"""Rows in one transaction: some milliseconds, where a crawl would wait for half a minute."""
_SHORTEST = 0.05  # seconds: who waits for SQLite's lock looks every tenth of a second, not all the time


def in_turns(step: Callable[[], int]) -> int:
    """Call ``step``, a transaction, until it has nothing left to do and gives 0. Gives the sum of what it gave."""
    done = 0
    while True:
        began = monotonic()
        if not (n := step()):
            return done
        done += n
        sleep(max(monotonic() - began, _SHORTEST))
