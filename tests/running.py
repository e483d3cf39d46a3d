"""A crawl while it runs: what it has stored so far, its workers, and signals to it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

from tests.crawling import ROOT, Crawl, children, command_line

_PATIENCE = 100.0  # seconds


class Running:
    """A context manager that starts a crawl, as :func:`tests.crawling.crawl` does, and leaves none behind."""

    def __init__(self, name: str, database: Path, args: dict[str, str] | None = None, **settings: object) -> None:
        self.database = database
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed at the end of the context
        command = command_line(name, database, args, settings)
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self._said, stderr=self._said, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._said.close()

    def said(self) -> str:
        """What it has said until now."""
        self._said.seek(0)
        return self._said.read()

    def one(self, sql: str, otherwise: Any = 0) -> Any:
        """The first column of the first row; ``otherwise`` while the archive is not laid out."""
        try:
            return Crawl(0, "", self.database).one(sql)
        except sqlite3.OperationalError:
            return otherwise

    def stored(self) -> int:
        """How many articles the archive holds."""
        return int(self.one("select count(*) from articles"))

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds. Raises AssertionError when the crawl ends before."""
        end = monotonic() + _PATIENCE
        while not holds():
            assert self.process.poll() is None, self.said()
            assert monotonic() < end, self.said()
            sleep(0.02)

    def until_stored(self, articles: int) -> None:
        """Wait until so many articles are committed; for 0, until the crawl has its row."""
        self.until(lambda: self.one("select count(*) from crawls where outcome = 'running'") > 0)
        self.until(lambda: self.stored() >= articles)

    def workers(self) -> list[int]:
        """The process ids of its pool's workers."""
        return [pid for pid in children(self.process.pid) if b"spawn_main" in _command(pid)]

    def kill(self) -> Crawl:
        """End it at once, wherever it is."""
        self.process.send_signal(signal.SIGKILL)
        return self.end()

    def end(self) -> Crawl:
        """Wait for its end."""
        self.process.wait(_PATIENCE)
        return Crawl(self.process.returncode, self.said(), self.database)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has just ended
        return b""
