"""RSS 2.0, RSS 1.0 and Atom to candidates, by feedparser."""

from __future__ import annotations

import io
import re
from itertools import islice
from typing import Any

import feedparser

from crawler.article import Candidate, Source
from crawler.charsets import without_endless_references
from crawler.discovery import hints
from crawler.discovery.listing import Listing, ListingError, is_html, markup, web_address

MOST_ENTRIES = 5_000
"""More than any feed of a newspaper holds; what stands below is left to the next fetch or to the sitemaps."""
MOST_TAGS = 100_000
"""Feedparser takes about 0.03 ms a tag, so that ten megabytes of nothing else would hold up a crawl for two minutes.
A feed of two hundred articles in full stays below this."""
_TAG = re.compile(rb"<")


def parse_feed(body: bytes, url: str) -> Listing:
    """The articles in a feed fetched from ``url``, newest first as the feed has them.

    A malformed feed yields what can be read of it. Raises ListingError for a body that is no feed.
    """
    body = without_endless_references(markup(body))
    if is_html(body):
        raise ListingError("an HTML page, not a feed")
    feed = _parsed(body, url)
    if not feed.version and not feed.entries:
        raise ListingError("not a feed: neither RSS nor Atom")
    is_rss = feed.version.startswith("rss")
    found = (_candidate(entry, url, is_rss=is_rss) for entry in islice(feed.entries, MOST_ENTRIES))
    return Listing.of(candidate for candidate in found if candidate)


def _parsed(body: bytes, url: str) -> Any:
    """Feedparser's result. A stream, never bytes or text: those it would take for a file's name or an address.

    The content is not cleaned or resolved: nothing reads it, and it is most of the work.
    """
    cut = next(islice(_TAG.finditer(body), MOST_TAGS, None), None)
    stream = io.BytesIO(body[: cut.start()] if cut else body)
    headers = {"content-location": url, "content-type": "application/xml"}
    return feedparser.parse(stream, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)


def _candidate(entry: Any, url: str, *, is_rss: bool) -> Candidate | None:
    address = web_address(url, entry.get("link"))  # or the identifier, which feedparser puts there when it is a link
    if address is None:
        return None
    detail = entry.get("title_detail") or {}
    # RSS does not say whether a title is text or markup; Atom does, and defaults to text.
    is_text = not is_rss and detail.get("type") == "text/plain"
    # dc:date, in feeds of RSS without pubDate; the `updated` of Atom is a modification, and no hint.
    written = entry.get("published" if "published" in entry or not is_rss else "updated")
    return Candidate(
        url=address,
        source=Source.FEED,
        listing_url=url,
        hinted_title=hints.title(entry.get("title"), is_text=is_text),
        hinted_at=hints.moment(written),
    )
