"""Site profiles: TOML files to :class:`~crawler.site.Site` values, with errors that name file, key and expectation."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import cssselect
import msgspec

from crawler.address_forms import AddressPattern
from crawler.addresses import clean, host_of
from crawler.article import Kind
from crawler.newsstand.shelf import Paper, read_index, shipped
from crawler.site import Layout, Listed, LivePosts, Part, Section, Site, Sites, absolute

RESERVED = frozenset({"urls", "wanted", "warc"})
"""Names of spiders that are not sites."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SELECTORS = cssselect.HTMLTranslator()
_EVERY = re.compile(r"[1-9]\d{0,7} (min|h|d)")
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_COUNTRY = re.compile(r"[a-z]{2}")
_QUIET = re.compile(rf"(?P<begin>{_CLOCK})-(?!(?P=begin)){_CLOCK}")


class ProfileError(ValueError):
    """A profile that cannot be used; the message names the file, the key and what was expected."""


class _Article(Part, frozen=True):
    pattern: str
    kind: Kind | None = None


class _Profile(Part, frozen=True, kw_only=True):
    name: str
    title: str
    home: str
    hosts: tuple[str, ...]
    timezone: str = "UTC"
    country: str | None = None
    language: str | None = None
    languages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    news_sitemaps: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    listings: tuple[Listed, ...] = ()
    articles: tuple[_Article, ...] = ()
    live: LivePosts | None = None
    content_params: tuple[str, ...] | None = None
    not_found: tuple[str, ...] = ()
    every: str | None = None
    quiet: str | None = None
    delay: float | None = None
    layouts: tuple[Layout, ...] = ()


@dataclass(frozen=True)
class Profiles:
    """What the profile files gave: the sites that can be crawled, and an error for each that cannot.

    ``own`` are the names of the profiles in the user's folder, ``papers`` what is known of the shipped ones besides.
    A shipped profile that proves to be broken when it is read joins ``broken`` then.
    """

    sites: Sites
    broken: Mapping[str, ProfileError]
    own: frozenset[str] = frozenset()
    papers: Mapping[str, Paper] = field(default_factory=dict)


def load_profiles(extra: Path | None = None) -> Profiles:
    """Return the shipped profiles and those in the folder ``extra``, where a name kept there wins, and a host too.

    Shipped ones are read when they are asked for. Raises ProfileError when ``extra`` is not a folder; one broken file
    never hides the others.
    """
    if extra is not None and not extra.is_dir():
        raise ProfileError(f"SITES_DIR={extra}: no such folder; expected one that holds *.toml profiles")
    folder = shipped()
    by_name = dict(_files(folder))
    papers = {name: paper for name, paper in read_index(folder).items() if name in by_name}
    own = dict(_files(extra)) if extra is not None else {}
    shelf = _Shelf(by_name | own, {name: paper for name, paper in papers.items() if name not in own})
    unlisted = (shelf.get(name) for name in by_name.keys() - papers.keys() - own.keys())
    papers |= {site.name: Paper.of(site) for site in unlisted if site}
    return Profiles(Sites(shelf, shelf.claims, shelf.rules), shelf.broken, frozenset(own), papers)


class ProfileFiles:
    """The profiles in the files as they are now: a process that stays asks again, and they are read if they changed."""

    def __init__(self, extra: Path | None):
        """``extra`` as for :func:`load_profiles`."""
        self._extra = extra
        self._marks: frozenset[tuple[str, int, int]] = frozenset()
        self._profiles: Profiles | None = None

    def read(self) -> Profiles:
        """Return the profiles. Raises ProfileError as :func:`load_profiles`; what was read before is kept then."""
        folders = [Path(str(shipped()))] + ([self._extra] if self._extra is not None else [])
        marks = frozenset(mark for folder in folders for mark in _marks(folder))
        if self._profiles is None or marks != self._marks:
            self._profiles = load_profiles(self._extra)
            self._marks = marks
        return self._profiles


def _marks(folder: Path) -> list[tuple[str, int, int]]:
    """Return what changes when a profile does: names, times and sizes. A folder that is not there has none."""
    try:
        with os.scandir(folder) as entries:
            files = [(entry.path, entry.stat()) for entry in entries if entry.name.endswith(".toml")]
    except OSError:
        return []
    return [(str(folder), 0, 0), *((path, held.st_mtime_ns, held.st_size) for path, held in files)]


