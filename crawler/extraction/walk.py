"""How is a page read? One walk over the parsed tree collects words until something ends the block.

Frames that hold most of the page's prose are none: an end tag was lost, or the page uses them oddly.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from types import MappingProxyType

from lxml.html import HtmlElement

from crawler.extraction.sheets import CONCEALED, Sheet, sheet
from crawler.extraction.survey import (
    BLOCKS,
    HEADINGS,
    UNSEEN,
    Anchor,
    Block,
    Node,
    Survey,
    ends_sentence,
    is_long,
)
from crawler.extraction.unended import ROLES, around_all, misused
from crawler.extraction.words import squeezed

_MOST_IN_LINE = 2000
"""Links of a block that keep their places; a page of thirty thousand in one line is nobody's text."""
_LONGEST_HEADING = 120
"""Characters of a line in bold that stands for a heading; longer ones are emphasis."""
_LONGEST_MARKED = 200
"""Characters of a small heading that ends as a sentence does; longer ones are paragraphs in large type."""
_SMALL = HEADINGS - {"h1", "h2"}
"""Headlines and standfirsts stand in the others."""
_CONTROLS = frozenset({"button", "select", "textarea", "option", "datalist"})
_AROUND = frozenset({"nav", "noscript", "amp-sidebar"})
"""Frames whose words are never the article's: they count for nothing in what holds them."""
_ASKED = frozenset({*_AROUND, *_CONTROLS, "rp", "rt", "sup", "dialog"})
"""Elements that may be unseen whatever their attributes say."""
_CONCEALING = frozenset({"role", "style", "hidden"})
"""Attributes that may hide any element, beside what it is called."""
_NONE: Mapping[str, str] = MappingProxyType({})
_KINDS = {
    **dict.fromkeys(HEADINGS, "heading"),
    "blockquote": "quote",
    "li": "list",
}
_LINES = frozenset({"p", "a", "span", *HEADINGS})
_LONGEST_MARK = 6
_SENTENCE = 40
"""Characters of a sentence to which the next one may be glued; less may be an abbreviation or initials."""
_SHORTEST_HEADING = 8
"""Characters in bold that stand for a heading where the text goes on in the same line; less is a drop cap."""
_BOLD = frozenset({"b", "strong"})
_FOR_SCREEN_READERS = re.compile(
    r"(?:^|[\s_-])(?:sr-only|(?:visually|visuallly|accessib(?:ly|ility)|element|a11y)-?(?:hidden|invisible)"
    r"|screen-?reader(?:s|-text|-only)?|assistive-text|offscreen|at-only|(?:visible-)?print-only|visible-print(?:-block)?"
    r"|show-for-print|katex-mathml|mjx_assistive_mathml)(?=$|\s)"
)
_HIDDEN = re.compile(r"(?:^|\s)(?:hidden|hide|d-none|dn|is-hidden|invisible|display-none)(?=\s)")
_ON_SOME_SCREENS = re.compile(r"(?:^|\s)(?:\w+[:-])*(?:block|flex|grid|inline(?:-\w+)?|table|visible(?:-\w+)?)(?=\s)")
"""What frameworks write beside it where a wide or a narrow screen shows the element: ``hidden md:block``. Of 328 blocks
on papers that stand under these names none is text, the 120 of some screens neither: but these readers see."""
_HIDING = re.compile(r"hid|none|dn|visible|reader|sr-only|at-only|assist|offscreen|print|mathml")
"""One of these is in each of these names, which are looked for only then."""
_MODAL = re.compile(r"(?:^|[\s_-])(?:modal|popup|overlay|dialog)(?=$|[\s_-])")


def survey(root: HtmlElement, styles: Iterable[HtmlElement] = ()) -> Survey:
    """Walk a tree once. Frames that hold most of the page's prose are first made plain boxes, in the tree itself.

    ``styles`` are the page's ``style`` elements.
    """
    hiding = sheet(styles)
    walk = _Walk(root, hiding)
    measured = walk.done()
    plain, shown = misused(measured), frozenset(around_all(measured, walk.hidden))
    if plain or shown:
        for node in plain:
            node.element.tag = "div"
            node.element.attrib.pop("role", None)
            for option in node.element.iter("option"):
                option.tag = "div"
        measured = _Walk(root, hiding, shown=shown).done()
    if _is_concealed(measured):
        measured = _Walk(root, hiding, shows_all=True).done()
    return measured


