"""How fast the reading room answers from a large archive while a crawl is writing to it.

``python -m benchmarks.reading [--articles N] [--runs N] [--database PATH]``: an archive of 100,000 invented articles of
4 kB is built once and kept (in the folder for temporary files, unless a path is given), served on loopback, and each
page is asked for again and again over HTTP, while another process stores ten articles a second the way a crawl does.
Medians count. Wall time includes what other programs on the machine take; CPU is that of the server alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from benchmarks.reading_archive import OFTEN, SELDOM, build
from pipelines.archive.database import open_archive
from tests.make import MT, keep, visit

_PAUSE = 0.1
"""Seconds between two stored articles: faster than a polite crawl of several sites."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Page(NamedTuple):
    """A page to ask for, and the milliseconds that it may take."""

    name: str
    path: str
    target: int


def pages(articles: int) -> list[Page]:
    """What is measured in an archive of so many articles."""
    middle = articles // 2
    story = middle // 60 + 1
    return [
        Page("front page", "/", 100),
        Page("article", f"/news/articles/{middle}", 100),
        Page("search, half of all articles", f"/news/search?q={OFTEN}", 100),
        Page("search, newest first", f"/news/search?q={OFTEN}&order=newest", 100),
        Page("search, with filters", f"/news/search?q={OFTEN}&site=paper3&kind=opinion", 100),
        Page(
            "search, papers, language and time", f"/news/search?q={OFTEN}&site=paper1,paper2&language=en&from=2023", 100
        ),
        Page("search, deleted words", "/news/search?q=retracted", 100),
        Page("search, a phrase", f'/news/search?q="the+{OFTEN}+rose"', 100),
        Page("search, what is counted around it", f"/news/search-around?q={OFTEN}", 150),
        Page("search, few", f"/news/search?q={SELDOM}", 100),
        Page("story", f"/news/stories/{story}", 100),
        Page("story, as a table", f"/news/story?story_id={story}", 100),
        Page("related, depth 3", f"/news/related?article_id={middle}&depth=3", 100),
        Page("articles with four facets", "/news/articles", 200),
    ]


def main() -> None:
    """Build, serve, measure, print. Status 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=15, help="times that each page is asked for (15)")
    parser.add_argument("--database", type=Path, help="where the archive is kept, and built if it is not there")
    given = parser.parse_args()
    path: Path = given.database or Path(tempfile.gettempdir()) / f"vestnik-reading-{given.articles}.db"
    if not path.exists():
        print(f"building {path} (once, some minutes) …", flush=True)
        build(path, given.articles)
    open_archive(path).close()  # bring one from before up to date
    print_sizes(path)
    with serving(path) as (port, process), storing(path):
        missed = [page.name for page in pages(given.articles) if not measured(page, port, process, given.runs)]
    sys.exit(f"over target: {', '.join(missed)}" if missed else 0)


def print_sizes(path: Path) -> None:
    """Print the bytes of each table that a search looks into, its index and what it keeps of its own."""
    with closing(sqlite3.connect(path)) as db:
        for name in ("articles_fts", "revisions_fts", "_pieces", "_forms"):
            (size,) = db.execute("select sum(pgsize) from dbstat where name glob ?", (f"{name}*",)).fetchone()
            print(f"{name:30} {(size or 0) / 1e6:6.1f} MB")


def measured(page: Page, port: int, process: int, runs: int) -> bool:
    """Ask for a page, print what it took, and say whether that is within its target."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        ask(connection, page.path)
        ask(connection, page.path)
        walls, before = [], _cpu(process)
        for _ in range(runs):
            started = perf_counter()
            size = ask(connection, page.path)
            walls.append((perf_counter() - started) * 1000)
        cpu = (_cpu(process) - before) * 1000 / runs
    wall, good = median(walls), median(walls) <= page.target
    print(
        f"{page.name:30} {wall:6.0f} ms  (CPU {cpu:4.0f} ms, {size / 1000:4.0f} kB)   target {page.target:3}"
        f"{'' if good else '   OVER'}",
        flush=True,
    )
    return good


def ask(connection: HTTPConnection, path: str) -> int:
    """Bytes of the page. Raises RuntimeError where it does not answer as it should."""
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:500]!r}")
    return len(body)


@contextmanager
def serving(path: Path) -> Iterator[tuple[int, int]]:
    """A reading room on the archive; gives its port and process id."""
    command = [sys.executable, "-m", "reading_room", "--database", str(path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        try:
            found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline() if process.stdout else "")
            if found is None:
                sys.exit("the reading room did not start")
            yield int(found[1]), process.pid
        finally:
            process.terminate()


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Another process that stores articles meanwhile."""
    context = multiprocessing.get_context("spawn")
    end = context.Event()
    process = context.Process(target=store, args=(path, end))
    process.start()
    try:
        yield
    finally:
        end.set()
        process.join(30)
        if process.exitcode:
            sys.exit("nothing was written meanwhile: the figures do not count")


def store(path: Path, end: Event) -> None:
    """Store an article of about 4 kB after another, each in a transaction of its own, until told to end."""
    with closing(open_archive(path)) as db:
        first = db.execute("select coalesce(max(id), 0) from articles").fetchone()[0]
        n = 0
        while not end.wait(_PAUSE):
            n += 1
            paragraphs = tuple(f"Paragraph {i} of {first + n}: the {OFTEN} rose and {'fell ' * 60}." for i in range(12))
            db.execute("begin immediate")
            keep(db, visit(f"{MT}/2024/12/09/a-{first + n}-a{first + n}", title=f"Written {n}", paragraphs=paragraphs))
            db.execute("commit")


def _cpu(process: int) -> float:
    """Seconds of CPU that a process has used; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    main()
