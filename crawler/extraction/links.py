"""Links to other articles: from boxes, from lines that are nothing but a link, and from within paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from crawler.addresses import key_of
from crawler.article import Link
from crawler.extraction.boilerplate import READ_MORE
from crawler.extraction.boxes import LINKING, LONGEST_LINE, Box
from crawler.extraction.dom import select, text_of
from crawler.extraction.labels import is_other, is_related
from crawler.extraction.page import Page
from crawler.extraction.shapes import like_article
from crawler.extraction.survey import HEADINGS, Anchor, Node, is_statement
from crawler.extraction.words import squeezed

_MOST_IN_BOX = 60
_WORDS_OF_TITLE = 3
_LETTERS_OF_TITLE = 8
_SHARE_OF_LINE = 0.8
_WORDS_OF_LABEL = 4
_LABELS = frozenset({"h2", "h3", "h4", "h5", "h6", "header", "strong", "b", "p", "span", "div", "legend"})
_PAID = re.compile(
    r"^\W*(?:sponsored|promoted|advert\w*|paid (?:content|post)|partner content|anzeige|publicité|publicidad|реклама)",
    re.IGNORECASE,
)


def box_links(page: Page, box: Box, position: int) -> list[Link]:
    """The articles that a box names, as the kind of link that the box is of.

    The links of boxes that a layout names are believed; of those guessed, only links that look like an article of the
    same site are, and none that is sponsored or stands under a label for other things.
    """
    named = page.names_boxes
    kind = LINKING.get(box.reason) if not named else box.reason if box.reason in LINKING.values() else None
    if kind is None:
        return []
    found: dict[str, str] = {}
    for node in page.survey.nodes[box.node.number : box.node.end] if named else _on_subject(page, box):
        element = node.element
        href = element.get("href") if node.tag == "a" else element.get("data-url") if named else None
        address = page.document.absolute(href)
        if address is None or key_of(address) == key_of(page.document.url):
            continue
        words = _title(page, box, node) if named else _anchor_text(page, node)
        if named or _is_article(page, address):
            found[address] = max(found.get(address, ""), words, key=len)
    titled = {address: words for address, words in found.items() if named or _like_a_title(words)}
    return [Link(kind, position, address, words) for address, words in list(titled.items())[:_MOST_IN_BOX]]


def _on_subject(page: Page, box: Box) -> Iterator[Node]:
    """The links in a box that are not paid for; none after a label for the latest and the like, up to the next one."""
    on, in_text = True, box.reason == "related"
    link_until = -1
    for node in page.survey.nodes[box.node.number : box.node.end]:
        words = node.opening if node.length else ""
        if words and node.tag in _LABELS and node.number >= link_until:
            on = is_related(words) or (
                on and not (len(words.split()) <= _WORDS_OF_LABEL and is_other(words, in_text=in_text))
            )
        elif node.tag == "a":
            link_until = max(link_until, node.end)
            if on and node.length and not _PAID.search(page.survey.text(node)[:40]):
                yield node


def leads_to_article(page: Page, anchors: Iterable[Anchor]) -> bool:
    """Whether a link leads to another article of the same site."""
    own = key_of(page.document.url)
    addresses = (page.document.absolute(one.href) for one in anchors)
    return any(_is_article(page, one) and key_of(one) != own for one in addresses if one)


def _is_article(page: Page, address: str) -> bool:
    """Whether an address is an article's of this site: by its patterns, or by the look of this page's own address."""
    return page.site.is_article(address) and (bool(page.site.articles) or like_article(address, page.document.url))


def inline_links(page: Page, anchors: Iterable[Anchor], text: str, position: int) -> list[Link]:
    """The links in a paragraph that lead to another page, not to a note on this one."""
    links = []
    for one in anchors:
        address = page.document.absolute(one.href)
        if address is not None and key_of(address) != key_of(page.document.url):
            links.append(Link("inline", position, address, text[one.start : one.end], one.start, one.end))
    return links


def line_links(page: Page, anchors: Iterable[Anchor], line: str, position: int) -> list[Link]:
    """The links of a line that was taken out of the text because it only leads elsewhere."""
    addresses = {page.document.absolute(one.href): line[one.start : one.end] for one in anchors}
    return [
        Link("related", position, address, words)
        for address, words in addresses.items()
        if address and _is_article(page, address) and key_of(address) != key_of(page.document.url)
    ]


def is_link_line(page: Page, line: str, anchors: Sequence[Anchor]) -> bool:
    """Whether a line is little else than links to articles of the same site: a related box in disguise.

    Also one that a label in capitals opens, as in ``WATCH | Three ferries meet``. A link that stays on the page is
    none: a table of contents names the headings of the text itself.
    """
    if len(line) > LONGEST_LINE or (is_statement(line) and not READ_MORE.match(line)):
        return False
    own = key_of(page.document.url)
    leading = [one for one in anchors if key_of(page.document.absolute(one.href) or page.document.url) != own]
    if not leading:
        return False
    covered = sum(one.end - one.start for one in leading)
    label = line[: leading[0].start].rstrip()
    labelled = leading[-1].end >= len(line) - 1 and (
        (label.isupper() and label[-1] in "|:") or (label.endswith(":") and len(label.split()) <= _WORDS_OF_LABEL)
    )
    if covered < _SHARE_OF_LINE * len(line) and not labelled:
        return False
    address = page.document.absolute(leading[0].href)
    return address is not None and page.site.is_article(address) and _like_a_title(line)


def _title(page: Page, box: Box, node: Node) -> str:
    """The title in a box of known layout: the more surely marked as one, the better."""
    chosen = [text_of(one) for one in select(box.node.element, page.layout.related_title)]
    said = (
        *chosen,
        node.attributes.get("data-title"),
        box.node.attributes.get("data-title"),
        node.attributes.get("title"),
        _anchor_text(page, node),
    )
    return next((squeezed(text) for text in said if text and text.strip()), "")


def _anchor_text(page: Page, node: Node) -> str:
    heading = next(iter(page.survey.inside(node, *HEADINGS)), node)
    return page.survey.text(heading)


def _like_a_title(words: str) -> bool:
    """A title has some words; in a script without spaces, some letters."""
    several = sum(any(map(str.isalpha, word)) for word in words.split())  # "View all (4)" has two
    return several >= _WORDS_OF_TITLE or (len(words) >= _LETTERS_OF_TITLE and not words.isascii())
