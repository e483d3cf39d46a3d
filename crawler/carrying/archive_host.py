"""The archive host as a whole: archive, way to the workers, profiles, watches, and a function that crawls a site."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from scrapy.settings import BaseSettings

from crawler import clock
from crawler.carrying.crawl import MODE, crawl
from crawler.carrying.host import Host
from crawler.carrying.rabbit import Rabbit
from crawler.carrying.terms import Terms
from crawler.errors import HELD, SetupError
from crawler.extensions.run_log import WatchFile
from crawler.extraction.extract import EXTRACTOR
from crawler.profiles import ProfileError, ProfileFiles
from crawler.site import Sites
from crawler.turns import CRAWL
from pipelines.archive.database import ArchiveError
from pipelines.archive.lease import Lease, LeaseHeldError
from pipelines.archive.writer import Archive
from pipelines.identity import idle_params
from pipelines.identity.revisits import Policy

logger = logging.getLogger(__name__)
_PATIENCE = 60.0  # seconds in which the broker must answer at the start


@asynccontextmanager
async def archive_host(settings: BaseSettings) -> AsyncIterator[Callable[[str], Awaitable[int]]]:
    """Open the archive and the way to the workers; yield what crawls a site by its name, as ``scrapy crawl`` would.

    Raises SetupError for what is wrong.
    """
    files = ProfileFiles(Path(settings["SITES_DIR"]) if settings["SITES_DIR"] else None)
    policy = Policy(settings.getint("GONE_MIN_VISITS"), timedelta(hours=settings.getfloat("GONE_MIN_HOURS")))
    terms = Terms.of(settings, policy)
    async with AsyncExitStack() as opened:
        try:
            files.read()
            # Who has the archive open holds a lease, like a crawl of single addresses: nobody may replace it now.
            lease = Lease(Path(settings["DATABASE"]), "any site", MODE, clock.now(), shared=True)
            opened.callback(lease.release)
            archive = Archive(Path(settings["DATABASE"]))
            opened.callback(archive.close)
            clock.check(clock.now())
            rabbit = Rabbit(settings["BROKER"], makes_queues=True)
            opened.push_async_callback(rabbit.close)
            await rabbit.open(_PATIENCE)
            profiles = _Profiles(files, archive)
            host = Host(archive, rabbit, profiles.sites, EXTRACTOR, terms.longest, policy)
            await host.open()
        except LeaseHeldError as error:
            raise SetupError(str(error), HELD) from error
        except (ArchiveError, ProfileError) as error:
            raise SetupError(str(error)) from error
        opened.push_async_callback(host.close)
        running: set[asyncio.Task[Any]] = set()
        opened.push_async_callback(_stop, running)
        completing = asyncio.ensure_future(host.ledger.complete_search())
        opened.callback(completing.cancel)
        watches = WatchFile(host.ledger, settings, lambda where, wrong: logger.error("%s: %s", where, wrong))

        async def crawl_site(name: str) -> int:
            task = cast("asyncio.Task[Any]", asyncio.current_task())
            running.add(task)
            CRAWL.set(name)
            try:
                await watches.follow()
                profiles.learn()
                site = host.sites().by_name.get(name)
                return 1 if site is None else await crawl(host, site, settings, terms)
            finally:
                running.discard(task)

        yield crawl_site


async def _stop(running: set[asyncio.Task[Any]]) -> None:
    """End the crawls that run. What is handed out is taken back by the next process."""
    tasks = tuple(running)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Profiles:
    """The profiles as they are, with what the archive had learned of their addresses when a crawl last began."""

    def __init__(self, files: ProfileFiles, archive: Archive):
        self._files, self._archive = files, archive
        self._read: Sites | None = None
        self._sites = Sites()

    def learn(self) -> None:
        """Let the archive be asked again."""
        self._read = None

    def sites(self) -> Sites:
        """Return the sites; what is wrong with a changed file then changes nothing."""
        try:
            read = self._files.read().sites
        except ProfileError as error:
            logger.error("%s", error)
            raise
        if read is not self._read:
            self._read, self._sites = read, self._archive.read(lambda db: idle_params.learned(db, read))
        return self._sites
