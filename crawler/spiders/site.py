"""The spider of every site profile: its feeds and news sitemaps, their articles, the articles related to those."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Self, cast

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.addresses import host_of
from crawler.article import Candidate
from crawler.discovery.feeds import parse_feed
from crawler.discovery.listing import ListingError
from crawler.discovery.sitemaps import parse_sitemap
from crawler.outcomes import of_error
from crawler.site import Site
from crawler.spiders.base import ArticleSpider
from pipelines.archive import ledger
from pipelines.archive.database import ArchiveError

_WAITING_AT_ONCE = 500


class SiteSpider(ArticleSpider):
    """One site; ``site_name`` is set in the class that the loader makes of a profile."""

    site_name: str
    site: Site

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """As every spider; and the site of this one."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.site = spider.sites.by_name[cls.site_name]
        spider.related_depth = crawler.settings.getint("RELATED_DEPTH")
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """What earlier crawls left waiting, then the feeds and news sitemaps."""
        for request in self._requests(self.waiting(), depth=0):
            yield request
        for url in self.site.feeds:
            yield self._listing(url, parse_feed)
        for url in self.site.news_sitemaps:
            yield self._listing(url, parse_sitemap)

    def verdict(self) -> str | None:
        """A site none of whose listings can be read is not a site without news."""
        if self.failure is None and self.troubles and not self.crawler.stats.get_value("vestnik/listings"):
            return "none of the site's feeds and news sitemaps could be read"
        return self.failure

    def waiting(self) -> list[Candidate]:
        """Addresses of this site that are in the ledger and not settled."""
        try:
            return self.archive.read(lambda db: ledger.waiting(db, self.site.name, self.now(), _WAITING_AT_ONCE))
        except ArchiveError as error:
            self.abort(str(error))
            return []

    def refusal(self, url: str) -> str | None:
        """Only this site's articles are asked for."""
        if self.sites.for_url(url).name != self.site.name:
            return f"another site: {host_of(url)}"
        return super().refusal(url)

    def _listing(self, url: str, parse: Any, level: int = 0) -> Request:
        return Request(
            url,
            callback=self.parse_listing,
            errback=self.on_listing_failure,
            cb_kwargs={"parse": parse, "level": level},
            priority=10,  # what is new is known before the first article is fetched
        )

    async def parse_listing(self, response: Response, parse: Any, level: int) -> AsyncIterator[Any]:
        """A feed or sitemap to requests for what it lists."""
        try:
            listing = await self.pool.run(parse, response.body, response.url)
        except Exception as error:  # the other listings may be sound
            reason = str(error) if isinstance(error, ListingError) else self.fault(error, response.url)
            self.report(response.url, reason)
            return
        self.crawler.stats.inc_value("vestnik/listings")
        self.crawler.stats.inc_value("vestnik/listed", len(listing.candidates))
        if level == 0:
            for nested in listing.nested:
                yield self._listing(nested.url, parse_sitemap, level + 1)
        for request in await self.ask(listing.candidates):
            yield request

    def on_listing_failure(self, failure: Failure) -> None:
        """A listing that cannot be had is reported by name and stops nothing."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        self.report(request.url, of_error(cast("BaseException", failure.value))[1])
