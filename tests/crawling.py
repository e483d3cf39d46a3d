"""Runs real crawls as a person would, in a process of their own, and looks at what they left."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

ROOT = Path(__file__).parent.parent
_PATIENCE = 100  # seconds


@dataclass(frozen=True)
class Crawl:
    """A finished crawl: its exit status, what it said, and the archive it wrote."""

    status: int
    said: str
    database: Path
    peak: int = 0
    """Bytes that its main process held at most."""
    worker_peak: int = 0
    """Bytes that one of its workers held at most."""

    def rows(self, sql: str, *args: object) -> list[tuple[Any, ...]]:
        """What the archive answers."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return db.execute(sql, args).fetchall()

    def one(self, sql: str, *args: object):
        """The first column of the first row."""
        return self.rows(sql, *args)[0][0]


def crawl(name: str, database: Path, args: dict[str, str] | None = None, **settings: object) -> Crawl:
    """``scrapy crawl NAME`` with these spider arguments and settings. Loopback is allowed, nothing else private."""
    command = command_line(name, database, args, settings)
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said, text=True)
        peak, worker_peak = _watched(process)
        said.seek(0)
        return Crawl(process.returncode, said.read(), database, peak, worker_peak)


def command_line(name: str, database: Path, args: dict[str, str] | None, settings: dict[str, object]) -> list[str]:
    """The command of such a crawl."""
    # One worker: to start another costs more than it saves on the few pages of most crawls.
    given = {"DATABASE": database, "ALLOW_PRIVATE_HOSTS": "127.0.0.1", "EXTRACTION_WORKERS": 1, **settings}
    command = [sys.executable, "-m", "scrapy", "crawl", name]
    for key, value in (args or {}).items():
        command += ["-a", f"{key}={value}"]
    for key, setting in given.items():
        command += ["-s", f"{key}={setting}"]
    return command


def _watched(process: subprocess.Popen[str]) -> tuple[int, int]:
    """Wait for the end of a crawl; the most bytes that it and any of its children held."""
    peak = worker_peak = 0
    end = monotonic() + _PATIENCE
    while process.poll() is None:
        peak = max(peak, _high_water(process.pid))
        worker_peak = max([worker_peak, *map(_high_water, children(process.pid))])
        if monotonic() > end:
            process.kill()
            process.wait()
            raise TimeoutError(f"the crawl did not end within {_PATIENCE} s")
        sleep(0.03)
    return peak, worker_peak


def children(pid: int) -> list[int]:
    """The processes below a process; none when it is gone."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return []
    return [int(child) for child in listed] + [below for child in listed for below in children(int(child))]


def _high_water(pid: int) -> int:
    """Resident bytes of a process at its highest; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except (OSError, ValueError):
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def profile_for(origin: str, folder: Path) -> Path:
    """The demo's profile with another origin, in a folder for SITES_DIR."""
    shipped = (ROOT / "demo" / "sites" / "demo.toml").read_text("utf-8")
    folder.mkdir(exist_ok=True)
    host = origin.removeprefix("http://")
    (folder / "demo.toml").write_text(shipped.replace("127.0.0.1:8650", host), "utf-8")
    return folder


def path_of(url: str) -> str:
    """An address below its host, as a server sees it."""
    return "/" + url.split("/", 3)[3]
