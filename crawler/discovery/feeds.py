"""RSS 2.0, RSS 1.0 and Atom to candidates, by feedparser; JSON Feed by its own two versions' rules."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawler.addresses import without_www
from crawler.article import Candidate, Source
from crawler.charsets import without_endless_references
from crawler.discovery import hints
from crawler.discovery.listing import Listing, ListingError, is_html, markup, web_address

MOST_ENTRIES = 5_000
"""More than any feed of a newspaper holds; of a longer one, the newest are read, at whichever end they stand."""
MOST_TAGS = 100_000
"""Feedparser takes about 0.03 ms a tag, so that ten megabytes of nothing else would hold up a crawl for two minutes.
A feed of two hundred articles in full stays below this. Of a longer one both ends are read."""
_TAG = re.compile(rb"<")
_ENTRY = re.compile(rb"<(?:[a-z]{1,20}:)?(?:item|entry)[\s>]")
_END = re.compile(rb"</(?:[a-z]{1,20}:)?(?:item|entry)\s{0,20}>")
_CHANGED = re.compile(rb"<[a-z0-9]{1,20}:(?:updated|modified)\b")
_CHANNEL_LINK = re.compile(rb"<link>\s{0,20}(?:<!\[CDATA\[)?\s{0,20}(https?://[^\s<\]]{1,2000})")
_JSON_FEED = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")


def parse_feed(body: bytes, url: str) -> Listing:
    """The articles in a feed fetched from ``url``, in the feed's own order, which is newest first in most.

    A malformed feed yields what can be read of it. Raises ListingError for a body that is no feed.
    """
    body = without_endless_references(markup(body))
    if body.startswith(b"{"):
        return _json_feed(body, url)
    if is_html(body):
        raise ListingError("an HTML page, not a feed")
    feed = _parsed(body, url)
    if not feed.version and not feed.entries:
        raise ListingError("not a feed: neither RSS, Atom nor JSON Feed")
    is_rss = feed.version.startswith("rss")
    home = feed.feed.get("link") if is_rss else None
    # Of RSS, feedparser calls dc:date `updated`, as it calls a modification; of both nobody can say which it kept.
    is_dated = is_rss and b"<dc:date" in body and not _CHANGED.search(body)
    found = [_candidate(entry, url, home, is_rss=is_rss, is_dated=is_dated) for entry in feed.entries]
    return Listing.of(_newest([candidate for candidate in found if candidate]))


def _newest(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The newest of more entries than are taken: those at the end that is dated later, of both where neither is."""
    if len(candidates) <= MOST_ENTRIES:
        return candidates
    dated = [one.hinted_at for one in candidates if one.hinted_at]
    half = MOST_ENTRIES // 2
    first, last = (_middle(dated[:half]), _middle(dated[-half:])) if dated else (None, None)
    if first is not None and last is not None and first != last:
        return candidates[:MOST_ENTRIES] if first > last else candidates[-MOST_ENTRIES:]
    return [*candidates[: MOST_ENTRIES - half], *candidates[-half:]]


