"""Papers on loopback for ``benchmarks.chaos``, which asks each for all it has; some pages kill whoever fetches them.

A paper is at an address of its own, 127.1.7.1 and those after it. Its robots.txt asks for a pause between two requests,
and every request is noted with its time.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from time import monotonic

from benchmarks.sites_server import WORDS, spawned
from crawler.article import utc_text

_REQUEST = re.compile(rb"(?is)GET (?P<path>\S+) HTTP/1\.1\r\n.*?\r\nhost: *(?P<host>[^:\r\n]+)")
_LINE = re.compile(r"^ *\d+: ([0-9A-F]{8}):([0-9A-F]{4}) \S+ \S+ \S+ \S+ \S+ +\d+ +\d+ (\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """How many articles each paper has, the pause it asks for in seconds, and which pages kill, as (host, number)."""

    hosts: tuple[str, ...]
    pages: int
    delay: float
    now: datetime
    killing: frozenset[tuple[str, int]] = frozenset()

    @property
    def total(self) -> int:
        """Articles of all papers."""
        return len(self.hosts) * self.pages


class Papers:
    """Answers, and notes who asked when."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.asked: dict[str, list[float]] = {host: [] for host in plan.hosts}
        self.are_killing, self.kills = False, 0

    def answer(self, host: str, path: str, origin: str) -> tuple[int, str, bytes]:
        """Return status, type and body."""
        if path == "/robots.txt":
            return 200, "text/plain", f"User-agent: *\nCrawl-delay: {self.plan.delay}\n".encode()
        if path == "/feed":
            return 200, "application/rss+xml", self._feed(host, origin)
        if path.startswith("/a/") and path[3:].isdigit() and int(path[3:]) <= self.plan.pages:
            return 200, "text/html; charset=utf-8", self._page(host, int(path[3:]))
        return 404, "text/plain", b"nothing here"

    def _feed(self, host: str, origin: str) -> bytes:
        items = "".join(
            f"<item><title>{_title(host, n)}</title><link>{origin}/a/{n}</link></item>"
            for n in range(1, self.plan.pages + 1)
        )
        return (
            f'<rss version="2.0"><channel><title>A paper</title><link>{origin}</link>{items}</channel></rss>'.encode()
        )

    def _page(self, host: str, number: int) -> bytes:
        chosen = Random(f"{host}/{number}")  # noqa: S311  # words of a page
        paragraphs = "".join(f"<p>{_sentence(chosen, 24)} {_sentence(chosen, 18)}</p>" for _ in range(8))
        at = utc_text(self.plan.now - timedelta(minutes=number))
        head = f'<title>{_title(host, number)}</title><meta property="article:published_time" content="{at}">'
        article = f"<article><h1>{_title(host, number)}</h1>{paragraphs}</article>"
        return f"<html lang=en><head>{head}</head><body>{article}</body></html>".encode()


def _title(host: str, number: int) -> str:
    return _sentence(Random(f"{host}/{number}/title"), 7).rstrip(".")  # noqa: S311  # words of a page


def _sentence(chosen: Random, words: int) -> str:
    return f"{' '.join(chosen.choices(WORDS, k=words)).capitalize()}."


@contextmanager
def serving(plan: Plan) -> Iterator[tuple[int, Connection]]:
    """Yield the port of all papers and a line to whoever serves them.

    Told True or False, pages kill from then on or do not; the answer is ``(times by host, kills)`` since the last one.
    """
    with spawned(_run, plan) as line:
        yield line.recv(), line


def _run(line: Connection, plan: Plan) -> None:
    with suppress(PermissionError):  # on a busy machine requests are to be noted when they come
        os.nice(-10)
    asyncio.run(_serve(line, Papers(plan)))


async def _serve(line: Connection, papers: Papers) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await _talk(papers, reader, writer)
        writer.close()

    # All of 127.0.0.0/8 at one port; who comes from anywhere else gets no answer.
    server = await asyncio.start_server(handle, "0.0.0.0", 0, backlog=2_000)  # noqa: S104
    line.send(server.sockets[0].getsockname()[1])
    while True:
        await asyncio.sleep(0.05)
        while line.poll():
            papers.are_killing = line.recv()
            line.send((papers.asked, papers.kills))
            papers.asked, papers.kills = {host: [] for host in papers.plan.hosts}, 0


async def _talk(papers: Papers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    peer = writer.get_extra_info("peername")
    while peer[0].startswith("127."):
        asked = _REQUEST.match(await reader.readuntil(b"\r\n\r\n"))
        if asked is None:
            return
        host, path = asked["host"].decode(), asked["path"].decode()
        papers.asked[host].append(monotonic())
        origin = f"http://{host}:{writer.get_extra_info('sockname')[1]}"
        status, kind, body = papers.answer(host, path, origin)
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        is_last = papers.are_killing and path.startswith("/a/") and (host, int(path[3:])) in papers.plan.killing
        writer.write(head.encode() + body[: len(body) // 2 if is_last else None])
        await writer.drain()
        if is_last:  # in the midst of it: what was read before would be told before
            papers.kills += _kill(*peer)
            return


def _kill(address: str, port: int) -> int:
    """Kill the process that has a connection from there. Return how many that were."""
    local = "".join(f"{int(part):02X}" for part in reversed(address.split("."))), f"{port:04X}"
    table = Path("/proc/net/tcp").read_text("ascii")
    inodes = {f"socket:[{inode}]" for *end, inode in _LINE.findall(table) if tuple(end) == local}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            with suppress(OSError):
                for file in (process / "fd").iterdir():
                    if os.readlink(file) in inodes:  # noqa: PTH115  # a name that is no path
                        os.kill(int(process.name), signal.SIGKILL)
                        return 1
    return 0
