"""``scrapy monitor``: crawl every site at its own pace until it is told to stop.

With ``-s BROKER=amqps://…`` it is the archive host: what is to be fetched goes to ``scrapy work`` on any number
of machines, and what they send back is stored.

Exit status: 0 stopped on request, 1 failed, 2 called wrongly, 75 another monitor of this archive is running.
"""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from scrapy.exceptions import UsageError
from scrapy.utils.log import configure_logging

from crawler import clock
from crawler.command import LOG_FILE, BaseCommand
from pipelines.archive.lease import Lease


class Command(BaseCommand):
    """Long-lived; all crawls share a process, which it replaces."""

    usage = "[options] [SITE …]"
    summary = "Crawl every site at its own pace, until told to stop"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then how many crawls may run at a time."""
        super().add_options(parser)
        parser.add_argument("--at-once", type=int, metavar="N", help="crawls at a time, at most (MONITOR_AT_ONCE)")

    def work(self, args: list[str], opts: Namespace) -> None:
        """Take the lease, and crawl until told to stop."""
        # Every command of scrapy imports this module, and few of them need a scheduler and a drawn table.
        from crawler.monitoring.processes import Processes, options
        from crawler.monitoring.session import Orders, follow, keep_watch

        orders = Orders(
            database=self.database,
            profiles=self.profiles,
            names=tuple(args),
            every=self.given["MONITOR_EVERY"],
            at_once=self._at_once(opts),
        )
        terminal = sys.stderr.isatty()
        self.log_to_file()
        configure_logging(self.given)
        follow(orders)
        lease = Lease(orders.database, "this archive", "monitor", clock.now())
        processes = Processes(options(opts.set), Path(LOG_FILE) if terminal else None)
        try:
            if not self.given["BROKER"]:
                asyncio.run(keep_watch(orders, processes, terminal))
                return
            from crawler.carrying.archive_host import archive_host

            async def be_host() -> None:
                async with archive_host(self.given) as crawl:
                    await keep_watch(orders, processes, terminal, crawl)

            asyncio.run(be_host())
        finally:
            lease.release()

    def _at_once(self, opts: Namespace) -> int:
        at_once: int = opts.at_once or self.given.getint("MONITOR_AT_ONCE")
        if at_once < 1:
            raise UsageError(f"--at-once {at_once}: expected 1 or more")
        return at_once
