"""The archive that a version leaves behind, for later ones to open: the month, then a paper that reprints and merges,
alerts on their way, and an article forgotten.

``python -m tests.archive.release FILE.db.gz`` makes it in about a minute, with the code of this checkout. Addresses
are stored, so each paper has a port of its own, always the same.
"""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from benchmarks.soak_webhook import Webhook
from crawler.monitoring.sending import send, send_due
from demo.paper import Paper
from demo.replies import Reply
from demo.server import HOST, Newspaper, Server
from pipelines.archive.database import open_archive
from pipelines.watching.watches import load
from tests.archive.ticker import PROFILE, Ticker
from tests.crawling import ROOT, Crawl, crawl
from tests.month import CALENDAR, OTHERS, WATCHES, walked, write_sites

END = CALENDAR[-1].at
"""The month's."""
_FIRST = END + timedelta(hours=2)
PAPERS: dict[str, Newspaper] = {"demo": Paper(), **OTHERS, "ticker": Ticker(_FIRST)}
"""Every paper of the archive, by the name of its site."""
PORTS = {"demo": 20704, "bote": 20705, "sister": 20706, "ticker": 20707}
"""Below those that systems give out by themselves."""
ROUNDS = (_FIRST + timedelta(hours=5), _FIRST + timedelta(hours=30))
"""When the last paper is crawled."""
FORGOTTEN = f"http://{HOST}:{PORTS['ticker']}/quays/oakum"
_PATIENCE = 200.0  # seconds that another run of the same tests may take


class Afresh:
    """A paper that sends every page whole, whatever the reader says it has."""

    def __init__(self, paper: Newspaper) -> None:
        self.paper = paper

    def at(self, origin: str) -> Afresh:
        """The same paper at another origin."""
        return Afresh(self.paper.at(origin))

    def respond(self, path_and_query: str, now: datetime, _headers: Mapping[str, str] | None) -> Reply:
        """The whole reply to a GET of this address at this aware time."""
        return self.paper.respond(path_and_query, now, None)


def server(site: str, now: datetime, *, afresh: bool = False) -> Server[Any]:
    """Return a server of one of the papers as it is at a time, on its port; wait while another run holds the port."""
    paper = Afresh(PAPERS[site]) if afresh else PAPERS[site]
    end = monotonic() + _PATIENCE
    while True:
        try:
            return Server(paper, PORTS[site], now)
        except OSError as error:
            if monotonic() > end:
                raise AssertionError(f"{HOST}:{PORTS[site]} has been taken for {_PATIENCE:.0f} s: {error}") from error
        sleep(0.2)


def crawled(folder: Path, site: str, at: datetime) -> Crawl:
    """Crawl one of the sites into ``news.db`` in the folder, at this time by the crawl's clock."""
    sites, watches = folder / "sites", folder / "watches.toml"
    done = crawl(
        site, folder / "news.db", CRAWL_TIME=at.isoformat(), SITES_DIR=sites, WATCHES=watches, REVISITS_PER_CRAWL=1000
    )
    assert done.status == 0, done.said[-4000:]
    return done


def write_profiles(folder: Path) -> Path:
    """Write the profiles of all papers. Return the folder, for SITES_DIR."""
    write_sites(folder, PORTS)
    host = f"{HOST}:{PORTS['ticker']}"
    (folder / "ticker.toml").write_text(PROFILE.format(origin=f"http://{host}", host=host), "utf-8")
    return folder


def _make(folder: Path) -> Path:
    database, sites = folder / "news.db", folder / "sites"
    walked(folder, PORTS)
    write_profiles(sites)
    with Webhook() as desk:
        pager = 'pager = "json://127.0.0.1:9/"\n\n[[watch]]'  # refuses whoever calls
        watches = WATCHES.replace("127.0.0.1:9/", f"127.0.0.1:{desk.port}/").replace("\n[[watch]]", pager, 1)
        (folder / "watches.toml").write_text(watches.replace('["desk"]', '["desk", "pager"]'), "utf-8")
        _send(folder, END + timedelta(hours=1))
        for n, at in enumerate(ROUNDS):
            with server("ticker", at):
                crawled(folder, "ticker", at)
            if n == 0:
                _send(folder, at + timedelta(hours=1))
    command = [sys.executable, "-m", "scrapy", "archive", "forget", FORGOTTEN, "--reason", "asked for by the keeper"]
    settings = ["-s", f"DATABASE={database}", "-s", f"SITES_DIR={sites}"]
    subprocess.run([*command, *settings], cwd=ROOT, check=True, timeout=_PATIENCE)
    return database


def _send(folder: Path, now: datetime) -> None:
    with closing(open_archive(folder / "news.db")) as db:
        send_due(db, load(folder / "watches.toml").targets, send, "", lambda: now)


def _packed(database: Path) -> bytes:
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("vacuum")
        db.execute("pragma wal_checkpoint(truncate)")
    return gzip.compress(database.read_bytes(), mtime=0)


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        Path(sys.argv[1]).write_bytes(_packed(_make(Path(scratch))))
