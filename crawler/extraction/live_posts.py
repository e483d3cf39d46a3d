"""The posts of a live blog that its page leaves out: fragments of HTML that the page loads when it is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml.html import HtmlElement

from crawler.article import Post
from crawler.extraction.dates import machine_moment, possible, zone_of
from crawler.extraction.document import read
from crawler.extraction.dom import select, text_of
from crawler.site import Site

_PARAGRAPHS = frozenset({"p", "li", "blockquote", "h2", "h3", "h4", "h5", "h6"})


def read_posts(fragment: bytes, url: str, site: Site, fetched_at: datetime, charset: str | None) -> tuple[Post, ...]:
    """The posts of a fragment in the order in which they stand. Never raises: of no fragment comes no post.

    A post is what the layout's ``post`` selects, else each outermost element that holds a ``<time datetime>``.
    """
    root = read(fragment, url, charset).root
    chosen = select(root, site.layout_at(fetched_at.date()).post) or list(_timed(root))
    found = (Post(_time(one, site, fetched_at), tuple(_paragraphs(one))) for one in chosen)
    return tuple(post for post in found if post.paragraphs)


def _timed(root: HtmlElement) -> Iterator[HtmlElement]:
    body = root.find("body")
    for element in body if body is not None else root:
        if isinstance(element.tag, str) and next(element.iter("time"), None) is not None:
            yield element


def _time(post: HtmlElement, site: Site, fetched_at: datetime) -> datetime | None:
    stated = next((one.get("datetime") for one in post.iter("time") if one.get("datetime")), None)
    said = machine_moment(stated or post.get("data-time") or "", zone_of(site.timezone))
    return said.at if said is not None and isinstance(said.at, datetime) and possible(said, fetched_at) else None


def _paragraphs(post: HtmlElement) -> Iterator[str]:
    inner = [one for one in post.iter(*_PARAGRAPHS) if not any(up.tag in _PARAGRAPHS for up in one.iterancestors())]
    for element in inner or [post]:
        if text := text_of(element):
            yield text
