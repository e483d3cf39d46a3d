"""A text that goes on in further boxes built like the one in which it begins: the engine stops at the first.

Papers cut a text in two where an advertisement, a picture or a box of links stands.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import dropwhile, islice, takewhile

from lxml.html import HtmlElement

from crawler.extraction.dom import BLOCKS, text_of
from crawler.extraction.letters import BEGINNING, dense
from crawler.extraction.render import Piece, rendered

_PARAGRAPH = 80
_FEWEST = 2
_LEVELS = 4
"""Of elements around a box that must be alike."""
_MOST_LINKED = 0.3
_BOUNDS = frozenset({"article", "aside", "footer", "nav", "form", "li", "blockquote", "td", "figure"})
_HEADLINES = ("h1", "article")

Signature = tuple[str, ...]


def continued(root: HtmlElement, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces, followed by what stands in later boxes of the same build within the same article.

    A box is what holds paragraphs. It is one of the text if two of its paragraphs are among the pieces. Of a single
    further paragraph nothing is known: half of them are about the author or the paper.
    """
    starts = {dense(piece.text)[:BEGINNING] for piece in pieces}
    for alike in _alike(root):
        own = [number for number, box in enumerate(alike) if _holds(box, starts)]
        if own:
            last = alike[own[-1]]
            later = [box for box in alike[own[-1] + 1 :] if _is_same_piece(last, box, root) and _is_text(box)]
            known = dense("".join(piece.text for piece in pieces))
            further = [one for box in later for one in rendered([box]) if dense(one.text) not in known]
            return [*pieces, *further] if sum(len(one.text) >= _PARAGRAPH for one in further) >= _FEWEST else pieces
    return pieces


def divided(root: HtmlElement, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The paragraphs of a text whose paragraphs are boxes: the engine makes one of them all, with what is around.

    They are boxes of some length that hold words alone, several in a row, and they make up most of the one.
    """
    if len(pieces) != 1 or len(pieces[0].text) < _FEWEST * _PARAGRAPH:
        return pieces
    rows: dict[HtmlElement, list[HtmlElement]] = {}
    for box in root.iter("div"):
        parent = box.getparent()
        if parent is not None and BLOCKS.isdisjoint(one.tag for one in box.iterdescendants()):
            rows.setdefault(parent, []).append(box)
    texts = (
        [one for box in row if len(text_of(box)) >= _PARAGRAPH for one in rendered([box])] for row in rows.values()
    )
    longest = max(texts, key=_length, default=[])
    return longest if len(longest) >= _FEWEST and _length(longest) * 2 > len(pieces[0].text) else pieces


def _length(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _alike(root: HtmlElement) -> Iterator[list[HtmlElement]]:
    """The boxes of paragraphs of which the page has several of one build."""
    parents = dict.fromkeys(parent for one in root.iter("p") if (parent := one.getparent()) is not None)
    families: dict[Signature, list[HtmlElement]] = {}
    for box in parents:
        if (box.get("class") or "").split() and box.tag in ("div", "section"):
            families.setdefault(_signature(box), []).append(box)
    return (family for family in families.values() if len(family) > 1)


def _signature(box: HtmlElement) -> Signature:
    """The build of a box: its first class, for others tell of its place, and the tags around it."""
    above = (one.tag for one in islice(box.iterancestors(), _LEVELS))
    return (box.tag, box.get("class", "").split()[0], *above)


def _holds(box: HtmlElement, starts: Container[str]) -> bool:
    texts = (text_of(one) for one in box.iterchildren("p"))
    return sum(len(text) >= _PARAGRAPH and dense(text)[:BEGINNING] in starts for text in texts) >= _FEWEST


def _is_same_piece(one: HtmlElement, other: HtmlElement, root: HtmlElement) -> bool:
    """Whether both stand in the same article, with no headline between them."""
    if _around(one) != _around(other):
        return False
    between = dropwhile(lambda element: element is not one, root.iter())
    return not any(element.tag in _HEADLINES for element in takewhile(lambda element: element is not other, between))


def _around(box: HtmlElement) -> list[HtmlElement]:
    return [element for element in box.iterancestors() if element.tag in _BOUNDS]


def _is_text(box: HtmlElement) -> bool:
    """Whether a box holds a paragraph of some length, and hardly links."""
    linked = sum(len(text_of(link)) for link in box.iter("a"))
    long = any(len(text_of(one)) >= _PARAGRAPH for one in box.iterchildren("p"))
    return long and linked <= _MOST_LINKED * len(text_of(box))
