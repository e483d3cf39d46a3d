"""Section pages, and the fragments that follow them, also those in JSON, to candidates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from html import escape
from itertools import islice

from lxml import etree

from crawler.article import Candidate, Source
from crawler.charsets import as_text
from crawler.discovery import hints
from crawler.discovery.listing import Listing, ListingError, web_address
from crawler.extraction.vocabulary import any_of
from crawler.site import Site

MOST_LINKS = 5_000
"""Links looked at on one page; a page of half a million costs no more than its parsing."""
MOST_TEXTS = 100
"""Pieces of text looked at in one link: an unclosed one holds the rest of the page."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SILENT = frozenset({"script", "style"})
_PLACE = re.compile(r"#(?![!/]).")
_LED_BY, _CALLED = ("url", "link", "href", "permalink"), ("title", "headline", "name")
"""What JSON calls the address of an article, and its headline."""


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
    if body.lstrip()[:1] in (b"{", b"["):
        body = _as_markup(body)
    elif b"<" not in body:
        raise ListingError("not HTML: no markup in it")
    best: dict[str, _Found] = {}
    for key, found in _links(body, url, site, charset):
        before = best.get(key)
        if before is None:
            best[key] = found
        elif found.rank > before.rank:  # a picture's link comes first, the headline's after it
            best[key] = _Found(before.url, found.rank, found.title)
    return Listing.of(Candidate(one.url, Source.SECTION, url, one.title) for one in best.values())


def _as_markup(body: bytes) -> bytes:
    """The markup in a fragment of JSON, and a link for each address that it gives.

    Raises ListingError for no JSON, or one that has neither. One with empty markup is what comes after the last.
    """
    try:
        left = [json.loads(body)]
    except (ValueError, RecursionError):
        raise ListingError("not HTML: JSON that cannot be read") from None
    found: list[str] = []
    is_over = False
    while left and len(found) < MOST_LINKS:
        one = left.pop()
        if isinstance(one, str):
            is_over |= not one
            found += [one] if "<" in one else []
        elif isinstance(one, list):
            left += reversed(one)
        elif isinstance(one, dict):
            left += reversed(list(one.values()))
            address, title = (
                next((one[k] for k in keys if isinstance(one.get(k), str)), "") for keys in (_LED_BY, _CALLED)
            )
            if address:
                found.append(f'<a href="{escape(address)}">{title if "<" in title else escape(title)}</a>')
    if not found and not is_over:
        raise ListingError("not HTML: JSON without markup or addresses")
    return "\n".join(found).encode("utf-8", "replace") or b"<html/>"


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
    """What a link calls the article; one to a place on its page, such as the comments, calls it nothing."""
    if _PLACE.search(link.get("href", "")):
        return _Rank.NONE, None
    for heading in link.iter(*_HEADINGS):
        if words := _words(heading):
            return _Rank.HEADING, words
    if (words := _words(link)) and not _leads_on().fullmatch(words):
        inside = next(link.iterancestors(*_HEADINGS), None)
        return (_Rank.WORDS if inside is None else _Rank.HEADING), words
    pictures = (picture.get("alt") for picture in islice(link.iter("img"), MOST_TEXTS))
    named = (hints.title(name) for name in (link.get("title"), link.get("aria-label"), *pictures))
    words = next(filter(None, named), None)
    return (_Rank.ATTRIBUTE if words else _Rank.NONE), words


@cache
def _leads_on() -> re.Pattern[str]:
    """Match the whole words of a link that is no headline: "read more", a number."""
    return re.compile(rf"(?i)(?:{any_of('pages', 'next')}|\d+)\W*")


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
