"""Which elements of a page have lost their end? A parser has them reach on, and would take the article with them.

What browsers show nothing of cannot hold most of a page's paragraphs: then its end tag was lost, or is one that HTML
does not know (``<iframe ... />``). Mended in the source, or in the tree as it is walked through.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

_FRAME = re.compile(rb"<iframe\b[^>]{0,4000}>(?!\s{0,99}</iframe)", re.IGNORECASE)
_BOXES = ("p", "div", "section", "article", "main", "h1", "h2")
_PARTS = ("h1", "main", "article", "nav", "footer")
_FEWEST = 3
"""Paragraphs of a template that may be the page: a shorter one is a request for consent."""


def holds_words(frame: HtmlElement) -> bool:
    """Return whether an inline frame has elements of the page in it, which no browser shows."""
    return "</" in (frame.text or "")


def with_closed_frames(source: bytes) -> bytes:
    """Return a page whose inline frames hold nothing."""
    return _FRAME.sub(rb"\g<0></iframe>", source)


def open_head(root: HtmlElement) -> None:
    """Take out of the head what the page shows, from where it begins."""
    head = root.find("head")
    begun = [] if head is None else [child for child in head if next(child.iter("p", "h1"), None) is not None]
    if head is not None and begun:
        rest = etree.SubElement(root, "div")
        head.addnext(rest)
        rest.extend(head[head.index(begun[0]) :])


def is_plain(element: HtmlElement) -> bool:
    """Return whether a drawing or a template is a plain box by now, and holds what the page shows."""
    if element.tag == "svg":
        inner = next(element.iter(*_BOXES), None)  # at which a browser ends it
        return inner is not None and next(inner.iterancestors("foreignobject", "svg")) is element
    own = sum(1 for _ in element.iter("p"))
    return (
        own >= _FEWEST
        and next(element.iter(*_PARTS), None) is not None
        and own * 2 > sum(1 for _ in element.getroottree().iter("p"))
    )
