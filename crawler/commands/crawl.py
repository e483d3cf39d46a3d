"""``scrapy crawl`` with an exit status that tells, and one sentence for what keeps a crawl from starting.

Exit status: 0 done or stopped on request, 1 failed, 2 called wrongly, 75 another crawl of the site is running.
"""

from __future__ import annotations

import gc
import logging
from argparse import Namespace
from importlib import import_module
from threading import Thread
from typing import cast

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError
from scrapy.signals import engine_stopped

from crawler.command import BaseCommand
from crawler.ending import leave_within

_LEAVING = 15.0  # seconds in which the process ends once its crawl has
# Scrapy's parts that introduce themselves at each start, which pushes what matters out of sight.
_TALKATIVE = ("addons", "core.engine", "crawler", "middleware", "utils.log")


class Command(BaseCommand, CrawlCommand):
    """Scrapy's command, for people: in a terminal the log goes to a file and leaves the screen to the progress line."""

    requires_crawler_process = True
    usage = "[options] <spider>"
    summary = "Run a spider"

    def process_options(self, args: list[str], opts: Namespace) -> None:
        """As Scrapy; then choose where the log goes."""
        super().process_options(args, opts)
        self.log_to_file()

    def check(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Expect one name."""
        if len(args) != 1:
            raise UsageError("crawl takes one name, such as: scrapy crawl moscowtimes; `scrapy list --all` has all")

    def work(self, args: list[str], opts: Namespace) -> None:
        """Crawl one site."""
        for name in _TALKATIVE:
            logging.getLogger(f"scrapy.{name}").setLevel(logging.WARNING)
        process = cast("AsyncCrawlerProcess", self.crawler_process)
        crawler = process.create_crawler(args[0])
        task = process.crawl(crawler, **opts.spargs)
        _import_downloader()
        gc.freeze()  # what was imported is never garbage: Python looks it over again and again, at the end for 0.2 s
        crawler.signals.connect(lambda: leave_within(_LEAVING, lambda: _status(crawler)), engine_stopped, weak=False)
        process.start()
        gc.freeze()  # all of this ends with the process
        error = task.exception() if task.done() and not task.cancelled() else None
        if error is not None:
            raise error
        self.exitcode = 1 if process.bootstrap_failed else _status(crawler)


def _status(crawler: Crawler) -> int:
    return 0 if crawler.stats.get_value("vestnik/verdict") in ("done", "stopped") else 1


def _import_downloader() -> None:
    """As Scrapy would, but from a stack of calls that is short.

    Scrapy's names that are deprecated read the source of all that is on it, which takes longer than the import.
    """
    thread = Thread(target=import_module, args=("scrapy.core.downloader.handlers.http11",))
    thread.start()
    thread.join()
