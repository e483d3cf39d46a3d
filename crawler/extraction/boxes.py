"""What stands beside a text? Boxes found by a layout's selectors, by their names, by their labels or by their place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from crawler.addresses import without_www
from crawler.extraction.boilerplate import READ_MORE, is_consent
from crawler.extraction.cards import cards
from crawler.extraction.document import Document
from crawler.extraction.dom import select
from crawler.extraction.hints import named_reason
from crawler.extraction.labels import is_discussion, is_other
from crawler.extraction.survey import HEADINGS, PARAGRAPH, UNSPACED, Node, Survey, is_statement
from crawler.extraction.teasers import Teasers, in_text, is_text_beside
from crawler.extraction.thresholds import A_TEXT
from crawler.site import Layout

_LIVE = re.compile(r"(?:^|[\s_-])(?:live|match|ticker)(?=$|[\s_-])")
_CONSENT = re.compile(r"cookie|consent|gdpr|optanon|privacy")
_CONSENT_WORDS = re.compile(r"cookie|consent|privacy|datenschutz|куки|クッキー|쿠키", re.IGNORECASE)
"""Two signs of a request for consent, which is no text even where the article is shorter."""
_LONGEST_CONSENT = 2_000
_BOXES = frozenset(
    "aside blockquote dialog div dl figcaption figure footer form nav ol p section small span ul".split()  # noqa: SIM905 - easier to read
)
_LISTS = frozenset({"ul", "ol", "p", "span", "small"})
KINDS = frozenset({"embed", "note", "box"})
"""The reasons of boxes that the archive keeps with the text, as blocks of a kind."""
LINKING = {"related": "related", "cluster": "read_more"}
"""The reasons of guessed boxes whose links are told, and the kind of these; other lists of links are menus."""
LINK_LISTS = frozenset({"related", "read_more", "teasers", "most read"})
_LISTS_OF_LINKS = LINK_LISTS | {"cluster"}
_SHARE_OF_LINE = 0.8
LONGEST_LINE = 250
"""Characters of a line that leads to another piece; of a longer one the end of its link was lost."""
_LONGEST_LABEL = 60
_LONGEST_LABEL_OF_COMMENTS = 160
"""Blogs put the title of the article into it."""
_MOST_UNLABELLED = 12
"""Addresses, those of sections and authors beside the teasers' own among them."""
_LONGEST_TEASER = 600
"""Letters of an ``article`` that a list may hold; longer ones are articles."""
_MOST_OF_TEXT = 0.25
"""A box that holds more of the page's prose than this is not beside the text: it is around it."""
_TEXT_OF_ITS_OWN = 500
"""Characters of prose beside comments that make a text: with less, what is called comments is the text."""
_SHARE_OF_COMMENTS = 0.5
"""And so much of what is called comments: a short text has few."""
_SHARE_OF_RUN = 0.6
"""Of the prose of what is called comments: columns of papers have nearly all, the longest comment a third."""
_PARAGRAPHS_OF_TEXT = 3
"""Right behind the headline these are the text; of fewer, papers make lines under a picture or a film."""
_FEWEST_ROWS = 2
_FEWEST_COLUMNS = 2
_LONGEST_CELL = 80
"""Letters, on average: longer cells are paragraphs, and the table only places them."""
_FEWEST_ITEMS = 3
_SHARE_OF_ITEM = 0.6
_SHARE_OF_BOX = 0.15
_SHARE_OF_BLOCK = 0.9


@dataclass(frozen=True, slots=True)
class Box:
    """An element that is no part of the prose, and why."""

    node: Node
    reason: str


def outermost(among: Sequence[Box]) -> list[Box]:
    """Those that no other one holds, of boxes in the order of the page."""
    found: list[Box] = []
    end = -1
    for box in among:
        if box.node.number >= end:
            found.append(box)
            end = box.node.end
    return found


