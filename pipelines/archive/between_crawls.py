"""What the monitor, the archive host and commands ask of an archive between crawls, while other processes write to it.

It may not be there yet. As in a crawl, nobody who asks sees a connection: see :mod:`pipelines.archive.calls`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from pipelines.archive import crawls, ledger, under_way
from pipelines.archive.crawls import Past
from pipelines.archive.database import ArchiveError, sentence
from pipelines.archive.reading import open_for_reading
from pipelines.archive.under_way import Suspect
from pipelines.archive.writer import Archive
from pipelines.watching import alerts

_KEPT_OPEN = 5.0
"""Seconds for which an archive stays open that is asked again and again. To open it takes 1.5 ms, to ask it 0.1."""


class Pasts:
    """How the crawls of sites went, for a monitor that asks after each of them. To be used in the event loop."""

    def __init__(self, database: Path):
        self._database = database
        self._db: sqlite3.Connection | None = None

    def of(self, site: str, now: datetime) -> Past:
        """Return how those of a site went; nothing where there is no archive yet. Raises ArchiveError."""
        if not self._database.exists():
            return Past()
        try:
            if self._db is None:
                self._db = open_for_reading(self._database, older=True)
                asyncio.get_running_loop().call_later(_KEPT_OPEN, self.close)
            else:
                self._db.execute("begin")
            past = crawls.past(self._db, site, now)
            self._db.execute("rollback")  # what is written meanwhile is seen the next time
        except sqlite3.Error as error:
            self.close()
            raise ArchiveError(sentence(self._database, error)) from error
        return past

    def close(self) -> None:
        """Close the archive, until it is asked again."""
        db, self._db = self._db, None
        if db is not None:
            db.close()


def crawled_sites(database: Path) -> frozenset[str]:
    """Return the names of the sites that were ever crawled; none where there is no archive yet. Raises ArchiveError."""
    if not database.exists():
        return frozenset()
    with _reading(database) as db:
        return crawls.sites(db)


def are_alerts_waiting(database: Path, now: datetime) -> bool:
    """Return whether an alert is to be sent now. Raises ArchiveError."""
    if not database.exists():
        return False
    with _reading(database) as db:
        return alerts.is_waiting(db, now)


def suspects_afar(archive: Archive, site: str, now: datetime) -> dict[str, Suspect]:
    """Return what ended workers on other machines, by address. Raises ArchiveError."""
    return archive.read(lambda db: under_way.suspects_afar(db, site, now))


def named_since(archive: Archive, listing_urls: Sequence[str], since: datetime) -> list[str]:
    """Return the addresses that these listings have named since then. Raises ArchiveError."""
    return archive.read(lambda db: ledger.named_since(db, listing_urls, since))


def are_suspects_due(archive: Archive, site: str, now: datetime) -> bool:
    """Return whether a crawl of this site would read what was being read when others ended. Raises ArchiveError.

    To be asked while no crawl of it runs.
    """
    if archive.read(lambda db: under_way.was_reading(db, site)):
        return True
    suspects = archive.read(lambda db: under_way.suspects(db, site, now))
    return any(suspect.is_due and suspect.mode in (None, "crawl") for suspect in suspects)


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(open_for_reading(database, older=True)) as db:
            yield db
    except sqlite3.Error as error:
        raise ArchiveError(sentence(database, error)) from error
