"""Opening the archive's file: pragmas, migrations, and a sentence for everything that can be wrong with it."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep

from sqlite_utils import Database

from pipelines.archive.schema import migrations

BUSY_TIMEOUT = 30.0
"""Seconds to wait for another process's transaction."""
_PAUSE = 0.02
"""Seconds between two tries of what SQLite does not wait for."""
ROWS = 300
"""Rows in one transaction of a long work: some milliseconds, where a crawl would wait for half a minute."""
_SHORTEST = 0.05  # seconds: who waits for SQLite's lock looks every tenth of a second, not all the time


class ArchiveError(Exception):
    """The archive cannot be used; the message is one sentence that says what to do."""


class Connection(sqlite3.Connection):
    """A connection that knows which file it has open, and which words it has kept there: see words.py."""

    path: Path
    words: defaultdict[str, set[str]]
    file: os.stat_result | None = None
    """None until it is laid out, and for an archive in memory."""

    def check_place(self) -> None:
        """Raise ArchiveError where the file at the path is another one by now, or none.

        What is written to a file that has lost its name is lost with it, and two files that share one write-ahead log
        damage each other.
        """
        try:
            is_there = self.file is None or os.path.samestat(self.file, self.path.stat())
        except OSError:
            is_there = False
        if not is_there:
            raise ArchiveError(
                f"{self.path} was moved, removed or replaced while it was written to; put the right file there"
                f" (scrapy archive restore FILE does so safely), then run this again"
            )


def open_archive(path: Path) -> sqlite3.Connection:
    """The archive at this path for writing, made or brought up to date where needed.

    Raises ArchiveError when the folder is missing or read-only, the disk is full, or the file is another program's,
    or a newer Vestnik's.
    """
    if not path.parent.is_dir():
        raise ArchiveError(
            f"{path}: there is no folder {path.parent}; make it first, or name another with -s DATABASE=…"
        )
    if path.is_dir():
        raise ArchiveError(f"{path} is a folder; name a file with -s DATABASE=…")
    try:
        connection = _connect(path)
        try:
            _migrate(Database(connection), path)
            if path.exists():
                connection.path, connection.file = path.resolve(), path.stat()
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise ArchiveError(sentence(path, error)) from error
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A second connection for quick look-ups beside the writer, which it never waits for."""
    connection = _connect(path)
    connection.execute("pragma query_only=1")
    return connection


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Writes that belong together, on a connection of :func:`open_archive`: all of them, or none where one raises.

    It is the writer from its beginning: one that reads first and writes later fails at once with "database is locked"
    when another process has written in between.
    """
    db.execute("begin immediate")
    try:
        yield
        if isinstance(db, Connection):
            db.check_place()
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        if isinstance(db, Connection):
            db.words.clear()
        raise


@contextmanager
def savepoint(db: sqlite3.Connection) -> Iterator[None]:
    """Writes within a transaction of which none stays where one raises, while those before them do."""
    db.execute("savepoint work")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # else SQLite has undone it all, as it does where the disk is full
            db.execute("rollback to work")
            db.execute("release work")
        if isinstance(db, Connection):
            db.words.clear()
        raise
    db.execute("release work")


def sentence(path: Path, error: sqlite3.Error) -> str:
    """What an error of SQLite means for the person who runs the crawl."""
    said = str(error)
    if "full" in said:
        return f"{path}: the disk is full; free some space, then run the same command again: nothing stored is lost"
    if "readonly" in said or "unable to open" in said:
        return (
            f"{path} cannot be written; check the rights of the file and its folder, or name another with -s DATABASE=…"
        )
    if "not a database" in said:
        return f"{path} is not an SQLite database; name another file with -s DATABASE=…"
    if "locked" in said:
        return f"{path} is held by another program for over {BUSY_TIMEOUT:.0f} s; close that one, then run this again"
    if "malformed" in said:
        return f"{path} is damaged ({said}); restore a backup, or save what is readable with: sqlite3 {path} .recover"
    if "disk I/O" in said:
        return f"{path} cannot be read or written; check the disk and its free space, then run the same command again"
    return f"{path}: SQLite says: {said}"


def _connect(path: Path) -> Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False, factory=Connection
    )
    connection.row_factory = sqlite3.Row
    connection.words = defaultdict(set)
    connection.execute("pragma foreign_keys=on")
    connection.execute(
        "pragma synchronous=normal"
    )  # in WAL a crash of the machine may lose the last commits, never more
    connection.execute("pragma cache_size=-32000")
    # Statements that may yet fail keep pages as they were: in a file, that is half a megabyte written an article.
    connection.execute("pragma temp_store=memory")
    # Pages that every article changes, such as the ends of indexes, reach the file once in 32 MB, not once in 4.
    connection.execute("pragma wal_autocheckpoint=8000")
    return connection


def _migrate(db: Database, path: Path) -> None:
    tables = set(db.table_names())
    ours = {migration.name for migration in migrations.applied(db)}
    if tables and not ours:
        raise ArchiveError(f"{path} is another program's database; name another file with -s DATABASE=…")
    known = ours | {migration.name for migration in migrations.pending(db)}
    newer = sorted(name for name in ours if name not in _all_names())
    if newer:
        raise ArchiveError(
            f"{path} was written by a newer Vestnik (it has {newer[0]}); upgrade this one before using it"
        )
    _write_ahead(db.conn)
    if known == ours:
        return
    db.execute("pragma foreign_keys = off")  # nothing happens inside a transaction; a table may be rebuilt in it
    try:
        db.execute("begin exclusive")  # a second process waits here, and then finds nothing to do
        if pending := migrations.pending(db):
            copy = _back_up(path, len(ours)) if ours else None
            migrations.apply(db)
            _check_references(db.conn, path, copy, pending[-1].name)
        db.execute("commit")
    except BaseException:
        if db.conn.in_transaction:
            db.execute("rollback")
        raise
    finally:
        db.execute("pragma foreign_keys = on")


def _check_references(connection: sqlite3.Connection, path: Path, copy: Path | None, last: str) -> None:
    """Raise ArchiveError where a row names another that is not there, and did not in the ``copy`` made before."""
    lost = Counter(row[0] for row in connection.execute("pragma foreign_key_check"))
    if not lost:
        return
    if copy is not None:
        with closing(sqlite3.connect(copy)) as earlier:
            lost -= Counter(row[0] for row in earlier.execute("pragma foreign_key_check"))
    if lost:
        told = ", ".join(f"{n} of {table}" for table, n in lost.items())
        raise ArchiveError(
            f"{path} was left as it was: {last} would make rows name others that are not there ({told}); please report"
            " this, and go on with the earlier version of Vestnik until then"
        )


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log. SQLite gives this up at once where a file is new to two processes; so wait here."""
    end = monotonic() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute("pragma journal_mode=wal")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or monotonic() > end:
                raise
        sleep(_PAUSE)


def _all_names() -> frozenset[str]:
    return frozenset(migration.name for migration in migrations.pending(Database(memory=True)))


def _back_up(path: Path, version: int) -> Path:
    """Keep a copy of the archive as it is, and return its path.

    On a connection of its own, for one that is about to write copies nothing.
    """
    copy = path.with_name(f"{path.name}.before-{version + 1}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def in_turns(step: Callable[[], int]) -> int:
    """Call ``step``, a short transaction, until it has nothing left to do and gives 0. Return the sum of what it gave.

    Much work on an archive to which crawls write: in the pauses the others get their turns.
    """
    done = 0
    while True:
        began = monotonic()
        if not (n := step()):
            return done
        done += n
        sleep(max(monotonic() - began, _SHORTEST))
