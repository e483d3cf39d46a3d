"""Which elements of a page have lost their end? A parser has them reach on, and would take the article with them.

What browsers show nothing of cannot hold most of a page's paragraphs: then its end tag was lost, or is one that HTML
does not know (``<iframe ... />``). Mended in the source and in the tree, before anybody walks through it.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

_FRAME = re.compile(r"<iframe\b[^>]{0,4000}>(?!\s{0,99}</iframe)", re.IGNORECASE)
_BOXES = ("p", "div", "section", "article", "main", "h1", "h2")
_PARTS = ("h1", "main", "article", "nav", "footer")
_FEWEST = 3
"""Paragraphs of a template that may be the page: a shorter one is a request for consent."""


def with_closed_frames(source: str) -> str:
    """Return a page whose inline frames hold nothing: whatever stands in one, no browser shows."""
    lowered = source.lower()
    if lowered.count("<iframe") == lowered.count("</iframe"):
        return source
    return _FRAME.sub(r"\g<0></iframe>", source)


def close(root: HtmlElement) -> None:
    """Make a plain box of each drawing and template, and of the rest of a head, that holds what the page shows."""
    for drawing in root.iter("svg"):
        inner = next(drawing.iter(*_BOXES), None)
        if inner is not None and next(inner.iterancestors("foreignobject", "svg")) is drawing:
            drawing.tag = "div"  # to a browser it ends at the first box in it
    head = next(root.iter("head"), None)
    begun = [] if head is None else [child for child in head if next(child.iter("p", "h1"), None) is not None]
    if head is not None and begun:
        rest = etree.SubElement(root, "div")
        head.addnext(rest)
        rest.extend(head[head.index(begun[0]) :])
    for template in root.iter("template"):
        if _holds_page(template, root):
            template.tag = "div"


def _holds_page(template: HtmlElement, root: HtmlElement) -> bool:
    own = sum(1 for _ in template.iter("p"))
    return (
        own >= _FEWEST and next(template.iter(*_PARTS), None) is not None and own * 2 > sum(1 for _ in root.iter("p"))
    )
