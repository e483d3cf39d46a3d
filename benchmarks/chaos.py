"""What is lost where everything is killed: an archive host, RabbitMQ and workers, kill -9, a cut network, bad pages.

``python -m benchmarks.chaos [--workers 3] [--hosts 20] [--pages 2000] [--kills 30]``: papers on loopback are crawled
three times. Undisturbed on one machine; undisturbed by one, two and so on workers, for what a page costs and how many
there are a second; then while workers, archive host and broker are killed with -9 and the network between workers and
broker is cut, with three pages that kill whoever fetches them. Then every address that was listed must be settled once,
those three as failed, no host asked sooner than it wishes, and the archive be that of the undisturbed crawl.

``--only rates`` or ``--only chaos`` does a part of it. Exit status 1 where anything is not as it must be.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from benchmarks.chaos_server import Plan, serving
from pipelines.archive.under_way import TAKEN_DOWN
from tests.broker import Broker, free_port
from tests.crawling import children

ROOT = Path(__file__).parent.parent
_DELAY = 1.0  # seconds that each paper asks for between two requests
_AS_LONG = 0.8
"""Part of that pause that must lie between two requests as the server sees them: it is busy itself."""
_BATCH = 25  # seconds that a worker may work on a batch while everything is killed
_LONGEST = 540.0  # seconds for the whole of the chaos
_SOONEST, _LATEST = 3.0, 8.0  # seconds between two kills
_PROFILE = """
name = "{name}"
title = "Paper {name}"
home = "{origin}/"
hosts = ["{host}"]
feeds = ["{origin}/feed"]
every = "1 min"

