"""The one thread that writes, and the bounded queue before it.

The wait for a lock happens in this thread and never stops the reactor. What waits at a time is written in one
transaction, each work behind the first with a savepoint of its own, so that one which fails takes no other along.
Nothing counts as written before it is committed.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, TypeVar, cast

from crawler.turns import Turns
from pipelines.archive.database import ArchiveError, open_archive, open_reader, savepoint, sentence, transaction

T = TypeVar("T")
_QUEUE = 32
"""Works that may wait; whoever brings one more waits itself, and so the download slows down."""
_TOGETHER = 16
"""Works in one transaction: what they all change, such as the ends of indexes, is written once."""
_LONGEST = 0.1
"""Seconds after which a transaction takes no more works: other processes wait for it."""


class Archive:
    """The archive as a crawl sees it: :meth:`write` from coroutines, :meth:`read` at once."""

    def __init__(self, path: Path):
        """Open the archive. Raises ArchiveError with a sentence when it cannot be used."""
        self.path = path
        self._connection = open_archive(path)
        self._reader = open_reader(path)
        self._room = Turns(_QUEUE)
        self._waiting: SimpleQueue[_Work | None] = SimpleQueue()
        self._is_closed = False
        self._thread = Thread(target=self._write_all, name="archive", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` on the writer thread, in a transaction, and return what it returns once that is committed.

        When it raises, everything it wrote is undone and the error passed on. SQLite's own comes as an ArchiveError
        where the archive is at fault; what was to be written along with it is undone as well then, and gets it too.
        """
        async with self._room:
            if self._is_closed:
                raise RuntimeError(f"{self.path} is closed")
            asked = _Work(work, asyncio.get_running_loop())
            self._waiting.put(asked)
            return cast("T", await asked.answer)

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a quick look-up on a connection of its own, which sees what is committed and waits for nobody.

        Raises ArchiveError where the file cannot be read.
        """
        try:
            return work(self._reader)
        except sqlite3.DatabaseError as error:
            raise ArchiveError(sentence(self.path, error)) from error

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._is_closed = True
        self._waiting.put(None)
        self._thread.join()
        self._reader.close()
        self._connection.close()

    def _write_all(self) -> None:
        """Write what comes, until the archive is closed."""
        while (first := self._waiting.get()) is not None:
            works = [first]
            self._write_together(works)
            for work in works:
                work.tell()

    def _write_together(self, works: list[_Work]) -> None:
        """Write a work, and with it those that wait by the time when it is done."""
        ends = monotonic() + _LONGEST
        try:
            with transaction(self._connection):
                works[0].do(self._connection)  # alone so far: what it raises undoes all there is
                while len(works) < _TOGETHER and monotonic() < ends and (another := self._another()):
                    works.append(another)
                    another.do_beside_others(self._connection)
        except Exception as error:
            is_its_own = len(works) == 1 and not _is_of_archive(error)
            for work in works:
                work.error = error
                if isinstance(error, sqlite3.DatabaseError) and not is_its_own:
                    work.error = ArchiveError(sentence(self.path, error))
                    work.error.__cause__ = error

    def _another(self) -> _Work | None:
        """Return the next work that waits already, if one does."""
        try:
            another = self._waiting.get_nowait()
        except Empty:
            return None
        if another is None:  # nothing comes behind the end
            self._waiting.put(None)
        return another


class _Work:
    """A work that somebody waits for, and what came of it."""

    def __init__(self, work: Callable[[sqlite3.Connection], Any], loop: asyncio.AbstractEventLoop):
        self.answer: asyncio.Future[Any] = loop.create_future()
        self.error: Exception | None = None
        self._work = work
        self._loop = loop
        self._result: Any = None

    def do(self, db: sqlite3.Connection) -> None:
        """Do the work, unless nobody waits for it any more. Raises whatever it raises."""
        if not self.answer.cancelled():
            self._result = self._work(db)

    def do_beside_others(self, db: sqlite3.Connection) -> None:
        """Do the work, and where it fails undo it alone and keep the error for whoever waits. Raises
        sqlite3.DatabaseError where the archive is at fault.
        """
        try:
            with savepoint(db):
                self.do(db)
        except Exception as error:
            if _is_of_archive(error) or not db.in_transaction:
                raise
            self.error = error

    def tell(self) -> None:
        """Let whoever waits know what came of it."""
        with suppress(RuntimeError):  # its event loop is closed: nobody waits
            self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        if self.answer.done():  # it was cancelled meanwhile
            return
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self._result)


def _is_of_archive(error: Exception) -> bool:
    """Return whether the archive is at fault, and not the work that met it."""
    own = sqlite3.IntegrityError | sqlite3.ProgrammingError
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, own)
