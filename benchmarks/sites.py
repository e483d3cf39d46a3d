"""What it costs to follow a thousand sites on one machine, and how long each waits.

``python -m benchmarks.sites [--sites N] [--rounds N] [--publishing SHARE] [--trouble] [--kills N]``: that many sites,
each with a feed and a news sitemap, are served on loopback (127.1.0.0/16) and followed as `scrapy monitor` does, in one
process. Each is visited once a minute. CPU is that of the worker process with all below it, and of this one, which does
what the monitor does; the first round, in which every site is new, is told apart. With ``--publishing 0.02`` that share
of the sites publishes an article a round. With ``--trouble`` 5 % of the names take 20 s to be found, 5 % are not found,
5 % of the hosts accept and never answer, and a tenth is asked over TLS. With ``--kills 20`` so many
processes are ended with SIGKILL meanwhile: that of the crawls, the one that forks the readers of pages, a reader, or
one that crawls a site alone. What was published must be in the archive all the same, each article once, and the
archive must be equal to one that is then made of the same papers undisturbed.
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
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing, suppress
from datetime import datetime, timedelta
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from zoneinfo import ZoneInfo

from benchmarks.sites_server import profile, serving
from crawler.monitoring.monitor import Monitor, Rhythm
from crawler.monitoring.processes import ClockAlarm, Crew, Processes
from pipelines.archive.between_crawls import Pasts
from tests.archive.dump import dump
from tests.crawling import children

_PAUSE = timedelta(minutes=1)  # between two visits of a quiet site: eight times ``every``
_AT_ONCE = 100


class Waits(ClockAlarm):
    """The clock, which also knows how late each site was, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.planned: dict[str, datetime] = {}
        self.late: dict[str, list[float]] = {}

    def at(self, when: datetime, name: str, action: Callable[[], Awaitable[None]]) -> None:
        """As the clock; and remember when it is to be."""
        self.planned[name] = when
        super().at(when, name, action)

    def begins(self, name: str) -> None:
        """A site is crawled now."""
        if name in self.planned:
            self.late.setdefault(name, []).append((self.now() - self.planned[name]).total_seconds())


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3, help="visits of each site after the first (3)")
    parser.add_argument("--publishing", type=float, default=0.0, help="share of the sites that publish (0)")
    parser.add_argument("--trouble", action="store_true", help="with names and hosts that do not answer, and TLS")
    parser.add_argument("--kills", type=int, default=0, help="processes to end with SIGKILL, at moments of chance (0)")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        certificate = _certificate(Path(folder)) if given.trouble else None
        with serving(certificate) as (port, tls_port, line):
            names = _write_profiles(Path(folder), given.sites, port, tls_port, is_troubled=given.trouble)
            asyncio.run(_follow(Path(folder), names, given, line))


def _write_profiles(folder: Path, sites: int, port: int, tls_port: int, *, is_troubled: bool) -> list[str]:
    (folder / "sites").mkdir()
    names = []
    for number in range(sites):
        kind = _kind(number) if is_troubled else "s"
        name = f"{kind}{number:05}"
        origin = f"https://{name}.test:{tls_port}" if kind == "tls" else f"http://{name}.test:{port}"
        (folder / "sites" / f"{name}.toml").write_text(profile(name, origin, delay=1.0), "utf-8")
        names.append(name)
    return names


def _kind(number: int) -> str:
    return {0: "slow", 1: "none", 2: "hang", 3: "tls", 4: "tls"}.get(number % 20, "s")


async def _follow(folder: Path, names: list[str], given: argparse.Namespace, line: Connection) -> None:
    os.environ["PYTHONPATH"] = str(Path(__file__).parent / "sites_names")
    database, alarm = folder / "news.db", Waits()
    pasts = Pasts(database)
    processes = _processes(folder, database)
    crew, statuses = Crew(processes), dict[int, int]()
    visits = dict.fromkeys(names, 0)

    async def crawl(site: str) -> int:
        alarm.begins(site)
        status = await crew.crawl(site)
        visits[site] += 1
        statuses[status] = statuses.get(status, 0) + 1
        return status

    monitor = Monitor(
        alarm,
        crawl,
        pasts.of,
        lambda: random.uniform(-1, 1),  # noqa: S311  # spreads visits
        _AT_ONCE,
    )
    began = alarm.now()
    monitor.follow((name, Rhythm(_PAUSE / 8, None, ZoneInfo("UTC"))) for name in names)
    healthy = [name for name in names if name[0] in "st" and not name.startswith("slow")]
    peak = 0
    while min(visits[name] for name in healthy) < 1:
        await asyncio.sleep(0.5)
        peak = max(peak, _memory())
    print(f"first round     {len(names)} sites in {(alarm.now() - began).total_seconds():.0f} s, {_cpu():.1f} s of CPU")
    before, seen, begun = _cpu(), sum(visits.values()), alarm.now()
    alarm.late.clear()
    looks, chance, killed = round(_PAUSE.total_seconds() * 2), random.Random(1), Counter[str]()  # noqa: S311  # no secret
    moments = Counter(chance.randrange(given.rounds * looks) for _ in range(given.kills))
    publishing, wanted = healthy[: round(len(names) * given.publishing)], 0
    for look in range(given.rounds * looks):
        line.send(("publish", [f"{name}.test" for name in publishing[look % looks :: looks]]))
        await asyncio.sleep(0.5)
        peak = max(peak, _memory())
        wanted += moments[look]
        if wanted > killed.total():
            killed.update(_killed(chance))
    cpu, count = _cpu() - before, sum(visits.values()) - seen
    seconds = (alarm.now() - begun).total_seconds()
    alarm.stop()
    while any(line.is_running for line in monitor.lines.values() if line.site in healthy):  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    line.send(("asked",))
    asked = line.recv()
    line.send(("published",))
    published = line.recv()
    if given.publishing:  # of sites whose next visit would come later
        await _caught_up(database, {f"{name}.test": published.get(f"{name}.test", 1) for name in healthy}, monitor)
    await processes.stop(60.0, asyncio.Event())
    late = [seconds for name in healthy for seconds in alarm.late.get(name, [])]
    print(f"visits          {count} in {seconds:.0f} s, by exit status {dict(sorted(statuses.items()))}")
    if not given.kills:  # what a killed process took is gone with it
        print(f"CPU a visit     {cpu / max(count, 1):.4f} s ({cpu / seconds:.2f} of a processor)")
    print(f"memory          {peak} MB at most, the worker process alone")
    print(f"requests        {sum(map(len, asked.values())) / sum(visits.values()):.2f} a visit")
    rhythm = _PAUSE.total_seconds()
    print(f"longest wait    {max(late, default=0):.1f} s of a healthy site, beside {rhythm:.0f} s of rhythm")
    gaps = [later - earlier for times in asked.values() for earlier, later in pairwise(times)]
    print(f"pace            {min(gaps, default=0):.2f} s between two requests at least, where 1 s is asked for")
    stored = _stored(database)
    lacking = sum(published.get(f"{name}.test", 1) - stored.get(f"{name}.test", 0) for name in healthy)
    print(f"stored          {sum(stored.values())} articles; {lacking} of those published are not")
    if given.kills:
        with closing(sqlite3.connect(database)) as db:
            (sound,) = db.execute("pragma integrity_check").fetchone()
            (twice,) = db.execute("select count(*) - count(distinct url) from articles").fetchone()
        told = ", ".join(f"{n} of a {kind}" for kind, n in sorted(killed.items()))
        print(f"killed          {told}; the file is {sound}, {twice} articles are there twice")
        print(f"undisturbed     {await _compared(folder, database, healthy)}")
    print(f"tracebacks      {(folder / 'log').read_text('utf-8').count('Traceback')}")


