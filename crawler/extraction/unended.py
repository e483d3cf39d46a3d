"""Which elements of a page have lost their end, or are used for what they are not? They would take the article along.

What browsers show nothing of cannot hold most of a page's paragraphs: then its end tag was lost, or is one that HTML
does not know (``<iframe ... />``). Nor can a frame such as ``nav`` or ``aside``, or what hides its words. The former is
mended before a page is walked through, the latter known by a first walk.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

from lxml import etree
from lxml.html import HtmlElement

from crawler.extraction.survey import FRAMES, PARAGRAPH, Block, Node, Survey
from crawler.extraction.thresholds import A_TEXT, SHORT

_FRAME = re.compile(rb"<iframe\b[^>]{0,4000}>(?!\s{0,99}</iframe)", re.IGNORECASE)
_BOXES = ("p", "div", "section", "article", "main", "h1", "h2")
_PARTS = ("h1", "main", "article", "nav", "footer")
_FEWEST = 3
"""Paragraphs of a template that may be the page: a shorter one is a request for consent."""
ROLES = {"navigation": "navigation", "menu": "navigation", "dialog": "hidden", "alertdialog": "hidden"}
"""Of https://www.w3.org/TR/wai-aria-1.2/#landmark_roles and its kin; they are misused as tags are."""
_MISUSED = (*FRAMES, "amp-sidebar", "figure", "figcaption")
_OF_PICTURES, _BEHIND = frozenset({"figure", "figcaption"}), frozenset({"footer", "aside"})
_PARAGRAPHS = 3
_ENDLESS = ("a", "button", "select", "textarea")
"""Elements within a line, which hold a text only where their end tag was lost."""
_MOST_IN_LINK = 3
"""Blocks of a teaser that is a link as a whole: a rubric, a title, a line."""


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


def open_boxes(root: HtmlElement, drawings: Iterable[HtmlElement], templates: Iterable[HtmlElement]) -> None:
    """Make a plain box of each drawing and template of a page that holds what it shows."""
    for drawing in drawings:
        inner = next(drawing.iter(*_BOXES), None)  # at which a browser ends it
        if inner is not None and next(inner.iterancestors("foreignobject", "svg")) is drawing:
            drawing.tag = "div"
    held = {one: own for one in templates if (own := _paragraphs_in(one)) >= _FEWEST}
    whole = _paragraphs_in(root) if held else 0
    for template, own in held.items():
        if own * 2 > whole and next(template.iter(*_PARTS), None) is not None:
            template.tag = "div"


def _paragraphs_in(element: HtmlElement) -> int:
    return sum(1 for _ in element.iter("p"))


# Once the page is walked through.


def misused(page: Survey) -> list[Node]:
    """Return the frames, controls and links that are none: they hold most of the prose."""
    frames = [node for tag in _MISUSED for node in page.by_tag.get(tag, ())]
    frames += [node for node in page.nodes if node.attributes.get("role") in ROLES]
    around = [node for tag in _ENDLESS for node in page.by_tag.get(tag, ()) if node.last - node.first > _MOST_IN_LINK]
    if not frames and not around:
        return []
    unlinked = {number for node in around for number in range(node.first, node.last)}
    weights = [
        len(block.text) if block.is_paragraph and _would_be_prose(block, unlinked) else 0 for block in page.blocks
    ]
    total = sum(weights)
    found = []
    for node in (*frames, *around):
        own = sum(weights[node.first : node.last])
        if own * 2 <= total or own < (SHORT if node.tag in _ENDLESS else PARAGRAPH):
            continue
        if node.tag in _OF_PICTURES and not _holds_text(page, node):
            continue
        if node.tag not in _BEHIND or not _is_behind(page, node):
            found.append(node)
    return found


def around_all(page: Survey, hidden: Sequence[Node]) -> Iterator[HtmlElement]:
    """Yield the hidden elements around a headline, further frames and most of the prose: their end was lost."""
    seen = page.prose(page.root)
    for node in hidden:
        if page.inside(node, "h1") and page.inside(node, "main", "article", "footer"):
            own = sum(len(block.text) for block in page.within(node) if block.is_paragraph)
            if own > seen:
                yield node.element


def _holds_text(page: Survey, node: Node) -> bool:
    """Whether there are paragraphs in an element, more than a picture has under it."""
    is_caption = node.tag == "figcaption"
    own = (block for block in page.within(node) if block.is_paragraph)
    return sum(is_caption or block.node.tag == "p" for block in own) >= _PARAGRAPHS


def _is_behind(page: Survey, node: Node) -> bool:
    """Whether an element follows a headline and a text of its own, however short that is.

    An aside right among the paragraphs, or around another one, has perhaps lost its end: nobody nests them.
    """
    if node.tag == "aside" and (any(one.tag == "p" for one in node.before()) or len(page.inside(node, "aside")) > 1):
        return False
    headline = next((one for one in page.by_tag.get("h1", ()) if one.length), None)
    return headline is not None and page.prose_between(min(headline.last, node.first), node.first) >= A_TEXT


def _would_be_prose(block: Block, unlinked: Container[int]) -> bool:
    """Whether a paragraph would read as prose, were the frame around it none; a dialog is seen only when it is open.

    ``unlinked`` are those in links that are perhaps none.
    """
    is_seen = block.unseen in (None, "navigation", "control") or (
        block.unseen == "hidden"
        and any(
            one.tag == "dialog" or one.attributes.get("role") in ROLES for one in (block.node, *block.node.ancestors())
        )
    )
    return is_seen and (block.number in unlinked or block.linked * 2 < len(block.text))
