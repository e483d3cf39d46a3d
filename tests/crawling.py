"""Runs real crawls as a person would, in processes of their own; looks at what they left, or at one while it runs."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

from tests.starter import ROOT as ROOT
from tests.starter import SCRAPY, Started, start

Process = subprocess.Popen[str] | Started
_PATIENCE = 240  # seconds: a busy machine is slow, and a crawl that hangs would wait for ever
_ERROR = re.compile(
    r"\b(?:ERROR|CRITICAL): |^Traceback |never awaited|never retrieved|was destroyed but it is pending|"
    r"^Exception ignored|Unhandled [Ee]rror|--- Logging error ---"
)


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


def crawl(
    name: str,
    database: Path,
    args: dict[str, str] | None = None,
    *,
    limit: Any = None,
    afresh: Any = False,
    errors: Any = None,
    **settings: object,
) -> Crawl:
    """``scrapy crawl NAME`` with these spider arguments and settings. Loopback is allowed, nothing else private.

    ``limit``: options of the shell's ``ulimit`` for this crawl, such as ``-n 24``. ``afresh``: by a Python of its own,
    which reads its environment anew. ``errors``: a pattern of what its
    log may say of errors; anything else that it says of them fails the test.
    """
    command = command_line(name, database, args, settings)
    with tempfile.TemporaryFile("w+") as said:
        process: Process
        if limit or afresh:
            command = ["sh", "-c", f'ulimit {limit or ""}; exec "$@"', "sh", *command]
            process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said, text=True)
        else:
            process = start(command, said)
        peak, worker_peak = _watched(process)
        said.seek(0)
        done = Crawl(process.wait(), said.read(), database, peak, worker_peak)
    assert_no_other_errors(done.said, errors)
    return done


def assert_no_other_errors(said: str, expected: str | None = None) -> None:
    """Check that a log tells of no error and shows no traceback but those whose lines match the pattern."""
    unforeseen = [line for line in said.splitlines() if _ERROR.search(line)]
    assert [line for line in unforeseen if expected is None or not re.search(expected, line)] == [], said


class Running:
    """A context manager that starts a crawl, as :func:`crawl` does, and leaves none behind."""

    def __init__(
        self,
        name: str,
        database: Path,
        args: dict[str, str] | None = None,
        *,
        errors: Any = None,
        **settings: object,
    ) -> None:
        self.database = database
        self._errors = errors
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed at the end of the context
        command = command_line(name, database, args, settings)
        self.process = start(command, self._said)

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
        servers = [pid for pid in children(self.process.pid) if b"forkserver" in _command(pid)]
        return [pid for server in servers for pid in children(server)]

    def kill(self) -> Crawl:
        """End it at once, wherever it is."""
        self.process.send_signal(signal.SIGKILL)
        return self.end()

    def end(self) -> Crawl:
        """Wait for its end."""
        done = Crawl(self.process.wait(_PATIENCE), self.said(), self.database)
        assert_no_other_errors(done.said, self._errors)
        return done


def command_line(name: str, database: Path, args: dict[str, str] | None, settings: dict[str, object]) -> list[str]:
    """The command of such a crawl."""
    # One worker: to start another costs more than it saves on the few pages of most crawls.
    given = {"DATABASE": database, "ALLOW_PRIVATE_HOSTS": "127.0.0.1", "EXTRACTION_WORKERS": 1, **settings}
    command = [*SCRAPY, "crawl", name]
    for key, value in (args or {}).items():
        command += ["-a", f"{key}={value}"]
    for key, setting in given.items():
        command += ["-s", f"{key}={setting}"]
    return command


def _watched(process: Process) -> tuple[int, int]:
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


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has just ended
        return b""
