"""A text before its last cut: paragraphs with reasons to go, and what becomes of numbers and links when they do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lxml.html import HtmlElement

from crawler.article import Block, Dropped, Link
from crawler.extraction.boxes import Box, outermost
from crawler.extraction.dom import text_of
from crawler.extraction.links import box_links, inline_links, line_links
from crawler.extraction.outline import Found, Places
from crawler.extraction.page import Page
from crawler.extraction.render import Piece

_LONGEST_DROPPED, _MOST_DROPPED = 500, 100


@dataclass(frozen=True)
class Draft:
    """``apart`` are the boxes cut out of the page, ``reasons`` why a paragraph, by its number, goes too."""

    page: Page
    pieces: Sequence[Piece]
    places: Places
    apart: Sequence[Box]
    reasons: Mapping[int, str]

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """What stays."""
        return tuple(piece.text for number, piece in enumerate(self.pieces) if number not in self.reasons)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Which of what stays are no plain paragraphs."""
        kept = (piece for number, piece in enumerate(self.pieces) if number not in self.reasons)
        return tuple(Block(position, piece.kind, piece.at) for position, piece in enumerate(kept) if piece.kind)

    @property
    def links(self) -> tuple[Link, ...]:
        """All links, in the order of the text; of a place, boxes before the paragraph's own."""
        inline = (
            Found(one.href, self._moved[one.position], one.start, one.end)
            for one in self.places.links
            if one.position not in self.reasons
        )
        boxed = [link for box in self.apart for link in self._boxed[box.element]]
        if not self.page.names_boxes:
            boxed = _clustered(boxed, len(self.paragraphs))
        found = [*inline_links(self.page, inline, self.paragraphs), *_once([*boxed, *self._lines()])]
        return tuple(sorted(found, key=lambda link: (link.position, link.start is not None, link.start or 0)))

    def dropped(self, told: Collection[HtmlElement]) -> tuple[Dropped, ...]:
        """What went: paragraphs, and the text of boxes among the elements ``told``; not of boxes that became links."""
        lines = [
            Dropped(self._moved[number], reason, self.pieces[number].text) for number, reason in self.reasons.items()
        ]
        linked = {element for element, links in self._boxed.items() if links}
        cut = [
            Dropped(self._place(box), box.reason, text)
            for box in outermost(self.apart)
            if box.element in told
            and linked.isdisjoint(box.element.iter())
            and (text := text_of(box.element)[:_LONGEST_DROPPED])
        ]
        told_of = sorted([*lines, *cut], key=lambda one: one.position)[:_MOST_DROPPED]
        return (*told_of, *self._beyond())

    def _beyond(self) -> Iterable[Dropped]:
        if count := self.page.document.cut:
            yield Dropped(len(self.paragraphs), "page too large", f"{count} elements at its end")

    @cached_property
    def _moved(self) -> list[int]:
        """For each paragraph, and for the end, how many that stay are before it."""
        numbers = [0]
        for number in range(len(self.pieces)):
            numbers.append(numbers[-1] + (number not in self.reasons))
        return numbers

    @cached_property
    def _boxed(self) -> dict[HtmlElement, list[Link]]:
        return {box.element: box_links(self.page, box, self._place(box)) for box in self.apart}

    def _place(self, box: Box) -> int:
        return self._moved[self.places.boxes.get(box.element, 0)]

    def _lines(self) -> Iterable[Link]:
        """The links of lines that went because they only lead elsewhere."""
        by_number = self.places.by_paragraph
        for number, reason in self.reasons.items():
            if reason == "read more":
                yield from line_links(
                    self.page, by_number.get(number, []), self.pieces[number].text, self._moved[number]
                )


def _clustered(links: Sequence[Link], end: int) -> list[Link]:
    """Links with those under the text, if there are several, taken for one list to read more from.

    There each often has a box of its own; none of them is put to a place in the text by an editor.
    """
    under = {link.href for link in links if link.position == end}
    if len(under) < 2:
        return list(links)
    return [replace(link, kind="read_more") if link.position == end else link for link in links]


def _once(links: Iterable[Link]) -> Iterable[Link]:
    """The first of the links that name the same article as the same kind: boxes may hold one another."""
    seen: dict[tuple[str, str], Link] = {}
    for link in links:
        seen.setdefault((link.kind, link.href), link)
    return seen.values()
