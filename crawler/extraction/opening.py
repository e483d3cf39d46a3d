"""An opening that stands in a box of its own between the headline and the text: the engine leaves it to the head.

Papers set the first paragraph of features, galleries and live blogs apart, over or under the picture.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from lxml.html import HtmlElement

from crawler.extraction.dom import text_of
from crawler.extraction.letters import dense
from crawler.extraction.render import Piece

_APART = frozenset({"header", "figure", "figcaption", "aside", "nav", "form", "footer", "li", "button"})
_SENTENCE_ENDS = (".", "!", "?", "…", ".”", ".“", '."', ".»", "。")
_SHORTEST = 60
"""Characters: less is a label, a place or a time."""
_LINE = 20
_MOST = 3
"""Paragraphs: more are another text."""


def with_opening(root: HtmlElement, pieces: Sequence[Piece], said: Collection[str]) -> Sequence[Piece]:
    """The pieces, after the opening that stands before them.

    ``said`` is what the page describes itself with: a line that repeats that is the standfirst.
    """
    if not pieces:
        return pieces
    first, known = dense(pieces[0].text), {dense(text) for text in said}
    found: list[str] = []
    for element in _between(root):
        text = text_of(element)
        words = dense(text)
        if words and (first.startswith(words) or words.startswith(first)):
            return [*map(Piece, found), *pieces] if len(found) <= _MOST else pieces
        if len(text) >= _SHORTEST and text.endswith(_SENTENCE_ENDS) and words not in known and _stands_apart(element):
            found.append(text)
    return pieces  # the text does not begin in a paragraph behind the headline: nothing is known of what is before it


def under_headline(root: HtmlElement) -> str | None:
    """The line that stands with the headline in one header, which is the standfirst by its place."""
    for header in root.iter("header"):
        if header.find(".//h1") is None:
            continue
        for line in header.iter("p"):
            text = text_of(line)
            if len(text) >= _LINE and next(line.iter("time", "a", "img"), None) is None:
                return text
    return None


def _between(root: HtmlElement) -> Iterator[HtmlElement]:
    """The paragraphs after the headline, in the order of the page."""
    is_behind = False
    for element in root.iter("h1", "p"):
        is_behind = is_behind or element.tag == "h1"
        if is_behind and element.tag == "p":
            yield element


def _stands_apart(paragraph: HtmlElement) -> bool:
    """Whether it is in a box that holds paragraphs alone, and no time as bylines do."""
    box = paragraph.getparent()
    return (
        box.tag == "div"
        and all(one.tag == "p" for one in box)
        and next(paragraph.iter("time", "a", "img"), None) is None
        and _APART.isdisjoint(above.tag for above in paragraph.iterancestors())
    )
