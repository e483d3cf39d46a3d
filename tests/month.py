"""A month in the life of three demo papers: real crawls one after another, while their clock and that of the papers
move together. The first one has outages, a redesign and deletions; the others are crawled now and then and are well.

``python -m tests.month FOLDER`` walks it and leaves ``news.db`` and ``steps.json`` in the folder: the crawls share one
process of their own and one pool, because starting Scrapy, or a worker, costs more than most of them do. Each paper is
served on a free port, or on the one that ``NAME=PORT`` after the folder gives it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor
from twisted.internet.task import react

from crawler.extraction.pool import WorkerPool
from demo.clock import PRESENT
from demo.paper import Paper
from demo.server import HOST, PaperServer, Server
from tests.big_paper import pieces
from tests.crawling import ROOT, profile_for
from tests.material.gazette.paper import Gazette

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
_PATIENCE = 800  # seconds
_ARTICLES = re.compile(r"/(\d{4}|plus)/")
# Besides these a server is "up", or "off": then nobody listens.
_TROUBLE = {"down": (re.compile(""), 503), "half down": (_ARTICLES, 503), "lost": (_ARTICLES, 404)}


@dataclass(frozen=True)
class Step:
    """One crawl: when, in what state the server was (see ``_TROUBLE``), and the (path, status) of its answers."""

    at: datetime
    server: str = "up"
    answers: tuple[tuple[str, int], ...] = ()


def _on(month: int, day: int, hour: int, server: str = "up") -> Step:
    return Step(datetime(2025, month, day, hour, tzinfo=UTC), server)


# Some hours after something happens in the manuscripts; a day later where a disappearance must be confirmed.
CALENDAR = (
    Step(PRESENT),
    _on(1, 20, 18),
    _on(1, 21, 10),
    _on(1, 21, 16),
    _on(1, 22, 18),
    _on(1, 23, 12),
    _on(1, 24, 15),
    _on(1, 25, 12),
    _on(1, 27, 12),
    _on(1, 28, 16),
    _on(1, 29, 18),
    _on(1, 31, 12),
    _on(2, 2, 16),
    _on(2, 4, 12, "down"),
    _on(2, 4, 20, "down"),
    _on(2, 5, 11, "off"),
    _on(2, 5, 17, "half down"),
    _on(2, 6, 12),
    _on(2, 9, 12),
    _on(2, 11, 18),
    _on(2, 13, 12),
    _on(2, 15, 12),
    _on(2, 16, 14, "lost"),
    _on(2, 17, 18, "lost"),
    _on(2, 20, 18),
)

OTHERS: dict[str, Any] = {
    "bote": Gazette(),
    "sister": Paper(pieces=pieces(60, CALENDAR[-1].at - timedelta(hours=1), timedelta(hours=12))),
}
"""The other papers, by the names of their sites."""
_PROFILES = {
    "bote": """
name = "bote"
title = "Oswiner Bote"
home = "{origin}/"
hosts = ["{host}"]
timezone = "Europe/Vienna"
feeds = ["feed/atom"]
[[articles]]
pattern = '/[^/]+/[^/]+-(?P<id>\\d+)$'
""",
    "sister": 'extends = "demo"\nname = "sister"\nhome = "{origin}/"\nhosts = ["{host}"]\n',
}
WATCHES = """
[targets]
desk = "json://127.0.0.1:9/"

[[watch]]
name = "everything"
events = ["new", "changed", "gone", "returned", "syndicated"]
targets = ["desk"]

[[watch]]
name = "health"
events = ["health"]
targets = ["desk"]
"""


def is_for_all(step: Step) -> bool:
    """Whether the other papers are crawled then too."""
    return step.server == "up" and CALENDAR.index(step) % 6 == 0


def walked(folder: Path, ports: Mapping[str, int] | None = None) -> tuple[Step, ...]:
    """Walk the month in a process of its own. Return the steps with what was answered.

    ``ports`` are those of the papers, by the names of their sites; free ones if not given. Raises AssertionError if the
    walk fails.
    """
    given = [f"{name}={port}" for name, port in (ports or {}).items()]
    command = [sys.executable, "-m", "tests.month", str(folder), *given]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    assert said.returncode == 0, said.stderr[-4000:]
    answers = json.loads((folder / "steps.json").read_text("utf-8"))
    return tuple(
        Step(step.at, step.server, tuple((path, status) for path, status in answered))
        for step, answered in zip(CALENDAR, answers, strict=True)
    )


class _Pool(WorkerPool):
    """The pool of all crawls."""

    def close(self) -> None:
        """Not yet: the next crawl goes on with it."""

    def end(self) -> None:
        """Stop the worker."""
        super().close()


def write_sites(folder: Path, ports: Mapping[str, int]) -> Path:
    """Write the profiles of all three papers, as served on these ports of the loopback address. Return the folder."""
    profile_for(f"http://{HOST}:{ports['demo']}", folder)
    for name, profile in _PROFILES.items():
        host = f"{HOST}:{ports[name]}"
        (folder / f"{name}.toml").write_text(profile.format(origin=f"http://{host}", host=host), "utf-8")
    return folder


def _free_ports() -> dict[str, int]:
    with ExitStack() as stack:  # all at once, or the same one might be given twice
        origins = {name: stack.enter_context(PaperServer()).origin for name in ("demo", *OTHERS)}
    return {name: int(origin.rpartition(":")[2]) for name, origin in origins.items()}


async def _walk(folder: Path, ports: Mapping[str, int]) -> None:
    sites = write_sites(folder / "sites", ports)
    answers: list[list[tuple[str, int]]] = []
    (folder / "watches.toml").write_text(WATCHES, "utf-8")
    for step in CALENDAR:
        if is_for_all(step):
            for name, paper in OTHERS.items():
                with Server(paper, port=ports[name], now=step.at):
                    await crawl_at(folder, sites, step.at, name)
        if step.server == "off":
            await crawl_at(folder, sites, step.at)
            answers.append([])
            continue
        with PaperServer(port=ports["demo"], now=step.at) as server:
            if step.server in _TROUBLE:
                server.trouble, server.trouble_status = _TROUBLE[step.server]
            await crawl_at(folder, sites, step.at)
            answers.append(list(server.requests))
    (folder / "steps.json").write_text(json.dumps(answers), "utf-8")


async def crawl_at(folder: Path, sites: Path, at: datetime, site: str = "demo") -> None:
    """Crawl a site at a time, into the folder's archive."""
    settings = get_project_settings()
    own = {
        "DATABASE": str(folder / "news.db"),
        "SITES_DIR": str(sites),
        "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "CRAWL_TIME": at.isoformat(),
        "WATCHES": str(folder / "watches.toml"),
    }
    settings.setdict(own, priority="cmdline")
    await AsyncCrawlerRunner(settings).crawl(site)


def run(walk: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run crawls one after another in this process, with one worker for all of them."""
    install_reactor(_REACTOR)
    pool = _Pool(1, timeout=20, memory=200 * 2**20)
    try:
        with patch("crawler.extensions.archive.WorkerPool", return_value=pool):
            react(lambda _: deferred_from_coro(walk()))
    finally:  # react ends in SystemExit
        pool.end()


if __name__ == "__main__":
    where, *given = sys.argv[1:]
    ports = {name: int(port) for name, port in (one.split("=") for one in given)} or _free_ports()
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    run(lambda: _walk(Path(where), ports))