class _Shelf(Mapping[str, Site]):
    """Sites by name. Those of an index are read when they are asked for, all others at once.

    ``claims`` and ``rules`` are as in :class:`~crawler.site.Sites`, by the index until a profile was read; a user's own
    come last, so that of two that claim a host theirs has it.
    """

    def __init__(self, files: Mapping[str, Traversable], papers: Mapping[str, Paper]):
        self._files = files
        self._read: dict[str, Site] = {}
        self.broken: dict[str, ProfileError] = {}
        self.claims: dict[str, tuple[str, ...]] = {name: paper.hosts for name, paper in papers.items()}
        self.rules: dict[str, str] = {name: paper.rules for name, paper in papers.items()}
        for name in sorted(files.keys() - papers.keys()):
            self._take(name)

    def __getitem__(self, name: str) -> Site:
        if name not in self._read and (name not in self._files or name in self.broken or self._take(name) is None):
            raise KeyError(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in sorted(self._files) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _take(self, name: str) -> Site | None:
        try:
            site = _site(name, self._files)
        except ProfileError as error:
            self.broken[name] = error
            self.claims.pop(name, None)
            self.rules.pop(name, None)
            return None
        self._read[name] = site
        self.claims[name], self.rules[name] = site.hosts, site.address_rules
        return site


def _files(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.name.endswith(".toml"):
            yield entry.name.removesuffix(".toml"), entry


def _site(name: str, by_name: Mapping[str, Traversable]) -> Site:
    where = f"{name}.toml"
    if not _NAME.fullmatch(name):
        raise ProfileError(
            f"{where}: the file's name is the site's; expected letters a-z, digits and _, a letter first"
        )
    if name in RESERVED:
        raise ProfileError(f"{where}: the name {name!r} is taken by a spider; expected another one")
    site = read_profile(_merged(name, by_name, ()), where)
    if site.name != name:
        raise ProfileError(f"{where}: name = {site.name!r}; expected {name!r}, as the file is called")
    return site


def read_profile(keys: Mapping[str, Any], where: str) -> Site:
    """Return the site of a profile's keys, as TOML or JSON has them. Raises ProfileError, which names ``where``."""
    try:
        raw = msgspec.convert(keys, _Profile)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{where}: {_told(error)}") from None
    return _checked(where, raw)


def write_profile(site: Site) -> dict[str, Any]:
    """Return the keys of a profile that :func:`read_profile` makes this site of: what travels to another machine.

    What an archive has learned stays there.
    """
    keys = {each.name: getattr(site, each.name) for each in fields(site) if each.name != "idle_params"}
    keys["articles"] = [{"pattern": each.regex.pattern, "kind": each.kind} for each in site.articles]
    keys["content_params"] = None if site.content_params is None else sorted(site.content_params)
    return cast("dict[str, Any]", msgspec.to_builtins(keys))


def _merged(name: str, by_name: Mapping[str, Traversable], heirs: tuple[str, ...]) -> dict[str, Any]:
    """Return the keys of a profile over those of the profile it extends."""
    where = f"{name}.toml"
    try:
        keys = tomllib.loads(by_name[name].read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{where}: not TOML: {error}") from None
    except OSError as error:  # a folder of that name, a file that may not be read
        raise ProfileError(f"{where}: not readable: {error.strerror}") from None
    parent = keys.pop("extends", None)
    if parent is None:
        return keys
    if not isinstance(parent, str) or parent not in by_name or parent in (name, *heirs):
        raise ProfileError(f"{where}: extends = {parent!r}; expected the name of another profile")
    return _merged(parent, by_name, (name, *heirs)) | keys


def _told(error: msgspec.ValidationError) -> str:
    """Msgspec's message with the key first: ``feeds[0]: Expected `str`, got `int```."""
    message, _, path = str(error).partition(" - at `$")
    key = path.rstrip("`").lstrip(".")
    return f"{key}: {message}" if key else message


def _checked(where: str, raw: _Profile) -> Site:
    if not _is_address(raw.home):
        raise ProfileError(f"{where}: home = {raw.home!r}; expected an address such as https://www.example.com/")
    if not raw.hosts:
        raise ProfileError(f"{where}: hosts is empty; expected at least one, such as www.example.com")
    try:
        ZoneInfo(raw.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        raise ProfileError(f"{where}: timezone = {raw.timezone!r}; expected a name such as Europe/Moscow") from None
    if raw.country is not None and not _COUNTRY.fullmatch(raw.country):
        raise ProfileError(f"{where}: country = {raw.country!r}; expected two small letters such as 'de' (ISO 3166)")
    if raw.every is not None and not _EVERY.fullmatch(raw.every):
        raise ProfileError(f"{where}: every = {raw.every!r}; expected a span such as '10 min', '2 h' or '1 d'")
    if raw.quiet is not None and not _QUIET.fullmatch(raw.quiet):
        raise ProfileError(f"{where}: quiet = {raw.quiet!r}; expected hours of its zone such as '23:00-06:00'")
    return Site(
        name=raw.name,
        title=raw.title,
        home=raw.home,
        hosts=tuple(_host(where, f"hosts[{n}]", host) for n, host in enumerate(raw.hosts)),
        timezone=raw.timezone,
        country=raw.country,
        language=raw.language,
        languages=raw.languages,
        feeds=_addresses(where, "feeds", raw.home, raw.feeds),
        news_sitemaps=_addresses(where, "news_sitemaps", raw.home, raw.news_sitemaps),
        sitemaps=_addresses(where, "sitemaps", raw.home, raw.sitemaps),
        sections=tuple(_section(where, f"sections[{n}]", raw.home, section) for n, section in enumerate(raw.sections)),
        listings=tuple(_listed(where, f"listings[{n}]", raw.home, listed) for n, listed in enumerate(raw.listings)),
        articles=tuple(_pattern(where, f"articles[{n}]", article) for n, article in enumerate(raw.articles)),
        live=_live(where, raw.home, raw.live),
        content_params=None if raw.content_params is None else frozenset(raw.content_params),
        not_found=raw.not_found,
        every=raw.every,
        quiet=raw.quiet,
        delay=raw.delay,
        layouts=tuple(_layout(where, f"layouts[{n}]", layout) for n, layout in enumerate(raw.layouts)),
    )


def _is_address(url: str) -> bool:
    try:
        return bool(clean(url))
    except ValueError:
        return False


def _host(where: str, key: str, written: str) -> str:
    """Return a host as :func:`host_of` spells it: in lower case, names in other scripts encoded."""
    if not _is_address(f"http://{written}/") or set(written) & set("/?#@"):
        raise ProfileError(f"{where}: {key} = {written!r}; expected a bare name such as www.example.com")
    return host_of(f"//{written}")


def _addresses(where: str, key: str, home: str, written: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_address(where, f"{key}[{n}]", home, address) for n, address in enumerate(written))


def _address(where: str, key: str, home: str, written: str) -> str:
    try:
        whole = absolute(home, written)
    except ValueError:  # such as an unbalanced bracket in the host
        whole = ""
    if not _is_address(whole):
        raise ProfileError(f"{where}: {key} = {written!r}; expected a web address, or one below home")
    return whole


def _section(where: str, key: str, home: str, raw: Section) -> Section:
    if raw.paging is not None and "{offset}" not in raw.paging:
        raise ProfileError(f"{where}: {key}.paging = {raw.paging!r}; expected {{offset}} in it")
    if raw.step < 1:
        raise ProfileError(f"{where}: {key}.step = {raw.step}; expected 1 or more")
    url = _address(where, f"{key}.url", home, raw.url)
    paging = raw.paging and _address(where, f"{key}.paging", home, raw.paging)
    return msgspec.structs.replace(raw, url=url, paging=paging)


def _listed(where: str, key: str, home: str, raw: Listed) -> Listed:
    from crawler.discovery.forms import FORMS  # with the libraries that read them, which few profiles need

    if raw.form not in FORMS:
        raise ProfileError(f"{where}: {key}.form = {raw.form!r}; expected one of: {', '.join(FORMS)}")
    return msgspec.structs.replace(raw, url=_address(where, f"{key}.url", home, raw.url))


def _live(where: str, home: str, raw: LivePosts | None) -> LivePosts | None:
    if raw is None:
        return None
    for key, address in (("live.url", raw.url), ("live.further", raw.further)):
        if address is not None and "{id}" not in address:
            raise ProfileError(f"{where}: {key} = {address!r}; expected {{id}} in it")
    _addresses(where, "live.url", home, (raw.url,))
    return LivePosts(absolute(home, raw.url), raw.further and absolute(home, raw.further))


def _pattern(where: str, key: str, raw: _Article) -> AddressPattern:
    try:
        return AddressPattern(re.compile(raw.pattern), raw.kind)
    except re.error as error:
        raise ProfileError(f"{where}: {key}.pattern: not a regular expression: {error}") from None


def _layout(where: str, key: str, raw: Layout) -> Layout:
    for name, value in msgspec.structs.asdict(raw).items():
        selectors = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        for selector in selectors:
            try:
                _SELECTORS.css_to_xpath(selector)  # parsing alone lets unknown pseudo-classes pass
            except cssselect.SelectorError as error:
                raise ProfileError(f"{where}: {key}.{name} = {selector!r}: not a CSS selector: {error}") from None
    return raw