def _is_concealed(page: Survey) -> bool:
    """Whether a page hides its text until its scripts have run: next to no prose is seen, and much is not."""
    seen = sum(len(block.text) for block in page.blocks if block.is_prose)
    hidden = sum(len(block.text) for block in page.blocks if block.unseen == "hidden" and block.is_paragraph)
    return hidden > 4 * seen and hidden > 500


@lru_cache(maxsize=8192)
def _hidden_by_name(hint: str) -> str | None:
    """Whether what an element is called hides it: ``always``, or ``perhaps`` until scripts have run."""
    if not _HIDING.search(hint):
        return None
    if _FOR_SCREEN_READERS.search(hint):
        return "always"
    return "perhaps" if _HIDDEN.search(hint) and not _ON_SOME_SCREENS.search(hint) else None


class _Walk:
    """Collects words until something ends the block; where the walk stands is in its attributes."""

    def __init__(
        self, root: HtmlElement, hiding: Sheet, *, shows_all: bool = False, shown: Collection[HtmlElement] = ()
    ):
        self.hidden: list[Node] = []
        """The elements that hide what is in them, but for those within others."""
        self._shows_all, self._shown = shows_all, shown
        self._hiding = hiding
        self._nodes: list[Node] = []
        self._blocks: list[Block] = []
        self._words: list[str] = []
        self._unseen: str | None = None
        self._kind: str | None = None
        self._read = self._read_linked = self._read_in_paragraphs = self._in_paragraph = 0
        self._gap = False
        """Whether white space stands before the next words that are seen."""
        self._open: tuple[str, int] | None = None
        """The link that the walk is in, with the part of the block at which it begins."""
        self._link: Node | None = None
        self._in_bold = 0
        self._begin()
        self._owner = Node(root, root.tag, 0, None, {}, "", 0, 0, 0)
        self._element(root, root.tag, None)
        self._flush()

    def done(self) -> Survey:
        """What the walk found."""
        end = len(self._blocks)
        for node in self._nodes:
            if node.last > end:
                node.last = end
            if node.first > node.last:
                node.first = node.last
        return Survey(self._nodes, self._blocks, self._words)

    def _begin(self) -> None:
        self._parts: list[str] = []
        self._size = self._bold = 0
        self._is_apart = self._breaks = self._is_line_over = False
        self._anchors: list[tuple[str, int, int]] = []

    def _add(self, text: str) -> str:
        """Take words up, and return them squeezed."""
        words = "" if text.isspace() else squeezed(text)
        if not words:
            self._is_apart = self._gap = True
            return words
        length, parts = len(words), self._parts
        if text[0].isspace():
            self._is_apart = self._gap = True
        elif parts and not self._is_apart and text[0].isupper() and self._is_over():
            self._flush()
            parts = self._parts
        if parts and self._is_apart:
            parts.append(" ")
        parts.append(words)
        self._size += length
        if self._in_bold:
            self._bold += length
        if self._unseen is None:
            if self._gap and self._words:
                self._words.append(" ")
                self._read += 1
            self._words.append(words)
            self._read += length
            if self._open is not None:
                self._read_linked += length
            if self._in_paragraph:
                self._read_in_paragraphs += length
            self._gap = False
        self._is_apart = self._breaks = self._is_line_over = False
        if text[-1].isspace():
            self._is_apart = self._gap = True
        return words

    def _is_over(self) -> bool:
        """Whether the words before, in an element of their own, are a heading in bold or a whole sentence."""
        last = self._parts[-1]
        return (self._is_line_over and not self._in_bold) or (len(last) >= _SENTENCE and ends_sentence(last))

    def _break(self) -> None:
        """A line break: the second in a row, one after a full sentence or after a line in bold ends the block."""
        self._gap = True
        if not self._parts:
            return
        is_heading = self._bold == self._size <= _LONGEST_HEADING
        if self._breaks or is_heading or ends_sentence(self._parts[-1]):
            self._flush()
        else:
            self._breaks = self._is_apart = True

    def _flush(self) -> None:
        """End the block; links that are still open go on in the next one."""
        if self._parts:
            self._emit()
            self._begin()
            if self._open is not None:
                self._open = (self._open[0], 0)
        self._gap = True

    def _emit(self) -> None:
        text = "".join(self._parts)
        if not any(map(str.isalnum, text)):
            return
        anchors: tuple[Anchor, ...] = ()
        linked = 0
        if self._anchors or self._open is not None:
            self._end_link()
            anchors = self._placed(self._anchors)
            linked = min(len(text), sum(one.end - one.start for one in anchors))
        is_bold = self._bold == self._size <= _LONGEST_HEADING
        kind = self._kind
        if kind is None and is_bold and not ends_sentence(text):
            kind = "heading"
        elif kind == "heading" and len(text) > _LONGEST_MARKED and self._owner.tag in _SMALL and ends_sentence(text):
            kind = None
        number, letters = len(self._blocks), text.replace(" ", "")
        self._blocks.append(
            Block(number, text, self._owner, kind, anchors, linked, self._unseen, is_bold, is_long(text), letters)
        )

    def _end_link(self) -> None:
        """Give the words since the link began their link."""
        if self._open is not None and self._open[1] < len(self._parts):
            self._anchors.append((*self._open, len(self._parts)))

    def _placed(self, spans: Sequence[tuple[str, int, int]]) -> tuple[Anchor, ...]:
        offsets = list(accumulate(map(len, self._parts), initial=0))
        found = []
        for href, first, last in sorted(spans, key=itemgetter(1))[:_MOST_IN_LINE]:
            begin = first + (first < last and self._parts[first] == " ")
            if begin < last:
                found.append(Anchor(href, offsets[begin], offsets[last]))
        return tuple(found)

    def _content(self, element: HtmlElement, node: Node) -> None:
        if text := element.text:
            node.opening = self._add(text)
        for child in element:
            tag = child.tag
            if tag == "br":
                self._break()
            elif tag not in UNSEEN or (tag == "template" and child.get("shadowrootmode")):
                self._element(child, tag, node)
            if tail := child.tail:
                self._add(tail)

    def _element(self, element: HtmlElement, tag: str, parent: Node | None) -> None:
        attributes: Mapping[str, str] = _NONE
        hint, place = "", 0
        if items := element.items():
            attributes = dict(items)
            names, name = attributes.get("class", ""), attributes.get("id", "")
            if names or name:
                hint = f"{names[:200]} {name[:100]}".lower()
        if parent is not None and parent.children:
            place = len(parent.children)
        read, linked, in_paragraphs = self._read, self._read_linked, self._read_in_paragraphs
        begin = len(self._words)
        node = Node(element, tag, len(self._nodes), parent, attributes, hint, place, len(self._blocks), begin)
        self._nodes.append(node)
        if parent is not None:
            if isinstance(parent.children, list):
                parent.children.append(node)
            else:
                parent.children = [node]
        unseen = self._unseen
        if unseen is None and (hint or tag in _ASKED or not _CONCEALING.isdisjoint(attributes)):
            unseen = self._reason(node) if not self._shown or element not in self._shown else None
            if unseen == "hidden":
                self.hidden.append(node)
        if tag in BLOCKS or ("-" in tag and self._is_apart_from_words(node)):
            self._block(element, node, unseen)
        elif unseen != self._unseen:
            self._aside(element, node, unseen)
        else:
            self._inline(element, node)
        node.stop = len(self._words)
        node.length = self._read - read
        if node.length and self._words[begin] == " ":
            node.length -= 1
        node.linked = self._read_linked - linked
        node.paragraphs = self._read_in_paragraphs - in_paragraphs
        node.end = len(self._nodes)
        node.last = len(self._blocks) + bool(self._parts)

    def _reason(self, node: Node) -> str | None:
        """Why readers do not see it, or not as words of the text."""
        tag, hint, attributes = node.tag, node.hint, node.attributes
        if tag in _AROUND:
            return "navigation"
        if (role := attributes.get("role")) in ROLES and not self._shows_all:
            return ROLES[role]
        if (tag in _CONTROLS and not _is_in_heading(node)) or hint.startswith("mw-editsection "):
            return "control"
        if tag in ("rp", "rt") or (tag == "sup" and len(node.element) and _is_mark(node.element)):
            return "mark"
        by_name = _hidden_by_name(hint) if hint else None
        if by_name == "always" or (hint and attributes.get("aria-hidden") == "true" and _MODAL.search(hint)):
            return "hidden"
        if self._shows_all:
            return None
        if "style" in attributes and CONCEALED.search(attributes["style"]):
            return "hidden"
        if attributes.get("hidden", "until-found") != "until-found" or (tag == "dialog" and "open" not in attributes):
            return "hidden"
        if not hint:
            return None
        if self._hiding.rules and self._hiding.hides(tag, attributes.get("class", ""), attributes.get("id", "")):
            return "hidden"
        return "hidden" if by_name else None

    def _is_apart_from_words(self, node: Node) -> bool:
        """Whether an element of the page's own stands in no line of words."""
        if node.parent is None or node.parent.tag in _LINES:
            return False
        return not (node.element.tail or "").strip() and not (node.parent.element.text or "").strip()

    def _aside(self, element: HtmlElement, node: Node, unseen: str | None) -> None:
        """Words within a line that are no part of it: they make a block of their own, and the line goes on."""
        line = (self._parts, self._size, self._bold, self._is_apart, self._breaks, self._anchors)
        link, in_bold, reason, owner = (self._open, self._link), self._in_bold, self._unseen, self._owner
        self._open, self._in_bold, self._unseen, self._owner = None, 0, unseen, node
        self._begin()
        self._content(element, node)
        self._flush()
        (self._open, self._link), self._in_bold, self._unseen, self._owner = link, in_bold, reason, owner
        (self._parts, self._size, self._bold, self._is_apart, self._breaks, self._anchors) = line

    def _block(self, element: HtmlElement, node: Node, unseen: str | None) -> None:
        self._flush()
        node.first = len(self._blocks)
        before = (self._kind, self._owner, self._unseen, self._in_paragraph)
        self._unseen, self._owner = unseen, node
        self._in_paragraph += node.tag == "p"
        if self._kind != "quote":
            self._kind = _KINDS.get(node.tag, self._kind)
        self._content(element, node)
        self._flush()
        (self._kind, self._owner, self._unseen, self._in_paragraph) = before

    def _inline(self, element: HtmlElement, node: Node) -> None:
        tag = node.tag
        if tag in _BOLD:
            self._in_bold += 1
            self._content(element, node)
            self._in_bold -= 1
            self._is_line_over = _SHORTEST_HEADING <= self._bold == self._size <= _LONGEST_HEADING
        elif tag == "a" and (href := node.attributes.get("href")):
            self._end_link()  # as in browsers: it is over where another begins
            self._open, self._link = (href, len(self._parts)), node
            self._content(element, node)
            if self._link is node:
                self._end_link()
                self._open = self._link = None
        elif tag == "cite" and _names_speaker(node):
            kind = self._kind
            self._flush()
            self._kind = "quote"
            self._content(element, node)
            self._flush()
            self._kind = kind
        else:
            self._content(element, node)


def _is_in_heading(node: Node) -> bool:
    return any(one.tag in HEADINGS or one.tag == "summary" for one in node.ancestors())


def _is_mark(element: HtmlElement) -> bool:
    """Whether a raised sign leads to a note on the same page."""
    link = next(element.iter("a"), None)
    is_own = link is not None and (link.get("href") or "").startswith("#")
    return is_own and len("".join(element.itertext()).strip()) <= _LONGEST_MARK


def _names_speaker(cite: Node) -> bool:
    """Whether this is the name under a quotation; elsewhere ``cite`` is the title of a work, in mid-sentence."""
    return cite.place > 0 and cite.parent is not None and cite.parent.children[cite.place - 1].tag == "blockquote"
