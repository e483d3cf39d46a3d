"""Decompression that tells a body cut short: Scrapy gives what it could unpack as if it were all."""

from __future__ import annotations

import zlib

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Request, Response

_GZIP = 16 + zlib.MAX_WBITS
_CHUNK = 2**20
_LENGTH = 4  # bytes at the end of a gzip stream that tell the length of what is in it


class DecompressionError(ResponseDataLossError):
    """A body that is not what its Content-Encoding says, or not all of it."""


class StrictCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware, but half a page is a failure, not a page."""

    def process_response(  # type: ignore[override]  # without the spider argument, which Scrapy warns of
        self, request: Request, response: Response
    ) -> Request | Response:
        """Unpack the body.

        The response is made a plain one before: Scrapy would guess the charset of the packed bytes, at more cost than
        all else that it does to a page.
        """
        if "Content-Encoding" in response.headers and type(response) is not Response:
            response = Response(**{name: getattr(response, name) for name in Response.attributes})
        return super().process_response(request, response)

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        if encoding not in (b"gzip", b"x-gzip") or not body:
            return HttpCompressionMiddleware._decode(body, encoding, max_size)
        try:
            unpacked = HttpCompressionMiddleware._decode(body, encoding, max_size)
        except (OSError, EOFError):
            check_gzip(body, max_size)
            raise
        if int.from_bytes(body[-_LENGTH:], "little") != len(unpacked) % 2**32:
            check_gzip(body, max_size)  # cut short, or of several streams
        return unpacked


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
