"""The log of commands that run on a terminal: bounded, with one former file beside it."""

from __future__ import annotations

from pathlib import Path

LOG_FILE = "vestnik.log"
MOST = 10_000_000
"""Bytes: some weeks of a monitor's crawls, and still opened by every editor."""


def is_full(size: int) -> bool:
    """Whether a log of so many bytes is to be put aside."""
    return size > MOST


def bounded(log: Path) -> Path:
    """The log to write to. A full one is put aside as ``.1`` first, in place of the one before.

    Who writes to it at that moment goes on doing so, under its new name.
    """
    if log.is_file() and is_full(log.stat().st_size):
        log.replace(log.with_name(f"{log.name}.1"))
    return log
