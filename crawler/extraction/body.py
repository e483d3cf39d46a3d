"""The text of a page with its links, each at its place, and what was taken out of it."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.article import Block, Dropped, Link
from crawler.extraction import boilerplate, engine
from crawler.extraction.boxes import Box, boxes, outermost
from crawler.extraction.dom import select, text_of
from crawler.extraction.json_ld import strings
from crawler.extraction.links import box_links, inline_links, is_link_line, line_links
from crawler.extraction.outline import Found, Places, aligned, outline
from crawler.extraction.page import Page
from crawler.extraction.render import Piece, rendered

_LONGEST_DROPPED, _MOST_DROPPED = 500, 100


@dataclass(frozen=True)
class Body:
    """Paragraphs, and all that is told by their numbers. ``source`` is who found the text."""

    paragraphs: tuple[str, ...]
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    dropped: tuple[Dropped, ...]
    source: str


def body(page: Page, head: Sequence[str] = ()) -> Body:
    """Extract the text. ``head`` is what the page says as title and byline, which the text need not repeat."""
    root = copy.deepcopy(page.root)
    engine.stripped(root)
    apart = boxes(root, page.layout)
    walk = outline(root, {box.element for box in apart})
    inner = _in_text(root, page.layout.body)
    for box in outermost(apart):
        box.element.drop_tree()
    text = _text(page, root)
    places = aligned(walk, [piece.text for piece in text.pieces])
    reasons = _reasons(page, text.pieces, places, head)
    kept = [number for number in range(len(text.pieces)) if number not in reasons]
    moved = _numbers(len(text.pieces), reasons)
    return Body(
        paragraphs=tuple(text.pieces[number].text for number in kept),
        blocks=_blocks(text.pieces, kept),
        links=_links(page, text.pieces, places, apart, reasons, moved),
        dropped=_dropped(text.pieces, reasons, [box for box in apart if box.element in inner], places, moved),
        source=text.source,
    )


def _text(page: Page, root: HtmlElement) -> engine.Text:
    pieces = rendered(select(root, page.layout.body))
    if pieces:
        return engine.Text(pieces, "layout")
    told = "\n".join(strings(page.raw("articleBody")))
    return engine.generic(root, told)


def _in_text(root: HtmlElement, selector: str | None) -> set[HtmlElement]:
    """The elements of the part of the page that is known to be the article: only what is cut out there is told."""
    frames = select(root, selector) or root.xpath("//article[1] | //*[@itemprop='articleBody'][1]")
    return {element for frame in frames for element in frame.iter()}


def _reasons(page: Page, pieces: Sequence[Piece], places: Places, head: Sequence[str]) -> dict[int, str]:
    """Which paragraphs are none, and why; nothing where that would leave no text at all."""
    links = _by_paragraph(places)
    reasons = dict.fromkeys(boilerplate.repeats_head(pieces, head), "repeats the head")
    for number, piece in enumerate(pieces):
        if reason := boilerplate.reason_to_drop(piece.text):
            reasons[number] = reason
        elif is_link_line(page, piece.text, links.get(number, [])):
            reasons[number] = "read more"
    for number in reversed(range(len(pieces))):
        if number not in reasons and pieces[number].kind != "heading":
            break
        reasons.setdefault(number, "heading without text")
    return reasons if len(reasons) < len(pieces) else {}


def _by_paragraph(places: Places) -> dict[int, list[Found]]:
    found: dict[int, list[Found]] = {}
    for one in places.links:
        found.setdefault(one.position, []).append(one)
    return found


def _numbers(count: int, reasons: Mapping[int, str]) -> list[int]:
    """For each paragraph, and for the end, how many kept ones stand before it."""
    numbers = [0]
    for number in range(count):
        numbers.append(numbers[-1] + (number not in reasons))
    return numbers


def _blocks(pieces: Sequence[Piece], kept: Sequence[int]) -> tuple[Block, ...]:
    kinds = ((position, pieces[number].kind) for position, number in enumerate(kept))
    return tuple(Block(position, kind) for position, kind in kinds if kind)


def _links(
    page: Page,
    pieces: Sequence[Piece],
    places: Places,
    apart: Sequence[Box],
    reasons: Mapping[int, str],
    moved: Sequence[int],
) -> tuple[Link, ...]:
    paragraphs = [piece.text for number, piece in enumerate(pieces) if number not in reasons]
    inline = [Found(f.href, moved[f.position], f.start, f.end) for f in places.links if f.position not in reasons]
    by_paragraph = _by_paragraph(places)
    lines = [
        link
        for number, reason in reasons.items()
        if reason == "read more"
        for link in line_links(page, by_paragraph.get(number, []), pieces[number].text, moved[number])
    ]
    boxed = [link for box in apart for link in box_links(page, box, moved[places.boxes.get(box.element, 0)])]
    found = [*inline_links(page, inline, paragraphs), *_once([*boxed, *lines])]
    return tuple(sorted(found, key=lambda link: (link.position, link.start is not None, link.start or 0)))


def _once(links: Sequence[Link]) -> list[Link]:
    """The first of the links that name the same article as the same kind: boxes may hold one another."""
    seen: dict[tuple[str, str], Link] = {}
    for link in links:
        seen.setdefault((link.kind, link.href), link)
    return list(seen.values())


def _dropped(
    pieces: Sequence[Piece], reasons: Mapping[int, str], apart: Sequence[Box], places: Places, moved: Sequence[int]
) -> tuple[Dropped, ...]:
    lines = [Dropped(moved[number], reason, pieces[number].text) for number, reason in reasons.items()]
    cut = [
        Dropped(moved[places.boxes.get(box.element, 0)], box.reason, text)
        for box in outermost(list(apart))
        if (text := text_of(box.element)[:_LONGEST_DROPPED])
    ]
    return tuple(sorted([*lines, *cut], key=lambda one: one.position)[:_MOST_DROPPED])
