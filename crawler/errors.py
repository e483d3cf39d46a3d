"""What keeps a crawl from starting or going on: that it was asked for wrongly, or what this process is short of.

An error that says what was short is our own, and never charged to a page.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

HELD = 75
"""Exit status of a crawl that another one of its site keeps from starting: EX_TEMPFAIL of sysexits.h, try later."""

ALONE = 76
"""What a process that crawls many sites says of one that is to be crawled in a process of its own."""
_FILES = "too many files are open; raise the limit (ulimit -n)"
_MEMORY = "memory is short; free some, or raise the limits (ulimit -v, ulimit -d)"
_DISK = "the disk is full; free some space"
_THREADS = "no further thread or process can be started; raise the limits (ulimit -u, ulimit -v)"
_BY_NUMBER = {
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
    errno.ENOMEM: _MEMORY,
    errno.ENOSPC: _DISK,
    errno.EDQUOT: _DISK,
}
_DEEPEST = 10
"""Causes of an error that are looked at, one below the other."""


class SetupError(Exception):
    """A crawl that was asked for wrongly; the message is one sentence that says what was expected.

    ``status`` is the exit status it leads to.
    """

    def __init__(self, sentence: str, status: int = 1):
        super().__init__(sentence)
        self.status = status


# What this process is short of: files, memory, threads, disk.


class WorkersError(Exception):
    """The workers that read pages cannot do so, through no fault of a page; the message is one sentence."""


def lack_of(error: BaseException) -> str | None:
    """Return the sentence for what the process lacked when this error was raised; None when the error is another's."""
    return next((found for one in _causes(error) if (found := _lack(one))), None)


def files_are_short() -> str | None:
    """Return the sentence for a process that can open no further file now; else None."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return lack_of(error)
    return None


def _lack(error: BaseException) -> str | None:
    if isinstance(error, WorkersError):
        return str(error)
    if isinstance(error, MemoryError):
        return _MEMORY
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return _THREADS
    number = error.errno if isinstance(error, OSError) else getattr(error, "osError", None)  # the latter is Twisted's
    return _BY_NUMBER.get(number) if isinstance(number, int) else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from; ``cause`` is where our own errors of the download keep theirs."""
    one: BaseException | None = error
    for _ in range(_DEEPEST):
        if one is None:
            return
        yield one
        one = getattr(one, "cause", None) or one.__cause__
