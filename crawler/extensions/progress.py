"""One line that tells how the crawl goes: redrawn in a terminal, a log line a minute elsewhere."""

from __future__ import annotations

import logging
import sys
from time import monotonic
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector
from scrapy.utils.asyncio import create_looping_call

logger = logging.getLogger(__name__)
_REDRAW = 0.5  # seconds
_ERASE = "\r\x1b[K"


class Progress:
    """Draws the line while the spider is open."""

    def __init__(self, stats: StatsCollector, interval: float, terminal: bool):
        """``interval``: seconds between two lines where there is no terminal."""
        self.stats = stats
        self.terminal = terminal
        self.interval = _REDRAW if terminal else interval
        self._started = monotonic()
        self._loop = create_looping_call(self.tell)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read LOGSTATS_INTERVAL."""
        progress = cls(crawler.stats, crawler.settings.getfloat("LOGSTATS_INTERVAL"), sys.stderr.isatty())
        crawler.signals.connect(progress.opened, signals.spider_opened)
        crawler.signals.connect(progress.closed, signals.spider_closed)
        return progress

    def opened(self) -> None:
        """Begin."""
        self._started = monotonic()
        self._loop.start(self.interval, now=self.terminal)

    def closed(self) -> None:
        """Leave no half line behind."""
        if self._loop.running:
            self._loop.stop()
        if self.terminal:
            sys.stderr.write(_ERASE)
            sys.stderr.flush()

    def tell(self) -> None:
        """Draw or log the line."""
        line = progress_line(self.stats, monotonic() - self._started)
        if self.terminal:
            sys.stderr.write(f"{_ERASE}{line}")
            sys.stderr.flush()
        else:
            logger.info("%s", line)


def progress_line(stats: StatsCollector, seconds: float) -> str:
    """``412 articles stored · 12.4 pages/s · 87 waiting``."""
    stored = stats.get_value("vestnik/outcome/stored/", 0)
    pages = stats.get_value("response_received_count", 0)
    queued = stats.get_value("scheduler/enqueued", 0) - stats.get_value("scheduler/dequeued", 0)
    rate = pages / seconds if seconds > 0 else 0.0
    return f"{stored:,} articles stored · {rate:.1f} pages/s · {queued:,} waiting"
