"""Commands in processes of their own: their memory returns, a crash costs one, and a stop waits for all of them."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


class Processes:
    """Runs ``scrapy`` commands. ``log`` takes what they write; None leaves that to whoever reads this process."""

    def __init__(self, options: Sequence[str], log: Path | None):
        """``options`` go to every command, such as ``-s DATABASE=news.db``."""
        self.options = tuple(options)
        self.log = log
        self._running: set[asyncio.subprocess.Process] = set()

    async def run(self, *command: str) -> int:
        """The exit status of ``scrapy COMMAND``; negative where a signal ended it, as the standard library has it."""
        process = await self._start(command)
        self._running.add(process)
        try:
            return await process.wait()
        finally:
            self._running.discard(process)

    async def _start(self, command: Sequence[str]) -> asyncio.subprocess.Process:
        # A session of its own: the terminal's Ctrl-C is for the monitor, which then asks each crawl to stop.
        line = (sys.executable, "-m", "scrapy", *command, *self.options)
        if self.log is None:
            return await asyncio.create_subprocess_exec(*line, start_new_session=True)
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(*line, stdout=log, stderr=log, start_new_session=True)

    async def stop(self, grace: float, impatience: asyncio.Event) -> None:
        """Ask all to stop, and wait ``grace`` seconds or until somebody is impatient; then kill what is left.

        The archive survives that too: what was in flight waits for the next crawl.
        """
        self._signal(signal.SIGTERM)
        ended = asyncio.ensure_future(self._ended())
        hurried = asyncio.ensure_future(impatience.wait())
        await asyncio.wait((ended, hurried), timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        self._signal(signal.SIGKILL)
        await ended

    async def _ended(self) -> None:
        await asyncio.gather(*(process.wait() for process in self._running))

    def _signal(self, sign: signal.Signals) -> None:
        for process in self._running:
            with suppress(ProcessLookupError):
                process.send_signal(sign)
