"""The forms that a site's article addresses take, and what they say: the number, the slug, the kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urldefrag, urlsplit

from crawler.address_forms import plain_form
from crawler.addresses import spelling, without_index
from crawler.article import Kind


@dataclass(frozen=True, slots=True)
class AddressPattern:
    """A form that this site's article addresses take: a regular expression over path and query.

    The groups ``id`` and ``slug`` are what identifies the article. ``kind`` is set where the form alone tells it.
    One that ignores case, ``(?i)``, says that the site does.
    """

    regex: re.Pattern[str]
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The form of an address that a pattern knows, and what the pattern finds in it."""

    url: str
    groups: Mapping[str, str | None] = field(default_factory=dict)
    kind: Kind | None = None
    is_article: bool = False

    @classmethod
    def of(cls, url: str, match: re.Match[str], kind: Kind | None) -> Found:
        """What the match of a pattern in this address says."""
        ignores_case = bool(match.re.flags & re.IGNORECASE)
        groups = {name: text.lower() if text and ignores_case else text for name, text in match.groupdict().items()}
        return cls(url.lower() if ignores_case else url, groups, kind, is_article=True)


def find(url: str, patterns: Iterable[AddressPattern]) -> Found:
    """The first pattern that a cleaned address has.

    Where it asks for another form of a page, such as AMP, that of the page itself goes first: a slug takes in anything.
    """
    patterns = tuple(patterns)
    plain = plain_form(url) if patterns else None
    for form in (plain, url) if plain else (url,):
        for written, some in _with_and_without_fragment(form, patterns):
            for told in _tellings(written):
                for pattern in some:
                    if match := pattern.regex.match(told):
                        return Found.of(written, match, pattern.kind)
    return Found(url)


def _with_and_without_fragment(
    url: str, patterns: tuple[AddressPattern, ...]
) -> Iterator[tuple[str, tuple[AddressPattern, ...]]]:
    """The address with the patterns to try it with: only those that name a fragment are told of one."""
    bare = urldefrag(url).url
    if bare != url:
        yield url, tuple(one for one in patterns if "#" in one.regex.pattern)
    yield bare, patterns


def _tellings(url: str) -> Iterator[str]:
    """What patterns are matched with: path and query as they are written, then with the parameters in order.

    A fragment follows where it names the article. Last comes a folder's address, where its index file is named.
    """
    path, query = spelling(url)
    path, fragment = _readable(path).rstrip("/"), urlsplit(url).fragment
    told = f"#{fragment}" if fragment else ""
    yield path + (f"?{query}" if query else "") + told
    if "&" in query:
        yield f"{path}?{'&'.join(sorted(query.split('&')))}{told}"
    if (folder := without_index(path)) != path:
        yield folder + (f"?{query}" if query else "") + told


def _readable(path: str) -> str:
    """Without escapes; as it is where these are not UTF-8: they would all become the same replacement mark."""
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError:
        return path
