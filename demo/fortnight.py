"""The archive of the README's pictures: real crawls of two demo papers on ten days, while the clock of all moves on.

So there are edits, silent ones too, withdrawals, a text that both papers ran, and stories: ``python -m
tests.browser.fortnight FOLDER`` leaves ``news.db`` in the folder. All crawls share one process, as those of
tests/month.py do. The papers take the demo's own ports where these are free: then every run shows the same addresses.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import starmap
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor
from twisted.internet.task import react

from demo.clock import PRESENT
from demo.manuscripts import manuscripts
from demo.paper import Paper
from demo.server import Server

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
_PORTS = {"herald": 8650, "courier": 8651}
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


async def _walk(folder: Path) -> None:
    sites = folder / "sites"
    sites.mkdir(parents=True)
    (folder / "watches.toml").write_text(_WATCHES, "utf-8")
    with ExitStack() as open_servers:
        servers = {name: open_servers.enter_context(_server(name)) for name in _PAPERS}
        for name, server in servers.items():
            host = server.origin.removeprefix("http://")
            text = _PROFILE.format(name=name, title=_TITLES[name], origin=server.origin, host=host)
            (sites / f"{name}.toml").write_text(text, "utf-8")
        for now in DAYS:
            for name, server in servers.items():
                server.now = now
                await AsyncCrawlerRunner(_settings(folder, now)).crawl(name)


def _server(name: str) -> Server[Paper]:
    try:
        return Server(_PAPERS[name], _PORTS[name])
    except OSError:  # a demo is being served
        return Server(_PAPERS[name])


def _settings(folder: Path, now: datetime) -> Any:
    settings = get_project_settings()
    own = {
        "DATABASE": str(folder / "news.db"),
        "SITES_DIR": str(folder / "sites"),
        "WATCHES": str(folder / "watches.toml"),
        "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "CRAWL_TIME": now.isoformat(),
        "EXTRACTION_WORKERS": 1,
        "CONCURRENT_REQUESTS": 1,  # articles come in the same order every time
        "LOG_ENABLED": False,
    }
    settings.setdict(own, priority="cmdline")
    return settings


if __name__ == "__main__":
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    install_reactor(_REACTOR)
    react(lambda _: deferred_from_coro(_walk(Path(sys.argv[1]))))