def boxes(page: Survey, layout: Layout, document: Document, *, guess: bool) -> list[Box]:
    """Such elements, in the order of the page; one may hold another.

    Those that the layout names, and others too where it leaves them to ``guess``; tables of data and lists that lead
    on are known by their build, whatever a page calls them.
    """
    found: dict[Node, str] = {}
    if guess:
        guessed = _settled(page, dict(_guessed(page, document)))
        found = {node: why for node, why in guessed.items() if why not in _LISTS_OF_LINKS or not _is_text(page, node)}
        for paragraph in _paragraphs(page, found):
            del found[paragraph]
        for card in cards(page, document):
            found.setdefault(card, "teasers")
    named: dict[Node, str] = {}
    for reason, selector in _named_by(layout):
        for element in select(document.root, selector):
            if (node := page.node(element)) is not None:
                named.setdefault(node, reason)
    found |= named
    for node in page.by_tag.get("table", ()):
        if _holds_data(page, node):
            found.setdefault(node, "table")
    for node in page.inside(page.root, "ul", "ol"):
        if node not in found and _leads_on(page, node, document):
            found[node] = "read_more"
    return [Box(node, found[node]) for node in sorted(found, key=lambda one: one.number)]


def misnamed(page: Survey, boxed: Mapping[int, Box]) -> list[Node]:
    """The elements that are called lists of links and hold prose: papers also call ``teaser`` the first lines."""
    return [
        node
        for node in page.nodes
        if node.hint
        and node.length
        and _reason(node) in LINK_LISTS
        and _is_text(page, node)
        and any(number not in boxed for number in range(node.first, node.last))
    ]


def covered(page: Survey, among: Sequence[Box]) -> dict[int, Box]:
    """The blocks that stand in such elements, by number, each with the outermost of these.

    Of an element within a line the block is its own where it holds nearly all of the words.
    """
    found: dict[int, Box] = {}
    for box in outermost(among):
        node = box.node
        for block in page.within(node):
            if node.holds(block.node) or node.length >= _SHARE_OF_BLOCK * len(block.text):
                found[block.number] = box
    return found


def rows(page: Survey, table: Node) -> list[list[str]]:
    """The words of a table, cell by cell."""
    cells = page.inside(table, "td", "th")
    found = []
    for row in page.inside(table, "tr"):
        texts = [page.text(cell) for cell in cells if row.holds(cell)]
        if any(texts):
            found.append(texts)
    return found


def _named_by(layout: Layout) -> Iterator[tuple[str, str | None]]:
    yield "related", layout.related
    yield "read_more", layout.read_more
    yield "caption", layout.caption
    yield "credit", layout.credit
    yield "tags", layout.tags
    for selector in layout.drop:
        yield selector, selector


def _settled(page: Survey, found: dict[Node, str]) -> dict[Node, str]:
    """Boxes around the text that only their names call related are believed if there is but one, and it is short.

    A paper that calls several of them so speaks of its layout.
    """
    nameless = [node for node, reason in found.items() if reason == "unlabelled"]
    links = {one.attributes.get("href") for node in nameless for one in page.inside(node, "a")}
    reason = "cluster" if len(nameless) == 1 and len(links) <= _MOST_UNLABELLED else "teasers"
    return {node: reason if one == "unlabelled" else one for node, one in found.items()}


def _paragraphs(page: Survey, found: Mapping[Node, str]) -> set[Node]:
    """The boxes that are the paragraphs of the text, whatever they are called: alike, in a row, most of all prose."""
    rows: dict[tuple[Node | None, str, str], list[Node]] = {}
    for node in found:
        if node.last - node.first == 1 and page.blocks[node.first].is_prose and found[node] not in LINK_LISTS:
            rows.setdefault((node.parent, node.tag, node.hint), []).append(node)
    whole = page.prose(page.root)
    for (_, _, name), row in rows.items():
        own = sum(page.prose(node) for node in row)
        most = whole - own < (A_TEXT if named_reason(name) == "comments" else own)
        if name and len(row) >= _PARAGRAPHS_OF_TEXT and most:
            return set(row)
    return set()


def _discussions(page: Survey) -> Iterator[Node]:
    """What follows a heading over readers' comments, behind a text, to the end of what holds both.

    A heading among the paragraphs of one column is none, and neither is a link over the text that counts comments.
    """
    headline = next((one for one in page.by_tag.get("h1", ()) if one.length), None)
    begin = headline.last if headline is not None else 0
    for block in page.blocks[begin:]:
        if len(block.text) > _LONGEST_LABEL_OF_COMMENTS or block.unseen:
            continue
        if block.anchors and block.node.tag not in HEADINGS:
            continue
        if page.prose_between(begin, block.number) < _least(block.text):
            continue
        if not is_discussion(block.text):
            continue
        node = block.node
        while (after := list(node.after())) == [] and node.parent is not None and node.parent.tag != "body":
            node = node.parent
        is_in_text = any(_is_paragraph(page, one) for one in after) and any(
            _is_paragraph(page, one) for one in node.before()
        )
        if not is_in_text:
            yield from (one for one in (block.node, *after) if one is not block.node or one.length == len(block.text))
            return