def _processes(folder: Path, database: Path) -> Processes:
    settings = {"DATABASE": database, "SITES_DIR": folder / "sites", "DOWNLOAD_VERIFY_CERTIFICATES": False}
    return Processes([part for name, value in settings.items() for part in ("-s", f"{name}={value}")], folder / "log")


async def _compared(folder: Path, database: Path, names: list[str]) -> str:
    """Crawl the papers as they are now into another archive, and return how the two differ."""
    whole = folder / "whole.db"
    processes, places = _processes(folder, whole), asyncio.Semaphore(_AT_ONCE)
    crew = Crew(processes)

    async def crawl(site: str) -> None:
        async with places:
            await crew.crawl(site)

    await asyncio.gather(*map(crawl, names))
    await processes.stop(60.0, asyncio.Event())
    ours, theirs = dump(database), dump(whole)
    other = {table: ((ours[table] - theirs[table]) + (theirs[table] - ours[table])).total() for table in ours}
    rows = sum(counts.total() for counts in theirs.values())
    told = ", ".join(f"{n} in {table}" for table, n in other.items() if n) or "none"
    return f"{rows:,} rows in an archive made of the same papers without kills; other rows: {told}"


async def _caught_up(database: Path, published: Mapping[str, int], monitor: Monitor) -> None:
    """Visit what lacks something until nothing does, at most three times each."""
    for _ in range(3):
        stored = _stored(database)
        lacking = [host.removesuffix(".test") for host, count in published.items() if stored.get(host, 0) < count]
        await asyncio.gather(*(monitor.visit(site) for site in lacking))


def _stored(database: Path) -> dict[str, int]:
    """Return how many articles there are of each host."""
    with closing(sqlite3.connect(database)) as db:
        return dict(db.execute("select site || '.test', count(*) from articles group by 1").fetchall())


def _killed(chance: random.Random) -> list[str]:
    """End a process below this one with SIGKILL, and return of which kind it was; nothing where there is none."""
    alone = [pid for pid in children(os.getpid()) if b"scrapy\0crawl" in _command(pid)]
    kinds: dict[str, list[int]] = {"worker": _workers(), "crawl alone": alone, "forkserver": [], "reader": []}
    for below in (pid for worker in kinds["worker"] for pid in children(worker) if b"forkserver" in _command(pid)):
        forked = children(below)
        kinds["forkserver"] += [below] if forked else []
        kinds["reader"] += forked
    kind = chance.choice([kind for kind, pids in kinds.items() if pids] or [""])
    if not kind:
        return []
    with suppress(ProcessLookupError):
        os.kill(chance.choice(kinds[kind]), signal.SIGKILL)
    return [kind]


def _workers() -> list[int]:
    return [pid for pid in children(os.getpid()) if b"crawler.monitoring.worker" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _cpu() -> float:
    """Return the seconds of CPU of this process and of the worker process with all below it."""
    tick = os.sysconf("SC_CLK_TCK")
    total = process_time()
    for worker in _workers():
        for pid in (worker, *children(worker)):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
            except OSError:
                continue
            total += sum(map(int, fields[11:15])) / tick
    return total


def _memory() -> int:
    sizes = [0]
    for worker in _workers():
        try:
            sizes.append(int(Path(f"/proc/{worker}/statm").read_text("ascii").split()[1]) * 4096 >> 20)
        except OSError:
            continue
    return max(sizes)


def _certificate(folder: Path) -> tuple[str, str]:
    certificate, key = str(folder / "cert.pem"), str(folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    done = subprocess.run(  # noqa: S603  # our own words
        [*command, "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=sites.test"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"openssl cannot make a certificate: {done.stderr[-500:]}")
    return certificate, key


if __name__ == "__main__":
    main()
