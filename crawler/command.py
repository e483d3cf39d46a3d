"""What all commands share: what is wrong is one sentence and an exit status, and the archive is opened read-only.

Exit status, unless a command says otherwise: 0 done, 1 failed, 2 called wrongly, 75 another one is at it.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from abc import abstractmethod
from argparse import ArgumentTypeError, Namespace
from contextlib import closing
from datetime import date
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.errors import HELD, SetupError, lack_of
from crawler.profiles import ProfileError, load_profiles
from crawler.setting_names import missing_file, problem
from crawler.site import Sites
from pipelines.archive.database import ArchiveError, sentence
from pipelines.archive.lease import LeaseHeldError
from pipelines.archive.reading import open_for_reading
from pipelines.watching.watches import WatchError

LOG_FILE = "vestnik.log"
MOST = 10_000_000
"""Bytes of the log: some weeks of a monitor's crawls, and still opened by every editor."""
logger = logging.getLogger(__name__)


class BaseCommand(ScrapyCommand):
    """Base of every command of ours: ``usage`` follows its name, ``summary`` is what ``scrapy`` lists it with."""

    requires_project = True
    requires_crawler_process = False
    usage = "[options]"
    summary = ""

    def syntax(self) -> str:
        """Return what may follow the name of the command."""
        return self.usage

    def short_desc(self) -> str:
        """Return what Scrapy's list of commands says."""
        return self.summary

    def check(self, args: list[str], opts: Namespace) -> None:
        """Raise UsageError for arguments that cannot be meant."""

    @abstractmethod
    def work(self, args: list[str], opts: Namespace) -> None:
        """Do what was asked for. Raises SetupError, or another error of ours, where it cannot be done."""

    @property
    def database(self) -> Path:
        """Return where the archive is."""
        return Path(self.given["DATABASE"])

    @property
    def profiles(self) -> Path | None:
        """Return the folder of the user's own profiles."""
        return Path(self.given["SITES_DIR"]) if self.given["SITES_DIR"] else None

    @property
    def given(self) -> Settings:
        """Return the settings, which Scrapy sets before it runs a command."""
        if self.settings is None:
            raise UsageError("run this as a command of scrapy")
        return self.settings

    def process_options(self, args: list[str], opts: Namespace) -> None:
        """As Scrapy; then refuse a setting that there is not, and a file that is named and missing."""
        super().process_options(args, opts)
        wrong = problem(self.given, (pair.partition("=")[0] for pair in opts.set)) or missing_file(self.given)
        if wrong:
            raise UsageError(wrong)

    def run(self, args: list[str], opts: Namespace) -> None:
        """Work, and say in one sentence what kept it from being done."""
        self.check(args, opts)
        try:
            self.work(args, opts)
        except SetupError as error:
            self.fail(str(error), error.status)
        except LeaseHeldError as error:
            self.fail(str(error), HELD)
        except (ArchiveError, ProfileError, WatchError) as error:
            self.fail(str(error))
        except sqlite3.Error as error:
            logger.debug("failed", exc_info=error)
            self.fail(sentence(self.database, error))
        except (OSError, RuntimeError, MemoryError) as error:
            logger.debug("failed", exc_info=error)
            if (lack := lack_of(error)) is not None:
                self.fail(lack)
            elif isinstance(error, OSError):
                self.fail(f"{error.filename or self.database}: {error.strerror}")
            else:
                raise

    def fail(self, words: str, status: int = 1) -> None:
        """Say what went wrong, and end with this status."""
        print(f"Error: {words}", file=sys.stderr)
        self.exitcode = status

    def log_to_file(self) -> None:
        """Leave a terminal to the progress line: the log goes to a file, unless one is named already."""
        if self.settings is not None and sys.stderr.isatty() and not self.settings.get("LOG_FILE"):
            self.settings.set("LOG_FILE", str(bounded(Path(LOG_FILE))), priority="command")


class ArchiveCommand(BaseCommand):
    """Base of the commands that read the archive."""

    def takes_older(self, args: list[str]) -> bool:  # noqa: ARG002  # a command with parts goes by them
        """Return whether an archive that an older version laid out will do as it is."""
        return False

    @abstractmethod
    def answer(self, db: sqlite3.Connection, sites: Sites, args: list[str], opts: Namespace) -> None:
        """Print or write what was asked for. Raises SetupError where there is nothing to answer."""

    def work(self, args: list[str], opts: Namespace) -> None:
        """Open the archive and answer."""
        sites = load_profiles(self.profiles).sites
        try:
            with closing(open_for_reading(self.database, older=self.takes_older(args))) as db:
                self.answer(db, sites, args, opts)
        except BrokenPipeError:
            return  # whoever reads has seen enough, such as `head`
        except OSError as error:
            raise SetupError(f"{error.filename or 'standard output'}: {error.strerror}") from error


def day(text: str) -> date:
    """Return an option's day. Raises ArgumentTypeError, which argparse prints with the option's name."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day such as 2024-12-09") from None


def bounded(log: Path) -> Path:
    """Return the log to write to. A full one is put aside as ``.1`` first, in place of the one before.

    Who writes to it at that moment goes on doing so, under its new name.
    """
    if log.is_file() and log.stat().st_size > MOST:
        log.replace(log.with_name(f"{log.name}.1"))
    return log
