"""Addresses that are too long to be read: a redirect may lead to one, past the spiders, which refuse them."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from crawler.addresses import LONGEST_ASKED


class LongAddressError(IgnoreRequest):
    """An address of more characters than any article's, so that nothing was asked for."""


class LongAddressMiddleware:
    """First of all, for the others read the address."""

    def process_request(self, request: Request) -> None:
        """Raise LongAddressError where the address is too long."""
        if len(request.url) > LONGEST_ASKED:
            raise LongAddressError(f"too long an address: {len(request.url)} characters")
