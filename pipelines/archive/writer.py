"""The one thread that writes, and the bounded queue before it.

The wait for a lock happens in this thread and never stops the reactor.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from crawler.turns import Turns
from pipelines.archive.database import ArchiveError, open_archive, open_reader, sentence, transaction

T = TypeVar("T")
_QUEUE = 32
"""Transactions that may wait; whoever brings one more waits itself, and so the download slows down."""


class Archive:
    """The archive as a crawl sees it: :meth:`write` from coroutines, :meth:`read` at once."""

    def __init__(self, path: Path):
        """Open the archive. Raises ArchiveError with a sentence when it cannot be used."""
        self.path = path
        self._connection = open_archive(path)
        self._reader = open_reader(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self._room = Turns(_QUEUE)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` in a transaction of its own on the writer thread and give what it gives.

        When it raises, everything it wrote is undone and the error passed on, SQLite's own as an ArchiveError.
        """
        async with self._room:
            return await asyncio.wrap_future(self._thread.submit(self._transaction, work))

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
        self._thread.shutdown(wait=True)
        self._reader.close()
        self._connection.close()

    def _transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        db = self._connection
        try:
            with transaction(db):
                result = work(db)
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # the fault of this work, not of the archive
        except sqlite3.DatabaseError as error:
            raise ArchiveError(sentence(self.path, error)) from error
        return result
