"""The run log: a row in ``crawls`` from the first second, closed with its figures, and the summary a person reads."""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.addresses import host_of, is_web_address
from crawler.extensions.archive import Crawl, crawl_of
from crawler.setting_names import is_named
from crawler.spiders.ledger import LedgerSpider, counted
from crawler.version import VERSION
from pipelines.archive.calls import Beginning, Ending, Ledger
from pipelines.archive.database import ArchiveError
from pipelines.watching.watches import WatchError, load

logger = logging.getLogger(__name__)
Figures = dict[str, int]
# Besides a signal, limits given with CLOSESPIDER_… stop a crawl; that on the number of errors means that it
# failed.
_KEPT_CURRENT = 30.0  # seconds
_LIMITS = ("timeout", "timeout_no_item", "itemcount", "pagecount", "pagecount_no_item")
_OUTCOMES = {"finished": "done", "shutdown": "stopped"} | {f"closespider_{limit}": "stopped" for limit in _LIMITS}
_WORDS = {
    "stored": "stored",
    "alias": "other addresses of a stored article",
    "not_article": "not an article",
    "blocked": "blocked",
    "failed": "failed",
    "gone": "gone",
}
_REASONS_SHOWN = 8
_TROUBLES_SHOWN = 5


class RunLog:
    """Opens the crawl's row, keeps it current, and closes it."""

    def __init__(self, crawler: Crawler, crawl: Crawl, interval: float):
        """``interval``: seconds between two writings of the row while the crawl runs."""
        self.settings = crawler.settings
        self.stats = crawler.stats
        self.crawl = crawl
        self._began = monotonic()
        self.interval = interval
        self._meanwhile: list[asyncio.Task[None]] = []
        self._most_memory = 0
        self._watches = WatchFile(crawl.ledger, crawler.settings, crawl.report)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Connect to the beginning and the end of the crawl; with LOGSTATS_INTERVAL where that is shorter than ours."""
        log = cls(crawler, crawl_of(crawler), min(_KEPT_CURRENT, crawler.settings.getfloat("LOGSTATS_INTERVAL")))
        crawler.signals.connect(log.opened, signals.spider_opened)
        crawler.signals.connect(log.closed, signals.spider_closed)
        return log

    async def opened(self, spider: LedgerSpider) -> None:
        """Bring the archive in step with the files of profiles and watches, and write the row."""
        try:
            await self._begin(spider)
        except ArchiveError as error:
            self.crawl.abort(str(error))
            return
        except Exception as error:
            if self.crawl.is_ours(error):
                return
            self.crawl.abort("the crawl could not be begun, by a fault of Vestnik's own: its log says more")
            raise
        beside = (self._keep_current(spider), self._complete_search())
        self._meanwhile = [asyncio.ensure_future(work) for work in beside]

    async def _begin(self, spider: LedgerSpider) -> None:
        crawl, ledger = self.crawl, self.crawl.ledger
        if crawl.is_live and (put_right := await ledger.put_times_right()):
            crawl.report("clock", str(put_right))
        if merged := await ledger.apply_address_rules(crawl.sites, crawl.now()):
            logger.info("by the profiles' address rules %d articles turned out to be others, and were merged", merged)
        await self._watches.follow()
        beginning = Beginning(spider.name, spider.mode, VERSION, crawl.now(), is_alone=spider.is_alone)
        begun = await ledger.begin(beginning)
        crawl.crawl_id = begun.crawl_id
        crawl.suspects = {suspect.url: suspect for suspect in begun.suspects}
        if begun.found_killed:
            logger.warning("the last %s was killed; what it left waiting is asked for again", spider.mode)
        if begun.stack:
            logger.warning("it stood still while it read a page that had ended another one before:\n%s", begun.stack)

    async def _keep_current(self, spider: LedgerSpider) -> None:
        """Write the figures so far, again and again, for whoever looks while the crawl runs, or after it was killed.

        Watches that were written meanwhile hold for what is found from then on.
        """
        try:
            while self.crawl.crawl_id is not None:
                await asyncio.sleep(self.interval)
                await self._watches.follow()
                figures = self._figures(self._report(spider, "", "running"))
                await self.crawl.ledger.keep_current(self.crawl.crawl_id, figures)
        except ArchiveError as error:
            self.crawl.abort(str(error))

    async def _complete_search(self) -> None:
        """Let searches find what an earlier version stored; what this crawl leaves undone is done by the next."""
        try:
            await self.crawl.ledger.complete_search()
        except ArchiveError as error:
            self.crawl.abort(str(error))

    async def closed(self, spider: LedgerSpider, reason: str) -> None:
        """Write the figures and print the summary."""
        for work in self._meanwhile:
            work.cancel()
        failure = spider.verdict()
        report = self._report(spider, failure or reason, "failed" if failure else _OUTCOMES.get(reason, "failed"))
        self.stats.set_value("vestnik/verdict", report.outcome)
        try:
            if self.crawl.crawl_id is not None:
                await self.crawl.ledger.finish(self.crawl.crawl_id, self._ending(spider, report))
                write_metrics(self.crawl.ledger, self.settings)
        except ArchiveError as error:
            logger.error("%s", error)  # the next crawl finds the row open
            self.stats.set_value("vestnik/verdict", "failed")
        finally:
            _tell(summary(report))

    def _ending(self, spider: LedgerSpider, report: CrawlReport) -> Ending:
        """Return what is kept. Only an ordinary crawl that was not broken off on purpose says how its site is."""
        says_how_it_is = spider.mode == "crawl" and report.outcome != "stopped"
        return Ending(
            site=spider.name,
            outcome=report.outcome,
            reason=report.reason,
            at=self.crawl.now(),
            figures=self._figures(report),
            outcomes=report.outcomes,
            listing_sizes=self.crawl.listing_sizes if says_how_it_is else None,
            listings=tuple(self.crawl.listings.values()),
            passed_by=spider.passed_by() if report.outcome == "done" else (),
        )

    def _report(self, spider: LedgerSpider, reason: str, outcome: str) -> CrawlReport:
        return CrawlReport(
            site=spider.name,
            outcome=outcome,
            reason=reason,
            seconds=monotonic() - self._began,
            requests=self.stats.get_value("downloader/request_count", 0),
            size=self.stats.get_value("downloader/response_bytes", 0),
            listed=self.stats.get_value("vestnik/listed", 0),
            links_resolved=self.stats.get_value("vestnik/links_resolved", 0),
            outcomes=counted(self.stats, "vestnik/outcome/"),
            changed=counted(self.stats, "vestnik/changed/"),
            troubles=tuple(self.crawl.troubles),
            database=str(self.crawl.archive.path) if self.crawl.is_alone else "",
            contact=None if self._is_at_home() or not self.crawl.is_alone else self.settings.get("CONTACT") or "",
        )

    def _is_at_home(self) -> bool:
        """Return whether no paper is asked: a recording is replayed, or a host of one's own is crawled."""
        return bool(self.settings.get("REPLAY_WARC") or self.settings.get("ALLOW_PRIVATE_HOSTS"))

    def _figures(self, report: CrawlReport) -> Figures:
        """The columns of ``crawls`` that grow while it runs."""
        return {
            "requests": report.requests,
            "bytes": report.size,
            "listed": report.listed,
            "articles": report.new,
            "aliases": report.count("alias"),
            "peak_memory_mb": self._memory_mb(),
        }

    def _memory_mb(self) -> int:
        """The most that the process held, in MB; of a process that others share, the most that was seen while it ran.

        What was the peak of a shared process may have been another crawl's, hours ago.
        """
        if self.crawl.is_alone:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self._most_memory = max(self._most_memory, resident_mb())
        return self._most_memory


