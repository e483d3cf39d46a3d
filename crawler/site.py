"""A site: one publication, as its profile describes it, and the rules for its addresses.

A site is a value without behaviour of its own beyond address rules; ``profiles.py`` reads it from a file.
Which site an article belongs to follows from the article's address: see :class:`Sites`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import blake2b
from urllib.parse import urldefrag, urljoin, urlsplit

import msgspec

from crawler import address_forms, addresses
from crawler.address_forms import AddressMatch, AddressPattern, match_address
from crawler.article import Kind
from crawler.wrappers import unwrapped

_ESCAPED = re.compile(r"\\(.)")  # in a regular expression: a mark as itself; a letter, as in \b, as something else


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a profile that has the file's own shape: a misspelt key is an error, not a silent default."""


class Section(Part, frozen=True):
    """A page that lists articles. ``paging`` is the address of a further page, with ``{offset}`` in it.

    The offsets are ``first``, ``first + step``, ``first + 2 * step`` and so on.
    """

    url: str
    paging: str | None = None
    first: int = 0
    step: int = 1

    def pages(self, most: int) -> Iterator[str]:
        """Return the section page and its further pages, ``most`` in all."""
        yield self.url
        if self.paging:
            for n in range(most - 1):
                yield self.paging.replace("{offset}", str(self.first + n * self.step))


class Listed(Part, frozen=True):
    """A listing of any form in ``crawler/discovery/forms.py``. ``title`` is what subscriptions call it."""

    url: str
    form: str
    title: str | None = None


class LivePosts(Part, frozen=True):
    """Where a live blog loads its posts from: ``{id}`` is the article's, ``{offset}`` how many posts were read."""

    url: str
    further: str | None = None


