"""A monitor as a process, started anew whenever it was killed, with everything it has started."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import sleep
from types import TracebackType
from typing import Any, Self

from tests.crawling import ROOT, children

_PATIENCE = 100.0  # seconds for a monitor to stop
_CRAWLING = ("crawl", "crawler.monitoring.worker")
"""Words of commands that crawl: one site, or all of them."""


@dataclass(frozen=True)
class Killed:
    """How many of each were killed."""

    monitors: int = 0
    crawls: int = 0
    senders: int = 0
    workers: int = 0

    def __add__(self, other: Killed) -> Killed:
        return Killed(
            self.monitors + other.monitors,
            self.crawls + other.crawls,
            self.senders + other.senders,
            self.workers + other.workers,
        )

    def __str__(self) -> str:
        return (
            f"{self.monitors} of the monitor, {self.crawls} of crawls, {self.senders} of senders,"
            f" {self.workers} of extraction workers"
        )


class MonitorProcess:
    """A context manager that keeps a monitor running, and leaves none behind."""

    def __init__(self, site: str, database: Path, settings: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        given = {"DATABASE": database, "ALLOW_PRIVATE_HOSTS": "127.0.0.1", **settings}
        pairs = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        self._command = [sys.executable, "-m", "scrapy", "monitor", site, *pairs]
        self._archive = [sys.executable, "-m", "scrapy", "archive"]
        self._pairs = pairs
        self._environment = dict(environment)
        self._database = database
        self._log = database.with_name("monitor.log").open("ab")
        self._process = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._log.close()

    def _stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            for pid in self._started(*_CRAWLING, "watch"):  # of a monitor that was killed before
                _kill(pid)
            while self._started(*_CRAWLING, "watch"):
                sleep(0.1)

    def ensure(self) -> None:
        """Start it where it does not run."""
        if self._process.poll() is not None:
            self._process = self._start()

    def kill_something(self, chance: Random) -> Killed:
        """Kill one at random of what runs now."""
        self.ensure()
        crawls, senders = self._started(*_CRAWLING), self._started("watch")
        if senders and chance.random() < 0.5:
            _kill(chance.choice(senders))
            return Killed(senders=1)
        workers = [below for crawl in crawls for below in children(crawl) if _is_worker(below)]
        if workers and chance.random() < 0.4:
            _kill(chance.choice(workers))
            return Killed(workers=1)
        if crawls and chance.random() < 0.7:
            _kill(chance.choice(crawls))
            return Killed(crawls=1)
        if chance.random() < 0.4:
            self._process.kill()
            self._process.wait()
            self.ensure()
            return Killed(monitors=1)
        return Killed()

    def back_up(self, target: Path) -> bool:
        """Make a backup while everything goes on; return whether there is one."""
        target.unlink(missing_ok=True)
        return self._ran("backup", str(target)) and target.exists()

    def restore(self, backup: Path) -> bool:
        """Stop the monitor, put a backup in the archive's place, and start it again."""
        self._stop()
        try:
            return self._ran("restore", str(backup))
        finally:
            self.ensure()

    def _ran(self, *command: str) -> bool:
        line = [*self._archive, *command, *self._pairs]
        return not subprocess.run(line, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log).returncode  # noqa: S603 - our own command, no shell

    def stored(self) -> int:
        """How many articles the archive holds."""
        return self._count("select count(*) from articles")

    def unsent(self) -> int:
        """How many alerts wait."""
        return self._count("select count(*) from deliveries where sent_at is null and next_try_at is not null")

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log)  # noqa: S603 - our own command, no shell

    def _started(self, *commands: str) -> list[int]:
        """The processes that a monitor of this archive has started, also one that was killed since."""
        wanted = f"DATABASE={self._database}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
                if wanted in words and any(name.encode() in words[2:5] for name in commands):
                    found.append(int(entry.name))
        return found

    def _count(self, sql: str) -> int:
        try:
            with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as db:
                return int(db.execute(sql).fetchone()[0])
        except sqlite3.OperationalError:  # not laid out yet
            return 0


def _is_worker(pid: int) -> bool:
    """Whether this is a process of a pool, not the one that clears up after them."""
    with suppress(OSError):
        return b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
