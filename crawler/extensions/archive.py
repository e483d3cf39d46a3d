"""What a crawl works with, opened before its first request and closed after its last: archive, lease, profiles, pool.

A crawl has these for itself, or shares them with the others of its process (a :class:`Workplace`), but for the lease.
Scrapy makes the spider first, then the add-ons, then extensions, middlewares and stages. So an add-on can ask the
spider which lease it needs, and hand it the rest; all others find the add-on with ``context_of`` or ``crawl_of``.
"""

from __future__ import annotations

import logging
import pickle
from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self, cast

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings, Settings

from crawler import clock
from crawler.article import Article, Measures, utc_time
from crawler.ending import LET_GO
from crawler.errors import HELD, SetupError, WorkersError, files_are_short, lack_of
from crawler.extraction.pool import Share, WorkerPool
from crawler.profiles import ProfileError, ProfileFiles
from crawler.site import Site, Sites
from pipelines.archive.calls import Ledger, LocalLedger
from pipelines.archive.database import ArchiveError
from pipelines.archive.lease import Lease, LeaseHeldError
from pipelines.archive.listing_states import Asked
from pipelines.archive.under_way import Suspect
from pipelines.archive.writer import Archive
from pipelines.context import Context
from pipelines.fingerprint import measure_page
from pipelines.identity import idle_params
from pipelines.identity.revisits import Policy

logger = logging.getLogger(__name__)


def pool_of(settings: BaseSettings) -> WorkerPool:
    """Return the pool in which pages are read, and measured for the archive. Raises WorkersError."""
    return WorkerPool(
        settings.getint("EXTRACTION_WORKERS"),
        settings.getfloat("EXTRACTION_TIMEOUT"),
        settings.getint("EXTRACTION_MEMORY"),
        preloaded=(measure_page.__module__,),
    )


class Workplace:
    """The open archive, the site profiles and the pool in which pages are parsed: what crawls of a process share."""

    def __init__(self, archive: Archive, sites: Sites, pool: WorkerPool):
        self.archive = archive
        self.ledger = LocalLedger(archive)
        self.sites = sites
        self.pool = pool

    @classmethod
    def of(cls, settings: BaseSettings, files: ProfileFiles | None = None) -> Self:
        """Open all of it. Raises SetupError for what is wrong. ``files``: the profiles, where they were read before."""
        try:
            pool = pool_of(settings)
            sites = (files or ProfileFiles(_path(settings, "SITES_DIR"))).read().sites
            archive = Archive(Path(settings["DATABASE"]))
        except (WorkersError, ProfileError, ArchiveError) as error:
            raise SetupError(files_are_short() or str(error)) from error
        place = cls(archive, sites, pool)
        place.take_up(sites)
        return place

    def take_up(self, sites: Sites) -> None:
        """Go by these profiles, and what the archive has learned of their addresses: crawls that run keep theirs."""
        self.sites = self.archive.read(lambda db: idle_params.learned(db, sites))


class PackedSettings(Settings):
    """Settings of which every crawl of a process gets a copy, made once: 0.2 ms each, where a deep copy takes 2."""

    def __init__(self, settings: Settings):
        super().__init__(settings)
        self._packed = pickle.dumps(settings)

    def __deepcopy__(self, _: object) -> Settings:
        """Return what was packed."""
        return cast("Settings", pickle.loads(self._packed))  # noqa: S301  # our own


class SharingCrawler(Crawler):
    """A crawler whose crawl works at a place that others work at too, which is not its own to open and to close."""

    def __init__(self, spidercls: type[Spider], settings: PackedSettings, workplace: Workplace):
        super().__init__(spidercls, settings)
        self.workplace = workplace


