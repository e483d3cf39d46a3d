"""Section pages, and the fragments that follow them, to candidates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from lxml import etree

from crawler.article import Candidate, Source
from crawler.charsets import as_text
from crawler.discovery import hints
from crawler.discovery.listing import Listing, ListingError, web_address
from crawler.site import Site

MOST_LINKS = 5_000
"""Links looked at on one page; a page of half a million costs no more than its parsing."""
MOST_TEXTS = 100
"""Pieces of text looked at in one link: an unclosed one holds the rest of the page."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SILENT = frozenset({"script", "style"})


class _Rank(IntEnum):
    """How likely the words of a link are the headline."""

    NONE = 0
    ATTRIBUTE = 1
    WORDS = 2
    HEADING = 3


@dataclass(frozen=True, slots=True)
class _Found:
    url: str
    rank: _Rank
    title: str | None


def parse_section(body: bytes, url: str, site: Site, charset: str | None = None) -> Listing:
    """The site's articles that a page fetched from ``url`` links to, in the order of the page, each once.

    ``charset`` is what the server declared. A page without such links is an empty listing, as the fragment after the
    last one is. Raises ListingError for a body that is no HTML.
    """
    if not body.strip():
        return Listing()
    if b"<" not in body:
        raise ListingError("not HTML: no markup in it")
    best: dict[str, _Found] = {}
    for key, found in _links(body, url, site, charset):
        before = best.get(key)
        if before is None:
            best[key] = found
        elif found.rank > before.rank:  # a picture's link comes first, the headline's after it
            best[key] = _Found(before.url, found.rank, found.title)
    return Listing.of(Candidate(one.url, Source.SECTION, url, one.title) for one in best.values())


def _links(body: bytes, url: str, site: Site, charset: str | None) -> Iterator[tuple[str, _Found]]:
    base = url
    has_base = False
    for element in islice(_elements(body, charset), MOST_LINKS):
        href = element.get("href")
        if element.tag == "base":
            if not has_base and (told := web_address(url, href)):  # the first one counts, says HTML
                base, has_base = told, True
        elif (address := web_address(base, href)) and site.is_article(address):
            yield site.address_key(address), _Found(address, *_headline(element))


def _elements(body: bytes, charset: str | None) -> Iterator[etree._Element]:
    """Links and base addresses in the order of the page."""
    text = as_text(body, charset)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True)
    tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    return iter(()) if tree is None else tree.iter("a", "base")  # None: nothing in it could be parsed


def _headline(link: etree._Element) -> tuple[_Rank, str | None]:
    for heading in link.iter(*_HEADINGS):
        if words := _words(heading):
            return _Rank.HEADING, words
    if words := _words(link):
        inside = next(link.iterancestors(*_HEADINGS), None)
        return (_Rank.WORDS if inside is None else _Rank.HEADING), words
    words = hints.title(link.get("title"))
    return (_Rank.ATTRIBUTE if words else _Rank.NONE), words


def _words(element: etree._Element) -> str | None:
    return hints.title(" ".join(islice(_texts(element), MOST_TEXTS)), is_text=True)


def _texts(element: etree._Element) -> Iterator[str]:
    """The texts below an element, in order; the parser's own bound on depth, 256, holds for this too."""
    if element.text and element.tag not in _SILENT:
        yield element.text
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield child.tail
