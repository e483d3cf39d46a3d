"""Links to other articles: from boxes, from lines that are nothing but a link, and from within paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lxml.html import HtmlElement

from crawler.addresses import key_of
from crawler.article import Link
from crawler.extraction.boxes import LINKING, Box
from crawler.extraction.dom import select, text_of
from crawler.extraction.labels import is_other, is_related
from crawler.extraction.outline import Found
from crawler.extraction.page import Page
from crawler.extraction.shapes import like_article
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
    for element in box.element.iter("*") if named else _on_subject(box):
        href = element.get("href") if element.tag == "a" else element.get("data-url") if named else None
        address = page.document.absolute(href)
        if address is None or key_of(address) == key_of(page.document.url):
            continue
        words = _title(page, box, element) if named else _anchor_text(element)
        if named or _is_article(page, address):
            found[address] = max(found.get(address, ""), words, key=len)
    titled = {address: words for address, words in found.items() if named or _like_a_title(words)}
    return [Link(kind, position, address, words) for address, words in list(titled.items())[:_MOST_IN_BOX]]


def _on_subject(box: Box) -> Iterator[HtmlElement]:
    """The links in a box that are not paid for; none after a label for the latest and the like, up to the next one."""
    on, in_text = True, box.reason == "related"
    for element in box.element.iter():
        words = squeezed(element.text or "")
        if words and element.tag in _LABELS and next(element.iterancestors("a"), None) is None:
            on = is_related(words) or (
                on and not (len(words.split()) <= _WORDS_OF_LABEL and is_other(words, in_text=in_text))
            )
        elif on and element.tag == "a" and not _PAID.search(text_of(element)[:40]):
            yield element


def _is_article(page: Page, address: str) -> bool:
    """Whether an address is an article's of this site: by its patterns, or by the look of this page's own address."""
    return page.site.is_article(address) and (bool(page.site.articles) or like_article(address, page.document.url))


def inline_links(page: Page, found: Iterable[Found], paragraphs: Sequence[str]) -> list[Link]:
    """The links in paragraphs that lead to another page, not to a note on this one."""
    links = []
    for one in found:
        address = page.document.absolute(one.href)
        if address is not None and key_of(address) != key_of(page.document.url):
            words = paragraphs[one.position][one.start : one.end]
            links.append(Link("inline", one.position, address, words, one.start, one.end))
    return links


def line_links(page: Page, found: Iterable[Found], line: str, position: int) -> list[Link]:
    """The links of a line that was taken out of the text because it only leads elsewhere."""
    addresses = {page.document.absolute(one.href): line[one.start : one.end] for one in found}
    return [
        Link("related", position, address, words)
        for address, words in addresses.items()
        if address and _is_article(page, address) and key_of(address) != key_of(page.document.url)
    ]


def is_link_line(page: Page, line: str, found: Sequence[Found]) -> bool:
    """Whether a line is little else than links to articles of the same site: a related box in disguise.

    Also one that a label in capitals opens, as in ``WATCH | Three ferries meet``.
    """
    if not found:
        return False
    covered = sum(one.end - one.start for one in found)
    label = line[: found[0].start].rstrip()
    labelled = label.isupper() and label[-1] in "|:" and found[-1].end >= len(line) - 1
    if covered < _SHARE_OF_LINE * len(line) and not labelled:
        return False
    address = page.document.absolute(found[0].href)
    return address is not None and page.site.is_article(address) and _like_a_title(line)


def _title(page: Page, box: Box, element: HtmlElement) -> str:
    """The title in a box of known layout: the more surely marked as one, the better."""
    chosen = [text_of(one) for one in select(box.element, page.layout.related_title)]
    said = (
        *chosen,
        element.get("data-title"),
        box.element.get("data-title"),
        element.get("title"),
        _anchor_text(element),
    )
    return next((squeezed(text) for text in said if text and text.strip()), "")


def _anchor_text(element: HtmlElement) -> str:
    heading = next(element.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
    return text_of(element if heading is None else heading)


def _like_a_title(words: str) -> bool:
    """A title has some words; in a script without spaces, some letters."""
    return len(words.split()) >= _WORDS_OF_TITLE or (len(words) >= _LETTERS_OF_TITLE and not words.isascii())
