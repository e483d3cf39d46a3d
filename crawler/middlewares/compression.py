"""Bodies unpacked as their Content-Encoding says, whole or not at all.

Scrapy gives what it could unpack of a body that was cut short as if it were the page. Here one rule holds for every
coding: a stream that does not come to its own end, or is none, is an error.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Generator, Iterator

import brotli
from scrapy.crawler import Crawler
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Request, Response
from scrapy.responsetypes import responsetypes

if sys.version_info >= (3, 14):
    from compression import zstd as zstd  # the tests take it from here
else:
    from backports import zstd as zstd

_CHUNK = 2**18
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_WINDOW = 23
"""Power of two of the memory that zstd may take: 8 MB, which is what RFC 9659 grants a server."""
_MOST_CODINGS = 3
_PLAIN = frozenset({"identity", ""})
_UNREAD = frozenset({"compress", "x-compress", "dcb", "dcz", "aes128gcm", "exi", "pack200-gzip"})
"""The other codings that IANA registers. What is not registered, such as ``utf-8``, says nothing: the body is plain."""


CUT = "may_be_cut"
"""In a request's meta: of what is too large, its beginning is wanted."""


class DecompressionError(ResponseDataLossError):
    """A body that is not what its Content-Encoding says, or not all of it; the message is the reason."""


class DecompressionMiddleware:
    """Asks for packed bodies, and unpacks them."""

    def __init__(self, most: int):
        """``most``: bytes of an unpacked body; 0 for no bound."""
        self.most = most

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DecompressionMiddleware:
        """Read DOWNLOAD_MAXSIZE."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Name the codings that can be read."""
        request.headers.setdefault("Accept-Encoding", "gzip, deflate, br, zstd")

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response unpacked, as far as it goes where the request says that it may be cut.

        Raises DecompressionError; of an error page, whose status says all, never.
        """
        written = [value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")]
        if not written or not response.body:
            return response
        try:
            body = unpacked(response.body, ",".join(written), self.most, cut=CUT in request.meta)
        except DecompressionError:
            if response.status < 400:
                raise
            body = b""
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        # The packed body's class and charset were guessed from noise.
        attributes = {name: getattr(response, name) for name in Response.attributes}
        return kind(**{**attributes, "headers": headers, "body": body})


def unpacked(body: bytes, written: str, most: int = 0, *, cut: bool = False) -> bytes:
    """Return what is in a body with this Content-Encoding, of ``most`` bytes at most where that is given.

    With ``cut``, what breaks off or grows too large is returned as far as it goes. Raises DecompressionError for that
    otherwise, and for a stream that is damaged or another one.
    """
    names = [name for one in written.split(",") if (name := one.strip().lower()) not in _PLAIN]
    if len(names) > _MOST_CODINGS:
        raise DecompressionError(f"packed {len(names)} times")
    for name in reversed(names):
        if name in _UNREAD:
            raise DecompressionError(f"packed as {name}")
        if name in _CODINGS:
            body = _unpacked(body, name.removeprefix("x-"), most, cut=cut)
    return body


def _unpacked(body: bytes, coding: str, most: int, *, cut: bool) -> bytes:
    found = bytearray()
    try:
        for chunk in _CODINGS[coding](body):
            found += chunk
            if most and len(found) > most:
                if cut:
                    break
                raise DecompressionError("too large")
    except EOFError:
        if cut and found:
            return bytes(found)
        raise DecompressionError(f"cut short: half a {coding} stream") from None
    except (zlib.error, brotli.error, zstd.ZstdError):
        raise DecompressionError(f"damaged {coding}" if found else f"mislabelled: not {coding}") from None
    return bytes(found)


def _gzip(body: bytes) -> Iterator[bytes]:
    while True:
        body = yield from _inflated(body, 16 + zlib.MAX_WBITS)
        if not body.startswith(_GZIP):  # such as zeros, with which some servers fill up
            return


def _deflate(body: bytes) -> Iterator[bytes]:
    """What RFC 9110 calls deflate is zlib's format; some servers leave its header out."""
    try:
        zlib.decompressobj().decompress(body, _CHUNK)
        bits = zlib.MAX_WBITS
    except zlib.error:
        bits = -zlib.MAX_WBITS
    yield from _inflated(body, bits)


def _inflated(body: bytes, bits: int) -> Generator[bytes, None, bytes]:
    """Yield the content of one stream of zlib's and return what stands behind it."""
    unpacker = zlib.decompressobj(bits)
    while not unpacker.eof:
        chunk = unpacker.decompress(body, _CHUNK)
        body = unpacker.unconsumed_tail
        if not chunk and not body and not unpacker.eof:
            raise EOFError
        yield chunk
    return bytes(unpacker.unused_data)


def _brotli(body: bytes) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    while not unpacker.is_finished():
        chunk = unpacker.process(body, output_buffer_limit=_CHUNK)
        body = b""  # it keeps what it has not read
        if not chunk and not unpacker.is_finished():
            raise EOFError
        yield chunk


def _zstd(body: bytes) -> Iterator[bytes]:
    while True:
        unpacker = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW})
        while not unpacker.eof:
            chunk = unpacker.decompress(body, _CHUNK)
            body = b""  # as above
            if not chunk and not unpacker.eof:
                raise EOFError
            yield chunk
        body = unpacker.unused_data
        if not body.startswith(_ZSTD):
            return


_CODINGS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
