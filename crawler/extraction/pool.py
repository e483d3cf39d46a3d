"""The process pool in which pages are parsed, each with a bound on its processor time and memory.

Parsers written in C can crash, hang or swallow memory on a hostile page: here that costs one page, not the crawl, and
never stops the reactor. The pool starts at the first page that needs it; a worker is replaced after some thousands of
tasks, so whatever leaks goes with it.

Workers are forked off a server that has loaded what they need and runs no thread (the start method ``forkserver``): one
starts in 3 ms, where a fresh interpreter takes 0.2 s. Main process, server and workers are told apart by who dies with
whom: the server ends with the main process, and each worker with the server, however those come to their end.

Two kinds of failure are kept apart. A PageError is the page's: it took too much, or crashed its parser. A WorkersError
is ours: no worker can be started, or the system kills them all. It ends the crawl, and no page is charged with it.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import multiprocessing
import os
import resource
import signal
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext, ForkServerProcess
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

from crawler.errors import WorkersError, lack_of
from crawler.turns import Turns

if TYPE_CHECKING:  # at run time where a worker is wanted: most crawls find nothing, and need none
    from pebble import ProcessPool

T = TypeVar("T")
First = Callable[[], Awaitable[None]] | None
_LOOK = 2.0
"""Seconds after which to see whether the pool is still there while an answer is waited for."""
_TASKS_PER_WORKER = 5_000
"""Workers were seen to stay at 130 MB over so many pages; what a parser leaks once in a while goes with them."""
_PRELOADED = ("crawler.extraction.preload",)
_START_UP = 3.0  # seconds that a worker may take to start
_CLOSING = 5.0  # seconds in which a pool stops by itself; then its workers are killed
_OVERLOAD = 3.0
"""How much longer by the clock than its processor time a page may take, on a machine that does other things too."""
_MOST_LOSSES = 4
"""Pools that broke and workers that were killed, with no page read between; fewer may be chance."""
_MOST_TRIES = 10
"""For one page, whatever happens: a bound on what should end much earlier."""
_REMEMBERED = 50  # workers, so that none is left running at the end
_STOPPING = (signal.SIGINT, signal.SIGTERM)
_PR_SET_PDEATHSIG = 1  # from linux/prctl.h
_UNGUARDED = (
    "this process is a worker of another crawl, still loading the script that began it; "
    'start crawls below `if __name__ == "__main__":` only'
)
_NO_ANSWER = "its parser did not answer"
_UNKNOWN_END = 255
"""Exit status of a worker whose end nobody saw, for the server that forked it was killed with it."""


class PageError(Exception):
    """A page that could not be parsed; the message is the reason, short enough to be counted."""


class _BrokenError(Exception):
    """The pool that had the page answers no more; of the page that says nothing."""


class _UnansweredError(Exception):
    """The worker that had the page stood still, or got SIGKILL, which no page can send: the system does where memory
    is short, or somebody, or the end of the server that forked it. The message is the reason.
    """


class WorkerPool:
    """Runs functions that can be pickled, in processes of their own."""

    def __init__(
        self, workers: int, timeout: float, memory: int, start_up: float = 30.0, preloaded: Sequence[str] = ()
    ):
        """``timeout`` in seconds of processor time a call, ``memory`` in bytes a worker on top of what a fresh one
        holds; ``start_up`` in seconds that workers may take to start on a machine that is busy. ``preloaded``: modules
        that they find loaded, beside those of extraction.

        Raises WorkersError in a process that is itself such a worker, and not ready yet.
        """
        if getattr(multiprocessing.current_process(), "_inheriting", False):  # as multiprocessing itself asks
            raise WorkersError(_UNGUARDED)
        self.workers = workers
        self.timeout = timeout
        self.memory = memory
        self._preloaded = (*preloaded, *_PRELOADED)  # ours last, for it freezes what is there
        self._context = _Context(self._preloaded)
        self._pool: ProcessPool | None = None
        self._lack: str | None = None
        self._broken: asyncio.Future[None]
        self._losses = 0
        self._read = 0
        self._lost_at = -_START_UP
        # Scrapy's own back-pressure counts bytes only: without this, thousands of small pages would queue up.
        self._room = Turns(2 * workers)
        # Two pages a worker at the most, one after the other, and its replacement between them.
        self._patience = 2 * _OVERLOAD * timeout + start_up

    async def run(self, function: Callable[..., T], *args: Any, first: First = None) -> T:
        """Return what ``function(*args)`` returns. ``first`` is awaited before, when a worker is about to be free.

        Raises PageError when it takes too long or too much memory or kills its worker, and WorkersError when no worker
        can do its work; what the function itself raises comes through as it is.
        """
        async with self._room:
            if first is not None:
                await first()
            unanswered, read = 0, self._read
            for _ in range(_MOST_TRIES):
                try:
                    return await self._tried(function, *args)
                except _BrokenError:
                    pass
                except _UnansweredError as error:
                    unanswered += 1
                    if unanswered > 1 and self._read > read:  # twice, while others were read
                        raise PageError(str(error)) from None
            raise PageError(_NO_ANSWER)

    async def _tried(self, function: Callable[..., T], *args: Any) -> T:
        """Call the function once, and keep count of losses."""
        pool = self._started()
        try:
            answer = await self._answer(pool, function, *args)
        except (_BrokenError, _UnansweredError):
            raise
        except WorkersError as error:
            self._lack = str(error)
            raise
        except Exception:
            self._note_answer()  # whatever the page did, its worker was alive
            raise
        self._note_answer()
        return answer

    async def _answer(self, pool: ProcessPool, function: Callable[..., T], *args: Any) -> T:
        """Wait for the answer of a worker, and say what it means when none comes."""
        from pebble import ProcessExpired

        broken = self._broken
        try:
            future: asyncio.Future[T] = asyncio.wrap_future(
                pool.schedule(_bounded, args=(self.timeout, function, *args))
            )
        except RuntimeError as error:  # its workers were killed while they were idle
            self._give_up(pool)
            raise _BrokenError from error
        try:
            await self._answered(pool, future, broken)
        except asyncio.CancelledError:
            future.cancel()  # nobody waits for the page any more: its worker is ended
            raise
        if not future.done():
            future.cancel()
            if broken.done():
                raise _BrokenError
            is_over = not pool.active
            self._give_up(pool)
            if is_over:
                raise _BrokenError
            raise _UnansweredError(_NO_ANSWER)  # a worker killed at the wrong moment holds the others up for good
        try:
            return await future
        except BrokenProcessPool as error:
            self._give_up(pool)
            raise _BrokenError from error
        except MemoryError:
            raise PageError(f"took more than {self.memory >> 20} MB to parse") from None
        except ProcessExpired as error:
            self._lost_at = monotonic()
            if error.exitcode == -signal.SIGPROF:
                raise PageError(f"took longer than {self.timeout:g} s to parse") from None
            reason = f"killed its parser ({_death(error.exitcode)})"
            if error.exitcode not in (-signal.SIGKILL, _UNKNOWN_END):
                raise PageError(reason) from None
            self._count_loss()
            raise _UnansweredError(reason) from None

    async def _answered(self, pool: ProcessPool, future: asyncio.Future[T], broken: asyncio.Future[None]) -> None:
        """Wait until the answer is there, the pool is over, or patience is.

        Where workers end as they start, pebble's threads can end without a word on what was just asked for.
        """
        end = monotonic() + self._patience
        while not future.done() and not broken.done() and pool.active and (left := end - monotonic()) > 0:
            await asyncio.wait((future, broken), timeout=min(left, _LOOK), return_when=asyncio.FIRST_COMPLETED)

    def _note_answer(self) -> None:
        self._read += 1
        self._losses = 0

    def _give_up(self, pool: ProcessPool) -> None:
        """Let another pool be started in place of one that does not answer, and all who wait for that one try anew."""
        if self._pool is pool:  # else somebody else has noticed
            self._pool = None
            self._broken.set_result(None)
            _stop(pool)
            self._count_loss()

    def _count_loss(self) -> None:
        """Despair where workers end one after the other and nothing is read between."""
        self._losses += 1
        if self._losses >= _MOST_LOSSES:
            ends = [worker.exitcode for worker in self._context.workers if worker.exitcode]
            last = f" (the last one by {_death(ends[-1])})" if ends else ""
            self._lack = (
                f"the workers that read pages end or hang{last}, {self._losses} times without a page read; "
                "memory may be short, or the log says what they lack"
            )

    @property
    def lack(self) -> str | None:
        """Return what keeps the workers from reading anything more; None where nothing does."""
        return self._lack

    def close(self) -> None:
        """Stop the workers, in some seconds at the most; what is still running is given up."""
        pool, self._pool = self._pool, None
        if pool is not None:
            # A replacement that is just starting would complain of a pool that is gone.
            sleep(max(0.0, self._lost_at + _START_UP - monotonic()))
            if (stopping := _stop(pool)) is not None:
                stopping.join(_CLOSING)
        for worker in self._context.workers:
            if worker.is_alive():
                worker.kill()

    def _started(self) -> ProcessPool:
        """Return the pool, and start it where it is not running. Raises WorkersError."""
        if self._lack is not None:
            raise WorkersError(self._lack)
        if self._pool is None:
            from pebble import CONSTS, ProcessPool

            # Workers ignore SIGTERM: to wait for its effect would stop all others for three seconds a hung page.
            CONSTS.term_timeout = 0.1
            pool = ProcessPool(
                max_workers=self.workers,
                max_tasks=_TASKS_PER_WORKER,
                initializer=_start_worker,
                initargs=[self.memory, self._preloaded],
                context=self._context,
            )
            try:
                _start_deaf(pool)
            except (OSError, RuntimeError, MemoryError) as error:
                _stop(pool)
                self._lack = f"the workers that read pages cannot be started: {_why(error)}"
                raise WorkersError(self._lack) from error
            self._pool = pool
            self._broken = asyncio.get_running_loop().create_future()
        return self._pool


class Share:
    """A crawl's part in a pool that others use too: what is read for it can be given up alone."""

    def __init__(self, pool: WorkerPool):
        self._pool = pool
        self._reading: set[asyncio.Task[Any]] = set()
        self._end: str | None = None

    async def run(self, function: Callable[..., T], *args: Any, first: First = None) -> T:
        """Return what ``function(*args)`` returns in a worker. ``first`` and errors as in :meth:`WorkerPool.run`."""
        if self._end is not None:
            raise WorkersError(self._end)
        reading = asyncio.ensure_future(self._pool.run(function, *args, first=first))
        self._reading.add(reading)
        try:
            return await reading
        except asyncio.CancelledError:
            if self._end is not None:
                raise WorkersError(self._end) from None
            reading.cancel()
            raise
        finally:
            self._reading.discard(reading)

    def let_go(self, reason: str) -> None:
        """Give up what is being read, and read nothing more: every call raises WorkersError with this reason."""
        self._end = reason
        for reading in self._reading:
            reading.cancel()


