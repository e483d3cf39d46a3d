"""Retry-After: a server that names a time is left alone until then, by every request to its host.

The hold stands in the archive, so that other processes, later crawls and the ledger see it; ``pace.py`` keeps it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawler import clock
from pipelines.archive.pace import LONGEST_HOLD

SHORT = 120.0
"""Seconds that a crawl waits for a host; for longer ones its addresses are left to a later crawl."""
_TOO_MANY = 429
_STATUSES = frozenset({_TOO_MANY, 503})
_TRIED = "asked_to_wait"
_SECONDS = re.compile(r"[0-9]+")


class HostHeldError(IgnoreRequest):
    """A host that wants to be left alone for longer than a crawl waits, so that nothing was asked of it."""


class AskedToWaitError(HostHeldError):
    """The answer of such a host, when it was asked."""

    def __init__(self, response: Response):
        super().__init__(f"HTTP {response.status}: the host asked to wait")
        self.response = response


class RetryAfterMiddleware:
    """One retry after a short pause, none after a long one. The wait itself is the download handler's."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Give the request anew, which then waits for its turn. Raises AskedToWaitError."""
        seconds = seconds_to_wait(response, clock.now())
        if "replayed" in request.meta:  # an archived answer asks nobody to wait
            return response
        if seconds is None and response.status == _TOO_MANY:  # its host rests, and is not asked again at once
            raise AskedToWaitError(response)
        if seconds is None:
            return response
        if seconds > SHORT or request.meta.get(_TRIED):
            raise AskedToWaitError(response)
        return request.replace(meta={**request.meta, _TRIED: True}, dont_filter=True)


def seconds_to_wait(response: Response, now: datetime) -> float | None:
    """How long a response asks to leave its host alone, from 0 to LONGEST_HOLD; None when it does not."""
    told = response.headers.get("Retry-After") if response.status in _STATUSES else None
    return _seconds(told.decode("latin-1").strip(), now) if told else None


def _seconds(told: str, now: datetime) -> float | None:
    """RFC 9110, 10.2.3: seconds or an HTTP date. None for rubbish."""
    if _SECONDS.fullmatch(told):
        return min(float(told), LONGEST_HOLD)
    try:
        at = parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_HOLD)
