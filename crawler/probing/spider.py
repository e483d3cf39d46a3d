"""Scrapy's side of looking at a site: it fetches, with the settings of every crawl and a bound on the requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self, TypeVar, cast

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from crawler import clock
from crawler.discovery.listing import ListingError
from crawler.errors import WorkersError
from crawler.extraction.pool import PageError, WorkerPool
from crawler.outcomes import of_error
from crawler.probing.explore import Explorer, Page, UnreachableError
from crawler.probing.survey import ProbeError, Survey
from crawler.settings import ADDONS, EXTENSIONS
from crawler.site import Sites
from crawler.spiders.base import charset_of
from pipelines.archive.writer import Archive
from pipelines.context import Context, context_of
from pipelines.identity.revisits import Policy

T = TypeVar("T")
MOST_REQUESTS = 40
_TURNS = asyncio.Semaphore(2)
"""Sites that are looked at at a time: each has a process for its parsers."""
_IN_FULL = {
    "robots.txt": "robots.txt forbids it",
    "a private address": "it is at a private address, which -s ALLOW_PRIVATE_HOSTS=HOST allows",
}
_USED_UP = f"the {MOST_REQUESTS} requests are used up"


class RequestBudget:
    """Lets no more requests through to the network than a look at a site may take, redirects included."""

    def __init__(self, crawler: Crawler):
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For the crawler whose requests it counts."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:  # noqa: ARG002 - Scrapy passes it by name
        """Raises IgnoreRequest when the requests are used up."""
        if self.stats.get_value("downloader/request_count", 0) >= MOST_REQUESTS:
            raise IgnoreRequest(_USED_UP)


class PassingContext(Context):
    """What the middlewares of every crawl ask for: an archive for the pace at a host, which is deleted at the end."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the archive."""
        with ExitStack() as opened:
            folder = opened.enter_context(TemporaryDirectory(prefix="vestnik-addsite-"))
            archive = Archive(Path(folder) / "pace.db")
            opened.callback(archive.close)
            crawler.signals.connect(opened.pop_all().close, signals.engine_stopped, weak=False)
        return cls(crawler, archive, Sites(), Policy())

    def abort(self, reason: str) -> None:
        """Have nothing more fetched; the spider then comes to its end, and says why."""
        self.failure = self.failure or reason


class LookingSpider(Spider):
    """Fetches what a look at a site asks for, with the settings of every crawl; ``failure`` is why it could not."""

    custom_settings = {  # noqa: RUF012 - Scrapy reads it from the class
        "ADDONS": {**ADDONS, "crawler.probing.spider.PassingContext": 500},
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {name: None if name.startswith("crawler.extensions.") else at for name, at in EXTENSIONS.items()},
        "RETRY_TIMES": 1,
    }

    def __init__(self) -> None:
        super().__init__()
        self.failure: str | None = None

    @contextmanager
    def with_pool(self) -> Iterator[None]:
        """Have a process in which parsers run, as long as the block lasts."""
        settings = self.crawler.settings
        self.pool = WorkerPool(1, settings.getfloat("EXTRACTION_TIMEOUT"), settings.getint("EXTRACTION_MEMORY"))
        try:
            yield
        finally:
            self.pool.close()

    def now(self) -> datetime:
        """The time of fetching."""
        return clock.now()

    async def get(self, url: str) -> Page:
        """The page at an address. Raises UnreachableError."""
        if failure := context_of(self.crawler).failure:
            raise UnreachableError(failure)
        try:
            request = Request(url, dont_filter=True, meta={"dont_obey_robotstxt": url.endswith("/robots.txt")})
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # whatever keeps it from us, the next address may be sound
            raise UnreachableError(_reason(error)) from error
        if response.status != 200:
            raise UnreachableError(f"HTTP {response.status}")
        return Page(response.url, response.body, charset_of(response))

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """What a parser gives, in a process of its own. Raises PageError, and ListingError where the parser does."""
        try:
            return await self.pool.run(function, *args)
        except (PageError, ListingError):
            raise
        except WorkersError as error:
            raise ProbeError(str(error)) from error
        except Exception as error:  # whatever a page does to our rules, it is the only one to suffer
            self.logger.error("could not be parsed", exc_info=error)
            raise PageError(f"could not be parsed: {type(error).__name__}") from error


class ProbeSpider(LookingSpider):
    """Fetches for an :class:`Explorer`, and has its ``survey`` or ``failure``."""

    name = "addsite"

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.survey: Survey | None = None

    @classmethod
    def update_settings(cls, settings: Any) -> None:
        """As Scrapy; and the budget, nearest to the downloader but for what counts the requests."""
        super().update_settings(settings)
        budget = {"crawler.probing.spider.RequestBudget": 845}
        settings.set("DOWNLOADER_MIDDLEWARES", settings.getdict("DOWNLOADER_MIDDLEWARES") | budget, priority="spider")

    async def start(self) -> AsyncIterator[Any]:
        """Look at the site, when it is its turn; nothing is left to be scheduled."""
        async with _TURNS:
            with self.with_pool():
                await self._survey()
        return
        yield  # Scrapy wants an iterator

    async def _survey(self) -> None:
        explorer = Explorer(self, self.crawler.settings["USER_AGENT"], self.now())
        try:
            self.survey = await explorer.survey(self.url)
        except ProbeError as error:
            self.failure = str(error)

    @property
    def left(self) -> int:
        """Requests that may still be made."""
        return MOST_REQUESTS - cast("int", self.crawler.stats.get_value("downloader/request_count", 0))


def _reason(error: Exception) -> str:
    if str(error) == _USED_UP:
        return _USED_UP
    reason = of_error(error)[1]
    return _IN_FULL.get(reason, reason)
