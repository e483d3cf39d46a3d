"""Is the page a list of articles, and none itself: a section's front, the page of a tag, what a search found?

Such a page is teasers: links to other pieces of the same site, each with its headline and a line or two, and next to no
words beside them. An article is known by more: a time of its own that a system wrote for machines, a kind, paragraphs
that stand in no teaser. In doubt it is an article; one that is passed over is lost, a list that is kept is seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urldefrag, urlsplit

from crawler.addresses import without_www
from crawler.article import Kind, Provenance, words
from crawler.extraction.json_ld import types
from crawler.extraction.page import Page
from crawler.extraction.survey import FRAMES, Node

_FEWEST, _FEWEST_DECLARED = 5, 3
"""Teasers of a list; of a page that says for machines what it is, fewer will do."""
_HEADLINE, _HEADLINE_LETTERS = 3, 15
"""Words, or letters where words are not parted, that the links of a menu do not have."""
_TEASER = 350
"""Characters of a teaser on average: digests, in which each piece is told in a paragraph, have 400 and more."""
_BESIDE = 40
"""Words that stand in no teaser: what a section says of itself has fewer, the shortest article with a list under it
about as many."""
_MOST_TEASER = 700
"""Characters of one teaser at most; what is larger holds more than that."""
_STRUCTURED = frozenset({"layout", "json-ld", "microdata", "article:published_time", "meta"})
_ARTICLES_OWN = frozenset({Kind.LIVE, Kind.GALLERY, Kind.VIDEO, Kind.PODCAST})
_COLLECTION = re.compile(
    r'"@type"\s{0,9}:\s{0,9}(?:\[[^\]]{0,200}?)?"(?:CollectionPage|SearchResultsPage|ProfilePage)"'
)
_MARKED = re.compile(r"(?:Article|BlogPosting)$")


def is_list(page: Page, kind: Kind, provenance: Sequence[Provenance], paragraphs: Sequence[str]) -> bool:
    """Return whether the page is a list of articles. ``paragraphs`` are what was taken for its text."""
    if kind in _ARTICLES_OWN:
        return False
    declared = _is_declared(page)
    if not declared and _is_marked(page, provenance):
        return False
    teasers = _teasers(page)
    if len(teasers) < (_FEWEST_DECLARED if declared else _FEWEST):
        return False
    if sum(node.length for node in teasers) > _TEASER * len(teasers):
        return False
    told = {line for node in teasers for line in (block.text for block in page.survey.within(node))}
    beside = sum(words(paragraph) for paragraph in paragraphs if not _is_told(paragraph, told))
    return beside < _BESIDE


def _is_declared(page: Page) -> bool:
    """Return whether the page says for machines that it is a collection, and of no article that it is this page."""
    scripts = (one.text or "" for one in page.document.by_tag["script"] if "ld+json" in (one.get("type") or "").lower())
    is_article = any(_MARKED.search(name) for node in page.nodes for name in types(node))
    return not is_article and any(_COLLECTION.search(text) for text in scripts)


def _is_marked(page: Page, provenance: Sequence[Provenance]) -> bool:
    """Return whether a system wrote for machines that this one is an article; a list has many."""
    marked = (node.attributes.get("itemtype", "") for node in page.survey.microdata)
    if sum("Article" in name or "BlogPosting" in name for name in marked) > 2:
        return False
    if (page.document.meta("og:type") or "").lower() == "article":
        return True
    return any(one.field == "published_at" and one.source in _STRUCTURED for one in provenance)


def _teasers(page: Page) -> list[Node]:
    """Return the elements around links that lead to other pages of the site by a headline, each page once."""
    found: dict[str, Node] = {}
    own = _place(page.document.url)
    for link in page.survey.by_tag.get("a", ()):
        if link.length < _HEADLINE_LETTERS or not _is_headline(page.survey.text(link)):
            continue
        url = page.document.absolute(link.element.get("href"))
        if url is None or _place(url)[0] != own[0] or _place(url) == own:
            continue
        if any(above.tag in FRAMES and above.tag != "header" for above in link.ancestors()):
            continue
        found.setdefault(urldefrag(url).url, _around(page, link, url))
    return list({node.number: node for node in found.values()}.values())


def _is_headline(text: str) -> bool:
    return words(text) >= _HEADLINE


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return without_www(parts.netloc), parts.path.rstrip("/"), parts.query


def _around(page: Page, link: Node, url: str) -> Node:
    """Return the largest element around a link that leads to no other page by a headline."""
    top = link
    for above in link.ancestors():
        if above.tag in ("body", "main", "html") or above.length > _MOST_TEASER:
            break
        others = (one for one in page.survey.inside(above, "a") if one.length >= _HEADLINE_LETTERS)
        if any(page.document.absolute(one.element.get("href")) != url for one in others):
            break
        top = above
    return top


def _is_told(paragraph: str, told: set[str]) -> bool:
    """Return whether a paragraph is a line of a teaser, or several, as lists and bare words are joined."""
    return paragraph in told or all(line in told for line in re.split(r"[\n\t]", paragraph))