class Layout(Part, frozen=True):
    """CSS selectors for the pages of a period. None leaves a field to generic extraction.

    ``since`` and ``until`` are inclusive days of fetching. ``related`` selects the boxes, each of which holds a link;
    ``drop`` what never belongs to the text; ``label`` the rubric printed over the title; ``post`` the posts in the
    fragments of a live blog.
    """

    since: date | None = None
    until: date | None = None
    title: str | None = None
    label: str | None = None
    standfirst: str | None = None
    byline: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    tags: str | None = None
    image: str | None = None
    caption: str | None = None
    credit: str | None = None
    body: str | None = None
    related: str | None = None
    related_title: str | None = None
    read_more: str | None = None
    post: str | None = None
    drop: tuple[str, ...] = ()

    def covers(self, day: date) -> bool:
        """Return whether a page fetched on this day has this layout."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Site:
    """One publication. All addresses in it are absolute; ``hosts`` are in lower case.

    ``idle_params`` are no part of its profile: see :meth:`leaving_out`.
    """

    name: str
    title: str
    hosts: tuple[str, ...]
    home: str
    timezone: str = "UTC"
    country: str | None = None
    language: str | None = None
    languages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    news_sitemaps: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    listings: tuple[Listed, ...] = ()
    articles: tuple[AddressPattern, ...] = ()
    live: LivePosts | None = None
    content_params: frozenset[str] | None = None
    not_found: tuple[str, ...] = ()
    every: str | None = None
    quiet: str | None = None
    delay: float | None = None
    layouts: tuple[Layout, ...] = ()
    idle_params: frozenset[str] = frozenset()

    @classmethod
    def without_profile(cls, host: str) -> Site:
        """Return what is known of a site that has no profile: its host."""
        name = address_forms.publication(host)
        return cls(name=name, title=name, hosts=(name,), home=f"https://{name}/")

    def leaving_out(self, idle: Iterable[str]) -> Site:
        """Return the site whose keys leave these parameters out, which by an archive's evidence select nothing.

        None of them where the profile says itself which select content; and none that one of its patterns names, or
        that may ask for a page. Addresses are asked for and kept with them: none may have answered without.
        """
        free = () if self.content_params is not None else (name for name in idle if not self._is_needed(name))
        return replace(self, idle_params=frozenset(free))

    def layout_at(self, day: date) -> Layout:
        """Return the layout of a page fetched on this day: the last one named that covers it."""
        return next((layout for layout in reversed(self.layouts) if layout.covers(day)), Layout())

    def clean(self, url: str) -> str:
        """Return the address as it is kept: without fragment, tracking and what else the profile names.

        What is asked for is ``addresses.clean(url)``, which takes away tracking alone.
        Raises ValueError for anything but an absolute http(s) address.
        """
        return addresses.clean(url, self.content_params)

    def address_key(self, url: str) -> str:
        """Return the identity that an address has: ``SITE:id``, ``SITE~slug`` or the cleaned address.

        Same key, same article. AMP, print and mobile forms have the key of the article where a pattern knows it.
        Raises ValueError as :meth:`clean` does.
        """
        match = self._match(url)
        if match.groups.get("id"):
            return f"{self.name}:{match.groups['id']}"
        if match.groups.get("slug"):
            return f"{self.name}~{match.groups['slug']}"
        return addresses.key_of(match.url)

    def own_keys(self, page: str, urls: Iterable[str]) -> dict[str, str]:
        """Return the keys of those of these addresses that lead to the host of a page of this site, by address.

        Where others lead, only all profiles together tell: see :meth:`Sites.address_key`.
        """
        home = addresses.without_www(_host_behind(page))
        found: dict[str, str] = {}
        for url in dict.fromkeys(urls):
            with suppress(ValueError):
                if addresses.without_www(_host_behind(url)) == home:
                    found[url] = self.address_key(unwrapped(url))
        return found

    def main_key(self, url: str) -> str | None:
        """Return the key of the page itself where the address asks for another form of it, or says a way to it.

        That is a hint, and no proof.
        """
        cleaned = self.clean(url)
        main = self._at_home(cleaned, address_forms.plain_form(cleaned))
        key = main and self.address_key(main)
        return None if key == self.address_key(cleaned) else key

    @property
    def has_numbers(self) -> bool:
        """Return whether article addresses of this site have a number, beside which a slug is a guess."""
        return any("id" in pattern.regex.groupindex for pattern in self.articles)

    @property
    def address_rules(self) -> str:
        """Return what two versions of a profile share that make the same keys, site and months of the same addresses.

        It is kept in archives and in the index of the shipped profiles: another spelling of it would re-key them all.
        """
        rules = (self.name, self.hosts, self.timezone, sorted(self.content_params or ()), self.content_params is None)
        patterns = tuple((pattern.regex.pattern, pattern.regex.flags) for pattern in self.articles)
        known = (rules, patterns, sorted(self.idle_params)) if self.idle_params else (rules, patterns)
        return blake2b(repr(known).encode(), digest_size=16).hexdigest()

    @property
    def bare_keys(self) -> frozenset[str]:
        """Return the beginnings of the keys that this site's addresses have without its profile."""
        return frozenset(name for host in self.hosts for name in address_forms.hosts_of_publication(host))

    def live_posts(self, url: str, read: int) -> str | None:
        """Return where a live blog's posts are, after the first ``read``; None where the profile does not say."""
        template = self.live and (self.live.further if read else self.live.url)
        number = self._match(url).groups.get("id")
        return template.replace("{id}", number).replace("{offset}", str(read)) if template and number else None

    def slug_key(self, url: str) -> str | None:
        """Return ``SITE~slug`` where the address names a slug, also beside an id: what a link without it may say."""
        slug = self._match(url).groups.get("slug")
        return f"{self.name}~{slug}" if slug else None

    def is_article(self, url: str) -> bool:
        """Return whether the address has the form of an article's. A site without patterns takes all its pages."""
        if address_forms.publication(addresses.host_of(url)) not in self._publications:
            return False
        if not self.articles:
            return not self.is_front_page(url)
        return self._match(url).is_article

    def is_front_page(self, url: str) -> bool:
        """Return whether the address is that of the site's home, or of its mobile form."""
        cleaned = self.clean(url)
        parts = urlsplit(cleaned)
        home = parts._replace(netloc=address_forms.main_host(parts.netloc)).geturl()
        return addresses.key_of(home) == addresses.key_of(self.clean(self.home))

    def is_same_page(self, one: str, other: str) -> bool:
        """Return whether two addresses ask for the same page of an article, not for its AMP or print form."""
        is_same = addresses.key_of(self.clean(one)) == addresses.key_of(self.clean(other))
        return is_same and self.is_other_form(one) == self.is_other_form(other)

    def is_other_form(self, url: str) -> bool:
        """Return whether the address asks for another form of an article's page, such as AMP or print."""
        asked = addresses.clean(url)
        is_asked = self._at_home(asked, address_forms.main_form(asked)) is not None
        return is_asked and (not self.articles or self.is_known_form(url))

    def is_known_form(self, url: str) -> bool:
        """Return whether the address asks for another form of a page, and a pattern knows the article behind it."""
        asked = addresses.clean(url)
        main = self._at_home(asked, address_forms.main_form(asked))
        return main is not None and self.address_key(main) == self.address_key(asked)

    def main_address(self, url: str) -> str:
        """Return the address of the article's own page, where a pattern knows it behind this one; else this, cleaned.

        That is the one without the form, the way to it, the fragment: as long as the key is the same.
        """
        asked = addresses.clean(url)
        plain = urldefrag(self._at_home(asked, address_forms.plain_form(asked)) or asked).url
        if plain == asked or self.address_key(plain) != self.address_key(asked):
            return self.clean(url)
        parts = urlsplit(self.clean(plain))
        own = (host for host in self.hosts if addresses.without_www(host) == addresses.without_www(parts.netloc))
        return parts._replace(netloc=next(own, parts.netloc)).geturl()

    def kind_of(self, url: str) -> Kind | None:
        """Return the kind that the form of the address alone tells, if it does."""
        return self._match(url).kind

    def _at_home(self, url: str, main: str | None) -> str | None:
        """Return the main form of an address; but a site at home at ``m.example.com`` has no other host."""
        host = addresses.host_of(url)
        if main and addresses.without_www(host) == addresses.without_www(self.hosts[0]):
            main = urlsplit(main)._replace(netloc=host).geturl()
        return None if main == url else main

    def _match(self, url: str) -> AddressMatch:
        return match_address(addresses.clean(url, self.content_params, self.idle_params), self.articles)

    def _is_needed(self, name: str) -> bool:
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        written = (_ESCAPED.sub(_unescaped, pattern.regex.pattern) for pattern in self.articles)
        return address_forms.selects_form(name) or any(map(word.search, written))

    @cached_property
    def _publications(self) -> frozenset[str]:
        return frozenset(map(address_forms.publication, self.hosts))


