"""A page, read once: bytes to text, text to one tree, and what the rest of extraction asks of that tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree, html

from crawler.addresses import LONGEST, clean, is_web_address
from crawler.charsets import as_text
from crawler.extraction import json_ld
from crawler.extraction.unended import holds_words, open_boxes, open_head, with_closed_frames
from crawler.extraction.words import squeezed

_DEEPEST = 200
"""Levels that are kept: libxml2 stops reading at 255, and what walks the tree by recursion has limits of its own."""
_MOST_ELEMENTS = 30_000
"""Ten times what the largest of some hundred front pages and articles holds: time and memory grow with it."""
_UNREAD = ("base", "meta", "link", "script", "style", "iframe", "svg", "template")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_NOT_TEXT = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_NO_CHARACTERS = ("\ufffe", "\uffff")
_EMPTY = b"<html><head></head><body></body></html>"


@dataclass(frozen=True)
class Document:
    """A parsed page. ``base`` is what its relative addresses resolve against."""

    root: html.HtmlElement
    url: str
    base: str
    by_tag: Mapping[str, Sequence[html.HtmlElement]]
    """The elements that say nothing to readers, by their tags: a search through all of a page for one of them takes a
    hundredth of its time."""
    metas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What ``meta`` says, by name, property or itemprop in lower case; never empty strings."""
    cut: int = 0
    """How many elements were left out at the end, of a page that holds too many."""

    @cached_property
    def json_ld(self) -> tuple[Mapping[str, Any], ...]:
        """The JSON-LD nodes that describe the article, the best first."""
        scripts = self.by_tag["script"]
        texts = [one.text for one in scripts if one.text and "ld+json" in (one.get("type") or "").lower()]
        return json_ld.articles(texts, self.url)

    @cached_property
    def links(self) -> Mapping[str, list[str]]:
        """The addresses in ``link``, by what each says it leads to, in lower case."""
        found: dict[str, list[str]] = {}
        for element in self.by_tag["link"]:
            if href := element.get("href"):
                found.setdefault((element.get("rel") or "").lower(), []).append(href)
        return found

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """What the page declares to be its address."""
        return (*self.links.get("canonical", ()), *self.metas.get("og:url", ()))

    def meta(self, *names: str) -> str | None:
        """The first of these metas that the page has."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    def absolute(self, href: str | None) -> str | None:
        """An address as written on the page, absolute and clean; None for what is no http(s) address."""
        if not href or len(href) > LONGEST:
            return None
        try:
            href = href.strip()
            address = href if is_web_address(href) else urljoin(self.base, href)
            return clean(address) if is_web_address(address) else None
        except ValueError:
            return None


def read(page: bytes, url: str, charset: str | None = None) -> Document:
    """Parse a page. ``charset`` is what the HTTP header said. Never raises: of no page comes an empty document."""
    source = _without_controls(as_text(page, charset))
    root, by_tag, cut = _parsed(source)
    if any(map(holds_words, by_tag["iframe"])):
        root, by_tag, cut = _parsed(with_closed_frames(source))
    return Document(root, url, _base(by_tag["base"], url), by_tag, _metas(by_tag["meta"]), cut)


def _parsed(source: bytes) -> tuple[html.HtmlElement, Mapping[str, Sequence[html.HtmlElement]], int]:
    """The tree, what of it no reader sees, by tag, and how many elements were left out at its end."""
    root = _tree(source)
    open_head(root)
    cut = _shortened(root) if source.count(b"<") > _MOST_ELEMENTS else 0
    by_tag: dict[str, list[html.HtmlElement]] = {tag: [] for tag in _UNREAD}
    for element in root.iter(*_UNREAD):
        by_tag[element.tag].append(element)
    open_boxes(root, by_tag["svg"], by_tag["template"])
    return root, by_tag, cut


def _without_controls(text: str) -> bytes:
    """UTF-8 without what XML forbids, which libxml2 would stop at."""
    for sign in _NO_CHARACTERS:
        text = text.replace(sign, " ")
    return text.encode("utf-8", "replace").translate(_NOT_TEXT)


def _tree(source: bytes) -> html.HtmlElement:
    parser = _parser(huge=False)
    try:
        root = html.document_fromstring(source, parser=parser)
        if any("depth" in entry.message for entry in parser.error_log):
            root = html.document_fromstring(source, parser=_parser(huge=True))
            _cut(root)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError, ValueError):
        root = html.document_fromstring(_EMPTY)
    return root if root.tag == "html" else html.document_fromstring(_EMPTY)


def _parser(*, huge: bool) -> etree.HTMLParser:
    """One class for all elements: lxml.html asks a function of Python for that of each, whenever it is touched."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=huge
    )
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    return parser


def _cut(root: html.HtmlElement) -> None:
    """Make one text of everything that lies deeper than any article does."""
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
    for element in level:
        text = " ".join(element.itertext())
        tail = element.tail
        element.clear()
        element.text, element.tail = text, tail


def _shortened(root: html.HtmlElement) -> int:
    """Take the end from a tree that holds too many elements; gives their number."""
    beyond = list(islice(root.iter(), _MOST_ELEMENTS, None))
    for element in reversed(beyond):  # what an element holds goes before it
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return len(beyond)


def _base(elements: Iterable[html.HtmlElement], url: str) -> str:
    for element in elements:
        if href := (element.get("href") or "").strip():
            try:
                base = urljoin(url, href)
            except ValueError:
                continue
            return base if is_web_address(base) else url
    return url


def _metas(elements: Iterable[html.HtmlElement]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in elements:
        content = squeezed(element.get("content") or "")
        if content:
            for key in ("property", "name", "itemprop"):
                if name := element.get(key):
                    found.setdefault(name.strip().lower(), []).append(content)
    return {name: tuple(contents) for name, contents in found.items()}
