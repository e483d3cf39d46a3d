"""One crawl at a time of a site in a mode: a lock beside the archive, which the kernel frees when its holder dies.

Crawls of whatever addresses share one lock, so that work which needs a time without crawls knows of them.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from crawler.article import utc_text


class LeaseHeldError(Exception):
    """Another crawl of the same site and mode is running; the message says who and since when."""


class Lease:
    """Held from the moment it is made until :meth:`release`, or the end of the process however that comes."""

    def __init__(self, database: Path, site: str, mode: str, now: datetime, *, shared: bool = False):
        """Take the lease. Raises LeaseHeldError when somebody has it.

        A ``shared`` one is for crawls that may run beside each other, though not beside what needs a standstill.
        The file's content only informs: a process id means nothing across containers, the lock does.
        """
        name = re.sub(r"[^\w.-]", "_", f"{site}.{mode}")
        self.path = database.with_name(f"{database.name}.{name}.lease")
        self.shared = shared
        self._file: IO[str] = self.path.open("a+", encoding="utf-8")
        if _locks(self._file, fcntl.LOCK_EX):
            who = f"process {os.getpid()} on {os.uname().nodename}, "
            self._file.truncate(0)
            self._file.write(f"{'' if shared else who}since {utc_text(now)}\n")
            self._file.flush()
        elif not shared:
            raise LeaseHeldError(f"another {mode} of {site} is running: {self._holder()}")
        if shared and not _locks(self._file, fcntl.LOCK_SH):
            raise LeaseHeldError(f"no {mode} can run now, for the archive is held: {self._holder()}")

    def release(self) -> None:
        """Let the next one begin. The file stays: removing it would let two hold locks on two files of one name."""
        if not self.shared:  # else others may still hold it, since when is theirs to know
            self._file.truncate(0)
        self._file.close()

    def _holder(self) -> str:
        self._file.seek(0)
        told = self._file.read().strip() or "somebody who has not said more"
        self._file.close()
        return told


def _locks(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# A time without crawls: every lease beside an archive is taken, for work that would keep crawls waiting too
# long.


def oldest_start(database: Path) -> float | None:
    """When the first of the crawls that run now began, in seconds of the clock; None where none runs.

    A lease is written to when it is taken, and not again before it is given back.
    """
    starts = []
    for path in _leases(database):
        with ExitStack() as stack:
            if _taken(stack, path) is None:
                starts.append(path.stat().st_mtime)
    return min(starts, default=None)


@contextmanager
def standstill(database: Path, doing: str, now: datetime) -> Iterator[list[str]]:
    """Hold all leases and give an empty list; or, where others hold some, hold none and give who they are.

    A crawl that begins meanwhile is told ``doing`` and comes again later, as if another one of its site were running.
    """
    with ExitStack() as stack:
        files, others = _take(stack, database)
        if others:
            stack.close()
            yield others
            return
        for file in files:
            file.truncate(0)
            file.write(f"{doing}, since {utc_text(now)}\n")
            file.flush()
        try:
            yield []
        finally:
            for file in files:
                file.truncate(0)


def _take(stack: ExitStack, database: Path) -> tuple[list[IO[str]], list[str]]:
    """The leases that could be taken, and who holds the others: ``moscowtimes.crawl (process 17 on desk, since …)``."""
    files, others = [], []
    for path in _leases(database):
        if file := _taken(stack, path):
            files.append(file)
        else:
            name = path.name.removeprefix(f"{database.name}.").removesuffix(".lease")
            who = path.read_text("utf-8").strip()
            others.append(f"{name} ({who})" if who else name)
    return files, others


def _taken(stack: ExitStack, path: Path) -> IO[str] | None:
    """The file of a lease, locked until the stack is closed; None where another process holds it."""
    file = stack.enter_context(path.open("a+", encoding="utf-8"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _leases(database: Path) -> list[Path]:
    return sorted(database.parent.glob(f"{database.name}.*.lease"))
