"""Over which pages does an article go on? What its page links to as "2", "next page" or "all on one page".

A further page has the article's own address and a number in it: ``?page=2``, ``/2``, ``/page/2``, ``_2.html``. An
address that is another one is another article, whatever links there: blogs say ``rel=next`` of the next post.
So two signs are asked for, the form of the address and what stands in the link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from crawler.address_forms import ALL_PAGES, PAGE, PAGES
from crawler.addresses import LONGEST, host_of, without_www
from crawler.article import Pages
from crawler.extraction.document import Document
from crawler.extraction.dom import text_of
from crawler.extraction.vocabulary import any_of

_ALL = (
    r"(?:all|full|complete|single|singlepage|single-page|onepage|one-page|komplettansicht|viewall|view-all|alles|alle)"
)
_ALL_VALUE = re.compile(rf"{_ALL}|1|true|yes", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:[sx]?html?|php|aspx?|jsp)$", re.IGNORECASE)
_SEGMENT = re.compile(
    rf"/(?:{PAGE}[-_=/.,]?)?(\d{{1,2}})/?|[-_.,]{PAGE}[-_=.,]?(\d{{1,2}})|[_,](\d{{1,2}})", re.IGNORECASE
)
_WEAK = re.compile(r"-(\d{1,2})")
"""A number after a dash alone: also what tells an article from an earlier one with the same words in its address."""
_ALL_SEGMENT = re.compile(rf"[/_,-]{_ALL}", re.IGNORECASE)
_OWN_NUMBER = re.compile(rf"(?:/(?:{PAGE}[-_=/.,]?)?|[-_.,]{PAGE}[-_=.,]?|[_,-])(\d{{1,2}})$", re.IGNORECASE)
_MOST_LINKS = 3_000
_LONGEST_TEXT = 80
_ARROWS = frozenset({"›", "»", "→", ">", ">>", "▶", "►", "⟩"})
_OTHER_PAGERS = re.compile(r"comment|komment|disqus|coment|review|reactie|related|gallery", re.IGNORECASE)
_UP = 8  # levels around a link in which a pager's own name stands
_MARKS = " \t\r\n:：;.…›»>|–—-+→▶►●•■[]()‹«<←"


def pages(document: Document) -> Pages | None:
    """Return the pages that the article goes on over, as far as this one names them; None where it stands on one."""
    own = _Own.of(document.url)
    if own is None:
        return None
    named: dict[int, str] = {}
    following = whole = None
    for element in _links(document.root):
        href = element.get("href") or ""
        if not own.may_be_page(href):
            continue
        url = document.absolute(href)
        found = own.part_of(url) if url else None
        if url is None or found is None or _is_of_another_list(element):
            continue
        number, is_sure = found
        if number is None:
            whole = whole or url
            continue
        said = _said(element)
        if said == "next" or ("next" in _rel(element) and is_sure):
            following = following or url
        elif isinstance(said, int) or (element.tag == "a" and is_sure and _opens_with(element, number)):
            named.setdefault(said if isinstance(said, int) else number, url)
    named = {number: url for number, url in named.items() if number > 1}
    if not named and following is None and whole is None:
        return None
    return Pages(own.number, tuple(sorted(named.items())), following, whole)


class _Own:
    """The address of this page: what further pages of the same article share with it."""

    def __init__(self, url: str, host: str, path: str, query: tuple[tuple[str, str], ...], number: int):
        self.number = number
        self._host = host
        self._path = path.rstrip("/")
        self._stem = _ENDING.sub("", self._path)
        self._ending = self._path[len(self._stem) :]
        self._query = query
        self._tail = self._stem.rpartition("/")[2]
        self._url = url

    @classmethod
    def of(cls, url: str) -> _Own | None:
        """Return the address of the first page, where this one's has a number; None for what is no address."""
        try:
            parts, host = urlsplit(url), without_www(host_of(url))
        except ValueError:
            return None
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        number = next((int(value) for name, value in query if PAGES.fullmatch(name) and _is_number(value)), None)
        if number is not None:
            query = tuple(one for one in query if not (PAGES.fullmatch(one[0]) and _is_number(one[1])))
            return cls(url, host, parts.path, query, number)
        ending = _ENDING.search(parts.path)
        bare = _ENDING.sub("", parts.path.rstrip("/"))
        match = _OWN_NUMBER.search(bare)
        if match and int(match[1]) <= 1:
            return cls(url, host, bare[: match.start()] + (ending[0] if ending else ""), query, 1)
        strong = _SEGMENT.search(bare[match.start() :]) if match else None
        if match and strong:
            return cls(url, host, bare[: match.start()] + (ending[0] if ending else ""), query, int(match[1]))
        return cls(url, host, parts.path, query, 1)

    def may_be_page(self, href: str) -> bool:
        """Return whether it is worth the while to read an address: most on a page are of others."""
        if len(href) > LONGEST or href == self._url:
            return False
        return href.startswith("?") or (bool(self._tail) and (self._tail in href or "%" in self._tail))

    def part_of(self, url: str) -> tuple[int | None, bool] | None:
        """Return the number of the page of this article that an address asks for, None for all of them on one, and
        whether its form is sure; None where it is another address.
        """
        try:
            parts = urlsplit(url)
            if without_www(host_of(url)) != self._host:
                return None
        except ValueError:
            return None
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        path = parts.path.rstrip("/")
        more = [one for one in query if one not in self._query]
        if len(query) - len(more) != len(self._query):
            return None
        if path == self._path and len(more) == 1:
            return _of_parameter(*more[0])
        if more or not path.startswith(self._stem) or path == self._path:
            return None
        part = path[len(self._stem) :]
        if self._ending and part.endswith(self._ending):
            part = part[: -len(self._ending)]
        elif self._ending and part.startswith(self._ending):
            part = part[len(self._ending) :]
        if match := _SEGMENT.fullmatch(part):
            return int(next(filter(None, match.groups()))), True
        if match := _WEAK.fullmatch(part):
            return int(match[1]), False
        return (None, True) if _ALL_SEGMENT.fullmatch(part) else None