@dataclass(frozen=True)
class Sites:
    """All sites that have a profile, to be found by name or by address.

    ``by_name`` may read a profile when it is asked for; ``claims`` and ``rules`` then say without reading any, by name,
    which hosts each has and what its ``address_rules`` are. Without them, they are those of the sites in ``by_name``.
    ``idle`` is what an archive has learned, by the name of the site: see :meth:`having_learned`.
    """

    by_name: Mapping[str, Site] = field(default_factory=dict)
    claims: Mapping[str, Iterable[str]] | None = None
    rules: Mapping[str, str] | None = None
    idle: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, sites: Iterable[Site]) -> Sites:
        """Return the registry of these sites."""
        return cls({site.name: site for site in sites})

    def having_learned(self, idle: Mapping[str, frozenset[str]]) -> Sites:
        """Return the sites whose keys leave out parameters that select nothing, by the name of the site; an empty set
        is what was learned once and proved wrong.
        """
        return replace(self, by_name=_Learned(self.by_name, idle), idle=idle) if idle else self

    def named(self, name: str) -> Site | None:
        """Return the site of this name; where it has no profile, only one of which something was learned."""
        is_host = "." in name or ":" in name  # no profile is called so; what was learned of one that is lost rests
        bare = Site.without_profile(name).leaving_out(self.idle[name]) if is_host and name in self.idle else None
        return self.by_name.get(name) or bare

    def for_url(self, url: str) -> Site:
        """Return the site of an address, or of the one that it wraps; one made from the host when no profile claims it.

        Raises ValueError for anything but an absolute http(s) address.
        """
        host = _host_behind(url)
        name = self._by_host.get(addresses.without_www(host)) or self._by_host.get(address_forms.publication(host))
        return (self.by_name.get(name) if name else None) or self._without_profile(host)

    def address_key(self, url: str) -> str:
        """Return the identity of an address on whatever site it is. Raises ValueError for what is no web address."""
        return self.for_url(url).address_key(unwrapped(url))

    def address_rules(self) -> Mapping[str, str]:
        """Return the ``address_rules`` of each site, by its name."""
        rules = self.rules if self.rules is not None else {site.name: site.address_rules for site in self._sites()}
        learned = {name: site.address_rules for name in self.idle if (site := self.named(name))}
        return {**rules, **learned} if learned else rules

    @cached_property
    def _by_host(self) -> dict[str, str]:
        claims = self.claims if self.claims is not None else {site.name: site.hosts for site in self._sites()}
        return {addresses.without_www(host): name for name, hosts in claims.items() for host in hosts}

    def _sites(self) -> Iterable[Site]:
        return self.by_name.values()

    def _without_profile(self, host: str) -> Site:
        site = Site.without_profile(host)
        return site.leaving_out(self.idle[site.name]) if self.idle.get(site.name) else site


class _Learned(Mapping[str, Site]):
    """Sites by name, with what was learned of them; each is made when it is asked for."""

    def __init__(self, by_name: Mapping[str, Site], idle: Mapping[str, frozenset[str]]):
        self._by_name, self._idle = by_name, idle
        self._made: dict[str, Site] = {}

    def __getitem__(self, name: str) -> Site:
        if name not in self._idle:
            return self._by_name[name]
        if name not in self._made:
            self._made[name] = self._by_name[name].leaving_out(self._idle[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


def _unescaped(escaped: re.Match[str]) -> str:
    return " " if escaped[1].isalnum() else escaped[1]


def _host_behind(url: str) -> str:
    """Return the host of an address, or of the one that it wraps. Raises ValueError as :meth:`Sites.for_url`."""
    return addresses.host_of(addresses.clean(unwrapped(url)))


def absolute(home: str, address: str) -> str:
    """Return a profile's address, which may be written relative to its home."""
    return urljoin(home, address)
