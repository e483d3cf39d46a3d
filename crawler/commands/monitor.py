"""``scrapy monitor``: crawl every site at its own pace until it is told to stop.

Exit status: 0 stopped on request, 1 failed, 2 called wrongly, 75 another monitor of this archive is running.
"""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.log import configure_logging

from crawler.command import LOG_FILE, bounded
from crawler.errors import HELD, SetupError
from pipelines.archive.lease import Lease, LeaseHeldError


class Command(ScrapyCommand):
    """Long-lived; each crawl is a process of its own."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What may follow the name of the command."""
        return "[options] [SITE …]"

    def short_desc(self) -> str:
        """What Scrapy's list of commands says."""
        return "Crawl every site at its own pace, until told to stop"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then how many crawls may run at a time."""
        super().add_options(parser)
        parser.add_argument("--at-once", type=int, metavar="N", help="crawls at a time, at most (MONITOR_AT_ONCE)")

    def run(self, args: list[str], opts: Namespace) -> None:
        """Take the lease, and keep watch."""
        # Every command of scrapy imports this module, and few of them need a scheduler and a drawn table.
        from crawler.monitoring.session import Orders, Processes, follow, keep_watch, options

        if self.settings is None:  # Scrapy sets them before it runs a command
            raise UsageError("run this as a command of scrapy")
        at_once = opts.at_once or self.settings.getint("MONITOR_AT_ONCE")
        if at_once < 1:
            raise UsageError(f"--at-once {at_once}: expected 1 or more")
        folder = self.settings["SITES_DIR"]
        orders = Orders(
            database=Path(self.settings["DATABASE"]),
            profiles=Path(folder) if folder else None,
            names=tuple(args),
            every=self.settings["MONITOR_EVERY"],
            at_once=at_once,
        )
        terminal = sys.stderr.isatty()
        if terminal and not self.settings.get("LOG_FILE"):
            self.settings.set("LOG_FILE", str(bounded(Path(LOG_FILE))), priority="command")
        configure_logging(self.settings)
        try:
            follow(orders)
            lease = Lease(orders.database, "this archive", "monitor", datetime.now(UTC))
            processes = Processes(options(opts.set), Path(LOG_FILE) if terminal else None)
            try:
                asyncio.run(keep_watch(orders, processes, terminal))
            finally:
                lease.release()
        except SetupError as error:
            self._fail(str(error), error.status)
        except LeaseHeldError as error:
            self._fail(str(error), HELD)
        except OSError as error:
            self._fail(f"{error.filename or orders.database}: {error.strerror}", 1)

    def _fail(self, words: str, status: int) -> None:
        print(f"Error: {words}", file=sys.stderr)
        self.exitcode = status
