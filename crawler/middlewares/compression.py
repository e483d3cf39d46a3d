"""Decompression that tells a body cut short: Scrapy gives what it could unpack as if it were all."""

from __future__ import annotations

import zlib

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import ResponseDataLossError

_GZIP = 16 + zlib.MAX_WBITS
_CHUNK = 2**20


class DecompressionError(ResponseDataLossError):
    """A body that is not what its Content-Encoding says, or not all of it."""


class StrictCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware, but half a page is a failure, not a page."""

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        if encoding in (b"gzip", b"x-gzip") and body:
            check_gzip(body, max_size)
        return HttpCompressionMiddleware._decode(body, encoding, max_size)


def check_gzip(body: bytes, max_size: int) -> None:
    """Raise DecompressionError unless this is a whole gzip stream; past ``max_size`` bytes it is judged elsewhere."""
    unpacker, size, rest = zlib.decompressobj(_GZIP), 0, body
    try:
        while rest and not unpacker.eof and (not max_size or size <= max_size):
            size += len(unpacker.decompress(rest, _CHUNK))
            rest = unpacker.unconsumed_tail
    except zlib.error:
        raise DecompressionError("mislabelled: not gzip") from None
    if not unpacker.eof and (not max_size or size <= max_size):
        raise DecompressionError("cut short: half a gzip stream")
