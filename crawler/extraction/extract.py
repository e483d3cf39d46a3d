"""One page to one article: the whole of extraction behind one pure function."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version

from lxml.html import HtmlElement

from crawler.article import Article
from crawler.extraction import bylines, people, titles
from crawler.extraction.body import body
from crawler.extraction.document import Document, read
from crawler.extraction.images import caption_and_credit
from crawler.extraction.metadata import metadata
from crawler.extraction.page import Page
from crawler.site import Site

RULES = 4
"""Raised whenever a rule of this package changes what comes out: stored articles are then compared like with like."""
EXTRACTOR = f"vestnik-{RULES}/trafilatura-{version('trafilatura')}"

_OPEN_TIERS = {"free": False, "open": False, "locked": True, "paid": True, "premium": True, "subscriber": True}


def extract(html: bytes, url: str, site: Site, fetched_at: datetime, charset: str | None = None) -> Article:
    """What the page says, every field of :class:`~crawler.article.Article`.

    ``fetched_at`` is aware; ``charset`` is what the HTTP header said. Never raises on any bytes: an empty page gives
    an article with an empty title and no paragraphs.
    """
    page = Page(read(html, url, charset), site, fetched_at)
    headings = titles.said(page)
    text = body(page, [*(one.value or "" for one in headings), people.byline(page) or ""])
    facts = metadata(page, headings, text.paragraphs[0] if text.paragraphs else "")
    caption, credit = caption_and_credit(page)
    return Article(
        site=site.name,
        url=url,
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
        wire=bylines.wire(facts.authors, text.paragraphs),
        paywalled=_paywalled(page),
        image_url=facts.image_url,
        image_caption=caption,
        image_credit=credit,
        paragraphs=text.paragraphs,
        blocks=text.blocks,
        links=text.links,
        dropped=text.dropped,
        provenance=facts.provenance,
        extractor=EXTRACTOR,
    )


def _canonical(document: Document) -> str | None:
    """The address that the page declares as its own."""
    declared = (element.get("href") for element in _links(document, "canonical"))
    found = (document.absolute(href) for href in (*declared, document.meta("og:url")))
    return next((address for address in found if address), None)


def _alternates(document: Document) -> tuple[tuple[str, str], ...]:
    named = (("amp", "amphtml"), ("shortlink", "shortlink"))
    found = ((kind, document.absolute(one.get("href"))) for kind, rel in named for one in _links(document, rel))
    return tuple(dict.fromkeys((kind, address) for kind, address in found if address))


def _links(document: Document, rel: str) -> list[HtmlElement]:
    return [one for one in document.root.iter("link") if (one.get("rel") or "").lower() == rel]


def _paywalled(page: Page) -> bool | None:
    free = page.raw("isAccessibleForFree")
    if isinstance(free, bool):
        return not free
    if isinstance(free, str):
        return {"true": False, "false": True}.get(free.strip().rpartition("/")[2].lower())
    return _OPEN_TIERS.get((page.document.meta("article:content_tier") or "").lower())
