"""What a crawl costs that finds nothing new: requests, and CPU seconds with all its child processes.

``python -m benchmarks.unchanged [--articles N] [--runs N]``: an invented paper is served on loopback and crawled once,
then again and again, with no second look due. The least CPU of these runs counts; the first of them is told as well.
``start`` is the least CPU of a crawl of a paper that has a feed and a news sitemap alone: nearly all of it is loading.
Byte code is written before, as it is wherever Vestnik is installed; without it loading costs half as much again.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.sites_server import profile, serving
from tests.big_paper import big_paper_server, settings_for
from tests.crawling import Crawl, crawl


def main() -> None:
    """Crawl and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--runs", type=int, default=3, help="crawls of the unchanged paper (3)")
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with TemporaryDirectory() as folder, big_paper_server(given.articles) as server:
        settings = settings_for(server, Path(folder)) | {"LOG_LEVEL": "ERROR"}
        database = Path(folder) / "news.db"
        first, cpu, _ = measured(database, settings)
        stored = first.one("select count(*) from articles")
        print(f"articles   {stored:,}, stored by the first crawl in {cpu:.1f} s of CPU")
        runs = []
        for _ in range(given.runs):
            server.requests.clear()
            again, *seconds = measured(database, settings)
            runs.append(seconds)
        asked = [path for path, _ in server.requests]
        robots = asked.count("/robots.txt")
        (new,) = again.rows("select articles from crawls order by id desc limit 1")[0]
    print(f"requests   {len(asked)}: {robots} for robots.txt, {len(asked) - robots} for listings")
    print(f"stored     {new}")
    print(f"CPU        {min(cpu for cpu, _ in runs):.2f} s, children included (the first time {runs[0][0]:.2f} s)")
    print(f"duration   {min(wall for _, wall in runs):.2f} s")
    print(f"start      {started(given.runs):.2f} s of CPU")


def started(runs: int) -> float:
    """The least CPU seconds, of so many, of a crawl of two listings that finds nothing."""
    with TemporaryDirectory() as folder, serving() as (port, *_):
        (Path(folder) / "sites").mkdir()
        (Path(folder) / "sites" / "small.toml").write_text(profile("small", f"http://127.0.0.1:{port}"), "utf-8")
        settings = {"SITES_DIR": Path(folder) / "sites", "LOG_LEVEL": "ERROR"}
        _, *costs = (measured(Path(folder) / "news.db", settings, "small")[1] for _ in range(runs + 1))
        return min(costs)


def measured(database: Path, settings: dict[str, Any], name: str = "demo") -> tuple[Crawl, float, float]:
    """A whole crawl by a Python of its own, its CPU seconds and its duration."""
    before, started = _children(), perf_counter()
    done = crawl(name, database, None, afresh=True, **settings)
    if done.status:
        sys.exit(f"the crawl ended with status {done.status}:\n{done.said[-2000:]}")
    return done, _children() - before, perf_counter() - started


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
