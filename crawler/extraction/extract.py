"""One page to one article: the whole of extraction behind one function.

The module can be called as the function can. So ``from crawler.extraction import extract`` gives something that reads
a page, whatever was imported before it: Python makes a module a name of its package as soon as anybody imports it.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, wraps
from importlib import import_module
from importlib.metadata import version
from inspect import signature
from types import ModuleType
from typing import Any, ParamSpec

from crawler import clock
from crawler.article import Article, Provenance
from crawler.extraction import agencies, people, titles, walls
from crawler.extraction.body import Body, body
from crawler.extraction.captions import caption_and_credit
from crawler.extraction.document import Document, read
from crawler.extraction.lists import is_list
from crawler.extraction.metadata import metadata
from crawler.extraction.page import Page
from crawler.extraction.pages import pages
from crawler.site import Site, Sites

RULES = 6
"""Raised whenever a rule of this package changes what comes out: stored articles are then compared like with like."""
EXTRACTOR = f"vestnik-{RULES}/trafilatura-{version('trafilatura')}"

_CLOSED = (False, "False", "false", "https://schema.org/False", "http://schema.org/False")
_OPEN_TIERS = {"free": False, "open": False, "locked": True, "paid": True, "premium": True, "subscriber": True}

_Given = ParamSpec("_Given")


def _undisturbed(reading: Callable[_Given, Article]) -> Callable[_Given, Article]:
    """Return the function without Python's search for cycles in the midst of it, a sixth of a page's time.

    Hardly anything that reading a page makes is garbage before its end; the collector would look all of it over again
    and again. When the function has returned, nothing refers to the page any more.
    """

    @wraps(reading)
    def undisturbed(*args: _Given.args, **kwargs: _Given.kwargs) -> Article:
        was_on = gc.isenabled()  # off where another thread is reading, which will turn it on
        gc.disable()
        try:
            return reading(*args, **kwargs)
        finally:
            if was_on:
                gc.enable()

    return undisturbed


@_undisturbed
def extract(
    html: bytes | str,
    url: str,
    site: Site | None = None,
    fetched_at: datetime | None = None,
    charset: str | None = None,
) -> Article:
    """Return what the page says, every field of :class:`~crawler.article.Article`.

    ``site`` is the site's profile; by default the shipped one for this address, or none. ``fetched_at``, an aware time,
    is when the page was fetched; by default now. ``charset`` is what the HTTP header said. The same page, site and time
    always give the same article. Never raises on any page: an empty one gives an article with an empty title and no
    paragraphs. Raises ValueError for a ``url`` that is no absolute http(s) address and for a time without a zone.
    """
    if isinstance(html, str):
        html, charset = html.encode("utf-8", "replace"), "utf-8"
    if fetched_at is None:
        fetched_at = clock.now()
    if fetched_at.tzinfo is None:
        raise ValueError(f"fetched_at = {fetched_at!r}: expected a time with a zone, such as datetime.now(UTC)")
    if site is None:
        site = _shipped().for_url(url)
    page = Page(read(html, url, charset), site, fetched_at)
    article = _article(page)
    page.survey.release()
    return article


def _article(page: Page) -> Article:
    headings = titles.said(page)
    text = body(page, headings, people.byline(page))
    facts = metadata(page, headings, text.paragraphs, is_gallery=text.is_gallery)
    caption, credit = caption_and_credit(page)
    signed = page.signature.raw if page.signature is not None else ""
    return Article(
        site=page.site.name,
        url=page.document.url,
        title=facts.title,
        canonical=_canonical(page.document),
        alternates=_alternates(page.document),
        kind=facts.kind,
        standfirst=facts.standfirst,
        byline=facts.byline,
        authors=facts.authors,
        published=facts.published,
        modified=facts.modified,
        section=facts.section,
        tags=facts.tags,
        language=facts.language,
        wire=agencies.wire(facts.authors, text.paragraphs, people.lines(page), signed),
        paywalled=_paywalled(page),
        image_url=facts.image_url,
        image_caption=caption,
        image_credit=credit,
        paragraphs=text.paragraphs,
        blocks=text.blocks,
        links=text.links,
        dropped=text.dropped,
        provenance=(*facts.provenance, *_of_text(text)),
        extractor=EXTRACTOR,
        pages=pages(page.document),
        is_list=is_list(page, facts.kind, facts.provenance, text.paragraphs) or None,
    )


@cache
def _shipped() -> Sites:
    """Return the sites whose profiles come with Vestnik."""
    from crawler.profiles import load_profiles  # the workers of a crawl are given their site, and start sooner

    return load_profiles().sites


def _of_text(text: Body) -> tuple[Provenance, ...]:
    """Which witness took the text; its value is the beginning, by which a reader finds the place."""
    return (Provenance("text", text.witness, text.paragraphs[0][:200], chosen=True),) if text.paragraphs else ()


def _canonical(document: Document) -> str | None:
    """The address that the page declares as its own."""
    declared = document.links.get("canonical", ())
    found = (document.absolute(href) for href in (*declared, document.meta("og:url")))
    return next((address for address in found if address), None)


def _alternates(document: Document) -> tuple[tuple[str, str], ...]:
    named = (("amp", "amphtml"), ("shortlink", "shortlink"))
    found = ((kind, document.absolute(href)) for kind, rel in named for href in document.links.get(rel, ()))
    return tuple(dict.fromkeys((kind, address) for kind, address in found if address))


def _paywalled(page: Page) -> bool | None:
    free = page.raw("isAccessibleForFree")
    if free is None and any(part.get("isAccessibleForFree") in _CLOSED for part in _parts(page)):
        return True
    if isinstance(free, bool):
        return not free
    if isinstance(free, str):
        return {"true": False, "false": True}.get(free.strip().rpartition("/")[2].lower())
    tier = _OPEN_TIERS.get((page.document.meta("article:content_tier") or "").lower())
    return tier if tier is not None else walls.is_walled(page) or None


def _parts(page: Page) -> list[Mapping[str, Any]]:
    """The parts of the article that its structured data tell of."""
    said = page.raw("hasPart")
    return [part for part in (said if isinstance(said, list) else [said]) if isinstance(part, dict)]


class _Callable(ModuleType):
    __call__ = staticmethod(extract)
    __signature__ = signature(extract)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Let it be pickled, as a function can be, for a pool of processes."""
        return import_module, (self.__name__,)


sys.modules[__name__].__class__ = _Callable
