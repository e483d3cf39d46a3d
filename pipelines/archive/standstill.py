"""A time without crawls: every lease beside an archive is taken, for work that would keep crawls waiting too long."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from crawler.article import utc_text


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