class _Context(ForkServerContext):
    """What starts the workers, and so knows them, whatever becomes of their pool."""

    def __init__(self, preloaded: Sequence[str]) -> None:
        super().__init__()
        self.workers: deque[ForkServerProcess] = deque(maxlen=_REMEMBERED)
        self.set_forkserver_preload(list(preloaded))
        self._locks: deque[Any] = deque(maxlen=_REMEMBERED)

    def Process(self, *args: Any, **kwargs: Any) -> ForkServerProcess:  # type: ignore[override]  # noqa: N802  # its name
        """Make a worker's process, as multiprocessing does."""
        worker = ForkServerProcess(*args, **kwargs)
        self.workers.append(worker)
        return worker

    def RLock(self) -> Any:  # noqa: N802  # its name
        """Make a lock that outlives its pool.

        A worker opens it by its name, which is gone with the last who holds it here: one that starts while its pool is
        stopped would fail aloud.
        """
        lock = super().RLock()
        self._locks.append(lock)
        return lock


def _stop(pool: ProcessPool) -> Thread | None:
    """Let a pool end by itself, in whatever time; return the thread that sees to it, if one can be started."""
    pool.stop()  # type: ignore[no-untyped-call]  # pebble types only what takes arguments
    thread = Thread(target=pool.join, name="pool that stops", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # a lack of threads is what stops many a pool
        return None
    return thread


def _death(exitcode: int) -> str:
    try:
        return signal.Signals(-exitcode).name
    except ValueError:
        return f"exit status {exitcode}"


def _why(error: Exception) -> str:
    """Return why workers cannot be started. What the process that forks them lacked it took along as it ended."""
    if (lack := lack_of(error)) is not None:
        return lack
    if isinstance(error, BrokenProcessPool):
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return (
            f"the process that forks them ended at once; perhaps too many files are open (ulimit -n allows {files}),"
            " or memory is short (ulimit -v, ulimit -d)"
        )
    return repr(error)


def _start_deaf(pool: ProcessPool) -> None:
    """Start the pool so that neither workers nor the server that forks them hear Ctrl-C before they can ignore it.

    The server, and by it the workers, take over which signals are blocked here; so do the threads of the pool, which
    start a server anew where it was killed.
    """
    resource_tracker.ensure_running()  # to start that later would unblock them
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        pool.active  # noqa: B018  # to ask for it starts it
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


# --- In the worker ---

_worker_lack: str | None = None
"""What keeps this worker from its work: found when it starts, told to whoever asks it for something."""


def _start_worker(memory: int, preloaded: Sequence[str]) -> None:
    """Leave signals to the main process, die with it, and bound the memory."""
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    try:
        _end_with_server()
        for module in preloaded:  # where the server could not; here, so that the bound is on the pages alone
            import_module(module)
        _bound_memory(memory)
    except Exception as error:
        global _worker_lack
        _worker_lack = f"a worker that reads pages cannot start: {lack_of(error) or f'{type(error).__name__}: {error}'}"


def _end_with_server() -> None:
    """Die when the server does, and let it die when the main process does.

    It ends where nobody holds the pipe any more that says it is wanted, and each worker was handed an end of it.
    """
    server = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    wanted = vars(forkserver._forkserver).get("_forkserver_alive_fd")  # there is no public way
    if wanted is None:
        raise WorkersError("this Python starts processes otherwise than Vestnik knows")
    os.close(wanted)
    if os.getppid() != server:  # it ended before the kernel knew
        os._exit(_UNKNOWN_END)


def _bound_memory(memory: int) -> None:
    """Raises WorkersError where the process is not allowed as much as a page is."""
    try:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_data_size() + memory, hard))
        is_granted = _can_have(memory * 9 // 10)
    except ValueError:  # beyond the hard limit
        is_granted = False
    if not is_granted:
        raise WorkersError(
            f"the limits on memory (ulimit -v, ulimit -d) leave it less than the {memory >> 20} MB that a page may take"
        )


def _bounded(seconds: float, function: Callable[..., T], *args: Any) -> T:
    """Call the function with a bound on its processor time: the kernel then ends the process, whatever it is in.

    What the function held is let go before a lack of memory is told, for to tell takes memory too.
    """
    if _worker_lack is not None:
        raise WorkersError(_worker_lack)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return function(*args)
    except MemoryError:
        pass  # leaving this block frees the frames that hold the page
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    gc.collect()
    # Half of what was granted must be there now; else the machine is short, and the page did nothing wrong.
    if not _can_have((resource.getrlimit(resource.RLIMIT_DATA)[0] - _data_size()) // 2):
        raise WorkersError("memory is short on this machine; free some, or lower EXTRACTION_WORKERS")
    raise MemoryError


def _can_have(size: int) -> bool:
    """Whether so many bytes of memory are to be had; no page of them is touched."""
    try:
        mmap(-1, max(size, resource.getpagesize()), MAP_PRIVATE | MAP_ANONYMOUS).close()
    except OSError:
        return False
    return True


def _data_size() -> int:
    """Bytes of private memory this process holds now, as RLIMIT_DATA counts them."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  # a file of the kernel's, not of ours
        return int(statm.read().split()[5]) * resource.getpagesize()
