"""Section pages: the articles on them, and how their further pages are addressed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import gcd
from urllib.parse import parse_qsl, urlsplit

from crawler.addresses import host_of, key_of
from crawler.discovery.sections import parse_section
from crawler.extraction.document import read
from crawler.probing.front_page import PAGING_WORDS
from crawler.site import Section, Site

_BEHIND = re.compile(r"/(?:(?P<word>[a-z]+(?:-[a-z]+)*)[/=:-]?)?(?P<number>\d{1,5})/?(?:\.html?)?", re.IGNORECASE)
_FIRST_YEAR = 1900
_MOST_ELEMENTS = 20_000
_SMALLEST_OFFSET = 6
"""A single further page with a smaller number is counted by pages, with a larger one by articles."""


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A section as its first page shows it: the articles on it and every address on it."""

    url: str
    articles: tuple[str, ...]
    addresses: tuple[str, ...]


def read_section(body: bytes, url: str, site: Site, charset: str | None) -> SectionPage:
    """Read the page of a section of ``site``. Raises ListingError for a body that is no HTML."""
    articles = tuple(candidate.url for candidate in parse_section(body, url, site, charset).candidates)
    document = read(body, url, charset)
    linked: dict[str, None] = {}
    for count, element in enumerate(document.root.iter("a", "link", "div", "button", "section", "ul")):
        if count >= _MOST_ELEMENTS:
            break
        for name, value in element.items():
            if (name == "href" or name.startswith("data-")) and (address := document.absolute(value)):
                linked.setdefault(address)
    return SectionPage(url, articles, tuple(linked))


def paged(url: str, addresses: Iterable[str]) -> Section:
    """Return the section at ``url`` with the form of its further pages, where the addresses on its first page show one.

    Forms seen on the web: ``?page=2``, ``/page/2``, ``/seite/2``, ``/2``, ``/seite-2``, ``/20`` (an offset).
    """
    numbers: dict[str, set[int]] = {}
    for template, number in _pages(url, addresses):
        numbers.setdefault(template, set()).add(number)
    if not numbers:
        return Section(url)
    template = max(numbers, key=lambda form: (len(numbers[form]), -len(form)))
    first, step = _counted(numbers[template])
    return Section(url, template, first, step)


def _pages(url: str, addresses: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Return the addresses of further pages with ``{offset}`` for their number."""
    own = urlsplit(url).path.rstrip("/")
    for address in addresses:
        parts = urlsplit(address)
        if host_of(address) != host_of(url) or key_of(address) == key_of(url) or "{" in address:
            continue
        if parts.path.rstrip("/") == own:
            yield from _in_query(address, parts.query)
        elif parts.path.startswith(f"{own}/") and not parts.query:
            yield from _in_path(address, parts.path.removeprefix(own))


def _in_query(address: str, query: str) -> Iterator[tuple[str, int]]:
    pairs = parse_qsl(query)
    if len(pairs) == 1 and re.fullmatch(r"\d{1,5}", pairs[0][1]):
        name, value = pairs[0]
        yield address.replace(f"{name}={value}", f"{name}={{offset}}"), int(value)


def _in_path(address: str, behind: str) -> Iterator[tuple[str, int]]:
    match = _BEHIND.fullmatch(behind)
    if match is None or (match["word"] and match["word"].lower() not in PAGING_WORDS):
        return
    number = int(match["number"])
    if match["word"] or number < _FIRST_YEAR:  # /news/2024 is an archive's year
        start = len(address) - len(behind) + match.start("number")
        yield f"{address[:start]}{{offset}}{address[start + len(match['number']) :]}", number


def _counted(numbers: set[int]) -> tuple[int, int]:
    """Return the first further page's number, and the step from one to the next."""
    further = sorted(number for number in numbers if number > 1)
    if not further:
        return 1, 1  # counted from 0
    first, step = further[0], gcd(*further)
    if step == first > 2 and (len(further) > 1 or first >= _SMALLEST_OFFSET):
        return first, step
    return (2, 1) if first == 2 or len(further) == 1 else (first, 1)
