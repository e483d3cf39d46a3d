"""The text of a page with its links, each at its place, and what was taken out of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.addresses import key_of
from crawler.article import Block, Dropped, Link
from crawler.extraction import boilerplate, engine
from crawler.extraction.asides import asides, is_prose
from crawler.extraction.boxes import Box, boxes, outermost
from crawler.extraction.columns import continued, divided
from crawler.extraction.dom import select
from crawler.extraction.draft import Draft
from crawler.extraction.edges import head_lines
from crawler.extraction.gaps import filled
from crawler.extraction.json_ld import strings
from crawler.extraction.letters import dense
from crawler.extraction.links import is_link_line
from crawler.extraction.live import with_posts
from crawler.extraction.opening import under_headline, with_opening
from crawler.extraction.outline import Found, Places, aligned, outline
from crawler.extraction.page import Page
from crawler.extraction.render import Piece, rendered
from crawler.extraction.script_state import text_in

_HEAD = 4  # pieces among which the line under the headline is sought
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_OF_LINKS = frozenset({"related", "read_more", "teasers", "most read"})


@dataclass(frozen=True)
class Body:
    """Paragraphs, and all that is told by their numbers."""

    paragraphs: tuple[str, ...]
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    dropped: tuple[Dropped, ...]


def body(page: Page, head: Sequence[str] = ()) -> Body:
    """Extract the text. ``head`` is what the page says as title and byline, which the text need not repeat."""
    root = copy.deepcopy(page.root)
    engine.stripped(root)
    apart = _apart(root, page)
    walk = outline(root, {box.element for box in apart})
    inner = _in_text(root, page.layout.body)
    for box in outermost(apart):
        box.element.drop_tree()
    pieces = _pieces(page, root, head)
    places = aligned(walk, [piece.text for piece in pieces])
    reasons = _reasons(page, pieces, places, head) | _standfirst(under_headline(root), pieces)
    draft = Draft(page, pieces, places, apart, reasons if len(reasons) < len(pieces) else {})
    return Body(draft.paragraphs, draft.blocks, draft.links, draft.dropped(inner))


def _pieces(page: Page, root: HtmlElement, head: Sequence[str]) -> Sequence[Piece]:
    """The paragraphs of the part that the layout names, if it is there; else of what the engine takes for the text.

    Of a page that prints next to none, what its scripts hold.
    """
    told = "\n".join(strings(page.raw("articleBody")))
    chosen: Sequence[Piece] = rendered(select(root, page.layout.body))
    if not chosen:
        chosen = with_opening(
            root, continued(root, filled(root, divided(root, engine.generic(root, told)))), _described(page)
        )
        if engine.size(chosen) < engine.SHORT:
            chosen = max(chosen, text_in(_scripts(page.root), " ".join(head)), key=engine.size)
    return with_posts(chosen, root, page)


def _scripts(root: HtmlElement) -> Iterator[str]:
    return (one.text for one in root.iter("script") if one.text and "ld+json" not in (one.get("type") or "").lower())


def _described(page: Page) -> list[str]:
    """What the page says of itself in a sentence or two."""
    return [*strings(page.raw("description")), *(page.document.meta(name) or "" for name in _DESCRIPTIONS)]


def _standfirst(line: str | None, pieces: Sequence[Piece]) -> dict[int, str]:
    """The piece that is the line under the headline: it has a field of its own."""
    known = dense(line or "")
    return {n: "standfirst" for n, piece in enumerate(pieces[:_HEAD]) if known and dense(piece.text) == known}


def _apart(root: HtmlElement, page: Page) -> list[Box]:
    """What goes before the text is sought: boxes that are called so, and what is no text by its build."""
    named = boxes(root, page.layout, guess=not page.names_boxes)
    if not page.names_boxes:
        misnamed = [box for box in named if box.reason in _OF_LINKS and is_prose(box.element)]
        for box in misnamed:
            box.element.attrib.pop("class", None)  # the engine, too, goes by such names
        named = [box for box in named if box not in misnamed]
    found = {box.element: box for box in named}
    built = asides(root, page.document, found)
    found |= {box.element: box for box in built}
    return [found[element] for element in root.iter() if element in found] if built else named


def _in_text(root: HtmlElement, selector: str | None) -> set[HtmlElement]:
    """The elements of the part of the page that is known to be the article: only what is cut out there is told."""
    frames = select(root, selector) or root.xpath("//article[1] | //*[@itemprop='articleBody'][1]")
    return {element for frame in frames for element in frame.iter()}


def _reasons(page: Page, pieces: Sequence[Piece], places: Places, head: Sequence[str]) -> dict[int, str]:
    """Which paragraphs are none, and why; nothing where that would leave no text at all."""
    reasons = dict(head_lines(pieces, head))
    for number, piece in enumerate(pieces):
        if piece.kind == "post":
            continue  # its time would go with it
        if number in reasons:
            continue
        if reason := boilerplate.reason_to_drop(piece.text):
            reasons[number] = reason
        elif is_link_line(page, piece.text, _leading_on(page, places.by_paragraph.get(number, []))):
            reasons[number] = "read more"
    for number in reversed(range(len(pieces))):
        if number not in reasons and pieces[number].kind != "heading":
            break
        reasons.setdefault(number, "heading without text")
    return reasons if len(reasons) < len(pieces) else {}


def _leading_on(page: Page, links: Sequence[Found]) -> list[Found]:
    """Those that leave the page: a table of contents links to headings of the text itself."""
    return [
        one
        for one in links
        if key_of(page.document.absolute(one.href) or page.document.url) != key_of(page.document.url)
    ]
