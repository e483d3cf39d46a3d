"""Which elements are teasers by their build alone? A row of cards: a title that leads to another article, a few words.

Ordinary templates print them right behind the text, in the same column, under names that say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from crawler.extraction.document import Document
from crawler.extraction.shapes import like_article
from crawler.extraction.survey import PARAGRAPH, Block, Node, Survey

_FEWEST = 3
_LONGEST = 600
"""Characters of a card: more is a piece of its own, which the verdicts know by its heading."""
_LONGEST_EXCERPT = 320
_SHORTEST_TITLE = 12
_MOST_TARGETS = 3
"""Addresses of articles in one card: its own, behind picture and title, and hardly another one."""
_REST = 2 * PARAGRAPH
"""Prose beside the cards, without which they are all that the page has."""
_CUT_OFF = ("…", "...", "[…]", "[...]", "»", "→")


def cards(page: Survey, document: Document) -> list[Node]:
    """The cards of a page, in its order; none where they are its text, as in a review of the week's pieces."""
    found = [node for parent in page.nodes if len(parent.children) >= _FEWEST for node in _row(page, parent, document)]
    own = sum(page.prose(node) for node in found)
    if not own or page.prose(page.root) - own < _REST:
        return []
    return found


def _row(page: Survey, parent: Node, document: Document) -> Iterator[Node]:
    """The children of an element that are cards, where three of one tag follow one another."""
    children = [child for child in parent.children if child.length]
    for is_short, short in groupby(children, _is_short):
        if not is_short or len(like := list(short)) < _FEWEST:
            continue
        run: list[Node] = []
        for child in (*like, None):
            if child is not None and (not run or run[0].tag == child.tag) and _is_card(page, child, document):
                run.append(child)
                continue
            if len(run) >= _FEWEST and not _is_reviewed(page, run):
                yield from run
            run = []


def _is_short(node: Node) -> bool:
    """Whether an element has words that lead elsewhere, and few others: most have not, and are not looked at closer."""
    return node.linked >= _SHORTEST_TITLE and node.length <= _LONGEST


def _is_card(page: Survey, node: Node, document: Document) -> bool:
    """Whether an element begins with a title that leads to another article, and says little more."""
    if page.prose(node) > _LONGEST_EXCERPT:
        return False
    first = next((block for block in page.within(node) if block.linked * 2 > len(block.text) or block.is_prose), None)
    if first is None or not (_is_title(first) or _is_opened_by_title(first)):
        return False
    links = (link.attributes.get("href") for link in page.inside(node, "a") if link.length >= _SHORTEST_TITLE)
    targets = {href for href in links if href}
    return 1 <= len(targets) <= _MOST_TARGETS and any(_leads(href, document) for href in targets)


def _is_title(block: Block) -> bool:
    return block.linked * 2 > len(block.text) and len(block.text) >= _SHORTEST_TITLE


def _is_opened_by_title(block: Block) -> bool:
    """Whether a line begins with a title that is a link, and its excerpt breaks off."""
    opening = block.anchors[0] if block.anchors else None
    return opening is not None and opening.start == 0 and opening.end >= _SHORTEST_TITLE and _is_cut_off(block.text)


def _leads(href: str, document: Document) -> bool:
    address = document.absolute(href)
    return address is not None and like_article(address, document.url)


def _is_reviewed(page: Survey, run: Sequence[Node]) -> bool:
    """Whether the row follows a paragraph in the same element and is written in full: a list that an author made."""
    before = next(run[0].before(), None)
    if before is None or before.tag != "p" or not page.prose(before):
        return False
    whole = [node for node in run if (last := page.within(node)[-1]).ends_sentence and not _is_cut_off(last.text)]
    return len(whole) * 2 > len(run)


def _is_cut_off(text: str) -> bool:
    return text.rstrip().endswith(_CUT_OFF)