def _of_parameter(name: str, value: str) -> tuple[int | None, bool] | None:
    if PAGES.fullmatch(name):
        if _is_number(value):
            return int(value), True
        return (None, True) if re.fullmatch(_ALL, value, re.IGNORECASE) else None
    return (None, True) if ALL_PAGES.fullmatch(name) and _ALL_VALUE.fullmatch(value) else None


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 2


def _links(root: HtmlElement) -> Iterator[HtmlElement]:
    for number, element in enumerate(root.iter("a", "link")):
        if number >= _MOST_LINKS:
            return
        if element.tag == "a" or "next" in _rel(element):
            yield element


def _rel(element: HtmlElement) -> list[str]:
    return (element.get("rel") or "").lower().split()


def _said(element: HtmlElement) -> int | str | None:
    """Return the number that a link shows, ``next`` where it leads on, None where it says anything else."""
    shown = (text_of(element) if element.tag == "a" else "") or ""
    for words in (shown, element.get("aria-label") or "", element.get("title") or ""):
        words = " ".join(words.split())
        if not words or len(words) > _LONGEST_TEXT:
            continue
        if words in _ARROWS or _next().fullmatch(words.strip(_MARKS).casefold()):
            return "next"
        if match := _numbered().fullmatch(words.strip(_MARKS).casefold()):
            return int(match[1])
    return None


def _opens_with(element: HtmlElement, number: int) -> bool:
    """Return whether a link is an entry of a table of contents: the page's number, and its title."""
    match = _entry().match(" ".join((text_of(element) or "").split()).casefold()[:_LONGEST_TEXT])
    return match is not None and int(match[1]) == number


@cache
def _next() -> re.Pattern[str]:
    return re.compile(any_of("pages", "next"))


@cache
def _numbered() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{any_of('pages', 'page')}\s?)?(\d{{1,2}})(?:\s?(?:/|of|von|de|di|sur|из|van|av)\s?\d{{1,2}})?"
    )


@cache
def _entry() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of('pages', 'page')}\s?)?(\d{{1,2}})\s?[.:)–—-]\s")


def _is_of_another_list(element: HtmlElement) -> bool:
    """Return whether the link pages through comments, or a list of other pieces."""
    around = element
    for _ in range(_UP):
        if _OTHER_PAGERS.search(f"{around.get('class') or ''} {around.get('id') or ''}"):
            return True
        above = around.getparent()
        if above is None or above.tag in ("body", "article", "main"):
            return False
        around = above
    return False
