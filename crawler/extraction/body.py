"""The text of a page with its links, each at its place, and what was taken out of it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.article import Block, Dropped, Link
from crawler.extraction import boilerplate, engine
from crawler.extraction.boxes import boxes, outermost
from crawler.extraction.dom import select
from crawler.extraction.draft import Draft
from crawler.extraction.json_ld import strings
from crawler.extraction.links import is_link_line
from crawler.extraction.outline import Places, aligned, outline
from crawler.extraction.page import Page
from crawler.extraction.render import Piece, rendered


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
    apart = boxes(root, page.layout)
    walk = outline(root, {box.element for box in apart})
    inner = _in_text(root, page.layout.body)
    for box in outermost(apart):
        box.element.drop_tree()
    pieces = _pieces(page, root)
    places = aligned(walk, [piece.text for piece in pieces])
    draft = Draft(page, pieces, places, apart, _reasons(page, pieces, places, head))
    return Body(draft.paragraphs, draft.blocks, draft.links, draft.dropped(inner))


def _pieces(page: Page, root: HtmlElement) -> Sequence[Piece]:
    """The paragraphs of the part that the layout names, if it is there; else of what the engine takes for the text."""
    told = "\n".join(strings(page.raw("articleBody")))
    return rendered(select(root, page.layout.body)) or engine.generic(root, told)


def _in_text(root: HtmlElement, selector: str | None) -> set[HtmlElement]:
    """The elements of the part of the page that is known to be the article: only what is cut out there is told."""
    frames = select(root, selector) or root.xpath("//article[1] | //*[@itemprop='articleBody'][1]")
    return {element for frame in frames for element in frame.iter()}


def _reasons(page: Page, pieces: Sequence[Piece], places: Places, head: Sequence[str]) -> dict[int, str]:
    """Which paragraphs are none, and why; nothing where that would leave no text at all."""
    reasons = dict.fromkeys(boilerplate.repeats_head(pieces, head), "repeats the head")
    for number, piece in enumerate(pieces):
        if reason := boilerplate.reason_to_drop(piece.text):
            reasons[number] = reason
        elif is_link_line(page, piece.text, places.by_paragraph.get(number, [])):
            reasons[number] = "read more"
    for number in reversed(range(len(pieces))):
        if number not in reasons and pieces[number].kind != "heading":
            break
        reasons.setdefault(number, "heading without text")
    return reasons if len(reasons) < len(pieces) else {}