def _middle(dates: Sequence[datetime]) -> datetime:
    return sorted(dates)[len(dates) // 2]


def _parsed(body: bytes, url: str) -> Any:
    """Feedparser's result. A stream, never bytes or text: those it would take for a file's name or an address.

    The content is not cleaned or resolved: nothing reads it, and it is most of the work. Relative links are of the page
    that the channel names, as the authors of RSS have it, and not of the feed.
    """
    import feedparser  # here, for a crawl whose feeds have not changed reads none

    headers = {"content-location": _base(body, url), "content-type": "application/xml"}
    stream = io.BytesIO(_both_ends(body))
    return feedparser.parse(stream, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)


def _base(body: bytes, url: str) -> str:
    entry = _ENTRY.search(body)
    link = _CHANNEL_LINK.search(body, 0, entry.start() if entry else 100_000)
    named = link and web_address(url, link[1].decode("utf-8", "replace"))
    if not named:
        return url
    return named if _host(named) != _host(url) else urljoin(url, urlsplit(named).path or "/")


def _both_ends(body: bytes) -> bytes:
    """The feed without its middle, where it has more tags than are read: cut where an entry begins."""
    tags = [tag.start() for tag in islice(_TAG.finditer(body), MOST_TAGS + 1)]
    if len(tags) <= MOST_TAGS:
        return body
    half = tags[MOST_TAGS // 2]
    rest = body.count(b"<") - MOST_TAGS // 2
    last = next(islice(_TAG.finditer(body), rest, None)).start()
    ends, start = list(_END.finditer(body, 0, half)), _ENTRY.search(body, max(last, half))
    if not ends or start is None:  # nothing in it is an entry, or one is the whole feed
        return body[: tags[MOST_TAGS]]
    return body[: ends[-1].end()] + body[start.start() :]


def _candidate(entry: Any, url: str, home: str | None, *, is_rss: bool, is_dated: bool) -> Candidate | None:
    """The article of an entry. ``is_dated`` where what feedparser calls ``updated`` is the date of RSS without pubDate.

    The ``updated`` of Atom, also within RSS, is a modification and says nothing of publication.
    """
    address = _address(entry, url, home)
    if address is None:
        return None
    detail = entry.get("title_detail") or {}
    # RSS does not say whether a title is text or markup; Atom does, and defaults to text.
    is_text = not is_rss and detail.get("type") == "text/plain"
    by_date = is_dated and "published" not in entry
    published = hints.published(entry.get("updated" if by_date else "published"))
    return Candidate(
        url=address,
        source=Source.FEED,
        listing_url=url,
        hinted_title=hints.title(entry.get("title"), is_text=is_text),
        hinted_at=published.at,
        hinted_modified_at=hints.modified(entry.get("updated")) if "updated" in entry and not by_date else None,
        hinted_day=published.day,
        hinted_as=published.written,
    )


def _address(entry: Any, url: str, home: str | None) -> str | None:
    """The article's own address: some link through a counter, and name it beside that, or in a permanent identifier."""
    # Or the identifier, which feedparser puts there when it is a link; else what some call the entry itself.
    link = web_address(url, entry.get("link")) or web_address(url, _itself(entry))
    original = entry.get("feedburner_origlink") or entry.get("pheedo_origlink")
    named = [web_address(url, original), link]
    if str(entry.get("id") or "").startswith("http"):
        named.append(web_address(url, entry.get("id")))
    own = _host(home) if home else ""
    return next((one for one in named if one and own and _host(one) == own), named[0] or link)


def _itself(entry: Any) -> str | None:
    return next((link.get("href") for link in entry.get("links", ()) if link.get("rel") == "self"), None)


def _host(url: str) -> str:
    try:
        return without_www(urlsplit(url).netloc.lower())
    except ValueError:
        return ""


def _json_feed(body: bytes, url: str) -> Listing:
    """The articles in a JSON Feed (jsonfeed.org, versions 1 and 1.1). Raises ListingError."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        raise ListingError("not a feed: JSON that cannot be read") from None
    if not isinstance(feed, dict) or not str(feed.get("version", "")).startswith(_JSON_FEED):
        raise ListingError("not a feed: JSON without the version of a JSON Feed")
    items = feed.get("items")
    home = feed.get("home_page_url")
    base = urljoin(url, home) if isinstance(home, str) else url
    found = (_json_item(item, base, url) for item in (items if isinstance(items, list) else []))
    return Listing.of(_newest([candidate for candidate in found if candidate]))


def _json_item(item: Any, base: str, url: str) -> Candidate | None:
    told = {name: value for name, value in item.items() if isinstance(value, str)} if isinstance(item, dict) else {}
    identifier = told.get("id", "")
    address = web_address(base, told.get("url") or told.get("external_url"))
    if address is None and identifier.startswith("http"):
        address = web_address(base, identifier)
    if address is None:
        return None
    published = hints.published(told.get("date_published"))
    return Candidate(
        url=address,
        source=Source.FEED,
        listing_url=url,
        hinted_title=hints.title(told.get("title"), is_text=True),
        hinted_at=published.at,
        hinted_modified_at=hints.modified(told.get("date_modified")),
        hinted_day=published.day,
        hinted_as=published.written,
    )
