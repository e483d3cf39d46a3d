"""What all spiders do with an article's page: fetch it, extract it, hand it on, follow what is related."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, cast

from scrapy.http import Request, Response
from twisted.python.failure import Failure
from w3lib.encoding import http_content_type_encoding

from crawler.article import NAMING, Article, Candidate, Fetch, Kind, Measures, Outcome, Post, Source, Visit
from crawler.extraction.pool import PageError
from crawler.extraction.tasks import extract_and_measure, extract_page, read_live_posts
from crawler.outcomes import of_error
from crawler.paged import Asked, Paged
from crawler.spiders.ledger import LedgerSpider

_FOLLOWED = frozenset({"related", "read_more"})
_MOST_POSTS = 2_000


class ArticleSpider(LedgerSpider):
    """Base of the spiders."""

    related_depth = 0
    is_first = False
    """Whether all that the crawl meets was there already: its first one of a site, or one that goes back."""

    def request_for(self, candidate: Candidate, depth: int = 0, **meta: Any) -> Request:
        """Return the request for a page. The ledger knows duplicates, so no filter may swallow a redirect."""
        return Request(
            candidate.url,
            callback=self.parse_article,
            errback=self.on_failure,
            cb_kwargs={"candidate": candidate, "depth": depth},
            dont_filter=True,
            meta={"conditional": False} | meta,
        )

    async def parse_article(self, response: Response, candidate: Candidate, depth: int) -> AsyncIterator[Any]:
        """Turn a page into a visit, and into requests for the articles that it names as related."""
        fetch = self._fetch(cast("Request", response.request), candidate, response.status)
        revisit, validators = response.meta.get("revisit"), response.meta.get("validators")
        # Of the page that a redirect leads to, such as the front page, "unchanged" says nothing of the article.
        if revisit is not None and response.meta.get("unchanged") and not fetch.redirects:
            yield Visit(candidate, fetch, Outcome.STORED, "unchanged", revisit=revisit, validators=validators)
            return
        try:
            article, measures = await self._measured(response, fetch)
        except Exception as error:  # whatever a page does to our rules, it is the only one to suffer
            if self.crawl.is_ours(error):
                return
            yield Visit(candidate, fetch, Outcome.FAILED, self.fault(error, fetch.url), revisit=revisit)
            return
        if depth < self.related_depth:
            for request in await self.ask(self._related(article), depth + 1, were_there=self.is_first):
                yield request
        visit = Visit(
            candidate,
            fetch,
            Outcome.STORED,
            article=article,
            revisit=revisit,
            validators=validators,
            measures=measures,
        )
        if revisit is not None and self._begins_as_before(visit):
            yield replace(visit, article=None, measures=None, reason="unchanged")
            return
        yield self._live_request(visit, ()) or self._first_of_several(visit) or visit

    def _live_request(self, visit: Visit, posts: tuple[Post, ...]) -> Request | None:
        """Return the request for a live blog's further posts; None where its site shows all on the page, or no more."""
        site, article = self.crawl.sites.for_url(visit.fetch.url), cast("Article", visit.article)
        url = site.live_posts(visit.fetch.url, len(posts)) if article.kind is Kind.LIVE else None
        if url is None or len(posts) >= _MOST_POSTS:
            return None
        so_far = {"visit": visit, "posts": posts}
        return Request(
            url, callback=self.parse_live, errback=self.on_live_failure, cb_kwargs=so_far, dont_filter=True, priority=1
        )

    async def parse_live(self, response: Response, visit: Visit, posts: tuple[Post, ...]) -> AsyncIterator[Any]:
        """Turn a fragment of posts into a request for the next one, or into the visit with all of them."""
        site, charset = self.crawl.sites.for_url(visit.fetch.url), charset_of(response)
        try:
            read = await self.crawl.pool.run(
                read_live_posts, response.body, response.url, site, visit.fetch.at, charset
            )
        except Exception as error:  # the page and the posts so far are sound
            if self.crawl.is_ours(error):
                return
            self.crawl.report(response.url, self.fault(error, response.url))
            read = ()
        fresh = tuple(post for post in read if post not in posts)
        further = self._live_request(visit, (*posts, *fresh)) if fresh else None
        yield further or _with_posts(visit, (*posts, *fresh))

    def on_live_failure(self, failure: Failure) -> Iterator[Visit]:
        """Report posts that could not be fetched; what was read is kept."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        error = cast("BaseException", failure.value)
        if self.crawl.is_ours(error):
            return
        self.crawl.report(request.url, of_error(error)[1])
        yield _with_posts(request.cb_kwargs["visit"], request.cb_kwargs["posts"])

    def _first_of_several(self, visit: Visit) -> Request | None:
        """Return the request for the second page of an article, or for one that shows all; None where it has one."""
        article, url = cast("Article", visit.article), visit.fetch.url
        if not article.paragraphs or article.is_list or article.kind is Kind.LIVE:
            return None
        if not self.crawl.sites.for_url(url).is_article(url) and visit.candidate.source not in NAMING:
            return None
        paged = Paged.beginning(article)
        return self._page_request(visit, paged) if paged else None

    def _begins_as_before(self, visit: Visit) -> bool:
        """Return whether the first of several pages says what it said: then the others are not asked for again."""
        article = cast("Article", visit.article)
        if visit.revisit is None or visit.fetch.redirects or Paged.beginning(article) is None:
            return False
        with self.ending_on_error():
            return self.crawl.ledger.begins_so(visit.revisit, article.title, article.paragraphs)
        return False

    def _page_request(self, visit: Visit, paged: Paged) -> Request | None:
        asked = paged.next()
        if asked is None:
            return None
        return Request(
            asked.url,
            callback=self.parse_page,
            errback=self.on_page_failure,
            cb_kwargs={"visit": visit, "paged": paged, "asked": asked},
            dont_filter=True,
            priority=1,
            meta={"conditional": False, "near": visit.fetch.at},
        )

    async def parse_page(self, response: Response, visit: Visit, paged: Paged, asked: Asked) -> AsyncIterator[Any]:
        """Turn a further page of an article into a request for the next one, or into the visit with all of them."""
        fetch = self._fetch(cast("Request", response.request), Candidate(asked.url, Source.LINK), response.status)
        try:
            page = await self._extract(response, fetch)
        except Exception as error:  # the pages so far are sound
            if self.crawl.is_ours(error):
                return
            paged = paged.without(asked, self.fault(error, response.url))
        else:
            paged = paged.with_page(asked, page, fetch.capture)
        yield self._page_request(visit, paged) or _with_pages(visit, paged)

    def on_page_failure(self, failure: Failure) -> Iterator[Visit | Request]:
        """Note a further page that could not be fetched; the others are asked for."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        error = cast("BaseException", failure.value)
        if self.crawl.is_ours(error):
            return
        visit, asked = request.cb_kwargs["visit"], request.cb_kwargs["asked"]
        paged = request.cb_kwargs["paged"].without(asked, of_error(error)[1])
        yield self._page_request(visit, paged) or _with_pages(visit, paged)

    def on_failure(self, failure: Failure) -> Iterator[Visit]:
        """Turn a download that failed into a visit with its outcome."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        error = cast("BaseException", failure.value)
        if self.crawl.is_ours(error):
            return
        outcome, reason = of_error(error)
        candidate = request.cb_kwargs["candidate"]
        status = getattr(getattr(error, "response", None), "status", None)
        fetch = self._fetch(request, candidate, status)
        yield Visit(candidate, fetch, outcome, reason, revisit=request.meta.get("revisit"))

    def _fetch(self, request: Request, candidate: Candidate, status: int | None) -> Fetch:
        meta = request.meta
        return Fetch(
            requested=candidate.url,
            url=request.url,
            at=meta.get("fetched_at") or self.now(),
            status=status,
            redirects=tuple(url for url in meta.get("redirect_urls", ()) if url != request.url),
            capture=meta.get("capture"),
        )

    def fault(self, error: Exception, url: str) -> str:
        """Return the reason for an error in parsing; an unforeseen one goes to the log in full."""
        if isinstance(error, PageError):
            return str(error)
        self.logger.error("%s: could not be parsed", url, exc_info=error)
        return f"could not be parsed: {type(error).__name__}"

    async def _extract(self, response: Response, fetch: Fetch) -> Article:
        site = self.crawl.sites.for_url(fetch.url)
        charset = charset_of(response)
        return await self.crawl.pool.run(extract_page, response.body, fetch.url, site, fetch.at, charset)

    async def _measured(self, response: Response, fetch: Fetch) -> tuple[Article, Measures]:
        site, charset = self.crawl.sites.for_url(fetch.url), charset_of(response)
        measure = self.crawl.measure
        asked = (measure, response.body, fetch.url, site, fetch.at, charset)
        # Not before it is its turn: of a hundred crawls whose process is killed most only wait for a worker.
        return await self.crawl.pool.run(extract_and_measure, *asked, first=partial(self.take_up, fetch.requested))

    def _related(self, article: Article) -> Iterator[Candidate]:
        for link in article.links:
            candidate = Candidate(link.href, Source.LINK, article.url, link.anchor_text or None)
            if link.kind in _FOLLOWED and self.refusal(candidate) is None:
                yield candidate


def _with_posts(visit: Visit, posts: tuple[Post, ...]) -> Visit:
    return replace(visit, article=cast("Article", visit.article).with_posts(posts), measures=None)


def _with_pages(visit: Visit, paged: Paged) -> Visit:
    fetch = replace(visit.fetch, capture=" ".join(filter(None, (visit.fetch.capture, *paged.captures))) or None)
    return replace(visit, fetch=fetch, article=paged.article(), pages=paged.taken, partial=paged.partial, measures=None)


def charset_of(response: Response) -> str | None:
    """Return the charset that the server named, under the name that browsers give it; None without a known one."""
    return http_content_type_encoding((response.headers.get("Content-Type") or b"").decode("latin-1"))