[[articles]]
pattern = '/a/(?P<id>\\d+)$'
"""
_SAME = {
    "articles": "select url, site, title, text, published_at, word_count, language, content_hash from articles",
    "addresses": "select url, address_key, kind from article_urls",
    "events": "select a.url, e.kind from events e join articles a on a.id = e.article_id",
    "copies": "select count(*) from copies",
}


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("rates", "chaos"))
    given = parser.parse_args()
    hosts = tuple(f"127.1.7.{number}" for number in range(1, given.hosts + 1))
    killing = frozenset((hosts[n % len(hosts)], 2 + n) for n in range(3))
    plan = Plan(hosts, given.pages // given.hosts, _DELAY, datetime.now(UTC), killing)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves nothing running
    with TemporaryDirectory() as name, serving(plan) as (port, line):
        folder, well = Path(name), True
        broker = Broker(folder / "rabbit")
        try:
            broker.start()
            alone = _alone(folder, plan, port, line)
            if given.only != "chaos":
                _rates(folder, plan, port, line, broker, given.workers)
            if given.only != "rates":
                well = Chaos(folder, plan, port, line, broker, given).run(alone)
        finally:
            broker.stop()
    sys.exit(not well)


class Place:
    """Where one run keeps its archive, profiles and logs, and what it starts."""

    def __init__(self, folder: Path, plan: Plan, port: int):
        folder.mkdir()
        (folder / "sites").mkdir()
        self.folder, self.plan, self.database = folder, plan, folder / "news.db"
        self.names = [f"p{number:03}" for number in range(len(plan.hosts))]
        for name, host in zip(self.names, plan.hosts, strict=True):
            told = _PROFILE.format(name=name, origin=f"http://{host}:{port}", host=f"{host}:{port}")
            (folder / "sites" / f"{name}.toml").write_text(told, "utf-8")
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, broker: str = "", **settings: object) -> subprocess.Popen[bytes]:
        """Start ``scrapy COMMAND``."""
        given = {
            "DATABASE": self.database, "SITES_DIR": self.folder / "sites", "WATCHES": "", "EXTRACTION_WORKERS": 1,
            "ALLOW_PRIVATE_HOSTS": ",".join(self.plan.hosts), "DOWNLOAD_TIMEOUT": 2, **settings,
        }  # fmt: skip
        pairs = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        pairs += ["-s", f"BROKER={broker}"] if broker else []
        with (self.folder / f"{command[0]}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  # our own command
                [sys.executable, "-m", "scrapy", *command, *pairs], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log,
            )  # fmt: skip
        self.running.append(process)
        return process

    def monitor(self, broker: str = "", **settings: object) -> subprocess.Popen[bytes]:
        """Start what follows all papers."""
        return self.start("monitor", *self.names, broker=broker, **settings)

    def end(self) -> None:
        """Have all that runs come to its end."""
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def count(self, sql: str) -> int:
        """Return a number of the archive's; 0 while it is not laid out."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
                return int(db.execute(sql).fetchone()[0])
        except sqlite3.OperationalError:
            return 0

    def settled(self) -> int:
        """Return how many addresses have come to an end."""
        told = "select count(*) from candidates where outcome in ('stored', 'alias')"
        return self.count(f"{told} or (outcome = 'failed' and reason = '{TAKEN_DOWN}')")  # our own words

    def until_settled(self, pages: int, longest: float) -> float:
        """Wait until so many are; return the seconds."""
        began = monotonic()
        while self.settled() < pages and monotonic() - began < longest:
            sleep(0.5)
        return monotonic() - began

    def rows(self, name: str) -> Counter[tuple[object, ...]]:
        """Return what must be the same in two archives, without the pages that kill."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            rows = map(tuple, db.execute(_SAME[name]).fetchall())
            return Counter(row for row in rows if not any(_ends(row, host, n) for host, n in self.plan.killing))


def _ends(row: tuple[object, ...], host: str, number: int) -> bool:
    return isinstance(row[0], str) and row[0].startswith(f"http://{host}:") and row[0].endswith(f"/a/{number}")


_WARM = 0.2
"""Part of the pages that is left out of what a page costs: programs start meanwhile."""


def _alone(folder: Path, plan: Plan, port: int, line: Connection) -> Place:
    """Crawl on one machine, undisturbed."""
    place = Place(folder / "alone", plan, port)
    _asked(line, kills=False)
    monitor = place.monitor()
    try:
        costs, rate = _measured(place, partial(_costs, ((monitor.pid,),)))
    finally:
        place.end()
    print(f"one machine     {place.settled()} pages, {costs[0]:.1f} ms of CPU a page, {rate:.1f} pages/s")
    _show_gaps(_asked(line, kills=False)[0])
    return place


def _rates(folder: Path, plan: Plan, port: int, line: Connection, broker: Broker, workers: int) -> None:
    """Crawl by more and more workers, undisturbed, and print what that costs."""
    for count in range(1, workers + 1):
        place = Place(folder / f"workers-{count}", plan, port)
        host = place.monitor(broker.addresses.host).pid
        fetching = [place.start("work", broker=broker.addresses.worker).pid for _ in range(count)]
        try:
            costs, rate = _measured(place, partial(_costs, ((host,), tuple(fetching), broker.pids())))
        finally:
            place.end()
        told = [f"{cost:.1f}" for cost in (sum(costs), *costs)]
        print(
            f"{count} workers       {place.settled()} pages, {told[0]} ms of CPU a page: archive host {told[1]},"
            f" workers {told[2]}, broker {told[3]}; {rate:.1f} pages/s"
        )
        _show_gaps(_asked(line, kills=False)[0])
    most = len(plan.hosts) / plan.delay
    cores = os.cpu_count()
    print(f"bounds          {len(plan.hosts)} hosts allow {most:.0f} pages/s; {cores} processors do all of it here")


def _costs(parts: Sequence[Sequence[int]]) -> list[float]:
    return [_cpu(*pids) for pids in parts]


def _measured(place: Place, spent: Callable[[], list[float]]) -> tuple[list[float], float]:
    """Wait until all pages are settled; return what one costs, in ms of each that spends CPU, and pages a second."""
    total = place.plan.total
    place.until_settled(round(total * _WARM), _LONGEST)
    before, settled, began = spent(), place.settled(), monotonic()
    place.until_settled(total, _LONGEST)
    pages = max(place.settled() - settled, 1)
    costs = [1_000 * (now - then) / pages for now, then in zip(spent(), before, strict=True)]
    return costs, pages / (monotonic() - began)


class Chaos:
    """A crawl in which everything is killed."""

    def __init__(
        self, folder: Path, plan: Plan, port: int, line: Connection, broker: Broker, given: argparse.Namespace
    ):
        self._place = Place(folder / "chaos", plan, port)
        self._plan, self._line, self._broker, self._given = plan, line, broker, given
        self._network = Network(broker.port)
        self._chosen = random.Random(given.seed)  # noqa: S311  # who is killed when
        self._done: Counter[str] = Counter()

    def run(self, alone: Place) -> bool:
        """Run it, print what came of it, and return whether all is as it must be."""
        try:
            asyncio.run(self._crawl())
        finally:
            self._place.end()
        asked, killed_by_pages = _asked(self._line, kills=False)
        told = ", ".join(f"{n} × {what}" for what, n in sorted(self._done.items()))
        print(f"killed          {told}; {killed_by_pages} workers by pages")
        return self._judge(alone, _show_gaps(asked))

    async def _crawl(self) -> None:
        place, began = self._place, monotonic()
        _asked(self._line, kills=True)
        async with self._network:
            host = place.monitor(self._addresses(self._broker.addresses.host), BATCH_TIMEOUT=_BATCH)
            workers = [self._work() for _ in range(self._given.workers)]
            strike_at = began + 15
            while place.settled() < self._plan.total and monotonic() - began < _LONGEST:
                await asyncio.sleep(0.5)
                if host.poll() is not None:
                    host = place.monitor(self._addresses(self._broker.addresses.host), BATCH_TIMEOUT=_BATCH)
                workers = [self._work() if worker.poll() is not None else worker for worker in workers]
                if sum(self._done.values()) < self._given.kills and monotonic() > strike_at:
                    await self._strike(host, workers)
                    strike_at = monotonic() + self._chosen.uniform(_SOONEST, _LATEST)
            print(f"chaos           {place.settled()} of {self._plan.total} settled in {monotonic() - began:.0f} s")
            await asyncio.to_thread(place.end)

    def _work(self) -> subprocess.Popen[bytes]:
        through = self._broker.addresses.worker.replace(f":{self._broker.port}/", f":{self._network.port}/")
        return self._place.start("work", broker=self._addresses(through))

    def _addresses(self, address: str) -> str:
        return f"{address}?heartbeat=3"

    async def _strike(self, host: subprocess.Popen[bytes], workers: list[subprocess.Popen[bytes]]) -> None:
        what = self._chosen.choices(("worker", "archive host", "broker", "network"), (16, 6, 3, 5))[0]
        self._done[what] += 1
        if what == "worker":
            self._chosen.choice(workers).kill()
        elif what == "archive host":
            host.kill()
        elif what == "network":
            await self._network.cut(self._chosen.uniform(2.0, 12.0))
        else:
            await asyncio.to_thread(self._broker.kill)
            await asyncio.to_thread(self._broker.start)

    def _judge(self, alone: Place, are_polite: bool) -> bool:
        place, total = self._place, self._plan.total
        lost = total - place.settled()
        doubled = place.count(
            "select count(*) from (select 1 from events where kind = 'new' group by article_id having count(*) > 1)"
        )
        again = place.count("select count(*) from candidates where outcome = 'stored' and attempts > 1")
        failed = place.count(f"select count(*) from candidates where reason = '{TAKEN_DOWN}'")  # noqa: S608  # our own words
        expected = {f"/a/{number}" for _, number in self._plan.killing}
        with closing(sqlite3.connect(place.database)) as db:
            whose = [url for (url,) in db.execute("select url from candidates where reason = ?", (TAKEN_DOWN,))]
        is_right = {url[url.index("/a/") :] for url in whose} == expected and failed == len(self._plan.killing)
        print(f"settled         {place.settled()} of {total}: lost {lost}, doubled {doubled}, after a failure {again}")
        print(f"killing pages   {failed} failed, {'exactly' if is_right else 'NOT'} the {len(expected)} that kill")
        same = True
        for name in _SAME:
            ours, theirs = place.rows(name), alone.rows(name)
            same = same and ours == theirs
            differing = f"DIFFERENT: {(ours - theirs).total()} and {(theirs - ours).total()} rows"
            print(f"{name:15} {'equal' if ours == theirs else differing}")
        return lost == 0 and doubled == 0 and is_right and same and are_polite


class Network:
    """The way from workers to the broker, which can be cut: nothing goes through, and nobody is told."""

    def __init__(self, port: int):
        """``port``: the broker's."""
        self.port, self._to = free_port(), port
        self._is_whole = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumping: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> None:
        self._is_whole.set()
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for pump in tuple(self._pumping):
            pump.cancel()

    async def cut(self, seconds: float) -> None:
        """Let nothing through for so long; then all connections are gone."""
        self._is_whole.clear()
        await asyncio.sleep(seconds)
        for writer in tuple(self._writers):
            writer.transport.abort()
        self._is_whole.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._is_whole.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        ways = [asyncio.ensure_future(self._pump(*way)) for way in ((reader, far_writer), (far_reader, writer))]
        self._pumping.update(ways)
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for one in (writer, far_writer):
            self._writers.discard(one)
            one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            while data := await reader.read(65_536):
                await self._is_whole.wait()
                writer.write(data)
                await writer.drain()


def _asked(line: Connection, *, kills: bool) -> tuple[dict[str, list[float]], int]:
    """Return who asked when, and how many were killed by pages, since the last call; pages kill from now on, or not."""
    line.send(kills)
    told: tuple[dict[str, list[float]], int] = line.recv()
    return told


def _show_gaps(asked: dict[str, list[float]]) -> bool:
    """Print the shortest pause at a host; return whether all were as long as was asked for.

    The first request of all is for robots.txt, before anybody knows what that asks for.
    """
    gaps = [later - earlier for times in asked.values() for earlier, later in pairwise(times[1:])]
    shorter = sum(gap < _DELAY * _AS_LONG for gap in gaps)
    least = min(gaps, default=0)
    print(f"                {least:.3f} s between two requests at least; {shorter} of {len(gaps)} too short")
    return shorter == 0


def _cpu(*pids: int) -> float:
    """Return the seconds of CPU of processes with all below them, those that have ended too."""
    tick, total = os.sysconf("SC_CLK_TCK"), 0.0
    for pid in {one for top in pids for one in (top, *children(top))}:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
            total += sum(map(int, fields[11:15])) / tick
    return total


if __name__ == "__main__":
    main()
