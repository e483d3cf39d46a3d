"""What the workers of the pool run: the functions of extraction, imported there alone.

The main process, which only names them, stays small and starts fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec

from crawler.article import Article, Measures, Post
from crawler.site import Site

T = TypeVar("T")


def extractor() -> str:
    """Return by which rules pages are read here."""
    from crawler.extraction.extract import EXTRACTOR

    return EXTRACTOR


def extract_page(html: bytes, url: str, site: Site, fetched_at: datetime, charset: str | None) -> Article:
    """``extract``, imported where it runs."""
    from crawler.extraction.extract import extract

    return storable(extract(html, url, site, fetched_at, charset))


def extract_and_measure(
    measure: Callable[[Article, str, Site], Measures],
    html: bytes,
    url: str,
    site: Site,
    fetched_at: datetime,
    charset: str | None,
) -> tuple[Article, Measures]:
    """``extract_page``, and what ``measure`` says of the article, address and site: where pages are stored, one thread
    does it for all of them.
    """
    article = extract_page(html, url, site, fetched_at, charset)
    return article, measure(article, url, site)


def read_live_posts(
    fragment: bytes, url: str, site: Site, fetched_at: datetime, charset: str | None
) -> tuple[Post, ...]:
    """``read_posts``, imported where it runs."""
    from crawler.extraction.live_posts import read_posts

    return storable(read_posts(fragment, url, site, fetched_at, charset))


def storable(value: T) -> T:
    """Return an article, or a part of one, in characters alone: JSON can escape half of a surrogate pair, which is
    none. To write it down shows whether there is one, for a fiftieth of what it costs to take all apart.
    """
    try:
        msgspec.msgpack.encode(value)
    except UnicodeEncodeError:
        return cast("T", _in_characters(value))
    return value


def _in_characters(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, tuple):
        return tuple(map(_in_characters, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _in_characters(getattr(value, field.name)) for field in fields(value)})
    return value
