"""The forms of an article's address: AMP, print, PDF, mobile, the ways to it, and those that a site's patterns know.

That two addresses differ by such a form alone is a strong hint that they are one article, and no proof: ``/amp`` may
be a section about amplifiers. Where a site's own pattern knows the article's address behind the form, it is proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus, urldefrag, urlsplit, urlunsplit

from crawler.addresses import remembered, spelling, without_index, without_www
from crawler.article import Kind

_PREFIXES = ("m", "mobile", "mobi", "amp", "touch", "wap", "print")
_HOST = re.compile(rf"^(?:{'|'.join(_PREFIXES)})\.(?=[^.]+\.[^.])")
# What stands before a country's name in the names of hosts: no publication's own.
_SECOND_LEVEL = re.compile(r"(?:co|com|net|org|gov|edu|ac|gob|gouv|or|ne)\.[a-z]{2}(?::\d+)?")
_FIRST = re.compile(r"^/(?:print|mobile|m)(?=/[^/])|/amp(?=/[^/])")  # amp also stands behind a section
_LAST = re.compile(r"(?<=[^/])/(?:amp|amp\.html?|print|print\.html?|printable|pdf|mobile)/?$")
_SUFFIX = re.compile(r"(?<=[^/])(?:[._](?:amp|print)(?=\.html?$)|\.amp$|\.print$)")
_MOST_FORMS = 4  # that may stand upon each other, such as print and amp
# The last is the same page with the form for a comment open.
_FLAGS = frozenset(
    {"amp", "_amp", "isamp", "noamp", "nonamp", "print", "printable", "printview", "pdf", "mobile", "replytocom"}
)
_MODES = frozenset(
    {"outputtype", "output", "format", "view", "mode", "version", "layout", "display", "type", "action", "do"}
)
_FORMS = frozenset({"amp", "amp-type", "print", "printable", "pdf", "mobile"})
_SWITCHES = frozenset({"m=0", "m=1"})
PAGE = r"(?:page|pages|p|pg|seite|s|pagina|pag|sida|side|strona|str|sayfa|part|teil|parte|partie|paged|pageno|pagenum)"
"""What a further page of an article is called in addresses, as part of a regular expression."""
PAGES = re.compile(rf"{PAGE}(?:_?(?:no|nr|num|number))?", re.IGNORECASE)
ALL_PAGES = re.compile(
    r"(?:single_?page|one_?page|full|fullpage|pagewanted|view_?all|show_?all|view|mode)", re.IGNORECASE
)
# Each may select content as well, so that nothing of it is taken from an address: then its value mostly is a
# number.
_WAY = re.compile(r"(?i)(?:ref|from|source|src|via|shared?|partner|origin|feed|rss)(?:=\D*)?")


@dataclass(frozen=True, slots=True)
class AddressPattern:
    """A form that this site's article addresses take: a regular expression over path and query.

    The groups ``id`` and ``slug`` are what identifies the article. ``kind`` is set where the form alone tells it.
    One that ignores case, ``(?i)``, says that the site does.
    """

    regex: re.Pattern[str]
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """The form of an address that a pattern knows, and what the pattern finds in it."""

    url: str
    groups: Mapping[str, str | None] = field(default_factory=dict)
    kind: Kind | None = None
    is_article: bool = False

    @classmethod
    def of(cls, url: str, match: re.Match[str], kind: Kind | None) -> AddressMatch:
        """Return what the match of a pattern in this address says."""
        ignores_case = bool(match.re.flags & re.IGNORECASE)
        groups = {name: text.lower() if text and ignores_case else text for name, text in match.groupdict().items()}
        return cls(url.lower() if ignores_case else url, groups, kind, is_article=True)


@remembered
def main_form(url: str) -> str | None:
    """Return the address of the page itself, where this one asks for another form of it; None where it does not.

    Takes a cleaned address.
    """
    return _without(url, _is_form)


@remembered
def plain_form(url: str) -> str | None:
    """Return as :func:`main_form`, and without what most likely says how the reader came; None where that is all."""
    return _without(url, lambda piece: _is_form(piece) or _WAY.fullmatch(unquote_plus(piece)) is not None)


def _without(url: str, is_beside: Callable[[str], bool]) -> str | None:
    parts = urlsplit(url)
    path = parts.path
    for _ in range(_MOST_FORMS):
        before, path = path, _SUFFIX.sub("", _LAST.sub("", _FIRST.sub("", path)))
        if path == before:
            break
    pieces = parts.query.split("&") if parts.query else []
    query = "&".join(piece for piece in pieces if not is_beside(piece))
    host = main_host(parts.netloc)
    if (host, path, query) == (parts.netloc, parts.path, parts.query) or (path.strip("/") == "" and not query):
        return None
    return urlunsplit((parts.scheme, host, path, query, parts.fragment))


def main_host(host: str) -> str:
    """``m.example.com`` and ``amp.example.com`` are pages of ``example.com``; other names in front are their own."""
    bare = _HOST.sub("", without_www(host), count=1)
    return host if bare == without_www(host) or _SECOND_LEVEL.fullmatch(bare) else bare


def publication(host: str) -> str:
    """Return what hosts of one publication share: the host without ``www.``, ``m.``, ``amp.`` and their like."""
    return without_www(main_host(host))


def hosts_of_publication(host: str) -> frozenset[str]:
    """Return the names, without ``www.``, that pages of the host's publication may have."""
    bare = publication(host)
    return frozenset((without_www(host), bare, *(f"{prefix}.{bare}" for prefix in _PREFIXES)))


