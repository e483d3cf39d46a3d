"""The spider of every site profile: what its listings name, the articles related to that, second looks, the past."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Request, Response, TextResponse
from twisted.python.failure import Failure

from crawler.addresses import host_of
from crawler.article import NAMING, Candidate, Source
from crawler.discovery.forms import read
from crawler.discovery.listing import Listing, ListingError
from crawler.discovery.period import Period
from crawler.discovery.places import Place, below, next_page, passed_over, places_of_news, places_of_past
from crawler.errors import SetupError
from crawler.extensions.archive import Crawl
from crawler.middlewares.compression import CUT
from crawler.outcomes import of_error
from crawler.site import Section, Site, Sites
from crawler.spiders.base import ArticleSpider, charset_of
from crawler.spiders.ledger import objection
from pipelines.archive.calls import Answer
from pipelines.archive.lease import Lease
from pipelines.archive.listing_states import Asked, Known, State
from pipelines.identity import doubts
from pipelines.identity.doubts import masked
from pipelines.identity.revisits import Revisit

WAITING_AT_ONCE = 500  # addresses that one look into the ledger gives
_LISTING = 10  # priority: what is new is known before the first article is fetched
_REVISIT = -10
_A_FIFTH = 4  # other requests for each look at a page that gave no article before …
_ALWAYS = 5  # … though so many are allowed to the smallest crawl, or a site of two listings would never get one
_SMALL = 32_768  # bytes of a listing that is read at once, if its form is quick: starting a worker would cost far more


@dataclass(frozen=True, slots=True)
class Walk:
    """What the pages of a section have named so far, and what the first of them answered; written down at the end."""

    candidates: tuple[Candidate, ...] = ()
    first: Answer | None = None


_BEGIN = Walk()


class SiteSpider(ArticleSpider):
    """One site; ``site_name`` is set in the class that the loader makes of a profile.

    With ``since`` and ``until``, inclusive days where the site is, it goes back through sitemaps and sections instead.
    """

    is_alone = True
    site_name: str
    site: Site
    section_pages: int
    revisits_most: int
    most_bytes: int

    def __init__(self, since: str | None = None, until: str | None = None, **kwargs: Any):
        """Raises SetupError for what is not a day."""
        super().__init__(**kwargs)
        self.days = (_day("since", since), _day("until", until))
        self.mode = "backfill" if any(self.days) else "crawl"
        self.period: Period | None = None
        self._walked: set[tuple[Section | None, str]] = set()
        self._last_end: datetime | None = None
        self._listings_asked: set[str] = set()
        self._listings: Mapping[str, Known] = {}
        self._looked_again = 0
        self._has_probed = False
        self.front_title = ""
        self._revisited: set[int] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider, and let it see the bytes of listings as they come."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._cut, signals.bytes_received)
        return spider

    def _cut(self, data: bytes, request: Request) -> None:
        """End the download of a listing that is too large: what has come of it is read."""
        if CUT in request.meta:
            request.meta[CUT] += len(data)
            if request.meta[CUT] > self.most_bytes:
                raise StopDownload(fail=False)

    def join(self, crawl: Crawl) -> None:
        """As every spider; and find the profile. Raises SetupError for a period that cannot be."""
        super().join(crawl)
        settings = self.crawler.settings
        self.site = crawl.sites.by_name[self.site_name]
        self.related_depth = settings.getint("RELATED_DEPTH")
        self.section_pages = settings.getint("SECTION_PAGES")
        self.revisits_most = settings.getint("REVISITS_PER_CRAWL")
        self.most_bytes = settings.getint("DOWNLOAD_MAXSIZE") or sys.maxsize
        self.period = _period(self.days, self.site, crawl.now())

    def take_lease(self, database: Path) -> Lease:
        """Return a lease that lets one crawl of a site run in a mode. Raises LeaseHeldError."""
        return Lease(database, self.site_name, self.mode, self.now())

    async def start(self) -> AsyncIterator[Any]:
        """Ask for what earlier crawls left waiting, then the listings, then second looks at stored articles."""
        places = tuple(places_of_past(self.site) if self.period else places_of_news(self.site))
        with self.ending_on_error():
            self._last_end = self.crawl.ledger.last_end(self.site.name, self.mode)
            self._listings = self.crawl.ledger.listings(self.site.name, [place.url for place in places])
        self.is_first = self.period is not None or self._last_end is None
        for request in self._requests(self.waiting(), depth=0):
            yield request
        for place in places:
            for request in self._listing_once(place):
                yield request
        if self.period is None:
            for request in self._revisits():
                yield request

    def verdict(self) -> str | None:
        """Return why the crawl failed. A site none of whose listings can be read is not a site without news."""
        if self.crawl.failure is None and nothing_was_read(self.crawl.listings.values(), self._listings):
            return NOTHING_READ
        return super().verdict()

    def _note(self, place: Place, state: State, reason: str | None = None, articles: int | None = None) -> None:
        """Keep how a listing of the profile answered; not those that one leads to, nor further pages."""
        if place.root is None and place.page == 0:
            self.crawl.listings[place.url] = Asked(place.url, place.form.name, state, reason, articles)

    def _were_there(self, place: Place) -> bool:
        """Return whether what a listing names is new here but no news: it is read for the first time, or goes back."""
        known = self._listings.get(place.root or place.url)
        return self.period is not None or known is None or not known.was_read

    def _told(self, place: Place, reason: str) -> str:
        """Return why a listing failed, and how many times in a row it has."""
        known = self._listings.get(place.url)
        times = 1 + (known.in_a_row if known and known.state in (State.FAILED, State.TOO_LARGE) else 0)
        return f"{reason} ({times} times in a row)" if times > 1 else reason

    def waiting(self) -> tuple[Candidate, ...]:
        """Return the addresses of this site that are in the ledger and not settled."""
        with self.ending_on_error():
            return self.crawl.ledger.waiting(self.site.name, self.now(), WAITING_AT_ONCE)
        return ()

    def second_looks(self) -> Iterator[Request]:
        """Yield looks at articles that a listing says were changed, and at pages that gave no article before."""
        if self.period is None:
            yield from self._revisits()
        yield from self._probe()
        left = most_doubtful(self._other_requests()) - self._looked_again
        doubtful: tuple[Candidate, ...] = ()
        if left > 0:
            with self.ending_on_error():
                doubtful = self.crawl.ledger.doubtful(self.site.name, self.now(), left)
        requests = list(self._requests(doubtful, depth=1))
        self._looked_again += len(requests)
        yield from requests

    def _probe(self) -> Iterator[Request]:
        """Yield the question how the site answers where nothing can be: once a day, where pages are in doubt."""
        url: str | None = None
        with self.ending_on_error():
            url = self.crawl.ledger.undecided(self.site, self.crawl.crawl_id, self.crawl.sites, self.now())
        if url is not None and not self._has_probed:
            self._has_probed = True
            yield Request(nowhere(url), callback=self.parse_probe, errback=self.on_probe_failure, dont_filter=True)

    async def parse_probe(self, response: Response) -> None:
        """Write down what the site answers where nothing can be."""
        words: tuple[str, ...] = ()
        try:
            article = await self._extract(
                response, self._fetch(cast("Request", response.request), Candidate(response.url, Source.LIST), 200)
            )
            words = masked(f"{article.title}\n{article.text}")
        except Exception as error:  # what cannot be read is like no article's page
            if self.crawl.is_ours(error):
                return
        await self._remember_probe(words)

    async def on_probe_failure(self, failure: Failure) -> None:
        """Write down that the site says by the status that nothing is there."""
        if not self.crawl.is_ours(cast("BaseException", failure.value)):
            await self._remember_probe(())

    async def _remember_probe(self, words: tuple[str, ...]) -> None:
        with self.ending_on_error():
            await self.crawl.ledger.remember_page(self.site.name, doubts.MISSING, words, self.now())
            if self.front_title:
                front = masked(self.front_title)
                await self.crawl.ledger.remember_page(self.site.name, doubts.FRONT, front, self.now())

    def _other_requests(self) -> int:
        return int(self.crawler.stats.get_value("downloader/request_count", 0)) - self._looked_again

    def refusal(self, candidate: Candidate) -> str | None:
        """Return why an address will not be asked for: it is another site's, or not an article's.

        What the site's own feed names is wanted wherever it leads: many link through a counter on another host. Where
        that leads is seen when it is asked for.
        """
        return refusal_at(self.site.name, candidate, self.crawl.sites)

    def _revisits(self) -> Iterator[Request]:
        due: tuple[Revisit, ...] = ()
        with self.ending_on_error():
            due = self.crawl.ledger.due(self.site.name, self.now(), self.revisits_most)
        left = self.revisits_most - len(self._revisited)
        fresh = [revisit for revisit in due if revisit.article_id not in self._revisited][:left]
        self._revisited.update(revisit.article_id for revisit in fresh)
        for revisit in fresh:
            known = {"revisit": revisit.article_id, "conditional": revisit.may_be_unchanged}
            request = self.request_for(Candidate(revisit.url, Source.LIST), **known)
            yield from self.unless_suspect(revisit.url, request.replace(priority=_REVISIT))

    def _listing_once(self, place: Place) -> Iterator[Request]:
        """Yield the request for a listing that this crawl has not asked for yet, unless crawls have ended over it."""
        if place.url not in self._listings_asked:
            self._listings_asked.add(place.url)
            yield from self.unless_suspect(place.url, self._listing(place))

    def _listing(self, place: Place, walk: Walk = _BEGIN) -> Request:
        meta: dict[str, Any] = {CUT: 0, "download_maxsize": 0}
        if place.page == 0 and self.period is None:  # further pages shift with every new article
            known = self._listings.get(place.url)
            meta["conditional"] = known is None or known.may_be_unchanged
        return Request(
            place.url,
            callback=self.parse_listing,
            errback=self.on_listing_failure,
            cb_kwargs={"place": place, "walk": walk},
            priority=_LISTING,
            dont_filter=True,  # a listing that redirects to itself is to fail aloud, not to be dropped as a duplicate
            meta=meta,
        )

    async def parse_listing(self, response: Response, place: Place, walk: Walk) -> AsyncIterator[Any]:
        """Turn a listing into requests for what it lists, and for the listings it leads to."""
        self.crawler.stats.inc_value("vestnik/listings")
        if not response.meta.get("unchanged"):
            if place.section is not None and place.url == self.site.home and isinstance(response, TextResponse):
                self.front_title = response.css("title::text").get("")
            await self.take_up(place.url)
            async for request in self._follow(response, place, walk):
                yield request
        else:
            known = self._listings.get(place.url)
            self._note(place, State.EMPTY if known and known.state is State.EMPTY else State.UNCHANGED)
        if response.meta.get("unchanged") and place.url not in self.crawl.suspects:
            return
        with self.ending_on_error():
            await self.crawl.ledger.put_down(place.url)

    async def _follow(self, response: Response, place: Place, walk: Walk) -> AsyncIterator[Request]:
        try:
            listing = await self._read(response, place)
        except Exception as error:  # the other listings may be sound
            if self.crawl.is_ours(error):
                return
            reason = str(error) if isinstance(error, ListingError) else self.fault(error, response.url)
            self._note(place, State.FAILED, reason)
            self.crawl.report(response.url, self._told(place, reason))
            for request in await self.ask(walk.candidates, were_there=self._were_there(place)):
                yield request
            return
        named = len(listing.candidates) + len(listing.nested)
        is_cut = len(response.body) > self.most_bytes or "download_stopped" in response.flags
        if is_cut:
            told = f"larger than {self.most_bytes:,} bytes; read as far as that"
            self._note(place, State.TOO_LARGE, told, named)
            self.crawl.report(response.url, self._told(place, told))
        else:
            self._note(place, State.READ if named else State.EMPTY, None, named)
        self.crawler.stats.inc_value("vestnik/listed", len(listing.candidates))
        if place.page == 0 and place.form.is_steady and not listing.nested and not is_cut:
            self.crawl.listing_sizes[place.url] = len(listing.candidates)
        if left_out := passed_over(listing.nested, self.period):
            told = "of its files passed over, last changed before the period by its own dates, such as"
            self.crawl.report(response.url, f"{len(left_out)} {told} {left_out[0].url}")
        for further in below(place, listing.nested, self.period):
            for request in self._listing_once(further):
                yield request
        wanted = (candidate for candidate in listing.candidates if not self.period or self.period.may_hold(candidate))
        # An index that stays the same says nothing of the files it names, so it is read every time.
        validators = None if listing.nested or is_cut else response.meta.get("validators")
        answered = Answer(response.url, validators) if validators is not None else None
        walk = Walk((*walk.candidates, *wanted), walk.first or answered)
        further_page = self._next_page(place, listing)
        # What was named so far must not hang on a page that has ended crawls: that one is read last, by itself.
        is_feared = further_page is not None and further_page.url in self.crawl.suspects
        if further_page is not None and self.period is None and not is_feared:
            # Held back until the walk reaches what is known: a kill on the way must not hide the pages behind.
            yield self._listing(further_page, walk)
            return
        if further_page is not None:
            for request in self.unless_suspect(further_page.url, self._listing(further_page)):
                yield request
        answer = None if is_feared else walk.first
        for request in await self.ask(walk.candidates, listing=answer, were_there=self._were_there(place)):
            yield request

    async def on_listing_failure(self, failure: Failure) -> AsyncIterator[Any]:
        """Report a listing that could not be fetched; it stops nothing, nor does it cost what led to it."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        error = cast("BaseException", failure.value)
        if self.crawl.is_ours(error):
            return
        place: Place = request.cb_kwargs["place"]
        reason = of_error(error)[1]
        self._note(place, State.FAILED, reason)
        self.crawl.report(place.url, self._told(place, reason))
        for further in await self.ask(request.cb_kwargs["walk"].candidates, were_there=self._were_there(place)):
            yield further

    async def _read(self, response: Response, place: Place) -> Listing:
        asked = (place.form.name, response.body, response.url, self.site, charset_of(response))
        if place.form.is_quick and len(response.body) <= _SMALL:
            return read(*asked)
        return await self.crawl.pool.run(read, *asked)

    def _next_page(self, place: Place, listing: Listing) -> Place | None:
        """Return the further page of a section while it may hold something that is wanted; else None."""
        fresh = tuple(entry for entry in listing.candidates if (place.section, entry.url) not in self._walked)
        if not fresh:  # past the end some sites show their last page for ever
            return None
        self._walked.update((place.section, entry.url) for entry in fresh)
        if self.period is not None:  # what stands beside every page, such as the newest, tells nothing of this one
            return None if self.period.is_over(fresh) else next_page(place)
        if place.page + 1 >= self.section_pages or not self._has_news(listing):
            return None
        return next_page(place)

    def _has_news(self, listing: Listing) -> bool:
        entries = tuple(entry for entry in self.entries(listing.candidates) if entry.refusal is None)
        with self.ending_on_error():
            return self.crawl.ledger.has_news(entries, self._last_end)
        return False


