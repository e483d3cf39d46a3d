"""What the commands that read the archive share: it is opened read-only, and what is wrong is one sentence."""

from __future__ import annotations

import sqlite3
import sys
from abc import abstractmethod
from argparse import ArgumentTypeError, Namespace
from contextlib import closing
from datetime import date
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.errors import SetupError
from crawler.profiles import ProfileError, load_profiles
from crawler.site import Sites
from pipelines.archive.database import ArchiveError, sentence
from pipelines.archive.reading import open_for_reading

LOG_FILE = "vestnik.log"
MOST = 10_000_000
"""Bytes: some weeks of a monitor's crawls, and still opened by every editor."""


class ArchiveCommand(ScrapyCommand):
    """Base of ``scrapy export`` and ``scrapy coverage``. Exit status: 0 done, 1 one sentence says why not."""

    requires_project = True
    requires_crawler_process = False
    database: Path

    def takes_older(self, args: list[str]) -> bool:  # noqa: ARG002  # a command with parts goes by them
        """Whether an archive that an older version laid out will do as it is."""
        return False

    @abstractmethod
    def answer(self, db: sqlite3.Connection, sites: Sites, args: list[str], opts: Namespace) -> None:
        """Print or write what was asked for. Raises SetupError where there is nothing to answer."""

    def run(self, args: list[str], opts: Namespace) -> None:
        """Open the archive, answer, and tell what kept it from answering."""
        if self.settings is None:  # Scrapy sets them before it runs a command
            raise UsageError("run this as a command of scrapy")
        self.database, folder = Path(self.settings["DATABASE"]), self.settings["SITES_DIR"]
        try:
            sites = load_profiles(Path(folder) if folder else None).sites
            with closing(open_for_reading(self.database, older=self.takes_older(args))) as db:
                self.answer(db, sites, args, opts)
        except BrokenPipeError:
            return  # whoever reads has seen enough, such as `head`
        except (SetupError, ArchiveError, ProfileError) as error:
            self._fail(str(error))
        except sqlite3.Error as error:
            self._fail(sentence(self.database, error))
        except OSError as error:
            self._fail(f"{error.filename or 'standard output'}: {error.strerror}")

    def _fail(self, words: str) -> None:
        print(f"Error: {words}", file=sys.stderr)
        self.exitcode = 1


def day(text: str) -> date:
    """An option's day. Raises ArgumentTypeError, which argparse tells with the option's name."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day such as 2024-12-09") from None


# The log of commands that run on a terminal: bounded, with one former file beside it.


def is_full(size: int) -> bool:
    """Whether a log of so many bytes is to be put aside."""
    return size > MOST


def bounded(log: Path) -> Path:
    """The log to write to. A full one is put aside as ``.1`` first, in place of the one before.

    Who writes to it at that moment goes on doing so, under its new name.
    """
    if log.is_file() and is_full(log.stat().st_size):
        log.replace(log.with_name(f"{log.name}.1"))
    return log