def _is_form(piece: str) -> bool:
    pair = unquote_plus(piece).lower()
    name, _, value = pair.partition("=")
    return name in _FLAGS or (name in _MODES and value in _FORMS) or pair in _SWITCHES


def selects_form(name: str) -> bool:
    """Return whether a parameter of this name may ask for a page of an article, or for another form of it."""
    known = name.lower()
    is_of_page = PAGES.fullmatch(name) is not None or ALL_PAGES.fullmatch(name) is not None
    return is_of_page or known in _FLAGS or known in _MODES or any(known == one.partition("=")[0] for one in _SWITCHES)


def match_address(url: str, patterns: Iterable[AddressPattern]) -> AddressMatch:
    """Return the match of the first pattern that a cleaned address has.

    Where it asks for another form of a page, such as AMP, that of the page itself goes first: a slug takes in anything.
    """
    patterns = tuple(patterns)
    plain = plain_form(url) if patterns else None
    for form in (plain, url) if plain else (url,):
        for written, some in _with_and_without_fragment(form, patterns):
            for text in _matched_with(written):
                for pattern in some:
                    if match := pattern.regex.match(text):
                        return AddressMatch.of(written, match, pattern.kind)
    return AddressMatch(url)


def _with_and_without_fragment(
    url: str, patterns: tuple[AddressPattern, ...]
) -> Iterator[tuple[str, tuple[AddressPattern, ...]]]:
    """Yield the address with the patterns to try it with: only those that name a fragment are given one."""
    bare = urldefrag(url).url
    if bare != url:
        yield url, tuple(pattern for pattern in patterns if "#" in pattern.regex.pattern)
    yield bare, patterns


def _matched_with(url: str) -> Iterator[str]:
    """Yield what patterns are matched with: path and query as they are written, then with the parameters in order.

    A fragment follows where it names the article. Last comes a folder's address, where its index file is named.
    """
    path, query = spelling(url)
    path, fragment = _readable(path).rstrip("/"), urlsplit(url).fragment
    behind = f"#{fragment}" if fragment else ""
    yield path + (f"?{query}" if query else "") + behind
    if "&" in query:
        yield f"{path}?{'&'.join(sorted(query.split('&')))}{behind}"
    if (folder := without_index(path)) != path:
        yield folder + (f"?{query}" if query else "") + behind


def _readable(path: str) -> str:
    """Return the path without escapes; as it is where these are not UTF-8: all would become one replacement mark."""
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError:
        return path