def _least(label: str) -> int:
    """Characters of prose that are a text in the script of a label."""
    return A_TEXT // 3 if UNSPACED.search(label) else A_TEXT


def _is_paragraph(page: Survey, node: Node) -> bool:
    return node.tag == "p" and page.prose(node) > 0


def _guessed(page: Survey, document: Document) -> Iterator[tuple[Node, str]]:
    for node in _discussions(page):
        yield node, "comments"
    for block in page.blocks:
        if block.is_prose and block.node.last - block.node.first == 1 and is_consent(block.text):
            yield block.node, "dialog"
    labelled = set(Teasers(page, document.own_addresses).found())
    linking_until = -1
    for node in page.nodes:
        if node in labelled:
            reason: str | None = _place(page, node, labelled)
        elif node.tag in _BOXES or "-" in node.tag:
            reason = _named_reason(page, node)
        else:
            reason = None
        if reason is None and node.tag == "p" and _leads_elsewhere(page, node):
            reason = "related"
        if reason in LINKING or reason == "unlabelled":
            if node.number < linking_until:
                continue  # the box around it tells its links
            linking_until = node.end
        if reason:
            yield node, reason


def _named_reason(page: Survey, node: Node) -> str | None:
    """Why an element goes by what it is called; None for one that is around the text, not beside it."""
    reason = "footer" if node.attributes.get("role") == "contentinfo" else _reason(node)
    if reason == "box" and node.tag in _LISTS:
        return None  # facts that stand in the text
    if reason is None or node.tag == "figcaption" or reason in ("embed", "note"):
        return reason
    if _is_frame(page, node):
        return None
    if reason == "comments" and _is_headed_by_comments(page, node):
        return reason
    if reason != "caption" and _holds_opening(page, node):
        return None
    if reason == "dialog" and _CONSENT.search(node.hint) and _CONSENT_WORDS.search(page.text(node)[:_LONGEST_CONSENT]):
        return reason
    whole, own = page.prose(page.root), page.prose(node)
    if reason in ("comments", "footer"):
        is_text = whole - own < min(_TEXT_OF_ITS_OWN, _SHARE_OF_COMMENTS * own) or (
            own * 2 > whole and _is_one_run(page, node, own)
        )
        return None if is_text or _LIVE.search(node.hint) else reason
    if own > _MOST_OF_TEXT * whole:
        return None
    if reason == "related":
        if _is_denied(page, node):
            return "most read"
        return "related" if in_text(page, node) else "unlabelled"
    if reason == "teasers" and in_text(page, node, both=True):
        return "related"
    return "cluster" if reason == "teasers" and _ends_text(page, node) else reason


def _is_headed_by_comments(page: Survey, node: Node) -> bool:
    """Whether a heading over or in an element says that readers' comments follow, or a line that counts them does."""
    first = page.blocks[max(0, node.first - 1) : min(node.last, node.first + 2)]
    return any(
        len(block.text) <= _LONGEST_LABEL_OF_COMMENTS
        and (block.node.tag in HEADINGS or any(map(str.isdigit, block.text)))
        and is_discussion(block.text)
        for block in first
    )


def _place(page: Survey, node: Node, labelled: Container[Node]) -> str:
    """What a box is by its place: put into the text by an editor, or gathered around it. Its label goes before it."""
    first = node
    while first.parent is not None and first.place and (before := first.parent.children[first.place - 1]) in labelled:
        first = before
    return "related" if in_text(page, first) else "cluster"


def _ends_text(page: Survey, node: Node) -> bool:
    """Whether an element is one of several alike that follow right after a paragraph, in the text's own column."""
    name = node.attributes.get("class")
    before = next((one for one in node.before() if one.attributes.get("class") != name), None)
    return before is not None and before.tag == "p" and page.prose(before) > 0


def _is_denied(page: Survey, node: Node) -> bool:
    """Whether the words over a box say that it holds the latest, the best read and the like, whatever it is called."""
    is_within, most = in_text(page, node, both=True), node.length + _LONGEST_LABEL
    for around in (node, *islice(node.ancestors(), 2)):
        if around.length > most:
            break
        before = around.parent.children[around.place - 1] if around.parent is not None and around.place else None
        over = page.text(before) if before is not None and before.length <= _LONGEST_LABEL else ""
        first = next((one.opening for one in page.nodes[around.number : around.end] if one.opening), "")
        if is_other(first, in_text=is_within) or is_other(over, in_text=is_within):
            return True
    return False


