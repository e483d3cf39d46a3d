"""Starts ``scrapy`` commands that need not load Scrapy: a process that has loaded it forks one after the other.

Loading is more than half of what a short crawl costs, and the tests run some three hundred. What runs is what
``python -m scrapy`` runs, in a process of its own with its own environment, limits and output. Tests of what a command
loads, of the shell's limits and of a process's group start it the long way.

``python -m tests.starter N`` is the process that forks; it is asked at the socket N, and ends with whoever asks.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from select import select
from typing import IO, Any

ROOT = Path(__file__).parent.parent
SCRAPY = [sys.executable, "-m", "scrapy"]
"""How every command begins."""
_LOADED = (
    "scrapy.cmdline", "crawler.command", "crawler.commands.crawl", "crawler.spiders.site", "crawler.spiders.urls",
    "crawler.extensions.archive", "crawler.extensions.run_log", "crawler.extraction.pool", "pipelines.store",
    "scrapy.core.downloader.handlers.http11",
)  # fmt: skip
_LIMITS = (resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_AS, resource.RLIMIT_DATA)
_LONGEST = 1 << 18  # bytes of a question: a command with its environment


class Started:
    """A process that was started: of ``subprocess.Popen`` what the tests ask of one."""

    def __init__(self, line: socket.socket, command: Sequence[str]):
        """``line``: where its number is told, and its exit status in the end."""
        self._line, self.args = line, command
        self.pid = int(line.recv(64))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return its exit status, the signal that killed it as a negative number; None while it runs."""
        if self.returncode is None and select([self._line], [], [], 0)[0]:
            self._read()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit status. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self._read()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # just now
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _read(self) -> None:
        told = self._line.recv(64)
        self._line.close()
        self.returncode = int(told) if told else -signal.SIGKILL  # whoever forks was killed


def start(
    command: Sequence[str], output: IO[Any], errors: IO[Any] | None = None, env: Mapping[str, str] | None = None
) -> Started:
    """Start a command that begins with ``SCRAPY``, in the folder of the project."""
    assert list(command[: len(SCRAPY)]) == SCRAPY, command
    asked = {
        "arguments": command[len(SCRAPY) :],
        "environment": dict(os.environ if env is None else env),
        "limits": {limit: resource.getrlimit(limit) for limit in _LIMITS},
    }
    mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    handles = [its.fileno(), output.fileno(), (errors or output).fileno()]
    _SERVER.ask(json.dumps(asked).encode(), handles)
    its.close()
    return Started(mine, command)


def run(
    command: Sequence[str], *, timeout: float = 200, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as ``subprocess.run`` would, and return what it said."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
    ):
        process = start(command, output, errors, env)
        try:
            status = process.wait(timeout)
        finally:
            process.kill()
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(list(command), status, output.read(), errors.read())


class _Server:
    """The process that forks, from the first question on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None  # nobody waits for it

    def ask(self, question: bytes, handles: list[int]) -> None:
        """Have a process forked. It gets the handles: where its number is told, its output and its errors."""
        with self._lock:
            if self._line is None:
                self._line, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                command = [sys.executable, "-m", "tests.starter", str(its.fileno())]
                self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL)
                its.close()
            socket.send_fds(self._line, [question], handles)


_SERVER = _Server()


def _serve(line: socket.socket) -> None:
    """Fork whenever asked to. Returns in each process that was forked, ready to be what it was asked for."""
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    running: dict[int, socket.socket] = {}
    while True:
        ready = select([line, woken], [], [])[0]
        if woken in ready:
            woken.recv(4096)
            _tell_of_ended(running)
        if line in ready:
            question, handles, _, _ = socket.recv_fds(line, _LONGEST, 3)
            if not question:  # whoever asked has ended
                sys.exit()
            if (pid := os.fork()) == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for mine in (line, woken, wake, *running.values()):
                    mine.close()
                os.close(handles[0])
                _become(json.loads(question), handles[1:])
                return
            running[pid] = socket.socket(fileno=handles[0])
            running[pid].send(str(pid).encode())
            for handle in handles[1:]:
                os.close(handle)


def _tell_of_ended(running: dict[int, socket.socket]) -> None:
    with suppress(ChildProcessError):  # there is none
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            pid, status = ended
            line = running.pop(pid)
            with suppress(OSError):  # nobody wants to know
                line.send(str(os.waitstatus_to_exitcode(status)).encode())
            line.close()


def _become(asked: dict[str, Any], handles: list[int]) -> None:
    """Take over what a process of its own would have been started with."""
    for handle, place in zip(handles, (1, 2), strict=True):
        os.dup2(handle, place)
        os.close(handle)
    for limit, bounds in asked["limits"].items():
        resource.setrlimit(int(limit), tuple(bounds))
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["scrapy", *asked["arguments"]]


if __name__ == "__main__":
    for name in _LOADED:
        importlib.import_module(name)
    assert "twisted.internet.reactor" not in sys.modules, "a reactor does not outlive a fork"
    _serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module("scrapy", run_name="__main__", alter_sys=True)
