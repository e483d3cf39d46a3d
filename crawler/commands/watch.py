"""``scrapy watch``: what is watched for, what it would have told, and sending what waits.

Exit status: 0 done, 1 something could not be sent or is wrong, 2 called wrongly, 75 another one is sending.
"""

from __future__ import annotations

import sqlite3
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.errors import HELD, SetupError
from crawler.monitoring.sending import load
from pipelines.archive.database import ArchiveError, open_archive, sentence
from pipelines.archive.lease import Lease, LeaseHeldError
from pipelines.archive.reading import open_for_reading
from pipelines.watching import alerts
from pipelines.watching.watches import Watch, WatchError, Watches

_DO = ("list", "test", "send")


class Command(ScrapyCommand):
    """Reads the file of watches; only ``send`` writes to the archive."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What may follow the name of the command."""
        return "[options] list | test NAME | send"

    def short_desc(self) -> str:
        """What Scrapy's list of commands says."""
        return "List the watches, try one on the past, or send what waits"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then how far back a test looks."""
        super().add_options(parser)
        parser.add_argument("--days", type=int, default=7, metavar="N", help="test: days to look back (7)")

    def run(self, args: list[str], opts: Namespace) -> None:
        """Do what was asked for."""
        if self.settings is None:  # Scrapy sets them before it runs a command
            raise UsageError("run this as a command of scrapy")
        what = args[0] if args else "list"
        if what not in _DO or len(args) != (2 if what == "test" else 1 if args else 0):
            raise UsageError("expected one of: scrapy watch list, scrapy watch test NAME, scrapy watch send")
        database, file = Path(self.settings["DATABASE"]), Path(self.settings["WATCHES"])
        try:
            watches = load(file)
            for error in watches.errors:
                self._fail(error, 1)
            if what == "send":
                self._send(database, watches, self.settings["READING_ROOM_URL"])
            elif what == "test":
                print(*_tried(database, _named(watches, args[1], file), opts.days), sep="\n")
            else:
                print(*_listed(watches, file), sep="\n")
        except (SetupError, WatchError, ArchiveError) as error:
            self._fail(str(error), 1)
        except LeaseHeldError as error:
            self._fail(str(error), HELD)
        except sqlite3.Error as error:
            self._fail(sentence(database, error), 1)

    def _send(self, database: Path, watches: Watches, room: str) -> None:
        # Every command of scrapy imports this module; what knows all kinds of targets takes its time.
        from crawler.monitoring.sending import send, send_due

        lease = Lease(database, "this archive", "sending", datetime.now(UTC))
        try:
            with closing(open_archive(database)) as db:
                taken, failed = send_due(db, watches.targets, send, room, lambda: datetime.now(UTC))
        finally:
            lease.release()
        if taken or failed:
            print(f"{taken} messages sent, {failed} not taken" + ("; they are tried again" if failed else ""))
        if failed:
            self.exitcode = 1

    def _fail(self, words: str, status: int) -> None:
        print(f"Error: {words}", file=sys.stderr)
        self.exitcode = status


def _listed(watches: Watches, file: Path) -> Iterator[str]:
    from crawler.monitoring.sending import is_known

    if not watches.watches:
        yield f"{file} holds no watch that can be used; README.md shows how to write one"
    for watch in watches.watches:
        yield f"{watch.name}: {describe(watch)} → {', '.join(watch.targets)}"
    for name, address in watches.targets.items():
        if not is_known(address):
            yield f"targets.{name}: nothing can be sent to such an address; see the list of apprise"


def describe(watch: Watch) -> str:
    """A watch in words: ``new, gone · "oil refinery" · moscowtimes · at most every 30 min``."""
    parts = [
        ", ".join(watch.events),
        watch.query,
        *map(", ".join, (watch.sites, watch.sections, watch.authors, watch.kinds)),
    ]
    if watch.digest:
        parts.append(f"at most every {watch.digest}")
    return " · ".join(part for part in parts if part)


def _named(watches: Watches, name: str, file: Path) -> Watch:
    for watch in watches.watches:
        if watch.name == name:
            return watch
    known = ", ".join(repr(watch.name) for watch in watches.watches) or "none"
    raise SetupError(f"{file} has no watch named {name!r}; there are: {known}")


def _tried(database: Path, watch: Watch, days: int) -> Iterator[str]:
    since = datetime.now(UTC) - timedelta(days=days)
    with closing(open_for_reading(database)) as db:
        found = alerts.past(db, watch, since)
    yield f"{watch.name}: {describe(watch)}"
    for at, what, url in found:
        yield f"{at}  {what}\n{'':22}{url}"
    yield f"{len(found)} alerts in the last {days} days, to {', '.join(watch.targets)}; nothing was sent"
