"""What stands on a page, and where? Its blocks, and the elements around them, with all that rules ask of them.

A *block* is a run of words that a reader sees as one: a paragraph, a heading, an item of a list, a cell, or bare words
between such. A *node* is an element with the measures that rules ask for. After the walk every question is one of
numbers: nothing walks the page again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import attrgetter

from lxml.html import HtmlElement

PARAGRAPH = 80
"""Characters: what is shorter is a label, a time or the title of something."""
_PARAGRAPH_UNSPACED = 30
"""The same in a script written without spaces, where a character says two to three times as much."""
UNSEEN = frozenset({"script", "style", "template", "svg", "iframe", "head", "object", "annotation", "annotation-xml"})
FRAMES = frozenset({"nav", "aside", "noscript", "form", "dialog", "header", "footer"})
"""Elements that stand around a text, unless they hold most of it: then a page lost an end tag, or uses them oddly."""
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
_MOST_BESIDE = 40
_NUMBER = attrgetter("number")
_SENTENCE_END = re.compile(r"[.!?:…。！？।॥።؟۔။][\"'”’»)\]]*\s*$")
_FULL_STOP = re.compile(r"(?:[^.\s]\.|[。।።۔])[\"'”’»)\]]*\s*$")
_STATEMENT = 60
_CUT_OFF = ("…", "...", "[…]", "[...]")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(slots=True, eq=False)
class Node:
    """An element. Lengths are in characters as read, without what nobody sees."""

    element: HtmlElement
    tag: str
    number: int
    parent: Node | None
    attributes: Mapping[str, str]
    """As the page wrote them: to ask the element itself takes ten times as long."""
    hint: str
    """What the page calls it, in small letters: its classes and id."""
    place: int
    """Among the children of its parent."""
    first: int
    """The range of its blocks; of an element within a line, the block of that line."""
    begin: int
    """The range of its words."""
    last: int = 0
    stop: int = 0
    end: int = 0
    """The number of the first node behind all that this one holds."""
    length: int = 0
    linked: int = 0
    paragraphs: int = 0
    """Characters in ``p``."""
    opening: str = ""
    """The words in it before its first child."""
    children: list[Node] | tuple[Node, ...] = ()
    """A list as soon as there are any: most have none."""

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
        family = self.parent.children if self.parent is not None else ()
        places = range(self.place - 1, max(-1, self.place - 1 - _MOST_BESIDE), -1)
        return (family[place] for place in places if family[place].length)

    def after(self) -> Iterator[Node]:
        """The siblings after it that hold words, the nearest first; not further than a few dozen away."""
        family = self.parent.children if self.parent is not None else ()
        places = range(self.place + 1, min(len(family), self.place + 1 + _MOST_BESIDE))
        return (family[place] for place in places if family[place].length)


@dataclass(slots=True)
class Anchor:
    """A link in a block, with its words' place in the text. Never changed; frozen ones take three times as long."""

    href: str
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Block:
    """A run of words, never changed. ``kind`` is ``heading``, ``quote``, ``list`` or None.

    ``unseen`` is why nobody sees it.
    """

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

    @property
    def root(self) -> Node:
        """The whole page."""
        return self.nodes[0]

    @cached_property
    def by_tag(self) -> Mapping[str, list[Node]]:
        """The nodes of each tag, in the order of the page."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.tag, []).append(node)
        return found

    @cached_property
    def microdata(self) -> Sequence[Node]:
        """The nodes that say to machines what they are, or what of."""
        return [node for node in self.nodes if "itemprop" in node.attributes or "itemtype" in node.attributes]

    def release(self) -> None:
        """Part its nodes from their children, when nothing is asked any more.

        What refers to itself in a circle is taken away by Python's search for such alone, which looks all of it over.
        """
        for node in self.nodes:
            node.children = ()

    def node(self, element: HtmlElement) -> Node | None:
        """The node of an element; None of one that no reader sees."""
        return self._of.get(element)

    @cached_property
    def _of(self) -> Mapping[HtmlElement, Node]:
        return {node.element: node for node in self.nodes}

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


def ends_sentence(text: str) -> bool:
    """Whether a text ends as sentences do."""
    return _SENTENCE_END.search(text[-20:]) is not None


def is_cut_off(text: str) -> bool:
    """Whether a text breaks off, as the excerpts of other pieces do."""
    return text.endswith(_CUT_OFF)


def is_statement(text: str) -> bool:
    """Whether a text of some length ends with a full stop: the titles of other pieces hardly ever do."""
    return len(text) >= _STATEMENT and _FULL_STOP.search(text[-20:]) is not None


def is_long(text: str) -> bool:
    """Whether a text is long enough for a paragraph."""
    if len(text) >= PARAGRAPH or len(text) < _PARAGRAPH_UNSPACED or text.isascii():
        return len(text) >= PARAGRAPH
    return len(UNSPACED.findall(text)) * 2 > len(text)
