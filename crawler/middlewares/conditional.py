"""Conditional requests: a listing that has not changed costs no transfer, or at least no parsing.

For a request with ``conditional`` in its meta: True asks the question, False only notes what the answer says of itself.
A request that was redirected asks no question: of another page, "unchanged" would say nothing.
Then, in the meta of the request that was answered:

- ``unchanged``: True after a 304, which comes through to the callback, and for a body equal to the one saved.
- ``validators``: what the ledger is given once all that the listing named is stored.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from crawler.article import Validators
from pipelines.archive.calls import Ledger
from pipelines.context import context_of

_ETAG, _MODIFIED = "If-None-Match", "If-Modified-Since"
_NOT_MODIFIED = 304
_SENT = "handle_httpstatus_list"


class ConditionalMiddleware:
    """Between the spider and decompression: it sends what the archive has and hashes bodies as the spider sees them."""

    def __init__(self, ledger: Ledger, asks: bool):
        """Where it is not to ask, it only compares."""
        self.ledger = ledger
        self.asks = asks

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ConditionalMiddleware:
        """Read REPLAY_WARC and ARCHIVE_DIR."""
        settings = crawler.settings
        # A replay may hold only the full answer, and an archive in the making should.
        asks = not (settings.get("REPLAY_WARC") or settings.get("ARCHIVE_DIR"))
        return cls(context_of(crawler).ledger, asks)

    def process_request(self, request: Request) -> None:
        """Add the headers for this very address: a redirect brings along those of the one before."""
        if "conditional" not in request.meta:
            return
        for name in (_ETAG, _MODIFIED):
            request.headers.pop(name, None)
        is_asked = self.asks and request.meta["conditional"] and not request.meta.get("redirect_urls")
        known = self.ledger.validators(request.url) if is_asked else None
        headers = asked_with(known) if known else {}
        request.headers.update(headers)
        others = {status for status in request.meta.get(_SENT, ()) if status != _NOT_MODIFIED}
        request.meta[_SENT] = sorted(others | {_NOT_MODIFIED}) if headers else sorted(others)

    def process_response(self, request: Request, response: Response) -> Response:
        """Compare."""
        if "conditional" in request.meta and response.status in (200, _NOT_MODIFIED):
            known = self.ledger.validators(request.url)
            if validators := answered_with(response, known):
                request.meta["validators"] = validators
                is_same = known is not None and validators.body_hash == known.body_hash
                request.meta["unchanged"] = is_same and bool(request.meta["conditional"])  # else all is to be read
        return response


def asked_with(known: Validators) -> dict[str, str]:
    """The headers that ask whether this is still the answer (RFC 9110, 13.1): each validator as it was given."""
    headers = {_ETAG: known.etag, _MODIFIED: known.last_modified}
    return {name: value for name, value in headers.items() if value}


def answered_with(response: Response, known: Validators | None) -> Validators | None:
    """The validators of an answer; a 304 has the body of before. None for a 304 to a question that nobody asked."""
    etag, modified = _header(response, "ETag"), _header(response, "Last-Modified")
    if response.status != _NOT_MODIFIED:
        return Validators(etag, modified, sha256(response.body).hexdigest())
    return known and replace(known, etag=etag or known.etag, last_modified=modified or known.last_modified)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
