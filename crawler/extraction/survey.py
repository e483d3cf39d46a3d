"""What stands on a page, and where? One walk over the parsed tree gives its blocks and the elements around them.

A *block* is a run of words that a reader sees as one: a paragraph, a heading, an item of a list, a cell, or bare words
between such. A *node* is an element with the measures that rules ask for. After the walk every question is one of
numbers: nothing walks the page again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate
from operator import attrgetter, itemgetter

from lxml.html import HtmlElement

from crawler.extraction.words import squeezed

PARAGRAPH = 80
"""Characters: what is shorter is a label, a time or the title of something."""
_PARAGRAPH_UNSPACED = 30
"""The same in a script written without spaces, where a character says two to three times as much."""
_MOST_IN_LINE = 2000
"""Links of a block that keep their places; a page of thirty thousand in one line is nobody's text."""
_LONGEST_HEADING = 120
"""Characters of a line in bold that stands for a heading; longer ones are emphasis."""

UNSEEN = frozenset({"script", "style", "template", "svg", "iframe", "head", "object", "math"})
_CONTROLS = frozenset({"button", "select", "textarea", "option", "datalist"})
FRAMES = frozenset({"nav", "aside", "noscript", "form", "dialog", "header", "footer"})
"""Elements that stand around a text, unless they hold most of it: then a page lost an end tag, or uses them oddly."""
_AROUND = frozenset({"nav", "noscript", "amp-sidebar"})
"""Frames whose words are never the article's: they count for nothing in what holds them."""
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "noscript",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_KINDS = {
    **dict.fromkeys(HEADINGS, "heading"),
    "blockquote": "quote",
    "li": "list",
}
_LINES = frozenset({"p", "a", "span", *HEADINGS})
_MOST_BESIDE = 40
_LONGEST_MARK = 6
_SENTENCE = 40
"""Characters of a sentence to which the next one may be glued; less may be an abbreviation or initials."""
_SHORTEST_HEADING = 8
"""Characters in bold that stand for a heading where the text goes on in the same line; less is a drop cap."""
_NUMBER = attrgetter("number")
_BOLD = frozenset({"b", "strong"})
_SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’»)\]]*\s*$")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CONCEALED = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*[01](?:px)?\b|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{4,}px",
    re.IGNORECASE,
)
_FOR_SCREEN_READERS = re.compile(
    r"(?:^|[\s_-])(?:sr-only|(?:visually|visuallly)-?hidden|a11y-hidden|screen-?reader(?:s|-text|-only)?|assistive-text"
    r"|offscreen)(?=$|\s)",
    re.IGNORECASE,
)
_MODAL = re.compile(r"(?:^|[\s_-])(?:modal|popup|overlay|dialog)(?=$|[\s_-])", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Node:
    """An element. Lengths are in characters as read, without what nobody sees."""

    element: HtmlElement
    tag: str
    number: int
    parent: Node | None
    hint: str
    """What the page calls it: its classes and id."""
    first: int
    """The range of its blocks; of an element within a line, the block of that line."""
    last: int = 0
    begin: int = 0
    """The range of its words."""
    stop: int = 0
    end: int = 0
    """The number of the first node behind all that this one holds."""
    length: int = 0
    linked: int = 0
    paragraphs: int = 0
    """Characters in ``p``."""
    place: int = 0
    """Among the children of its parent."""
    children: list[Node] = field(default_factory=list)

    def ancestors(self) -> Iterator[Node]:
        """The nodes around this one, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def holds(self, other: Node) -> bool:
        """Whether another node is this one or stands in it."""
        return self.number <= other.number < self.end

    def before(self) -> Iterator[Node]:
        """The siblings before it that hold words, the nearest first; not further than a few dozen away."""
        family = self.parent.children if self.parent is not None else []
        places = range(self.place - 1, max(-1, self.place - 1 - _MOST_BESIDE), -1)
        return (family[place] for place in places if family[place].length)

    def after(self) -> Iterator[Node]:
        """The siblings after it that hold words, the nearest first; not further than a few dozen away."""
        family = self.parent.children if self.parent is not None else []
        places = range(self.place + 1, min(len(family), self.place + 1 + _MOST_BESIDE))
        return (family[place] for place in places if family[place].length)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link in a block, with its words' place in the text."""

    href: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A run of words. ``kind`` is ``heading``, ``quote``, ``list`` or None; ``unseen`` is why nobody sees it."""

    number: int
    text: str
    node: Node
    """The block element in which the words stand."""
    kind: str | None
    anchors: tuple[Anchor, ...]
    linked: int
    unseen: str | None
    is_bold: bool
    is_paragraph: bool
    """Whether it is long enough for a paragraph of a text."""
    letters: str
    """The text without white space."""

    @property
    def is_prose(self) -> bool:
        """Whether it reads as a paragraph of a text, and hardly as links."""
        return self.is_paragraph and self.unseen is None and self.kind != "heading" and self.linked * 2 < len(self.text)

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends as sentences do."""
        return ends_sentence(self.text)


@dataclass(frozen=True)
class Survey:
    """All nodes and all blocks of a page, in its order."""

    nodes: Sequence[Node]
    blocks: Sequence[Block]
    words: Sequence[str]
    """All that readers see, in pieces; white space between them is a piece of its own."""
    of: dict[HtmlElement, Node]
    by_tag: dict[str, list[Node]]

    @property
    def root(self) -> Node:
        """The whole page."""
        return self.nodes[0]

    def node(self, element: HtmlElement) -> Node | None:
        """The node of an element; None of one that no reader sees."""
        return self.of.get(element)

    def text(self, node: Node) -> str:
        """All words in a node, as read."""
        return "".join(self.words[node.begin : node.stop]).strip()

    @cached_property
    def _prose(self) -> list[int]:
        return list(accumulate((len(one.text) if one.is_prose else 0 for one in self.blocks), initial=0))

    def prose(self, node: Node) -> int:
        """Characters of the blocks in a node that read as paragraphs of a text."""
        return self._prose[node.last] - self._prose[node.first]

    def prose_between(self, first: int, end: int) -> int:
        """The same of blocks by number, from the first up to the one before the end."""
        return self._prose[max(first, end)] - self._prose[first]

    def within(self, node: Node) -> Sequence[Block]:
        """The blocks of a node."""
        return self.blocks[node.first : node.last]

    def inside(self, node: Node, *tags: str) -> list[Node]:
        """The nodes of these tags within another, itself included, in the order of the page."""
        found: list[Node] = []
        for tag in tags:
            if alike := self.by_tag.get(tag):
                start = bisect_left(alike, node.number, key=_NUMBER)
                found += alike[start : bisect_left(alike, node.end, start, key=_NUMBER)]
        return sorted(found, key=_NUMBER) if len(tags) > 1 else found


def survey(root: HtmlElement) -> Survey:
    """Walk a tree once. Frames that hold most of the page's prose are first made plain boxes, in the tree itself."""
    measured = _Walk(root).done()
    misused = _misused(measured)
    if misused:
        for node in misused:
            node.element.tag = "div"
        measured = _Walk(root).done()
    if _is_concealed(measured):
        measured = _Walk(root, shows_all=True).done()
    return measured


def ends_sentence(text: str) -> bool:
    """Whether a text ends as sentences do."""
    return _SENTENCE_END.search(text[-20:]) is not None


def is_long(text: str) -> bool:
    """Whether a text is long enough for a paragraph."""
    return len(text) >= PARAGRAPH or (len(text) >= _PARAGRAPH_UNSPACED and len(_UNSPACED.findall(text)) * 2 > len(text))


def _misused(page: Survey) -> list[Node]:
    """The frames that are none."""
    frames = [node for tag in (*FRAMES, "amp-sidebar") for node in page.by_tag.get(tag, ())]
    if not frames:
        return []
    weights = [len(block.text) if _would_be_prose(block) else 0 for block in page.blocks]
    total = sum(weights)
    found = []
    for node in frames:
        own = sum(weights[node.first : node.last])
        if own * 2 > total and own >= PARAGRAPH:
            found.append(node)
    return found


def _would_be_prose(block: Block) -> bool:
    """Whether a block would read as prose, were the frame around it none; a dialog is seen only when it is open."""
    is_seen = block.unseen in (None, "navigation") or (
        block.unseen == "hidden" and any(one.tag == "dialog" for one in (block.node, *block.node.ancestors()))
    )
    return is_seen and block.is_paragraph and block.linked * 2 < len(block.text)


def _is_concealed(page: Survey) -> bool:
    """Whether a page hides its text until its scripts have run: next to no prose is seen, and much is not."""
    seen = sum(len(block.text) for block in page.blocks if block.is_prose)
    hidden = sum(len(block.text) for block in page.blocks if block.unseen == "hidden" and block.is_paragraph)
    return hidden > 4 * seen and hidden > 500


@lru_cache(maxsize=8192)
def _is_for_screen_readers(hint: str) -> bool:
    return _FOR_SCREEN_READERS.search(hint) is not None


class _Walk:
    """Collects words until something ends the block; where the walk stands is in its attributes."""

    def __init__(self, root: HtmlElement, *, shows_all: bool = False):
        self._shows_all = shows_all
        self._nodes: list[Node] = []
        self._blocks: list[Block] = []
        self._words: list[str] = []
        self._of: dict[HtmlElement, Node] = {}
        self._by_tag: dict[str, list[Node]] = {}
        self._unseen: str | None = None
        self._kind: str | None = None
        self._read = self._read_linked = self._read_in_paragraphs = self._in_paragraph = 0
        self._gap = False
        """Whether white space stands before the next words that are seen."""
        self._open: list[tuple[str, int]] = []
        """The links that the walk is in, with the part of the block at which each begins."""
        self._in_bold = 0
        self._begin()
        self._owner = Node(root, root.tag, 0, None, "", 0)
        self._element(root, None)
        self._flush()

    def done(self) -> Survey:
        """What the walk found."""
        for node in self._nodes:
            node.last = min(node.last, len(self._blocks))
            node.first = min(node.first, node.last)
        return Survey(self._nodes, self._blocks, self._words, self._of, self._by_tag)

    def _begin(self) -> None:
        self._parts: list[str] = []
        self._size = self._bold = 0
        self._is_apart = self._breaks = self._is_line_over = False
        self._anchors: list[tuple[str, int, int]] = []

    def _add(self, text: str) -> None:
        words = squeezed(text)
        if not words:
            self._is_apart = self._gap = True
            return
        length = len(words)
        if text[0].isspace():
            self._is_apart = self._gap = True
        elif self._parts and not self._is_apart and text[0].isupper() and self._is_over():
            self._flush()
        self._is_line_over = False
        if self._is_apart and self._parts:
            self._parts.append(" ")
        self._parts.append(words)
        self._size += length
        if self._in_bold:
            self._bold += length
        if self._unseen is None:
            if self._gap and self._words:
                self._words.append(" ")
                self._read += 1
            self._words.append(words)
            self._read += length
            if self._open:
                self._read_linked += length
            if self._in_paragraph:
                self._read_in_paragraphs += length
            self._gap = False
        self._is_apart = self._breaks = False
        if text[-1].isspace():
            self._is_apart = self._gap = True

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
        self._gap = True
        if self._open:
            self._open = [(href, 0) for href, _ in self._open]

    def _emit(self) -> None:
        text = "".join(self._parts)
        if not any(map(str.isalnum, text)):
            return
        anchors: tuple[Anchor, ...] = ()
        linked = 0
        if self._anchors or self._open:
            anchors = self._placed([*self._anchors, *((href, start, len(self._parts)) for href, start in self._open)])
            linked = min(len(text), sum(one.end - one.start for one in anchors))
        is_bold = self._bold == self._size <= _LONGEST_HEADING
        kind = self._kind
        if kind is None and is_bold and not ends_sentence(text):
            kind = "heading"
        number, letters = len(self._blocks), text.replace(" ", "")
        self._blocks.append(
            Block(number, text, self._owner, kind, anchors, linked, self._unseen, is_bold, is_long(text), letters)
        )

    def _placed(self, spans: Sequence[tuple[str, int, int]]) -> tuple[Anchor, ...]:
        offsets = list(accumulate(map(len, self._parts), initial=0))
        found = []
        for href, first, last in sorted(spans, key=itemgetter(1))[:_MOST_IN_LINE]:
            begin = first + (first < last and self._parts[first] == " ")
            if begin < last:
                found.append(Anchor(href, offsets[begin], offsets[last]))
        return tuple(found)

    def _element(self, element: HtmlElement, parent: Node | None) -> None:
        tag = element.tag
        if tag == "br":
            self._break()
            return
        if tag in UNSEEN and not (tag == "template" and element.get("shadowrootmode")):
            return
        names, name = element.get("class"), element.get("id")
        hint = f"{(names or '')[:200]} {(name or '')[:100]}" if names or name else ""
        node = Node(element, tag, len(self._nodes), parent, hint, len(self._blocks))
        self._nodes.append(node)
        self._of[element] = node
        self._by_tag.setdefault(tag, []).append(node)
        if parent is not None:
            node.place = len(parent.children)
            parent.children.append(node)
        unseen = self._unseen or self._reason(element, node)
        read, linked, in_paragraphs = self._read, self._read_linked, self._read_in_paragraphs
        node.begin = len(self._words)
        if self._is_block(element, node):
            self._block(element, node, unseen)
        elif unseen != self._unseen:
            self._aside(element, node, unseen)
        else:
            self._inline(element, node)
        node.stop = len(self._words)
        node.length = self._read - read
        if node.length and self._words[node.begin] == " ":
            node.length -= 1
        node.linked = self._read_linked - linked
        node.paragraphs = self._read_in_paragraphs - in_paragraphs
        node.end = len(self._nodes)
        node.last = len(self._blocks) + bool(self._parts)

    def _reason(self, element: HtmlElement, node: Node) -> str | None:
        """Why readers do not see it, or not as words of the text."""
        tag, hint = node.tag, node.hint
        if tag in _AROUND:
            return "navigation"
        if tag in _CONTROLS and not _is_in_heading(node):
            return "control"
        if tag in ("rp", "rt") or (tag == "sup" and len(element) and _is_mark(element)):
            return "mark"
        if hint and _is_for_screen_readers(hint):
            return "hidden"
        if self._shows_all:
            return None
        style = element.get("style")
        if (style and _CONCEALED.search(style)) or element.get("hidden", "until-found") != "until-found":
            return "hidden"
        if tag == "dialog" and element.get("open") is None:
            return "hidden"
        return "hidden" if hint and element.get("aria-hidden") == "true" and _MODAL.search(hint) else None

    def _is_block(self, element: HtmlElement, node: Node) -> bool:
        if node.tag in BLOCKS:
            return True
        if "-" not in node.tag or node.parent is None or node.parent.tag in _LINES:
            return False
        return not (element.tail or "").strip() and not (node.parent.element.text or "").strip()

    def _aside(self, element: HtmlElement, node: Node, unseen: str | None) -> None:
        """Words within a line that are no part of it: they make a block of their own, and the line goes on."""
        line = (self._parts, self._size, self._bold, self._is_apart, self._breaks, self._anchors)
        links, in_bold, reason, owner = self._open, self._in_bold, self._unseen, self._owner
        self._open, self._in_bold, self._unseen, self._owner = [], 0, unseen, node
        self._begin()
        self._content(element, node)
        self._flush()
        self._open, self._in_bold, self._unseen, self._owner = links, in_bold, reason, owner
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
        elif tag == "a" and (href := element.get("href")):
            self._open.append((href, len(self._parts)))
            self._content(element, node)
            href, start = self._open.pop()
            if start < len(self._parts):
                self._anchors.append((href, start, len(self._parts)))
        elif tag == "cite" and _names_speaker(node):
            kind = self._kind
            self._flush()
            self._kind = "quote"
            self._content(element, node)
            self._flush()
            self._kind = kind
        else:
            self._content(element, node)

    def _content(self, element: HtmlElement, node: Node) -> None:
        if element.text:
            self._add(element.text)
        for child in element:
            self._element(child, node)
            if child.tail:
                self._add(child.tail)


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