class Crawl(Context):
    """The context of a crawl, with its share of the pool in which pages are parsed, and what its summary is to say.

    ``is_alone``: no other crawl uses this process.
    """

    measure: Callable[[Article, str, Site], Measures] = staticmethod(measure_page)
    """What workers are to say of an article beside what it says itself."""

    def __init__(
        self,
        crawler: Crawler,
        archive: Archive | None,
        sites: Sites,
        pool: WorkerPool,
        *,
        is_alone: bool,
        policy: Policy,
        fixed_now: datetime | None = None,
        ledger: Ledger | None = None,
    ):
        super().__init__(crawler, archive, sites, policy, fixed_now, ledger)
        self.pool = Share(pool)
        self.is_alone = is_alone
        self.has_let_go = False
        self._opened = ExitStack()
        self.suspects: Mapping[str, Suspect] = {}
        self.troubles: list[tuple[str, str]] = []
        self.listing_sizes: dict[str, int] = {}
        self.listings: dict[str, Asked] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open what is not shared. Raises SetupError for what is wrong, and for a lease that another crawl holds."""
        spider, settings = crawler.spider, crawler.settings
        if not isinstance(spider, ArchiveSpider):
            raise NotConfigured
        with ExitStack() as opened:
            is_alone = not isinstance(crawler, SharingCrawler)
            workplace = crawler.workplace if isinstance(crawler, SharingCrawler) else Workplace.of(settings)
            if is_alone:
                opened.callback(workplace.archive.close)
            fixed_now = _time(settings, "REPLAY_AT") or _time(settings, "CRAWL_TIME")
            crawl = cls(
                crawler,
                workplace.archive,
                workplace.sites,
                workplace.pool,
                is_alone=is_alone,
                policy=_policy(settings),
                fixed_now=fixed_now,
                ledger=workplace.ledger if fixed_now is None else None,  # else it has a time of its own
            )
            spider.join(crawl)
            crawl.check_clock()
            try:
                lease = spider.take_lease(workplace.archive.path)
            except LeaseHeldError as error:
                raise SetupError(str(error), HELD) from error
            opened.callback(lease.release)
            if is_alone:
                opened.callback(workplace.pool.close)
            crawler.signals.connect(crawl.let_go, LET_GO)
            crawler.signals.connect(crawl.close, signals.engine_stopped)
            crawl._opened = opened.pop_all()
        return crawl

    def close(self) -> None:
        """Give back the lease, and close what is not shared. What is closed stays so."""
        self._opened.close()

    @property
    def is_live(self) -> bool:
        """Return whether what is fetched now has the clock's time: neither a simulation's, nor that of captures."""
        return self._fixed_now is None and not self._crawler.settings.get("REPLAY_WARC")

    def check_clock(self) -> None:
        """Raise SetupError where the machine's clock is wrong: all that is stored would get wrong times."""
        if not self.is_live:
            return
        now = self.now()
        clock.check(now)
        try:
            is_behind = self.ledger.is_clock_behind(now)
        except ArchiveError as error:
            raise SetupError(str(error)) from error
        if is_behind:
            raise SetupError(
                f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, but {self.archive.path} holds articles that their"
                " papers have published after that; set the clock right (timedatectl set-ntp true), then run this again"
            )

    def report(self, where: str, reason: str) -> None:
        """Keep what the person who runs the crawl should know, though it stops nothing."""
        logger.warning("%s: %s", where, reason)
        self.troubles.append((where, reason))

    def let_go(self) -> None:
        """Give up what is in flight: from now on no failure is charged to an address."""
        self.has_let_go = True
        self.pool.let_go("the crawl was asked to stop")

    def is_ours(self, error: BaseException) -> bool:
        """Return whether an error is no page's fault: the crawl stops, or lacks something, which then ends it."""
        if self.has_let_go:
            return True
        lack = lack_of(error) or files_are_short()  # the latter hides behind other errors, such as of a host not found
        if lack is not None:
            self.abort(lack)
        return lack is not None


class ArchiveSpider(Spider):
    """A spider whose crawl has an archive. ``mode`` names the kind of crawl in the run log and in the lease."""

    mode = "crawl"
    is_alone = False
    """Whether no other crawl of its site and mode can run beside it, by its lease."""
    crawl: Crawl

    def join(self, crawl: Crawl) -> None:
        """Take what the crawl works with, and check the arguments against it. Raises SetupError."""
        self.crawl = crawl

    @abstractmethod
    def take_lease(self, database: Path) -> Lease:
        """Return the lease of this crawl. Raises LeaseHeldError."""


def crawl_of(crawler: Crawler) -> Crawl:
    """Return the crawl that a crawler runs. Raises RuntimeError for one whose spider works without an archive."""
    crawl = crawler.get_addon(Crawl)
    if crawl is None:
        raise RuntimeError(
            f"{crawler.spidercls.__name__} works without an archive; `scrapy list` names the spiders with one"
        )
    return crawl


def _path(settings: BaseSettings, name: str) -> Path | None:
    written = settings.get(name)
    return Path(written) if written else None


def _policy(settings: BaseSettings) -> Policy:
    return Policy(settings.getint("GONE_MIN_VISITS"), timedelta(hours=settings.getfloat("GONE_MIN_HOURS")))


def _time(settings: BaseSettings, name: str) -> datetime | None:
    written = settings.get(name)
    try:
        return utc_time(written) if written else None
    except ValueError:
        raise SetupError(f"{name}={written}: not a time; expected one such as 2024-12-09T11:02:00Z") from None
