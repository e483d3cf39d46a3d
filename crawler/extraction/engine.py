"""The body of a page: trafilatura on a pruned tree, its slow pass and the JSON-LD where the fast one falls short."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from crawler.extraction.dom import INVISIBLE, text_of
from crawler.extraction.render import Piece, rendered
from crawler.extraction.words import plain, squeezed

SHORT = 250
"""Characters: less is a teaser, and also what trafilatura itself calls short."""
_SHARE_OF_PAGE = 0.4
_SHARE_OF_WITNESS = 0.6
_PARAGRAPH = 80
_MANY_LINES = 8
_ASIDE = frozenset({"nav", "footer", "aside", "form", "header"})
_MOST_IN_LINE = 2000
"""Parts of a line: trafilatura takes a minute for thirty thousand. Of more, the words are kept and not the links."""
_INLINE = ("a", "abbr", "b", "cite", "code", "em", "font", "i", "ins", "mark", "small", "span", "strong", "sub", "sup")
_LINES = re.compile(r"[\n\r\u2028\u2029]+|<br ?/?>|</p>")
# The body alone, and not as text: that is written here. Made once, for its defaults are read from a file.
_FAST, _SLOW = (Extractor(output_format="txt", fast=fast, comments=False) for fast in (True, False))

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it warns of every page without text: we say so ourselves


def generic(root: HtmlElement, witness: str) -> Sequence[Piece]:
    """The text of a page of unknown layout. ``witness`` is what its JSON-LD says the article's text is, or nothing."""
    told = plain(witness)
    fast = _extracted(root, _FAST)
    if not implausible(size(fast), _prose(root), len(told)):
        return fast
    best = max(fast, _extracted(root, _SLOW), key=size)
    if len(told) >= SHORT and size(best) < _SHARE_OF_WITNESS * len(told):
        return _from_witness(witness)
    return best


def implausible(found: int, on_page: int, told: int) -> bool:
    """Whether the fast pass found too little, in characters.

    Measured by what stands on the page in paragraphs of some length outside navigation, and by what the JSON-LD
    holds. A short page of which all was found is not worth a second pass.
    """
    if told >= SHORT and found < _SHARE_OF_WITNESS * told:
        return True
    if found < SHORT:
        return on_page > found or found == 0
    return found < _SHARE_OF_PAGE * on_page


def _extracted(root: HtmlElement, options: Extractor) -> list[Piece]:
    try:
        found = bare_extraction(root, options=options)
    except (RecursionError, etree.LxmlError, AttributeError, TypeError, ValueError, AssertionError):
        return []  # a page that is too much for the engine: the caller has other ways
    if not isinstance(found, Document) or found.body is None:
        return []
    whole = found.body[0].text if len(found.body) == 1 else None
    return _of_lines(whole, root) or rendered([found.body])


def _of_lines(whole: str | None, root: HtmlElement) -> list[Piece]:
    """The prose in all the text of a page, line by line, which is what the engine gives when it knows no better.

    Menus stand before and after. Nothing for a text that is one paragraph of the page, with lines as typed.
    """
    lines = [line for line in (whole or "").split("\n") if line.strip()]
    prose = [number for number, line in enumerate(lines) if len(line) >= _PARAGRAPH]
    if len(lines) < _MANY_LINES or not prose or _prose(root) * 2 > len(whole or ""):
        return []
    return [Piece(text) for line in lines[prose[0] : prose[-1] + 1] if (text := squeezed(line))]


def _prose(root: HtmlElement) -> int:
    """Characters in paragraphs of some length that stand outside navigation, asides and forms."""
    total = 0
    for element in root.iter("p"):
        length = len(text_of(element))
        if length >= _PARAGRAPH and not any(parent.tag in _ASIDE for parent in element.iterancestors()):
            total += length
    return total


def _from_witness(text: str) -> list[Piece]:
    return [Piece(line) for part in _LINES.split(text) if (line := plain(part))]


def size(pieces: Sequence[Piece]) -> int:
    """Characters."""
    return sum(len(piece.text) for piece in pieces)


def stripped(root: HtmlElement) -> None:
    """Take from a tree, in place, what no reader sees, and the menus: half of many a page, and never its text."""
    unseen = (INVISIBLE | {"nav"}) - {"head", "button"}
    etree.strip_elements(root, *unseen, with_tail=False)
    for line in [element for element in root.iter() if len(element) > _MOST_IN_LINE]:
        etree.strip_tags(line, *_INLINE)
        line.text = line.text  # as one node: libxml2 leaves thousands side by side
