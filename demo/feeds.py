"""The RSS feeds: eight of them, none long enough to hold the paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import format_datetime
from types import MappingProxyType

from crawler.article import Kind
from demo.article_page import description, heading
from demo.clock import local
from demo.issue import Issue
from demo.pieces import Edition
from demo.templating import rendered

LONGEST = 20
"""Items a feed holds."""

FEEDS: Mapping[str, Callable[[Edition], bool]] = MappingProxyType(
    {
        "all": lambda _: True,
        "news": lambda edition: edition.section == "news",
        "opinion": lambda edition: edition.section == "opinion",
        "city": lambda edition: "City Hall" in edition.tags,
        "meanwhile": lambda edition: edition.section == "meanwhile",
        "podcasts": lambda edition: edition.kind is Kind.PODCAST,
        "in-depth": lambda edition: edition.section == "features",
        "arts-and-life": lambda edition: edition.section == "arts-and-life",
    }
)


def feed(issue: Issue, name: str) -> str:
    """The feed of this name. Raises KeyError for one that the paper does not have."""
    editions = issue.where(FEEDS[name])[:LONGEST]
    items = [
        {
            "title": heading(edition),
            "url": issue.url(edition.path),
            "description": description(edition),
            "live": edition.kind is Kind.LIVE,
            "author": edition.authors[0] if edition.authors else None,
            "date": format_datetime(local(edition.published)),
            "section": edition.section,
            "image": issue.url(f"image/320/{edition.picture.file}") if edition.picture else None,
        }
        for edition in editions
    ]
    built = format_datetime(local(max((edition.modified for edition in editions), default=issue.changed)))
    return rendered("feed.xml", issue=issue, name=name, items=items, built=built)
