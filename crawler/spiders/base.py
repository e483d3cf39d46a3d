"""What all spiders do with an article's address: ask the ledger, fetch, extract, hand on, follow what is related."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler import addresses
from crawler.article import Article, Candidate, Fetch, Kind, Outcome, Post, Source, Validators, Visit, utc_time
from crawler.errors import SetupError
from crawler.extraction.pool import PageError, WorkerPool, extract_page, read_live_posts
from crawler.middlewares.replay import load_index
from crawler.outcomes import of_error
from crawler.profiles import ProfileError, load_profiles
from crawler.site import Sites
from pipelines.archive import ledger
from pipelines.archive.database import ArchiveError
from pipelines.archive.revisits import Policy
from pipelines.archive.validators import save
from pipelines.archive.writer import Archive

T = TypeVar("T")
_FOLLOWED = frozenset({"related", "read_more"})
_MOST_POSTS = 2_000
_LONGEST = 2_083  # characters; longer addresses are not given to articles, and many servers refuse them


class ArticleSpider(Spider):
    """Base of the spiders. ``mode`` names the kind of crawl in the run log."""

    mode = "crawl"
    related_depth = 0
    sites: Sites
    archive: Archive
    pool: WorkerPool
    policy: Policy
    fixed_now: datetime | None = None

    def __init__(self, name: str | None = None, **unknown: Any):
        """Raises SetupError for an argument that the spider does not have: a misspelt one must not do nothing."""
        if unknown:
            raise SetupError(f"the spider {self.name} takes no argument {', '.join(sorted(unknown))}")
        super().__init__(name)
        self.crawl_id = 0
        self.failure: str | None = None
        self.troubles: list[tuple[str, str]] = []
        self._asked: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Open the archive and read the profiles. Raises SetupError for what is wrong with either."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        folder = settings.get("SITES_DIR")
        try:
            spider.sites = load_profiles(Path(folder) if folder else None).sites
            spider.archive = Archive(Path(settings["DATABASE"]))
        except (ProfileError, ArchiveError) as error:
            raise SetupError(str(error)) from error
        spider.policy = Policy(settings.getint("GONE_MIN_VISITS"), timedelta(hours=settings.getfloat("GONE_MIN_HOURS")))
        spider.pool = WorkerPool(
            settings.getint("EXTRACTION_WORKERS"),
            settings.getfloat("EXTRACTION_TIMEOUT"),
            settings.getint("EXTRACTION_MEMORY"),
        )
        spider.fixed_now = _fixed_time(settings, "REPLAY_AT") or _fixed_time(settings, "CRAWL_TIME")
        if pattern := settings.get("REPLAY_WARC"):
            load_index(pattern)  # what is wrong with it is told now; a download handler's errors are each page's
        crawler.signals.connect(spider._on_idle, signals.spider_idle)
        crawler.signals.connect(spider.pool.close, signals.engine_stopped)
        return spider

    def now(self) -> datetime:
        """The time of this crawl: the clock's, unless REPLAY_AT or CRAWL_TIME sets it."""
        return self.fixed_now or datetime.now(UTC)

    def report(self, where: str, reason: str) -> None:
        """Something that the person who runs the crawl should know, though it stops nothing."""
        self.logger.warning("%s: %s", where, reason)
        self.troubles.append((where, reason))

    def abort(self, reason: str) -> None:
        """End the crawl as failed. What is in flight is let go; the ledger has it still waiting."""
        if self.failure is None:
            self.failure = reason
            self.logger.error("%s", reason)
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="aborted"))

    def verdict(self) -> str | None:
        """Why the crawl as a whole failed, though it came to its end; None when it did not."""
        return self.failure

    def waiting(self) -> list[Candidate]:
        """Addresses that earlier crawls, or this one, left waiting. None unless a spider says so."""
        return []

    def more(self) -> list[Request]:
        """What to ask for once everything asked for is stored."""
        return list(self._requests(self.waiting(), depth=1))

    def look_up(self, question: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """A quick answer from the archive; ``otherwise`` when it cannot be read, which ends the crawl."""
        try:
            return self.archive.read(question)
        except ArchiveError as error:
            self.abort(str(error))
            return otherwise

    async def ask(
        self,
        candidates: Iterable[Candidate],
        depth: int = 0,
        listing: str | None = None,
        validators: Validators | None = None,
    ) -> list[Request]:
        """Write the candidates into the ledger; requests for those that are to be fetched now.

        The validators of the listing that named them are saved with them: from then on it may say "not modified".
        """
        entries = list(self.entries(candidates))
        now = self.now()

        def note(db: sqlite3.Connection) -> list[Candidate]:
            if listing and validators:
                save(db, listing, validators, now)
            return ledger.note(db, entries, now)

        try:
            due = await self.archive.write(note)
        except ArchiveError as error:
            self.abort(str(error))
            return []
        return list(self._requests(due, depth))

    def entries(self, candidates: Iterable[Candidate]) -> Iterator[ledger.Entry]:
        """The candidates as the ledger knows them; what is no address is reported and left out."""
        for candidate in candidates:
            try:
                url = addresses.clean(candidate.url)
                site = self.sites.for_url(url)
                key = site.address_key(url)
            except ValueError as error:
                self.report(candidate.listing_url or candidate.source, str(error))
                continue
            known = Candidate(url, candidate.source, candidate.listing_url, candidate.hinted_title, candidate.hinted_at)
            yield ledger.Entry(known, site.name, key, self.refusal(url))

    def refusal(self, url: str) -> str | None:
        """Why an address will not be asked for, if so."""
        if len(url) > _LONGEST:
            return "too long an address"
        return None if self.sites.for_url(url).is_article(url) else "not an article's address"

    def _requests(self, candidates: Iterable[Candidate], depth: int) -> Iterator[Request]:
        for candidate in candidates:
            key = self.sites.address_key(candidate.url)
            # One request an article; but a slug may be another article's too, so each such address is asked for.
            once = candidate.url if "~" in key else key
            if once not in self._asked:
                self._asked.add(once)
                yield self.request_for(candidate, depth)

    def request_for(self, candidate: Candidate, depth: int = 0, **meta: Any) -> Request:
        """The request for an article's page. The ledger has seen to duplicates, so no filter may swallow a redirect."""
        return Request(
            candidate.url,
            callback=self.parse_article,
            errback=self.on_failure,
            cb_kwargs={"candidate": candidate, "depth": depth},
            dont_filter=True,
            meta={"conditional": False} | meta,
        )

    async def parse_article(self, response: Response, candidate: Candidate, depth: int) -> AsyncIterator[Any]:
        """A page to a visit, and to requests for the articles that it names as related."""
        fetch = self._fetch(cast("Request", response.request), candidate, response.status)
        revisit, said = response.meta.get("revisit"), response.meta.get("validators")
        # Of the page that a redirect leads to, such as the front page, "unchanged" says nothing of the article.
        if revisit is not None and response.meta.get("unchanged") and not fetch.redirects:
            yield Visit(candidate, fetch, Outcome.STORED, "unchanged", revisit=revisit, validators=said)
            return
        try:
            article = await self._extract(response, fetch)
        except Exception as error:  # whatever a page does to our rules, it is the only one to suffer
            yield Visit(candidate, fetch, Outcome.FAILED, self.fault(error, fetch.url), revisit=revisit)
            return
        if depth < self.related_depth:
            for request in await self.ask(self._related(article), depth + 1):
                yield request
        visit = Visit(candidate, fetch, Outcome.STORED, article=article, revisit=revisit, validators=said)
        yield self._live_request(visit, ()) or visit

    def _live_request(self, visit: Visit, posts: tuple[Post, ...]) -> Request | None:
        """The request for a live blog's posts after these, where its site keeps them apart from the page."""
        site, article = self.sites.for_url(visit.fetch.url), cast("Article", visit.article)
        url = site.live_posts(visit.fetch.url, len(posts)) if article.kind is Kind.LIVE else None
        if url is None or len(posts) >= _MOST_POSTS:
            return None
        known = {"visit": visit, "posts": posts}
        return Request(
            url, callback=self.parse_live, errback=self.on_live_failure, cb_kwargs=known, dont_filter=True, priority=1
        )

    async def parse_live(self, response: Response, visit: Visit, posts: tuple[Post, ...]) -> AsyncIterator[Any]:
        """A fragment of posts to a request for the next one, or to the visit of the live blog with all of them."""
        site, charset = self.sites.for_url(visit.fetch.url), charset_of(response)
        try:
            found = await self.pool.run(read_live_posts, response.body, response.url, site, visit.fetch.at, charset)
        except Exception as error:  # the page and the posts so far are sound
            self.report(response.url, self.fault(error, response.url))
            found = ()
        fresh = tuple(post for post in found if post not in posts)
        further = self._live_request(visit, (*posts, *fresh)) if fresh else None
        yield further or _with_posts(visit, (*posts, *fresh))

    def on_live_failure(self, failure: Failure) -> Iterator[Visit]:
        """Posts that cannot be had are reported; what was read is kept."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        self.report(request.url, of_error(cast("BaseException", failure.value))[1])
        yield _with_posts(request.cb_kwargs["visit"], request.cb_kwargs["posts"])

    def on_failure(self, failure: Failure) -> Iterator[Visit]:
        """A download that failed to a visit with its outcome."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        outcome, reason = of_error(cast("BaseException", failure.value))
        candidate = request.cb_kwargs["candidate"]
        status = getattr(getattr(failure.value, "response", None), "status", None)
        fetch = self._fetch(request, candidate, status)
        yield Visit(candidate, fetch, outcome, reason, revisit=request.meta.get("revisit"))

    def _fetch(self, request: Request, candidate: Candidate, status: int | None) -> Fetch:
        meta = request.meta
        return Fetch(
            requested=candidate.url,
            url=request.url,
            at=meta.get("fetched_at") or self.now(),
            status=status,
            redirects=tuple(meta.get("redirect_urls", ())),
            capture=meta.get("capture"),
        )

    def fault(self, error: Exception, url: str) -> str:
        """The reason that an error in parsing gives; one that nobody foresaw goes to the log in full."""
        if isinstance(error, PageError):
            return str(error)
        self.logger.error("%s: could not be parsed", url, exc_info=error)
        return f"could not be parsed: {type(error).__name__}"

    async def _extract(self, response: Response, fetch: Fetch) -> Article:
        site = self.sites.for_url(fetch.url)
        charset = charset_of(response)
        return await self.pool.run(extract_page, response.body, fetch.url, site, fetch.at, charset)

    def _related(self, article: Article) -> Iterator[Candidate]:
        for link in article.links:
            if link.kind in _FOLLOWED and self.refusal(link.href) is None:
                yield Candidate(link.href, Source.LINK, article.url, link.anchor_text or None)

    def _on_idle(self) -> None:
        requests = self.more()
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider


def _fixed_time(settings: BaseSettings, name: str) -> datetime | None:
    written = settings.get(name)
    try:
        return utc_time(written) if written else None
    except ValueError:
        raise SetupError(f"{name}={written}: not a time; expected one such as 2024-12-09T11:02:00Z") from None


def _with_posts(visit: Visit, posts: tuple[Post, ...]) -> Visit:
    return replace(visit, article=cast("Article", visit.article).with_posts(posts))


def charset_of(response: Response) -> str | None:
    """The charset that the server named, whatever the page says."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value:
            return value.strip("\"' ")
    return None
