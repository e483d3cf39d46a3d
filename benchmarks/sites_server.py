"""A thousand papers on loopback, each at an address of its own, served by one process: feed, news sitemap, articles."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from random import Random
from time import monotonic
from typing import Any

_REQUEST = re.compile(rb"GET (?P<path>\S+) HTTP/1\.1\r\n(?P<rest>.*)\Z", re.DOTALL)
_HOST = re.compile(rb"^host: *([^:\r\n]+)", re.IGNORECASE | re.MULTILINE)
_SEEN = re.compile(rb'^if-none-match: *"(\d+)"', re.IGNORECASE | re.MULTILINE)
WORDS = (
    "harbour", "ferry", "council", "bridge", "tram", "budget", "school", "quay", "storm", "market", "river", "library",
    "museum", "orchard", "lantern", "mayor", "winter", "ticket", "timber", "engine", "garden", "window", "letter",
    "silver", "copper", "signal", "border", "summit", "ribbon", "basket", "hollow", "meadow",
)  # fmt: skip
"""Of invented papers; :func:`_title` counts by the first fifteen."""

_PROFILE = """
name = "{name}"
title = "Paper {name}"
home = "{origin}/"
hosts = ["{host}"]
feeds = ["{origin}/feed"]
news_sitemaps = ["{origin}/news.xml"]
{delay}
[[articles]]
pattern = '/a/(?P<id>\\d+)$'
"""
_SYLLABLES = [first + vowel for first in "bdfghklmnprstvz" for vowel in "aeiou"]


def profile(name: str, origin: str, delay: float | None = None) -> str:
    """Return the profile of a paper, which may ask for so many seconds between two requests."""
    pace = "" if delay is None else f"delay = {delay}\n"
    return _PROFILE.format(name=name, origin=origin, host=origin.partition("//")[2], delay=pace)


class Papers:
    """What each paper has published: ``count`` articles a host, a number that only grows."""

    def __init__(self) -> None:
        self.count: defaultdict[str, int] = defaultdict(lambda: 1)
        self.asked: defaultdict[str, list[float]] = defaultdict(list)

    def answer(self, host: str, path: str, seen: int | None, origin: str) -> tuple[int, str, bytes, int]:
        """Return status, type and body of an answer, and its ETag."""
        count = self.count[host]
        if path in ("/feed", "/news.xml"):
            if seen == count:
                return 304, "text/xml", b"", count
            newest = range(max(1, count - 19), count + 1)
            return 200, "text/xml", (_feed if path == "/feed" else _sitemap)(origin, newest), count
        if path.startswith("/a/") and path[3:].isdigit() and int(path[3:]) <= count:
            return 200, "text/html; charset=utf-8", _page(host, int(path[3:])), count
        return 404, "text/plain", b"", count


def _feed(origin: str, numbers: range) -> bytes:
    items = "".join(f"<item><title>{_title(n)}</title><link>{origin}/a/{n}</link></item>" for n in reversed(numbers))
    return f'<rss version="2.0"><channel><title>A paper</title><link>{origin}</link>{items}</channel></rss>'.encode()


def _sitemap(origin: str, numbers: range) -> bytes:
    urls = "".join(
        f"<url><loc>{origin}/a/{n}</loc><n:news><n:title>{_title(n)}</n:title></n:news></url>" for n in numbers
    )
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return f"<urlset {spaces}>{urls}</urlset>".encode()


def _title(number: int) -> str:
    return f"The {WORDS[number % 15]} and the {WORDS[number // 15 % 15]}, part {number}"


def _page(host: str, number: int) -> bytes:
    paragraphs = "".join(f"<p>{_paragraph(host, number, place)}</p>" for place in range(1, 9))
    head = f'<title>{_title(number)}</title><meta property="article:published_time" content="2026-01-05T09:00:00Z">'
    article = f"<article><h1>{_title(number)}</h1>{paragraphs}</article>"
    return f"<html lang=en><head>{head}</head><body>{article}</body></html>".encode()


def _paragraph(host: str, number: int, place: int) -> str:
    """Return words of chance: else a thousand papers would be taken for one that runs the same text."""
    chance = Random(f"{host} {number} {place}")  # noqa: S311  # no secret
    words = " ".join("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(45))
    return f"{words.capitalize()}, they said at the {chance.choice(WORDS)}."


@contextmanager
def serving(certificate: tuple[str, str] | None = None) -> Iterator[tuple[int, int, Connection]]:
    """Yield the port of the papers, that of those with TLS, and a line to whoever serves them.

    Send ``("publish", hosts)``, and each has one article more; ``("asked",)`` gives the times of requests by host, and
    ``("published",)`` how many articles each host has.
    """
    with spawned(_run, certificate) as line:
        yield *line.recv(), line


@contextmanager
def spawned(run: Callable[..., None], *args: Any) -> Iterator[Connection]:
    """Yield a line to a process of its own that runs ``run(line, *args)``."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=run, args=(theirs, *args), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        process.terminate()
        process.join()


def _run(line: Connection, certificate: tuple[str, str] | None) -> None:
    asyncio.run(_serve(line, certificate))


async def _serve(line: Connection, certificate: tuple[str, str] | None) -> None:
    papers = Papers()

    def handler(scheme: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await _talk(papers, scheme, reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        return handle

    # All of 127.0.0.0/8 at one port; who comes from anywhere else gets no answer.
    plain = await asyncio.start_server(handler("http"), "0.0.0.0", 0, backlog=2_000)  # noqa: S104
    ports = [plain.sockets[0].getsockname()[1], 0]
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*certificate)
        secure = await asyncio.start_server(handler("https"), "0.0.0.0", 0, ssl=tls, backlog=2_000)  # noqa: S104
        ports[1] = secure.sockets[0].getsockname()[1]
    line.send(tuple(ports))
    while True:
        await asyncio.sleep(0.05)
        while line.poll():
            told = line.recv()
            if told[0] == "publish":
                for host in told[1]:
                    papers.count[host] += 1
            else:
                line.send(dict(papers.asked) if told[0] == "asked" else dict(papers.count))


async def _talk(papers: Papers, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if not writer.get_extra_info("peername")[0].startswith("127."):
        return
    while True:
        asked = await reader.readuntil(b"\r\n\r\n")
        match, named, seen = _REQUEST.match(asked), _HOST.search(asked), _SEEN.search(asked)
        if match is None or named is None:
            return
        host = named[1].decode()
        papers.asked[host].append(monotonic())
        if host.startswith("hang"):
            await asyncio.sleep(3_600)
        origin = f"{scheme}://{host}:{writer.get_extra_info('sockname')[1]}"
        path = match["path"].decode()
        status, kind, body, tag = papers.answer(host, path, int(seen[1]) if seen else None, origin)
        head = f'HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nETag: "{tag}"\r\nContent-Length: {len(body)}\r\n\r\n'
        writer.write(head.encode() + body)
        await writer.drain()
