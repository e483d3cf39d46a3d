"""What a whole crawl costs a page, from loopback to SQLite, beside trafilatura's command over the same files.

``python -m benchmarks.throughput [DIR] [--pages N] [--runs N] [--parallel N]``: DIR holds ``pages/*.html.gz``. Each is
served at as many hosts as make N pages. Vestnik fetches, extracts, deduplicates and stores them; trafilatura reads the
same pages, unpacked, from a folder and writes text files. What either takes to start, with a page for each of its
workers, stands on a line of its own and counts in no figure behind it. The least CPU of the runs counts for each: where
other programs are busy it tells more than the clock. Every process below a command counts, however it came to its end.
"""

from __future__ import annotations

import argparse
import ctypes
import gzip
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.page_server import serving

_SCRAPY = (sys.executable, "-m", "scrapy")
_TRAFILATURA = (sys.executable, "-c", "from trafilatura.cli import main; main()")
_PR_SET_CHILD_SUBREAPER = 36  # from linux/prctl.h


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that a command took: by the clock, of CPU in its first process, and of CPU in those below that outlive
    it, as workers do which end with whoever forked them.
    """

    clock: float
    main: float
    workers: float

    @property
    def cpu(self) -> float:
        """Return the CPU of all of them."""
        return self.main + self.workers

    def __sub__(self, other: Cost) -> Cost:
        """Return what this one took more."""
        return Cost(self.clock - other.clock, self.main - other.main, self.workers - other.workers)


def main() -> None:
    """Run both and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/real-pages"))
    parser.add_argument("--pages", type=int, default=2_000, help="pages at least (2000)")
    parser.add_argument("--runs", type=int, default=1, help="of either (1)")
    parser.add_argument("--parallel", type=int, default=2, help="worker processes of either (2)")
    given = parser.parse_args()
    pages = given.data / "pages"
    names = sorted(pages.glob("*.html.gz"))
    if not names:
        sys.exit(f"{pages}: no *.html.gz there; expected a folder laid out as DIR/pages/NAME.html.gz")
    hosts = ceil(given.pages / len(names))
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    with TemporaryDirectory() as name, serving(pages, hosts) as urls:
        folder, workers = Path(name), given.parallel
        few, plain = _unpacked(names, workers, folder / "few"), _unpacked(names, len(urls), folder / "all")
        starts = _vestnik(urls[:workers], folder / "start.db", workers), _trafilatura(few, workers)
        runs = [
            (_vestnik(urls, folder / f"{run}.db", workers), _trafilatura(plain, workers)) for run in range(given.runs)
        ]
        outcome = _outcome(folder / "0.db")
    best = [min(costs, key=lambda cost: cost.cpu) for costs in zip(*runs, strict=True)]
    print(f"{len(urls)} pages, {len(names)} at {hosts} hosts; {workers} workers, best of {given.runs} runs")
    print(f"stored       {outcome}")
    print(f"start-up     vestnik {starts[0].cpu:.2f} s of CPU, trafilatura {starts[1].cpu:.2f} s")
    print("\n".join(_figures(best[0] - starts[0], best[1] - starts[1], len(urls) - workers, workers)))


def _figures(ours: Cost, theirs: Cost, pages: int, workers: int) -> Iterator[str]:
    """Yield lines on what so many pages cost, start-up apart."""
    for told, cost in (("vestnik", ours), ("trafilatura", theirs)):
        each, rate = 1000 * cost.cpu / pages, pages / cost.clock
        yield f"{told:12} {each:6.2f} ms of CPU a page; by the clock {rate:.0f} pages a second"
    main, workers_of_it = (1000 * seconds / pages for seconds in (ours.main, ours.workers))
    yield f"{'':12} {main:6.2f} ms of Vestnik's in the main process, {workers_of_it:.2f} in workers"
    yield f"CPU ratio    {theirs.cpu / ours.cpu:6.2f}"
    most = {"main process": pages / ours.main, f"{workers} workers": workers * pages / ours.workers}
    told = ", ".join(f"{what} {rate:.0f} pages/s" for what, rate in most.items())
    yield f"bound by     the {min(most, key=lambda what: most[what])}: at most {told}"


def _unpacked(names: list[Path], many: int, folder: Path) -> Path:
    """Lay so many pages unpacked into a folder, over and over again under other names."""
    folder.mkdir()
    for nth in range(many):
        path = names[nth % len(names)]
        (folder / f"{nth:06}-{path.name.removesuffix('.gz')}").write_bytes(gzip.decompress(path.read_bytes()))
    return folder


def _vestnik(urls: list[str], database: Path, workers: int) -> Cost:
    addresses = database.with_suffix(".txt")
    addresses.write_text("\n".join(urls), "utf-8")
    settings = {
        "DATABASE": database,
        "ALLOW_PRIVATE_HOSTS": ",".join(dict.fromkeys(url.split("/")[2].partition(":")[0] for url in urls)),
        "EXTRACTION_WORKERS": workers,
        "LOG_LEVEL": "ERROR",
    }
    given = [argument for name, value in settings.items() for argument in ("-s", f"{name}={value}")]
    return _cost((*_SCRAPY, "crawl", "urls", "-a", f"file={addresses}", *given))


def _trafilatura(plain: Path, workers: int) -> Cost:
    with TemporaryDirectory(dir=plain.parent) as out:
        where = ("--input-dir", str(plain), "--output-dir", out, "--parallel", str(workers))
        return _cost((*_TRAFILATURA, *where, "--json", "--with-metadata"))


def _cost(command: tuple[str, ...]) -> Cost:
    """Run a command, and whatever it leaves behind, to the end: orphans become ours to wait for, and so to measure."""
    others, began = _children(), perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603  # our own words
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    clock = perf_counter() - began
    if process.returncode:
        sys.exit(f"{' '.join(command)}\nended with status {process.returncode}")
    orphaned = 0.0
    for pid in _children() - others:
        _, _, left = os.wait4(pid, 0)
        orphaned += left.ru_utime + left.ru_stime
    return Cost(clock, usage.ru_utime + usage.ru_stime, orphaned)


def _children() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()}


def _outcome(database: Path) -> str:
    with closing(sqlite3.connect(database)) as db:
        counts = dict(db.execute("select outcome, count(*) from candidates group by 1").fetchall())
        told = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()))
        (copies,) = db.execute("select count(*) from copies").fetchone()
    return f"{told}; {copies} of them copies"


if __name__ == "__main__":
    main()
