"""How fast articles go into an archive that grows, what memory that takes, and what each costs on disk.

``python -m benchmarks.growth [--rows N] [--database PATH]``: invented articles pass through the pipeline's own
functions (canonicalise, fingerprint, store), each in a transaction of its own as in a crawl. At 10,000 rows, then at
ten times as many, up to N: 5,000 articles to warm up, then 5,000 that are measured. Up to there the archive is filled
by the same functions, many articles to a transaction, while a second process invents the next ones. The file is
removed at the end unless it is named: one of a million rows takes some 17 GB, and over an hour. One that is there
grows on from where it is. Where other programs are busy, CPU time tells more than the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import cast

from benchmarks.growth_file import bytes_by_table, rows_of
from crawler.article import Article, Visit
from pipelines.archive.writer import Archive
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted
from pipelines.record import Record
from pipelines.store import store
from tests.material.articles import SITES, visit

FIRST = 10_000
WINDOW = 5_000
_AT_ONCE = 250
"""Articles to a transaction while the archive is only filled."""
_AHEAD = 4
"""Such transactions that are invented beforehand."""
_MADE = 500
"""Articles that are invented at once, before the clock runs."""
_MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Window:
    """Articles stored one by one into an archive of ``rows``: how many, in what time and CPU time, both in seconds."""

    rows: int
    articles: int
    duration: float
    cpu: float
    resident: int
    """Bytes of memory that the process then held."""
    size: int
    """Bytes of the archive's file."""


def main(arguments: list[str] | None = None) -> int:
    """Grow an archive and print the figures; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="the most rows to measure at (100000)")
    parser.add_argument("--window", type=int, default=WINDOW, help="articles to a window, and before it (5000)")
    parser.add_argument("--first", type=int, default=FIRST, help="rows at the first window (10000)")
    parser.add_argument("--database", type=Path, help="a file to keep, or to go on with; else none is kept")
    given = parser.parse_args(arguments)
    if not 0 < given.window <= given.first <= given.rows:
        parser.error("expected 0 < WINDOW <= FIRST <= ROWS")
    try:
        stored = 0 if given.database is None else rows_of(given.database)
    except ValueError as error:
        parser.error(str(error))
    with TemporaryDirectory(prefix="vestnik-growth-") as folder:
        path = given.database or Path(folder) / "news.db"
        at = [size for size in sizes(given.first, given.rows) if size >= stored + given.window]
        asyncio.run(grow(path, at, given.window, print, stored))
        print("\n".join(bytes_by_table(path)))
    return 0


def sizes(first: int, most: int) -> list[int]:
    """``first`` and its tenfold, hundredfold …, and ``most``."""
    found = [first]
    while found[-1] * 10 <= most:
        found.append(found[-1] * 10)
    return found if found[-1] == most else [*found, most]


async def grow(path: Path, at: list[int], window: int, tell: Callable[[str], None], stored: int = 0) -> list[Window]:
    """Let an archive at ``path``, which holds so many articles, grow to each of these sizes and measure a window there.

    ``tell`` gets a line for each.
    """
    archive = Archive(path)
    windows: list[Window] = []
    tell(f"filled {_AT_ONCE} articles to a transaction; windows of {window} after {window} of warm-up, one to each")
    tell("     rows  articles/s to the first  CPU ms to the first  resident      file")
    try:
        for size in at:
            stored = await _fill(archive, stored, size - window)
            await _one_by_one(archive, stored, window)
            duration, cpu = await _one_by_one(archive, size, window)
            stored = size + window
            windows.append(Window(size, window, duration, cpu, _resident(), _size(path)))
            tell(_line(windows[-1], windows[0]))
    finally:
        archive.close()
    return windows


def _line(one: Window, first: Window) -> str:
    return (
        f"{one.rows:9,} {one.articles / one.duration:11.0f} {first.duration / one.duration:12.2f}"
        f" {1000 * one.cpu / one.articles:7.2f} {first.cpu / one.cpu:12.2f}"
        f" {one.resident / _MEGABYTE:6.0f} MB {one.size / _MEGABYTE:6.0f} MB"
    )


async def _fill(archive: Archive, stored: int, size: int) -> int:
    # Spawned: a forked one would share the open file of the archive.
    with ProcessPoolExecutor(1, get_context("spawn")) as inventor:
        ahead: deque[Future[list[Record]]] = deque()
        for numbers in _batches(stored, max(size - stored, 0), _AT_ONCE):
            ahead.append(inventor.submit(_invented, numbers))
            if len(ahead) > _AHEAD:
                await archive.write(partial(_keep, ahead.popleft().result()))
        while ahead:
            await archive.write(partial(_keep, ahead.popleft().result()))
    return max(stored, size)


async def _one_by_one(archive: Archive, stored: int, many: int) -> tuple[float, float]:
    """Seconds, and CPU seconds, that it took to store so many articles."""
    duration = cpu = 0.0
    for numbers in _batches(stored, many, _MADE):
        visits = [visit(number) for number in numbers]
        began, cpu_began = perf_counter(), process_time()
        for one in visits:
            await archive.write(partial(_keep, [_record(one)]))
        duration += perf_counter() - began
        cpu += process_time() - cpu_began
    return duration, cpu


def _batches(stored: int, many: int, at_once: int) -> Iterator[range]:
    """The numbers of so many articles after those that are stored, in pieces."""
    for begin in range(stored + 1, stored + many + 1, at_once):
        yield range(begin, min(begin + at_once, stored + many + 1))


def _invented(numbers: range) -> list[Record]:
    return [_record(visit(number)) for number in numbers]


def _record(one: Visit) -> Record:
    return fingerprinted(canonicalise(one, cast("Article", one.article), SITES))


def _keep(records: list[Record], db: sqlite3.Connection) -> None:
    for record in records:
        store(db, record, SITES.for_url(record.visit.fetch.url), None)


def _size(path: Path) -> int:
    return path.stat().st_size


def _resident() -> int:
    """Bytes of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
