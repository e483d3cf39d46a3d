"""The process pool in which pages are parsed, each with a bound on its time and memory.

Parsers written in C can crash, hang or swallow memory on a hostile page: here that costs one page, not the crawl, and
never stops the reactor. The pool starts at the first page that needs it; a worker is replaced after some hundreds of
tasks, so whatever leaks goes with it.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import multiprocessing
import resource
import signal
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from multiprocessing import resource_tracker
from threading import Thread
from time import monotonic, sleep
from typing import Any, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

T = TypeVar("T")
_TASKS_PER_WORKER = 500
_START_UP = 3.0  # seconds that a worker may take to start
_STOPPING = (signal.SIGINT, signal.SIGTERM)
_PR_SET_PDEATHSIG = 1  # from linux/prctl.h


class PageError(Exception):
    """A page that could not be parsed; the message is the reason, short enough to be counted."""


class _LostError(Exception):
    """A pool will answer no more, through no fault of the page's."""


class WorkerPool:
    """Runs functions that can be pickled, in processes of their own."""

    def __init__(self, workers: int, timeout: float, memory: int, start_up: float = 30.0):
        """``timeout`` in seconds a call, ``memory`` in bytes a worker on top of what a fresh one holds; ``start_up`` in
        seconds that workers may take to start on a machine that is busy.
        """
        self.workers = workers
        self.timeout = timeout
        self.memory = memory
        self._pool: ProcessPool | None = None
        self._lost_at = -_START_UP
        # Scrapy's own back-pressure counts bytes only: without this, thousands of small pages would queue up.
        self._room = asyncio.Semaphore(2 * workers)
        # Two pages a worker at the most, one after the other, and its replacement between them.
        self._patience = 3 * timeout + start_up

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """What ``function(*args)`` gives.

        Raises PageError when it takes too long or too much memory or kills its worker; what the function itself raises
        comes through as it is.
        """
        async with self._room:
            pool = self._started()
            try:
                return await self._call(pool, function, *args)
            except _LostError:
                self._give_up(pool)
            try:
                return await self._call(self._started(), function, *args)
            except _LostError:
                raise PageError("its parser did not answer") from None

    async def _call(self, pool: ProcessPool, function: Callable[..., T], *args: Any) -> T:
        try:
            future: asyncio.Future[T] = asyncio.wrap_future(
                pool.schedule(_bounded, args=(function, *args), timeout=self.timeout)
            )
            answered, _ = await asyncio.wait((future,), timeout=self._patience)
            if not answered:  # a worker that is killed at the wrong moment holds the others up for good
                future.cancel()
                raise _LostError
            return await future
        except FutureTimeoutError:
            self._lost_at = monotonic()
            raise PageError(f"took longer than {self.timeout:g} s to parse") from None
        except MemoryError:
            raise PageError(f"took more than {self.memory >> 20} MB to parse") from None
        except ProcessExpired as error:
            self._lost_at = monotonic()
            raise PageError(f"killed its parser ({_death(error.exitcode)})") from None
        except RuntimeError as error:
            if pool.active:
                raise  # the function's own
            raise _LostError from error  # somebody killed its workers while they were idle

    def _give_up(self, pool: ProcessPool) -> None:
        """Let another pool be started in place of one that does not answer; it ends by itself, in whatever time."""
        if self._pool is pool:
            self._pool = None
            pool.stop()  # type: ignore[no-untyped-call]  # pebble types only what takes arguments
            Thread(target=pool.join, name="lost pool", daemon=True).start()

    def close(self) -> None:
        """Stop the workers; what is still running is given up."""
        if self._pool is not None:
            # A replacement that is just starting would complain of a pool that is gone.
            sleep(max(0.0, self._lost_at + _START_UP - monotonic()))
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble types only what takes arguments
            self._pool.join()
            self._pool = None

    def _started(self) -> ProcessPool:
        if self._pool is None:
            # Workers ignore SIGTERM: to wait for its effect would stop all others for three seconds a hung page.
            CONSTS.term_timeout = 0.1
            self._pool = ProcessPool(
                max_workers=self.workers,
                max_tasks=_TASKS_PER_WORKER,
                initializer=_start_worker,
                initargs=[self.memory],
                context=multiprocessing.get_context("spawn"),
            )
            _start_deaf(self._pool)
        return self._pool


def _bounded(function: Callable[..., T], *args: Any) -> T:
    """Call the function; what it held is let go before a lack of memory is told, for to tell takes memory too."""
    try:
        return function(*args)
    except MemoryError:
        pass  # leaving this block frees the frames that hold the page
    gc.collect()
    raise MemoryError


def _death(exitcode: int) -> str:
    try:
        return signal.Signals(-exitcode).name
    except ValueError:
        return f"exit status {exitcode}"


def _start_deaf(pool: ProcessPool) -> None:
    """Start the pool so that workers hear no Ctrl-C before they can ignore it.

    Its threads, and by them the workers, take over which signals are blocked here.
    """
    resource_tracker.ensure_running()  # to start that later would unblock them
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        pool.active  # noqa: B018  # to ask for it starts it
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _start_worker(memory: int) -> None:
    """Leave signals to the main process, die with it, and bound the memory."""
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    import crawler.extraction.extract  # noqa: F401  # here, so that the bound is on the pages alone

    gc.freeze()  # what was imported is never garbage
    resource.setrlimit(resource.RLIMIT_DATA, (_data_size() + memory, resource.RLIM_INFINITY))


def _data_size() -> int:
    """Bytes of private memory this process holds now, as RLIMIT_DATA counts them."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  # a file of the kernel's, not of ours
        return int(statm.read().split()[5]) * resource.getpagesize()
