"""What the monitor stands on: commands in processes of their own, one that crawls many sites, and a clock that calls.

What runs in a process of its own gives its memory back, costs only itself when it crashes, and is waited for at a stop.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from crawler import clock
from crawler.errors import ALONE

logger = logging.getLogger(__name__)
_TOGETHER = 2
"""Times that a site is crawled in the process of many, where that ends, before it gets one of its own."""
_ALONE_AT_ONCE = 3
"""Crawls in processes of their own, each of which takes half a second of processor time to start."""
_MODULE = "crawler.monitoring.worker"
_LONGEST_PAUSE = 60.0
"""Seconds until the clock is looked at again: a loop's own timers stand still while the machine is suspended."""


class Processes:
    """Runs ``scrapy`` commands. ``log`` takes what they write; None leaves that to whoever reads this process."""

    def __init__(self, options: Sequence[str], log: Path | None):
        """``options`` go to every command, such as ``-s DATABASE=news.db``."""
        self.options = tuple(options)
        self.log = log
        self.is_stopping = False
        self._running: set[asyncio.subprocess.Process] = set()
        self._waits: set[asyncio.Task[None]] = set()

    async def run(self, *command: str) -> int:
        """Run ``scrapy COMMAND`` and return its exit status; negative where a signal ended it."""
        process = await self._start((sys.executable, "-m", "scrapy", *command), is_asked=False)
        return await process.wait()

    async def open(self, command: Sequence[str]) -> asyncio.subprocess.Process:
        """Start a program, with our options behind it, that is asked on its input and answers on its output."""
        return await self._start(command, is_asked=True)

    async def _start(self, command: Sequence[str], *, is_asked: bool) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        log = None if self.log is None else self.log.open("ab")
        try:
            # A session of its own: the terminal's Ctrl-C is for the monitor, which then asks each crawl to stop.
            process = await asyncio.create_subprocess_exec(
                *command,
                *self.options,
                stdin=pipe if is_asked else None,
                stdout=pipe if is_asked else log,
                stderr=log,
                start_new_session=True,
            )
        finally:
            if log is not None:
                log.close()
        self._running.add(process)
        wait = asyncio.ensure_future(self._wait(process))
        self._waits.add(wait)  # the event loop alone would let it be collected
        wait.add_done_callback(self._waits.discard)
        return process

    async def _wait(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._running.discard(process)

    async def stop(self, grace: float, impatience: asyncio.Event) -> None:
        """Ask all to stop, and wait ``grace`` seconds or until somebody is impatient; then kill what is left.

        The archive survives that too: what was in flight waits for the next crawl.
        """
        self.is_stopping = True
        self._signal(signal.SIGTERM)
        ended = asyncio.ensure_future(self._ended())
        hurried = asyncio.ensure_future(impatience.wait())
        await asyncio.wait((ended, hurried), timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        self._signal(signal.SIGKILL)
        await ended

    async def _ended(self) -> None:
        await asyncio.gather(*(process.wait() for process in tuple(self._running)))

    def _signal(self, sign: signal.Signals) -> None:
        for process in tuple(self._running):
            with suppress(ProcessLookupError):
                process.send_signal(sign)


class Crew:
    """Crawls sites by their names, in one process that is started when it is wanted, and replaced in time.

    It ends by itself where it has had enough, and then another is started; or it is killed, or stands still and ends
    itself. Nothing is lost by that, for the archive knows what was in flight. Its sites are then crawled again, those
    of which something was being read each in a process of its own, a few at a time: so what ended it, if it was a page,
    ends one crawl and is found out. The others share the next process; one whose process ends again goes alone, too.
    """

    def __init__(self, processes: Processes):
        self._processes = processes
        self._alone = asyncio.Semaphore(_ALONE_AT_ONCE)
        self._starting = asyncio.Lock()
        self._worker: _Worker | None = None

    async def crawl(self, site: str) -> int:
        """Return the exit status that ``scrapy crawl SITE`` would have. Raises OSError where no process can be had."""
        for _ in range(_TOGETHER):
            if self._processes.is_stopping:  # who waited for a place until now must not start another process
                return 1
            status = await self._ask(site)
            if status == ALONE:
                break
            if status is not None:
                return status
            if not self._processes.is_stopping:
                logger.warning("%s: the process of its crawl ended; crawled again", site)
        async with self._alone:
            return 1 if self._processes.is_stopping else await self._processes.run("crawl", site)

    async def _ask(self, site: str) -> int | None:
        """Return the exit status of a crawl beside the others; None where their process has ended."""
        async with self._starting:
            if self._worker is None or not self._worker.takes_more:
                self._worker = _Worker(await self._processes.open((sys.executable, "-m", _MODULE)))
            answer = self._worker.ask(site)
        return await answer


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


class ClockAlarm:
    """The real clock: calls at a time, or as soon after it as the machine is awake.

    Where the clock is set back, nobody waits the same hours twice: it calls once the time that there was to wait, when
    it was asked to, has passed.
    """

    def __init__(self, now: Callable[[], datetime] = clock.now, longest: float = _LONGEST_PAUSE) -> None:
        """``longest``: seconds until the clock is looked at again."""
        self.now, self._longest = now, longest
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._is_stopped = False
        self._calls: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """No more calls, whoever asks for one; what was called goes on."""
        self._is_stopped = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def at(self, when: datetime, name: str, action: Callable[[], Awaitable[None]]) -> None:
        """Have the action done at this time, once, however late. To be called in the event loop."""
        self.forget(name)
        if self._is_stopped:
            return
        loop = asyncio.get_running_loop()
        self._wait(when, loop.time() + max((when - self.now()).total_seconds(), 0.0), name, action)

    def forget(self, name: str) -> None:
        """Do not call for this name."""
        if timer := self._timers.pop(name, None):
            timer.cancel()

    def _wait(self, when: datetime, end: float, name: str, action: Callable[[], Awaitable[None]]) -> None:
        """Look again soon; ``end`` is ``when`` by the loop's own clock, which nobody sets."""
        loop = asyncio.get_running_loop()
        pause = min(max((when - self.now()).total_seconds(), 0.0), max(end - loop.time(), 0.0), self._longest)
        self._timers[name] = loop.call_later(pause, self._look, when, end, name, action)

    def _look(self, when: datetime, end: float, name: str, action: Callable[[], Awaitable[None]]) -> None:
        if self.now() < when and asyncio.get_running_loop().time() < end:
            self._wait(when, end, name, action)
            return
        del self._timers[name]
        call = asyncio.ensure_future(self._call(name, action))
        self._calls.add(call)  # the event loop alone would let it be collected
        call.add_done_callback(self._calls.discard)

    async def _call(self, name: str, action: Callable[[], Awaitable[None]]) -> None:
        try:
            await action()
        except Exception:  # of one call, which must not end the others
            logger.exception("what was to be done for %s failed", name)


def options(pairs: Sequence[str]) -> tuple[str, ...]:
    """Return the settings given on the command line, for each command that is run: ``-s NAME=VALUE`` …"""
    return tuple(part for pair in pairs for part in ("-s", pair))
