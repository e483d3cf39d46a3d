"""OPML, in which feed readers exchange subscriptions: outlines from and to its text, and profiles made of them. Pure.

A subscription says little: a feed, what it is called, perhaps its site. That is a profile without patterns, by which
every page of the site's hosts but the front page may be an article. The folders of a reader are not kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

import tomlkit
from lxml import etree

from crawler.addresses import clean, host_of, without_www
from crawler.discovery.forms import FEED
from crawler.probing.profile import free_name_for
from crawler.probing.zones import country_of, zone_of
from crawler.profiles import Profiles
from crawler.site import Site

LONGEST = 20 * 2**20
"""Bytes of a file: some 100,000 subscriptions."""
_OF_FEEDS = re.compile(r"^(?:rss|feeds?|newsfeed)\.(?=[^.]+\.[^.])")
"""What stands before a paper's own host where it keeps its feeds."""
_BLANKS = re.compile(r"\s+")


class OpmlError(ValueError):
    """A file that is no OPML; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A subscription: the feed, what it is called, and the site's front page where it is named."""

    feed: str
    title: str
    home: str | None = None


@dataclass(frozen=True)
class Plan:
    """What a file of subscriptions asks for.

    ``shipped``: papers that it names; ``files``: the text of each profile to be written, by name; ``known``: feeds that
    profiles of one's own have already; ``refused``: a sentence for each subscription that cannot be taken.
    """

    shipped: tuple[str, ...]
    files: Mapping[str, str]
    known: int
    refused: tuple[str, ...]


def read_opml(body: bytes) -> tuple[Outline, ...]:
    """Return the subscriptions of a file, each feed once, in its order. Raises OpmlError."""
    if len(body) > LONGEST:
        raise OpmlError(f"larger than {LONGEST // 2**20} MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OpmlError(f"no XML: {error}") from None
    if root is None or not isinstance(root.tag, str) or root.tag.lower() != "opml":
        raise OpmlError("no OPML: expected <opml> with an <outline> for each feed")
    outlines = (
        _outline({str(key).lower(): str(value) for key, value in element.items()}) for element in root.iter("outline")
    )
    return tuple({outline.feed: outline for outline in outlines if outline}.values())


def _outline(said: Mapping[str, str]) -> Outline | None:
    """Return what an element says; None for a folder."""
    feed = said.get("xmlurl", "").strip()
    words = said.get("title") or said.get("text") or ""
    return Outline(feed, _BLANKS.sub(" ", words).strip(), said.get("htmlurl", "").strip() or None) if feed else None


def opml_text(outlines: Iterable[Outline]) -> str:
    """Return the text of a file with these subscriptions."""
    lines = (
        f'    <outline type="rss" text={_attribute(outline.title)} title={_attribute(outline.title)}'
        f" xmlUrl={_attribute(outline.feed)}" + (f" htmlUrl={_attribute(outline.home)}" if outline.home else "") + "/>"
        for outline in outlines
    )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>Vestnik</title></head>\n  <body>'
    )
    return "\n".join([head, *lines, "  </body>", "</opml>", ""])


def _attribute(words: str) -> str:
    """Return words as an attribute; without the characters that XML has no way to write."""
    return quoteattr("".join(letter for letter in words if letter >= " " and letter not in "\ufffe\uffff"))


def outlines_of(sites: Iterable[Site]) -> Iterator[Outline]:
    """Yield the feeds of sites."""
    for site in sites:
        for url in site.feeds:
            yield Outline(url, site.title, site.home)
        for listed in site.listings:
            if listed.form == FEED.name:
                yield Outline(listed.url, listed.title or site.title, site.home)


def plan(outlines: Iterable[Outline], profiles: Profiles, texts: Mapping[str, str]) -> Plan:
    """Return what to write for these subscriptions: one profile for all that are of one host.

    ``texts``: the profiles of one's own as they stand in their files, by name; those that a feed is added to keep what
    they have.
    """
    shipped: dict[str, None] = {}
    added: dict[str, list[Outline]] = {}
    homes: dict[str, str] = {}
    names: dict[str, str] = {}
    refused: list[str] = []
    known = 0
    for outline in outlines:
        try:
            feed, home = clean(outline.feed), _home(outline)
        except ValueError as error:
            refused.append(f"{outline.title or outline.feed}: {error}")
            continue
        site, host = profiles.sites.for_url(home), without_www(host_of(home))
        if site.name in profiles.own:
            if any(feed == clean(other.feed) for other in outlines_of([site])):
                known += 1
            else:
                added.setdefault(site.name, []).append(outline)
        elif site.name in profiles.papers:
            shipped[site.name] = None
        else:
            if host not in names:
                names[host] = free_name_for(home, {*profiles.papers, *profiles.own, *homes})
                homes[names[host]] = home
            added.setdefault(names[host], []).append(outline)
    files = {
        name: _profile(name, homes[name], feeds) if name in homes else _with_feeds(texts[name], feeds)
        for name, feeds in added.items()
    }
    return Plan(tuple(shipped), files, known, tuple(refused))


def _home(outline: Outline) -> str:
    """Return the front page: as it is named, else that of the feed's host. Raises ValueError for no web address."""
    if outline.home:
        return clean(outline.home)
    return f"{urlsplit(clean(outline.feed)).scheme}://{_OF_FEEDS.sub('', host_of(clean(outline.feed)))}/"


def _profile(name: str, home: str, outlines: Sequence[Outline]) -> str:
    """Return a profile with these feeds; the first gives it its title."""
    zone = zone_of(country_of(None, host_of(home)), None, ())
    keys = {
        "name": name,
        "title": outlines[0].title or host_of(home),
        "home": home,
        "hosts": [host_of(home)],
        "timezone": zone.name,
        "feeds": [clean(outlines[0].feed)],
    }
    text = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())
    head = f"# From a file of subscriptions. Zone: {zone.why}. `scrapy addsite {home}` would find out more.\n\n"
    return _with_feeds(head + text, outlines[1:])


def _with_feeds(text: str, outlines: Sequence[Outline]) -> str:
    """Return the profile with further feeds, each under its own title."""
    if not outlines:
        return text
    document = tomlkit.parse(text)
    listings = document.setdefault("listings", tomlkit.aot())
    for outline in outlines:
        listed = tomlkit.table()
        listed.update({"url": clean(outline.feed), "form": FEED.name})
        if outline.title:
            listed["title"] = outline.title
        listings.append(listed)
    return tomlkit.dumps(document)
