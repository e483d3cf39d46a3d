"""Crawl two demo papers on ten days, while the clock of all moves on: ``python -m demo.fortnight FOLDER``.

So the archive, ``news.db`` in the folder, holds edits, silent ones too, withdrawals, a text that both papers ran, and
stories. An archive that is there already is crawled once more, on the last day. All crawls share one process. The
papers take the demo's own ports where these are free, so that every run shows the same addresses.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import starmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor
from twisted.internet.task import react

from demo.clock import PRESENT
from demo.manuscripts import manuscripts
from demo.paper import PORT, Paper
from demo.server import Server

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
_PAPERS = {"herald": Paper(), "courier": Paper(pieces=manuscripts(Path(__file__).parent / "tresk"))}
_PROFILE = """extends = "moscowtimes"
name = "{name}"
title = "{title}"
home = "{origin}/"
hosts = ["{host}"]
sitemaps = ["static/sitemap/sitemap.xml"]
"""
_TITLES = {"herald": "The Velmora Herald", "courier": "The Tresk Courier"}
_WATCHES = """[targets]
desk = "json://127.0.0.1:9/"

[[watch]]
name = "The river"
query = "river OR ice OR bridge"
events = ["new", "changed", "gone"]
targets = ["desk"]
"""


def _on(day: int, hour: int) -> datetime:
    return datetime(2025, 1, day, hour, 30, tzinfo=UTC)


# Some hours after something happens in the manuscripts; a day later where a disappearance must be confirmed.
_HOURS = ((21, 16), (22, 18), (23, 12), (24, 15), (25, 12), (26, 12), (27, 16), (28, 17), (29, 18))
DAYS = (PRESENT, *starmap(_on, _HOURS))


async def _walk(database: Path, days: Sequence[datetime], port: int) -> None:
    with ExitStack() as open_servers:
        sites = Path(open_servers.enter_context(TemporaryDirectory(prefix="vestnik-demo-")))
        (sites / "watches.txt").write_text(_WATCHES, "utf-8")
        servers = {
            name: open_servers.enter_context(_server(paper, port and port + n))
            for n, (name, paper) in enumerate(_PAPERS.items())
        }
        for name, server in servers.items():
            host = server.origin.removeprefix("http://")
            text = _PROFILE.format(name=name, title=_TITLES[name], origin=server.origin, host=host)
            (sites / f"{name}.toml").write_text(text, "utf-8")
        for now in days:
            for name, server in servers.items():
                server.now = now
                await _crawl(name, database, sites, now)
            print(f"  {now:%-d %B %Y}: {' and '.join(_TITLES.values())}", flush=True)


def _server(paper: Paper, port: int) -> Server[Paper]:
    try:
        return Server(paper, port)
    except OSError:  # a demo is being served
        return Server(paper)


async def _crawl(name: str, database: Path, sites: Path, now: datetime) -> None:
    """Crawl a paper; raises SystemExit where the crawl did not come to its end."""
    runner = AsyncCrawlerRunner(_settings(database, sites, now))
    crawler = runner.create_crawler(name)
    await runner.crawl(crawler)
    verdict = crawler.stats.get_value("vestnik/verdict") if crawler.stats else None
    if verdict != "done":
        sys.exit(f"demo: the crawl of {_TITLES[name]} on {now:%-d %B} ended as {verdict or 'failed'}")


def _settings(database: Path, sites: Path, now: datetime) -> Any:
    settings = get_project_settings()
    own = {
        "DATABASE": str(database),
        "SITES_DIR": str(sites),
        "WATCHES": str(sites / "watches.txt"),
        "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "CRAWL_TIME": now.isoformat(),
        "EXTRACTION_WORKERS": 1,
        "CONCURRENT_REQUESTS": 1,  # articles come in the same order every time
        "LOG_LEVEL": "ERROR",
        "LOGSTATS_INTERVAL": 0,
    }
    settings.setdict(own, priority="cmdline")
    return settings


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.fortnight", description="Crawl two papers on ten days.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where news.db is")
    parser.add_argument("--port", type=int, default=PORT, help=f"of the first paper; the second has the next ({PORT})")
    parser.add_argument("--days", type=int, default=len(DAYS), help=f"only the first so many ({len(DAYS)})")
    return parser.parse_args()


def main() -> None:
    """Crawl them; the exit status is 0 where every crawl came to its end."""
    options = _options()
    database = options.folder / "news.db"
    days = DAYS[-1:] if database.exists() else DAYS[: options.days]
    options.folder.mkdir(parents=True, exist_ok=True)
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    install_reactor(_REACTOR)
    react(lambda _: deferred_from_coro(_walk(database, days, options.port)))


if __name__ == "__main__":
    main()