class WatchFile:
    """The file of watches, taken over where it has changed; what is wrong with it is reported and costs no crawl."""

    def __init__(self, ledger: Ledger, settings: BaseSettings, report: Callable[[str, str], None]):
        """``report`` takes where something is wrong, and what."""
        self._ledger, self._settings, self._report = ledger, settings, report
        self._state: tuple[int, int] | None = (0, 0)  # of no file

    async def follow(self) -> None:
        """Take it over. Raises ArchiveError."""
        if not self._settings["WATCHES"]:  # nobody is to be told
            return
        state = _state(Path(self._settings["WATCHES"]))
        if state == self._state:
            return
        self._state = state
        try:
            watches = load(Path(self._settings["WATCHES"]), must_exist=is_named(self._settings, "WATCHES"))
        except WatchError as error:
            self._report("watches", str(error))
            return
        for wrong in watches.errors:
            self._report("watches", wrong)
        await self._ledger.follow(watches.watches, complete=not watches.errors)


def _state(file: Path) -> tuple[int, int] | None:
    """Return what is another when a file was written; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def write_metrics(ledger: Ledger, settings: BaseSettings) -> None:
    """Write the figures of all sites for Prometheus, where asked for: a file, so not within a transaction."""
    if target := settings.get("METRICS_FILE"):
        try:
            ledger.write_metrics(Path(target))
        except OSError as error:
            logger.error("METRICS_FILE=%s: %s", target, error.strerror)


def resident_mb() -> int:
    """Return what this process holds in memory now, in MB."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  # a file of the kernel's, not of ours
        return int(statm.read().split()[1]) * resource.getpagesize() >> 20


