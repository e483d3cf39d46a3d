"""The spider of every site profile: what its listings name, the articles related to that, second looks, the past."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self, cast
from zoneinfo import ZoneInfo

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.addresses import host_of
from crawler.article import Candidate, Kind, Source, Validators
from crawler.discovery.forms import read
from crawler.discovery.listing import Listing, ListingError
from crawler.discovery.period import Period
from crawler.discovery.places import Place, below, next_page, places_of_news, places_of_past
from crawler.errors import SetupError
from crawler.outcomes import of_error
from crawler.site import Section, Site
from crawler.spiders.base import ArticleSpider, charset_of
from pipelines.archive import crawls, ledger
from pipelines.archive.lease import Lease
from pipelines.identity import revisits

_WAITING_AT_ONCE = 500
_LISTING = 10  # priority: what is new is known before the first article is fetched
_REVISIT = -10
_SMALL = 32_768  # bytes of a listing that is read at once, if its form is quick: starting a worker would cost far more


@dataclass(frozen=True, slots=True)
class Walk:
    """What the pages of a section have named so far, and what the first of them answered; written down at the end."""

    candidates: tuple[Candidate, ...] = ()
    listing: str | None = None
    validators: Validators | None = None


_BEGIN = Walk()


class SiteSpider(ArticleSpider):
    """One site; ``site_name`` is set in the class that the loader makes of a profile.

    With ``since`` and ``until``, inclusive days where the site is, it goes back through sitemaps and sections instead.
    """

    site_name: str
    site: Site
    section_pages: int
    revisits_most: int

    def __init__(self, since: str | None = None, until: str | None = None, **kwargs: Any):
        """Raises SetupError for a day that is none."""
        super().__init__(**kwargs)
        self.days = (_day("since", since), _day("until", until))
        self.mode = "backfill" if any(self.days) else "crawl"
        self.period: Period | None = None
        self._walked: set[tuple[Section | None, str]] = set()
        self._last_end: datetime | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """As every spider; and the site of this one. Raises SetupError also for a period that cannot be."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        spider.site = spider.sites.by_name[cls.site_name]
        spider.related_depth = settings.getint("RELATED_DEPTH")
        spider.section_pages = settings.getint("SECTION_PAGES")
        spider.revisits_most = settings.getint("REVISITS_PER_CRAWL")
        spider.period = _period(spider.days, spider.site, spider.now())
        return spider

    def take_lease(self) -> Lease:
        """One crawl of a site in a mode. Raises LeaseHeldError."""
        return Lease(self.archive.path, self.site_name, self.mode, self.now())

    async def start(self) -> AsyncIterator[Any]:
        """What earlier crawls left waiting, then the listings, then second looks at stored articles."""
        self._last_end = self.look_up(lambda db: crawls.last_end(db, self.site.name, self.mode), None)
        for request in self._requests(self.waiting(), depth=0):
            yield request
        for place in places_of_past(self.site) if self.period else places_of_news(self.site):
            yield self._listing(place)
        if self.period is None:
            for request in self._revisits():
                yield request

    def verdict(self) -> str | None:
        """A site none of whose listings can be read is not a site without news."""
        if self.failure is None and self.troubles and not self.crawler.stats.get_value("vestnik/listings"):
            return "none of the site's listings could be read"
        return self.failure

    def waiting(self) -> list[Candidate]:
        """Addresses of this site that are in the ledger and not settled."""
        return self.look_up(lambda db: ledger.waiting(db, self.site.name, self.now(), _WAITING_AT_ONCE), [])

    def refusal(self, url: str) -> str | None:
        """Only this site's articles are asked for."""
        if self.sites.for_url(url).name != self.site.name:
            return f"another site: {host_of(url)}"
        return super().refusal(url)

    def _revisits(self) -> Iterator[Request]:
        nothing: list[revisits.Revisit] = []
        for one in self.look_up(lambda db: revisits.due(db, self.site.name, self.now(), self.revisits_most), nothing):
            asks = one.kind != Kind.LIVE  # the posts of a live blog change without its page
            request = self.request_for(Candidate(one.url, Source.LIST), revisit=one.article_id, conditional=asks)
            yield request.replace(priority=_REVISIT)

    def _listing(self, place: Place, walk: Walk = _BEGIN) -> Request:
        return Request(
            place.url,
            callback=self.parse_listing,
            errback=self.on_listing_failure,
            cb_kwargs={"place": place, "walk": walk},
            priority=_LISTING,
            # Further pages shift with every new article, and a backfill must read all.
            meta={"conditional": True} if place.page == 0 and self.period is None else {},
        )

    async def parse_listing(self, response: Response, place: Place, walk: Walk) -> AsyncIterator[Any]:
        """A listing to requests for what it lists, and for the listings it leads to."""
        self.crawler.stats.inc_value("vestnik/listings")
        if response.meta.get("unchanged"):
            return
        try:
            listing = await self._read(response, place)
        except Exception as error:  # the other listings may be sound
            reason = str(error) if isinstance(error, ListingError) else self.fault(error, response.url)
            self.report(response.url, reason)
            for request in await self.ask(walk.candidates):
                yield request
            return
        self.crawler.stats.inc_value("vestnik/listed", len(listing.candidates))
        if place.page == 0 and place.form.is_steady and not listing.nested:
            self.listing_sizes[place.url] = len(listing.candidates)
        for further in below(place, listing.nested, self.period):
            yield self._listing(further)
        candidates = (one for one in listing.candidates if not self.period or self.period.may_hold(one))
        # An index that stays the same says nothing of the files it names, so it is read every time.
        said = None if listing.nested else response.meta.get("validators")
        walk = Walk((*walk.candidates, *candidates), walk.listing or response.url, walk.validators or said)
        further_page = self._next_page(place, listing)
        if further_page is not None and self.period is None:
            # Held back until the walk has reached what is known: a kill on the way must not hide the pages behind.
            yield self._listing(further_page, walk)
            return
        if further_page is not None:
            yield self._listing(further_page)
        for request in await self.ask(walk.candidates, listing=walk.listing, validators=walk.validators):
            yield request

    async def on_listing_failure(self, failure: Failure) -> AsyncIterator[Any]:
        """A listing that cannot be had is reported by name and stops nothing, nor does it cost what led to it."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        self.report(request.url, of_error(cast("BaseException", failure.value))[1])
        for one in await self.ask(request.cb_kwargs["walk"].candidates):
            yield one

    async def _read(self, response: Response, place: Place) -> Listing:
        asked = (place.form.name, response.body, response.url, self.site, charset_of(response))
        if place.form.is_quick and len(response.body) <= _SMALL:
            return read(*asked)
        return await self.pool.run(read, *asked)

    def _next_page(self, place: Place, listing: Listing) -> Place | None:
        """The further page of a section while there may be something on it that is wanted."""
        fresh = tuple(one for one in listing.candidates if (place.section, one.url) not in self._walked)
        if not fresh:  # past the end some sites show their last page for ever
            return None
        self._walked.update((place.section, one.url) for one in fresh)
        if self.period is not None:  # what stands beside every page, such as the newest, tells nothing of this one
            return None if self.period.is_over(fresh) else next_page(place)
        if place.page + 1 >= self.section_pages or not self._has_news(listing):
            return None
        return next_page(place)

    def _has_news(self, listing: Listing) -> bool:
        entries = [one for one in self.entries(listing.candidates) if one.refusal is None]
        return self.look_up(lambda db: ledger.has_news(db, entries, self._last_end), False)


def _day(name: str, written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise SetupError(f"{name}={written}: not a day; expected one such as 2024-12-31") from None


def _period(days: tuple[date | None, date | None], site: Site, now: datetime) -> Period | None:
    since, until = days
    if since is None and until is None:
        return None
    zone = ZoneInfo(site.timezone)
    period = Period(since or date(1990, 1, 1), until or now.astimezone(zone).date(), zone)
    if period.until < period.since:
        raise SetupError(f"until={period.until} lies before since={period.since}")
    return period
