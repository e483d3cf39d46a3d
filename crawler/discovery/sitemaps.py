"""Sitemaps of all sorts to candidates and further sitemaps: sitemaps.org, with the tags of news sitemaps.

Scrapy's parser looks at an entry's own children alone and so loses the title and the time of a news sitemap,
which stand one level deeper; hence lxml.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.entities import html5
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from crawler.article import Candidate, Source
from crawler.discovery import hints
from crawler.discovery.feeds import parse_feed
from crawler.discovery.listing import Listing, ListingError, Nested, is_html, markup, web_address

MOST_ENTRIES = 50_000
"""The protocol's own bound of one sitemap (sitemaps.org, "Sitemaps XML format")."""
_ROOT = re.compile(rb"(?i)<(?:\?xml\s|urlset\b|sitemapindex\b)")
_MOST_BEFORE = 4_096  # bytes: what a script has to say before the file begins, such as a warning
_CDATA = re.compile(rb"(?s)(<!\[CDATA\[.*?\]\]>)")
_LOOSE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)([A-Za-z][A-Za-z0-9]{1,31};)?")
_SITEMAP = re.compile(r"(?i)\.xml(?:\.gz)?$")
_FEEDS = frozenset({"rss", "feed", "rdf"})
_SITEMAPS = frozenset({"urlset", "sitemapindex"})


def parse_sitemap(body: bytes, url: str) -> Listing:
    """The articles and the further sitemaps that a sitemap fetched from ``url`` names.

    Takes sitemaps and indexes of them in XML, lists of addresses as plain text, feeds (the protocol allows them), and
    all of these gzipped. Only ``news:publication_date`` is a time of publication; ``lastmod`` is none.
    A malformed one yields what can be read of it. Raises ListingError for a body that is no sitemap.
    """
    body = markup(body)
    if is_html(body):
        raise ListingError("an HTML page, not a sitemap")
    if (begin := _ROOT.search(body, 0, _MOST_BEFORE)) is not None:
        body = body[begin.start() :]
    if b"<" not in body[:1024] and b"\0" not in body[:1024]:
        return _plain(body, url)
    root, entries = _entries(_without_loose_references(body))
    if root in _FEEDS:
        return parse_feed(body, url)
    if root not in _SITEMAPS:
        raise ListingError(f"not a sitemap: XML with <{root[:80]}> at its root")
    candidates: list[Candidate] = []
    nested: list[Nested] = []
    for entry in islice(entries, MOST_ENTRIES):
        found = _read(entry, url)
        if isinstance(found, Nested):
            nested.append(found)
        elif found:
            candidates.append(found)
    return Listing.of(candidates, nested)


def _without_loose_references(body: bytes) -> bytes:
    """The body with every ampersand that begins no reference of XML written as one, and HTML's names as characters.

    The parser would leave the rest of an address, or of a title, away.
    """
    if b"&" not in body or b"<!ENTITY" in body:  # names of its own stay unresolved
        return body
    parts = _CDATA.split(body)
    return b"".join(part if n % 2 else _LOOSE.sub(_reference, part) for n, part in enumerate(parts))


def _reference(found: re.Match[bytes]) -> bytes:
    name = found[1] and found[1].decode("ascii")
    if name and name in html5:
        return "".join(f"&#{ord(letter)};" for letter in html5[name]).encode("ascii")
    return b"&amp;" + (found[1] or b"")


def _plain(body: bytes, url: str) -> Listing:
    lines = body.decode("utf-8", "replace").splitlines()
    found = [address for line in islice(lines, MOST_ENTRIES) if (address := web_address("", line))]
    if not found:
        raise ListingError("not a sitemap: plain text without an address")
    return Listing.of(Candidate(address, Source.SITEMAP, url) for address in found)


def _entries(body: bytes) -> tuple[str, Iterator[etree._Element]]:
    """The name of the root, and the entries one by one; each is forgotten when the next is asked for.

    Entities stay unresolved, nothing is loaded, and libxml2's own bounds on depth and size hold.
    """
    events = etree.iterparse(
        io.BytesIO(body),
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        _, root = next(events)
    except (StopIteration, etree.XMLSyntaxError) as error:
        raise ListingError(f"not XML: {error}" if str(error) else "not XML") from None
    return _name(root), _ended(events)


def _ended(events: Iterator[tuple[str, etree._Element]]) -> Iterator[etree._Element]:
    try:
        for event, element in events:
            if event == "end" and _name(element) in ("url", "sitemap"):
                yield element
                element.clear()
                while element.getprevious() is not None and (parent := element.getparent()) is not None:
                    del parent[0]
    except etree.XMLSyntaxError:  # too deep or too broken to go on; what came before holds
        return


def _read(entry: etree._Element, url: str) -> Candidate | Nested | None:
    own = {_name(child): child for child in reversed(entry)}  # the first of a name counts
    address = web_address(url, _text(own.get("loc")))
    if address is None:
        return None
    if _name(entry) == "sitemap":
        return Nested(address, hints.last_moment(_text(own.get("lastmod"))))
    if _SITEMAP.search(urlsplit(address).path):  # some list their sitemaps as if they were pages
        return Nested(address, hints.last_moment(_text(own.get("lastmod"))))
    modified = hints.modified(_text(own.get("lastmod")))
    if (news := own.get("news")) is None:
        return Candidate(address, Source.SITEMAP, url, hinted_modified_at=modified)
    told = {_name(child): _text(child) for child in reversed(news)}
    published = hints.published(told.get("publication_date"))
    return Candidate(
        url=address,
        source=Source.NEWS_SITEMAP,
        listing_url=url,
        hinted_title=hints.title(told.get("title")),
        hinted_at=published.at,
        hinted_modified_at=modified,
        hinted_day=published.day,
        hinted_as=published.written,
    )


def _name(element: etree._Element) -> str:
    """The tag in small letters, without its namespace: half the web's sitemaps misspell it, or declare none for its
    prefix.
    """
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _text(element: etree._Element | None) -> str | None:
    return None if element is None else element.text