def _tell(lines: list[str]) -> None:
    """To the person at the terminal; to the log where there is none, for the one who reads it tomorrow."""
    if sys.stderr.isatty():
        print(*lines, sep="\n", file=sys.stderr)
    for line in lines:
        logger.info("%s", line)


# What a crawl did, in a few lines for a person. Pure.


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """The figures of one crawl. ``outcomes`` counts each (outcome, reason); ``troubles`` are (where, what)."""

    site: str
    outcome: str
    reason: str
    seconds: float
    requests: int
    size: int
    listed: int
    links_resolved: int
    outcomes: Mapping[tuple[str, str], int]
    changed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How many articles changed in a field, by (what the change was, field)."""
    troubles: tuple[tuple[str, str], ...] = ()
    database: str = "news.db"
    """Empty in a process of many crawls, which would say the same a thousand times."""
    contact: str | None = ""
    """None where nobody was asked."""

    @property
    def new(self) -> int:
        """How many articles were not in the archive before."""
        return self.outcomes.get(("stored", ""), 0)

    def count(self, outcome: str) -> int:
        """How many addresses ended so, whatever the reason."""
        return sum(n for (one, _), n in self.outcomes.items() if one == outcome)


def summary(report: CrawlReport) -> list[str]:
    """The lines."""
    return list(_lines(report))


def _lines(report: CrawlReport) -> Iterator[str]:
    end = "done" if report.outcome == "done" else f"{report.outcome} ({report.reason})"
    yield f"{report.site}: {end} in {report.seconds:.1f} s, {report.requests} requests, {_size(report.size)}"
    if report.new:
        yield f"  {_many(report.new, 'article')} stored, {_many(report.links_resolved, 'link')} resolved"
    else:
        yield "  nothing new: no article was stored"
    known = {reason: n for (outcome, reason), n in report.outcomes.items() if outcome == "stored" and reason}
    if known:
        yield f"  revisited: {', '.join(f'{n} {reason}' for reason, n in sorted(known.items()))}"
    for meaning in sorted({meaning for meaning, _ in report.changed}):
        fields = sorted(((n, name) for (one, name), n in report.changed.items() if one == meaning), reverse=True)
        yield f"    {meaning}: {', '.join(f'{name} {n}' for n, name in fields)}"
    others = [f"{n} {_WORDS[name]}" for name in _WORDS if name != "stored" and (n := report.count(name))]
    if others:
        yield f"  {', '.join(others)}"
    reasons = sorted(((n, *key) for key, n in report.outcomes.items() if key[1] and key[0] != "stored"), reverse=True)
    for n, outcome, reason in reasons[:_REASONS_SHOWN]:
        yield f"    {n:>4} × {_WORDS[outcome]}: {reason}"
    if len(reasons) > _REASONS_SHOWN:
        yield f"    … and {len(reasons) - _REASONS_SHOWN} more reasons, all in the table candidates"
    troubles = Counter((host_of(where) if is_web_address(where) else where, what) for where, what in report.troubles)
    single = {what: where for where, what in report.troubles}
    for (where, what), n in troubles.most_common(_TROUBLES_SHOWN):
        yield f"  ! {where}: {what} ({n} addresses)" if n > 1 else f"  ! {single[what]}: {what}"
    if len(troubles) > _TROUBLES_SHOWN:
        yield f"  ! … and {len(troubles) - _TROUBLES_SHOWN} more such, all in the log"
    if report.database:
        yield f"  the archive: {report.database}    to open it: make serve DATABASE={report.database}"
    if report.contact == "":
        yield "  Papers cannot see who you are: set CONTACT once in crawler/settings.py, to a mail address or a page."


def _many(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n:,} {what}s"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
