"""Who says which blocks are the article's? Each witness looks at the page in its own way and names blocks.

trafilatura in its fast and its slow pass, the densest part of the page, a layout's selector, and the text that JSON-LD
or the state of scripts holds. A witness whose words stand on no page brings them itself.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree, html
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from crawler.extraction.boxes import Box, misnamed
from crawler.extraction.dom import select
from crawler.extraction.survey import HEADINGS, UNSEEN, Block, Node, Survey
from crawler.extraction.thresholds import A_TEXT, CERTAIN, CHILD, SHORT
from crawler.extraction.walk import survey
from crawler.extraction.words import dense, essence, plain

_FAST, _SLOW = (Extractor(output_format="txt", fast=fast, comments=False) for fast in (True, False))
"""The body alone, and not as text: that is written here. Made once, for its defaults are read from a file."""
_CUT, _TEXT = "data-cut-out", "data-is-text"
_MOST_IN_LINE = 2000
"""Parts of a line: trafilatura takes a minute for thirty thousand. Of more, the words are kept and not the links."""
_INLINE = ("a", "abbr", "b", "cite", "code", "em", "font", "i", "ins", "mark", "small", "span", "strong", "sub", "sup")
_LINES = re.compile(r"[\n\r\u2028\u2029]+|<br ?/?>|</p>")
_OUTSIDE = frozenset({"aside", "footer", "form", "header", "figure", "figcaption"})
_SISTERS = frozenset({"p", "blockquote", "pre", *HEADINGS} - {"h1"})
_MANY = 8
"""Lines of one element that are more than a paragraph with breaks."""
_NEAR = 2
"""Letters between two blocks that a witness gives one after another."""

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it warns of every page without text: we say so ourselves


@dataclass(frozen=True)
class Piece:
    """A paragraph. ``block`` is the one on the page; None for words that only a witness has."""

    text: str
    kind: str | None = None
    block: Block | None = None


@dataclass(frozen=True)
class Testimony:
    """What one witness says: blocks of the page by number, or words that it does not print."""

    witness: str
    blocks: frozenset[int] = frozenset()
    pieces: Sequence[Piece] = ()


class Engine:
    """Asks trafilatura, on a copy of the tree from which unseen elements and known boxes are cut."""

    def __init__(self, page: Survey, boxed: Mapping[int, Box]):
        self._usable = _usable(page, boxed)
        self._root = _pruned(page, boxed)

    def fast(self) -> Testimony:
        """The blocks that its fast pass gives."""
        return Testimony("trafilatura", self._asked(_FAST))

    def slow(self) -> Testimony:
        """The blocks that it gives after comparing two other extractors."""
        return Testimony("trafilatura-slow", self._asked(_SLOW))

    def _asked(self, options: Extractor) -> frozenset[int]:
        try:
            found = bare_extraction(self._root, options=options)
        except (RecursionError, etree.LxmlError, AttributeError, TypeError, ValueError, AssertionError, IndexError):
            return frozenset()  # a page that is too much for the engine: there are other witnesses
        if not isinstance(found, Document) or found.body is None:
            return frozenset()
        pointed = _pointed_at(self._usable, "".join(map(str, found.body.itertext())))
        return _between_prose(self._usable, pointed) if len(found.body) == 1 else pointed


def densest(page: Survey, boxed: Mapping[int, Box], titles: Collection[str] = ()) -> Testimony:
    """The blocks of the smallest part of the page, near the headline, that holds most of the prose there.

    ``titles`` are what the page says as title, in letters alone.
    """
    usable = [block for block in _usable(page, boxed) if block.is_prose]
    inner = [block for block in usable if _OUTSIDE.isdisjoint(one.tag for one in (block.node, *block.node.ancestors()))]
    usable = inner or usable
    if not usable:
        return Testimony("densest")
    headline = headline_of(page, titles)
    usable = _behind(headline, usable) or usable
    weights: dict[Node, int] = {}
    for block in usable:
        for node in (block.node, *block.node.ancestors()):
            weights[node] = weights.get(node, 0) + len(block.text) - block.linked
    node = _around(headline, weights) or page.root
    while True:
        best = max((one for one in node.children if one in weights), key=lambda one: weights[one], default=None)
        if best is None or weights[best] < CHILD * weights[node]:
            break
        node = best
    prose = [one for one in usable if node.first <= one.number < node.last]
    parents = {one.node.parent for one in prose}
    names = {(one.node.tag, *_names(one)) for one in prose}
    found = {one.number for one in prose}
    for one in _usable(page, boxed):
        if not node.first <= one.number < node.last:
            continue
        is_alike = (one.node.tag, *_names(one)) in names and one.linked * 2 <= len(one.text)
        is_sister = one.node.tag in _SISTERS and one.node.parent in parents
        is_heading = one.kind == "heading" and prose[0].number < one.number < prose[-1].number
        if is_alike or is_sister or (is_heading and one.node.tag in _SISTERS and not one.linked):
            found.add(one.number)
    return Testimony("densest", frozenset(found))


def _names(block: Block) -> tuple[str, str]:
    """What the page calls a paragraph and what holds it."""
    return block.node.hint, block.node.parent.hint if block.node.parent is not None else ""


def everything(page: Survey, boxed: Mapping[int, Box]) -> Testimony:
    """All blocks beside known boxes: of a page without prose nobody knows more."""
    return Testimony("page", frozenset(block.number for block in _usable(page, boxed)))


def selected(page: Survey, selector: str | None, boxed: Mapping[int, Box]) -> Testimony:
    """The blocks in what a layout selects."""
    numbers: set[int] = set()
    for element in select(page.root.element, selector):
        node = page.node(element)
        if node is not None:
            numbers.update(
                block.number
                for block in page.within(node)
                if block.unseen is None and block.number not in boxed and not _in_figure(block, node)
            )
    return Testimony("layout", frozenset(numbers))


def told(page: Survey, text: str, boxed: Mapping[int, Box]) -> Testimony:
    """The blocks whose words stand in a text that the JSON-LD holds; the text itself where the page prints none."""
    letters = dense(plain(text))
    found = frozenset(
        one.number for one in _usable(page, boxed) if len(one.letters) >= CERTAIN and one.letters in letters
    )
    return Testimony("json-ld", found, of_lines(text))


def of_lines(text: str) -> list[Piece]:
    """The paragraphs of a text, of which markup may part the lines."""
    return [Piece(line) for part in _LINES.split(text) if (line := plain(part))]


def of_markup(markup: str) -> list[Piece]:
    """The paragraphs of a fragment of HTML."""
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return []
    return [Piece(block.text, block.kind) for block in survey(root).blocks if block.unseen is None]


def _usable(page: Survey, boxed: Mapping[int, Box]) -> list[Block]:
    return [block for block in page.blocks if block.unseen is None and block.number not in boxed]


def _in_figure(block: Block, frame: Node) -> bool:
    for node in (block.node, *block.node.ancestors()):
        if node.tag in ("figure", "figcaption", "form"):
            return True
        if node is frame:
            return False
    return False


def headline_of(page: Survey, titles: Collection[str]) -> Node | None:
    """Where the headline stands: in the first heading that says the title, else in the first ``h1``."""
    headings = [node for node in page.inside(page.root, "h1", "h2", "h3") if node.length]
    own = [node for node in headings if essence(page.text(node)) in titles] if titles else []
    firsts = [node for node in headings if node.tag == "h1"]
    return next((node for node in own if node.tag == "h1"), None) or next(iter([*own, *firsts]), None)


def _around(headline: Node | None, weights: Mapping[Node, int]) -> Node | None:
    """The smallest element around the headline that also holds a text; None where there is none."""
    around = headline.ancestors() if headline is not None else iter(())
    return next((node for node in around if weights.get(node, 0) >= A_TEXT), None)


def _behind(headline: Node | None, blocks: Sequence[Block]) -> list[Block]:
    """Those behind the headline, if these are a text."""
    if headline is None:
        return []
    behind = [block for block in blocks if block.number > headline.first]
    return behind if sum(len(one.text) for one in behind) >= SHORT else []


def _pruned(page: Survey, boxed: Mapping[int, Box]) -> HtmlElement:
    """A copy of the tree without what no reader sees, menus and boxes: half of many a page."""
    gone = [node.element for node in (*_unseen(page), *dict.fromkeys(box.node for box in boxed.values()))]
    for element in gone:
        element.set(_CUT, "")
    texts = [node.element for node in misnamed(page, boxed)]
    for element in texts:
        element.set(_TEXT, "")
    root = copy.deepcopy(page.root.element)
    for element in (*gone, *texts):
        element.attrib.pop(_CUT, None)
        element.attrib.pop(_TEXT, None)
    for element in root.xpath(f"//*[@{_TEXT}]"):
        element.attrib.pop("class", None)  # the engine, too, goes by such names
    etree.strip_elements(root, *(UNSEEN - {"head", "template"}), "noscript", with_tail=False)
    for element in root.xpath(f"//*[@{_CUT}]"):
        parent = element.getparent()
        if parent is not None:
            element.drop_tree()
    for line in root.xpath(f"//*[*[{_MOST_IN_LINE + 1}]]"):
        etree.strip_tags(line, *_INLINE)
        line.text = line.text  # as one node: libxml2 leaves thousands side by side
    return root


def _unseen(page: Survey) -> Iterator[Node]:
    """The outermost elements that no reader sees."""
    for block in page.blocks:
        if block.unseen is not None:
            top = block.node
            for node in block.node.ancestors():
                if node.length or node.parent is None or node.tag == "body":
                    break
                top = node
            yield top


def _between_prose(blocks: Sequence[Block], found: frozenset[int]) -> frozenset[int]:
    """Of all words of a page, which the engine gives when it knows no better, those from prose to prose."""
    pointed = [block for block in blocks if block.number in found]
    prose = [block.number for block in pointed if block.is_prose]
    if not prose or (len({block.node for block in pointed}) < 2 and len(pointed) < _MANY):
        return found
    return frozenset(number for number in found if prose[0] <= number <= prose[-1])


def _pointed_at(blocks: Sequence[Block], text: str) -> frozenset[int]:
    """The blocks that a text holds, by their letters: long ones anywhere, short ones next to what was found before."""
    letters = dense(text)
    found: set[int] = set()
    cursor = 0
    for block in blocks:
        own = block.letters
        at = letters.find(own, cursor, cursor + len(own) + _NEAR) if len(own) < CERTAIN else letters.find(own, cursor)
        if at >= 0:
            cursor = at + len(own)
            found.add(block.number)
        elif len(own) >= CERTAIN and own in letters:
            found.add(block.number)
    return frozenset(found)
