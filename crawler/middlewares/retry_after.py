"""Retry-After: a server that names a time is left alone until then, by every request to its host.

The hold stands in the archive, so that other processes, later crawls and the ledger see it; ``pace.py`` keeps it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from pipelines.archive import pace

if TYPE_CHECKING:
    from crawler.spiders.base import ArticleSpider

SHORT = 120.0
"""Seconds that a crawl waits for a host; for longer ones its addresses are left to a later crawl."""
_STATUSES = frozenset({429, 503})
_TRIED = "asked_to_wait"
_SECONDS = re.compile(r"\d+")


class HostHeldError(IgnoreRequest):
    """A host that wants to be left alone for longer than a crawl waits, so that nothing was asked of it."""


class AskedToWaitError(HostHeldError):
    """The answer of such a host, when it was asked."""

    def __init__(self, response: Response):
        super().__init__(f"HTTP {response.status} with Retry-After")
        self.response = response


class RetryAfterMiddleware:
    """Holds the host of a 429 or 503 that has a Retry-After. One retry after a short pause, none after a long one."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfterMiddleware:
        """As Scrapy makes it."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Give the request anew, to be sent when the pause is over. Raises AskedToWaitError."""
        if response.status not in _STATUSES or "replayed" in request.meta:  # an archived answer asks nobody to wait
            return response
        now = time()
        told = (response.headers.get("Retry-After") or b"").decode("latin-1")
        seconds = seconds_to_wait(told, datetime.fromtimestamp(now, UTC))
        if seconds is None:
            return response
        host = urlsplit(request.url).hostname or ""
        archive = cast("ArticleSpider", self.crawler.spider).archive
        await archive.write(lambda db: pace.hold(db, host, now + seconds, now))
        if seconds > SHORT or request.meta.get(_TRIED):
            raise AskedToWaitError(response)
        return request.replace(meta={**request.meta, _TRIED: True}, dont_filter=True)


def seconds_to_wait(told: str, now: datetime) -> float | None:
    """What a Retry-After means (RFC 9110, 10.2.3): seconds or an HTTP date; 0 to LONGEST_HOLD. None for rubbish."""
    told = told.strip()
    if _SECONDS.fullmatch(told):
        return min(float(told), pace.LONGEST_HOLD)
    try:
        at = parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), pace.LONGEST_HOLD)
