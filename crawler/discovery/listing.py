"""What every parser of a listing gives, and how it says that a body is none."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from crawler import addresses
from crawler.article import Candidate
from crawler.charsets import is_false_of_xml

# Nothing in it goes back on what it has read: comments, taken apart in all ways, would double the work with each.
_HTML = re.compile(rb"(?is)\s*+(?:<\?xml[^>]*+>)?+(?:\s++|<!--(?:(?!-->).)*+-->)*+<(!doctype\s+html|html|head|body)\b")
_DECLARATION = re.compile(rb"<\?xml\b[^>]{0,500}>")
_ENCODING = re.compile(rb"encoding\s{0,20}=\s{0,20}[\"']([^\"']{0,100})[\"']")
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DECLARED = re.compile(r"^\s{0,20}<\?xml\b[^>]{0,500}>")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_BYTES = 50 * 1024 * 1024
"""The sitemap protocol's own bound of one file (sitemaps.org, "Sitemaps XML format"), unpacked."""
_GZIP = b"\x1f\x8b"
_ZIPPED = 2  # times: a file that was packed, and packed again by the server
_DOUBLED = re.compile(r"(?i)https?://[^/?#]*?(?=https?://.)")


class ListingError(ValueError):
    """A body that is not the listing it should be; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class Nested:
    """A further listing that a listing names.

    ``lastmod`` is the last moment at which it may have changed, as far as the listing says (aware, UTC): a plain day
    counts to its last second, so that nobody skips a listing because of an hour that was never stated.
    """

    url: str
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The addresses in a listing, each once, in the order in which they stand there."""

    candidates: tuple[Candidate, ...] = ()
    nested: tuple[Nested, ...] = ()

    @classmethod
    def of(cls, candidates: Iterable[Candidate] = (), nested: Iterable[Nested] = ()) -> Listing:
        """A listing where the first mention of an address counts."""
        first: dict[str, Candidate] = {}
        for candidate in candidates:
            first.setdefault(candidate.url, candidate)
        below: dict[str, Nested] = {}
        for one in nested:
            below.setdefault(one.url, one)
        return cls(tuple(first.values()), tuple(below.values()))


def web_address(base: str, written: str | None) -> str | None:
    """The absolute http(s) address that is written in a listing at ``base``; None where it is not one."""
    if not written or len(written) > addresses.LONGEST or not written.strip():
        return None
    try:
        whole = _mended(urljoin(base, written.strip()))
        addresses.clean(whole)
    except ValueError:
        return None
    return whole


def _mended(url: str) -> str:
    """An address as it was meant, where a template wrote two of them end to end, or one with its host and without its
    scheme, which then stands behind the host as if it were a folder.
    """
    url = _DOUBLED.sub("", url, count=1)
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    for name in {host, addresses.without_www(host), f"www.{host}"}:
        before, behind, inner = f"/{path}".rpartition(f"/{name}/")
        if behind and inner and "?" not in before:
            return f"{scheme}://{name}/{inner}"
    return url


def markup(body: bytes) -> bytes:
    """The body unpacked, without the mark and the blanks before it, which XML parsers trip over, or a declaration that
    lies.

    Raises ListingError where nothing is left.
    """
    for _ in range(_ZIPPED):
        body = _inflated(body) if body.startswith(_GZIP) else body
    body = _narrow(body)
    while body != (bare := body.removeprefix(_BYTE_ORDER_MARK).lstrip()):  # some write the mark twice
        body = bare
    if not body:
        raise ListingError("empty")
    declaration = _DECLARATION.match(body)
    encoding = _ENCODING.search(declaration[0]) if declaration else None
    if declaration and encoding and is_false_of_xml(encoding[1].decode("latin-1")):
        return body[declaration.end() :]
    return body


def _inflated(body: bytes) -> bytes:
    """The bytes within gzip, of all its members; those of a body cut short as far as they go."""
    plain = bytearray()
    while body.startswith(_GZIP):  # else padding, or rubbish, behind the last member
        inflater = zlib.decompressobj(wbits=31)
        try:
            plain += inflater.decompress(body, MOST_BYTES - len(plain) + 1)
        except zlib.error as error:
            if plain:
                break
            raise ListingError(f"damaged gzip: {error}") from None
        if len(plain) > MOST_BYTES:
            raise ListingError(f"too large: more than {MOST_BYTES // 1024**2} MB once decompressed")
        body = inflater.unused_data
    return bytes(plain)


def _narrow(body: bytes) -> bytes:
    """The body in UTF-8, where it is written in two bytes a character: by its mark, or by the zeros around its tag."""
    head = body[:64].lstrip(b" \t\r\n\0")
    for mark, codec in _WIDE.items():
        if body.startswith(mark) or (head[:1] == b"<" and body[:64].count(b"\0") > 20 and _is_wide(body, codec)):
            text = body.decode(codec, "replace").removeprefix("\ufeff")
            return _DECLARED.sub("", text, count=1).encode("utf-8", "replace")
    return body


def _is_wide(body: bytes, codec: str) -> bool:
    return body[:64].decode(codec, "replace").lstrip().startswith("<")


def is_html(body: bytes) -> bool:
    """Whether the body begins as an HTML page does: what servers send in place of a listing they have lost."""
    return _HTML.match(body[:4096]) is not None