def most_doubtful(others: int) -> int:
    """Return how many looks at pages that gave no article a crawl may take, beside so many other requests."""
    return max(others // _A_FIFTH, _ALWAYS)


NOTHING_READ = "none of the site's listings could be read"


def nothing_was_read(listings: Collection[Asked], before: Mapping[str, Known]) -> bool:
    """Return whether listings failed, and no other one is of use: a front page without articles says nothing.

    ``before``: what was known of them.
    """
    if not any(asked.state is State.FAILED for asked in listings):
        return False
    of_use = (
        asked
        for asked in listings
        if asked.state in (State.READ, State.TOO_LARGE)
        or (asked.state is State.UNCHANGED and (known := before.get(asked.url)) and known.has_named)
    )
    return next(of_use, None) is None


def refusal_at(name: str, candidate: Candidate, sites: Sites) -> str | None:
    """Return why a crawl of this site does not ask for an address, which is clean; None when it does."""
    known = sites.for_url(candidate.url)
    if known.name != name and (candidate.source not in NAMING or known.name in sites.by_name):
        return f"another site: {host_of(candidate.url)}"
    return objection(candidate, sites)


def nowhere(url: str) -> str:
    """Return an address beside this one that cannot exist: its last part says so, and has no number in it."""
    parts = urlsplit(url)
    folder, _, last = parts.path.rstrip("/").rpartition("/")
    ending = last[last.rindex(".") :] if "." in last else ""
    return parts._replace(path=f"{folder}/there-is-no-such-page-here{ending}", query="", fragment="").geturl()


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
