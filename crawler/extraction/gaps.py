"""Paragraphs that the engine leaves out though they stand between kept ones: those of the same parent belong together.

The engine judges a paragraph by itself, so one with a long link, or a heading of two words, is lost in mid-text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from crawler.extraction.dom import hint_of, text_of
from crawler.extraction.letters import Letters, dense
from crawler.extraction.render import Piece, rendered

_TEXT = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol"})
_FEWEST = 2
_DEEPEST_WRAPPER = 3
_PARAGRAPH = 80
_MOST_PARAGRAPHS = 3000
"""Each is looked up in all the text: of more, nobody misses one."""


@dataclass
class _Gaps:
    """Looks up the children of one element after another."""

    letters: Letters
    starts: Set[int]
    missing: dict[int, list[Piece]] = field(default_factory=dict)
    """What is to be put after a piece, by its number."""

    def look_for(self, children: Sequence[HtmlElement]) -> None:
        words = [dense(text_of(child)) for child in children]
        places = list(self._places(words))
        kept = [number for number, place in enumerate(places) if place is not None]
        if len(kept) * 2 < max(_FEWEST, sum(map(bool, words))) or max(len(words[n]) for n in kept) < _PARAGRAPH:
            return
        first, last = places[kept[0]] or 0, places[kept[-1]] or 0
        begin = 0 if first > 0 else kept[0]
        end = len(children) if last < len(self.letters.paragraphs) - 1 else kept[-1]
        after = first - 1
        for number in range(begin, end):
            place = places[number]
            if place is not None:
                after = place
            elif words[number]:
                lost = (one for one in rendered([children[number]]) if one.text not in self.letters.paragraphs)
                self.missing.setdefault(after, []).extend(lost)

    def _places(self, words: Sequence[str]) -> Iterator[int | None]:
        """The piece in which each of these texts ends."""
        cursor = 0
        for text in words:
            at = self._at(text, cursor)
            cursor = max(cursor, at)
            yield self.letters.paragraph(at + len(text) - 1) if at >= 0 else None

    def _at(self, text: str, cursor: int) -> int:
        """Where a piece begins with a text; -1 where none does: short words occur within others."""
        if not text:
            return -1
        at = self.letters.text.find(text, cursor)
        at = at if at >= 0 else self.letters.text.find(text)
        return at if at in self.starts else -1


def filled(root: HtmlElement, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces, with those put back that stand on the page between them."""
    families: dict[tuple[HtmlElement, str], list[HtmlElement]] = {}
    for element in root.iter(*_TEXT):
        if _TEXT.isdisjoint(above.tag for above in element.iterancestors()):
            families.setdefault(_family(element), []).append(element)
    large = [children for children in families.values() if len(children) >= _FEWEST]
    if len(pieces) < _FEWEST or sum(map(len, large)) > _MOST_PARAGRAPHS:
        return pieces
    letters = Letters.of([piece.text for piece in pieces])
    gaps = _Gaps(letters, frozenset(letters.starts))
    for children in large:
        gaps.look_for(children)
    return [one for number, piece in enumerate(pieces) for one in (piece, *gaps.missing.get(number, ()))]


def _family(element: HtmlElement) -> tuple[HtmlElement, str]:
    """Whose child a paragraph is; of one that is alone in its wrappers, what holds these and what they are called."""
    wrappers = ""
    parent = element.getparent()
    for _ in range(_DEEPEST_WRAPPER):
        above = parent.getparent()
        if above is None or parent.tag != "div" or any(one is not element for one in parent.iterdescendants(*_TEXT)):
            break
        wrappers += f"{hint_of(parent)}>"
        parent = above
    return parent, wrappers
