"""Pages a second from loopback to SQLite, beside trafilatura alone over the same files.

``python -m benchmarks.throughput [DIR] [--runs N] [--parallel N]``: DIR holds ``pages/*.html.gz``. Vestnik fetches,
extracts, deduplicates and stores them; trafilatura reads the same pages, unpacked, from a folder and writes text files.
Both are whole commands, their start included, run in turn; the best of N runs counts for each.
"""

from __future__ import annotations

import argparse
import gzip
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.page_server import serving

_SCRAPY = (sys.executable, "-m", "scrapy")
_TRAFILATURA = (sys.executable, "-c", "from trafilatura.cli import main; main()")


def main() -> None:
    """Run both and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/real-pages"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--parallel", type=int, default=2, help="worker processes of either (2)")
    given = parser.parse_args()
    pages = given.data / "pages"
    names = sorted(pages.glob("*.html.gz"))
    if not names:
        sys.exit(f"{pages}: no *.html.gz there; expected a folder laid out as DIR/pages/NAME.html.gz")
    with TemporaryDirectory() as folder:
        plain = _unpacked(names, Path(folder) / "plain")
        ours, theirs = [], []
        for run in range(given.runs):
            ours.append(_vestnik(pages, Path(folder) / f"{run}.db", given.parallel))
            theirs.append(_trafilatura(plain, Path(folder) / f"out{run}", given.parallel))
        stored = _stored(Path(folder) / "0.db")
    vestnik, trafilatura = len(names) / min(ours), len(names) / min(theirs)
    print(f"{len(names)} pages, {given.parallel} worker processes, best of {given.runs} runs, start-up included")
    print(f"vestnik      {vestnik:6.1f} pages/s  fetched, extracted, deduplicated and stored ({stored} articles)")
    print(f"trafilatura  {trafilatura:6.1f} pages/s  extracted from files")
    print(f"ratio        {vestnik / trafilatura:6.2f}")


def _unpacked(names: list[Path], folder: Path) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name.name.removesuffix(".gz")).write_bytes(gzip.decompress(name.read_bytes()))
    return folder


def _vestnik(pages: Path, database: Path, workers: int) -> float:
    addresses = database.with_suffix(".txt")
    with serving(pages) as urls:
        addresses.write_text("\n".join(urls), "utf-8")
        settings = {
            "DATABASE": database,
            "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "EXTRACTION_WORKERS": workers,
            "LOG_LEVEL": "ERROR",
        }
        given = [argument for name, value in settings.items() for argument in ("-s", f"{name}={value}")]
        return _timed((*_SCRAPY, "crawl", "urls", "-a", f"file={addresses}", *given))


def _trafilatura(plain: Path, out: Path, workers: int) -> float:
    out.mkdir()
    where = ("--input-dir", str(plain), "--output-dir", str(out), "--parallel", str(workers))
    return _timed((*_TRAFILATURA, *where, "--json", "--with-metadata"))


def _timed(command: tuple[str, ...]) -> float:
    started = perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # our own words
    if done.returncode:
        sys.exit(f"{' '.join(command)}\nended with status {done.returncode}:\n{done.stderr[-2000:]}")
    return perf_counter() - started


def _stored(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        (count,) = db.execute("select count(*) from articles").fetchone()
    return int(count)


if __name__ == "__main__":
    main()
