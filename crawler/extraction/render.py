"""A tree of text to a row of paragraphs. Reads HTML and the vocabulary of TEI in which trafilatura answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from crawler.extraction.dom import BLOCKS, INVISIBLE
from crawler.extraction.words import squeezed

_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "head"), "heading"),
    **dict.fromkeys(("blockquote", "quote"), "quote"),
    **dict.fromkeys(("li", "item"), "list"),
}
_BREAKS = BLOCKS | {"head", "quote", "list", "item", "row", "cell", "body", "ab"}
_LINE = frozenset({"br", "lb"})
_SKIPPED = (INVISIBLE - {"head"}) | {"figure", "figcaption", "form", "nav", "graphic"}  # head is a heading in TEI
_CELLS = frozenset({"td", "th", "cell"})
_SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’»)\]]*\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, and what it is when not a plain one: ``heading``, ``quote``, ``list``, or a ``post`` of a time."""

    text: str
    kind: str | None = None
    at: datetime | None = None


@dataclass
class _Writer:
    """Collects words until something ends the paragraph."""

    pieces: list[Piece] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def flush(self, kind: str | None) -> None:
        text = squeezed("".join(self.words))
        self.words.clear()
        if any(character.isalnum() for character in text):
            self.pieces.append(Piece(text, kind))

    def line(self, kind: str | None) -> None:
        """A line break: the second in a row, or one after a full sentence, ends the paragraph."""
        last = next((word for word in reversed(self.words) if word == "\n" or not word.isspace()), "")
        if last == "\n" or _SENTENCE_END.search(last[-20:]):
            self.flush(kind)
        else:
            self.words.append("\n")


def rendered(roots: Iterable[etree._Element]) -> list[Piece]:
    """The paragraphs below these elements, in order; figures, forms and navigation left out."""
    writer = _Writer()
    for root in roots:
        _write(root, None, writer)
        writer.flush(None)
    return writer.pieces


def _write(element: etree._Element, kind: str | None, writer: _Writer) -> None:
    tag = element.tag
    if tag in _SKIPPED:
        return
    if tag in _LINE:
        writer.line(kind)
        return
    named = _KINDS.get(tag) or ("quote" if _names_speaker(element) else None)
    own = kind if kind == "quote" else named or kind
    apart = (tag in _BREAKS or named is not None) and tag not in _CELLS
    if apart:
        writer.flush(kind)
    if element.text:
        writer.words.append(element.text)
    for child in element:
        _write(child, own, writer)
        if child.tag in _CELLS:
            writer.words.append(" ")
        if child.tail:
            writer.words.append(child.tail)
    if apart:
        writer.flush(own)


def _names_speaker(element: etree._Element) -> bool:
    """Whether this is the name under a quotation; elsewhere ``cite`` is the title of a work, in mid-sentence."""
    before = element.getprevious() if element.tag == "cite" else None
    return before is not None and before.tag == "blockquote"
