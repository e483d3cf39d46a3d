"""The monitor's side of the process that crawls many sites: it is started when it is wanted, and replaced in time.

It ends by itself where it has had enough, and then another is started; or it is killed, or stands still and ends
itself. Nothing is lost by that, for the archive knows what was in flight. The sites that it was crawling are then
crawled at once, a few at a time, each in a process of its own: so what ended it, if it was a page, ends one crawl and
is found out.
"""

from __future__ import annotations

import asyncio
import logging
import sys

from crawler.errors import ALONE
from crawler.monitoring.processes import Processes

logger = logging.getLogger(__name__)
_ALONE_AT_ONCE = 3
"""Crawls in processes of their own, each of which takes half a second of processor time to start."""
_MODULE = "crawler.monitoring.worker"


class Crew:
    """Crawls sites by their names."""

    def __init__(self, processes: Processes):
        self._processes = processes
        self._alone = asyncio.Semaphore(_ALONE_AT_ONCE)
        self._starting = asyncio.Lock()
        self._worker: _Worker | None = None

    async def crawl(self, site: str) -> int:
        """Return the exit status that ``scrapy crawl SITE`` would have. Raises OSError where no process can be had."""
        async with self._starting:
            if self._worker is None or not self._worker.takes_more:
                self._worker = _Worker(await self._processes.open((sys.executable, "-m", _MODULE)))
            answer = self._worker.ask(site)
        status = await answer
        if status is None:
            if self._processes.is_stopping:
                return 1
            logger.warning("%s: the process of its crawl ended; crawled again, in one of its own", site)
        elif status != ALONE:
            return status
        async with self._alone:
            return 1 if self._processes.is_stopping else await self._processes.run("crawl", site)


class _Worker:
    """One such process, which can be asked until it says that it retires."""

    def __init__(self, process: asyncio.subprocess.Process):
        self.takes_more = True
        self._process = process
        self._asked: dict[str, asyncio.Future[int | None]] = {}
        self._reading = asyncio.ensure_future(self._read())

    def ask(self, site: str) -> asyncio.Future[int | None]:
        """Have a site crawled. The status is None where the process ended before the crawl."""
        answer: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._asked[site] = answer
        if self._process.stdin is not None:
            self._process.stdin.write(f"{site}\n".encode())
        return answer

    async def _read(self) -> None:
        answers = self._process.stdout
        while answers is not None and (line := await answers.readline()):
            site, _, status = line.decode().strip().partition(" ")
            if status:
                self._settle(site, int(status))
            else:
                self._retire()
        self._retire()
        for site in tuple(self._asked):
            self._settle(site, None)

    def _retire(self) -> None:
        """Ask it for nothing more. It ends with its last crawl, for its input has."""
        self.takes_more = False
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _settle(self, site: str, status: int | None) -> None:
        answer = self._asked.pop(site, None)
        if answer is not None and not answer.done():
            answer.set_result(status)