def _reason(node: Node) -> str | None:
    if node.tag == "figcaption":
        return "caption"
    return named_reason(node.hint)


def _leads_elsewhere(page: Survey, node: Node) -> bool:
    """Whether a paragraph is but a link, between paragraphs of text: a related box in disguise."""
    link = next(iter(page.inside(node, "a")), None)
    if link is None or not link.attributes.get("href") or link.length < _SHARE_OF_LINE * node.length:
        return False
    if node.length > LONGEST_LINE or _is_in_prose(page, node):
        return False
    return is_text_beside(page, node)


def _is_in_prose(page: Survey, node: Node) -> bool:
    """Whether a linked paragraph is a sentence among paragraphs: no label opens it, and it ends with a full stop."""
    text = page.text(node)
    return is_statement(text) and not node.hint and not READ_MORE.match(text) and in_text(page, node, both=True)


def _is_frame(page: Survey, node: Node) -> bool:
    return bool(page.inside(node, "h1", "main")) or any(
        one.length > _LONGEST_TEASER for one in page.inside(node, "article")
    )


def _holds_opening(page: Survey, node: Node) -> bool:
    """Whether the first prose behind the headline stands in an element: so it is the text, whatever it is called."""
    headline = next((one for one in page.by_tag.get("h1", ()) if one.length), None)
    if headline is None or node.last <= headline.last:
        return False
    paragraphs = sum(block.is_prose for block in page.within(node))
    return paragraphs >= _PARAGRAPHS_OF_TEXT and not page.prose_between(headline.last, node.first)


def _is_one_run(page: Survey, node: Node, prose: int) -> bool:
    """Whether most of an element's prose stands in one column, as a text does; each comment has a box of its own."""
    columns = Counter[Node | None]()
    for block in page.within(node):
        if block.is_prose:
            column = block.node.parent if block.node.tag == "p" else block.node
            columns[column] += len(block.text)
    return max(columns.values(), default=0) >= _SHARE_OF_RUN * prose


def _is_text(page: Survey, node: Node) -> bool:
    """Whether an element is a text of its own: prose of some length, and hardly a link.

    A box of links is none of that, though papers also call ``teaser`` the first lines of an article itself.
    """
    return node.linked <= _SHARE_OF_BOX * node.length and page.prose(node) > 0


def _holds_data(page: Survey, table: Node) -> bool:
    """Whether a table lists things in rows and columns, rather than giving a page its layout."""
    if len(page.inside(table, "table")) > 1 or page.inside(table, "h1", "h2") or not table.length:
        return False
    if table.attributes.get("role") == "presentation" or table.linked * 2 > table.length:
        return False
    wide = [cells for cells in rows(page, table) if len(cells) >= _FEWEST_COLUMNS]
    lengths = [len(cell) for row in wide for cell in row]
    return len(wide) >= _FEWEST_ROWS and sum(lengths) <= _LONGEST_CELL * len(lengths) and max(lengths) <= 4 * PARAGRAPH


def _leads_on(page: Survey, node: Node, document: Document) -> bool:
    """Whether every item of a list among paragraphs is for the most part a link to another page of the same site.

    A list of sources leads elsewhere; a table of contents stays on the page; a menu is not among paragraphs.
    """
    if node.parent is None or not any(one.tag == "p" for one in node.parent.children):
        return False
    items = [item for item in node.children if item.tag == "li" and item.length]
    return len(items) >= _FEWEST_ITEMS and all(_is_link(page, item, document) for item in items)


def _is_link(page: Survey, item: Node, document: Document) -> bool:
    links = page.inside(item, "a")
    if not all(stays_on_site(link.attributes.get("href") or "", document) for link in links):
        return False
    return item.linked >= _SHARE_OF_ITEM * item.length


def stays_on_site(href: str, document: Document) -> bool:
    """Whether a link leads to another page of the same site."""
    try:
        there, here = urlsplit(urljoin(document.base, href)), urlsplit(document.url)
    except ValueError:
        return False
    return without_www(there.netloc) == without_www(here.netloc) and there.path != here.path
