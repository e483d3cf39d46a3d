"""What is no text by its build alone, whatever a page calls it: tables of data, lists of links to the same site."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.addresses import without_www
from crawler.extraction.boxes import Box
from crawler.extraction.document import Document
from crawler.extraction.dom import text_of

_FEWEST_ROWS = 4
_FEWEST_COLUMNS = 2
_LONGEST_CELL = 80
"""Letters, on average: longer cells are paragraphs, and the table only places them."""
_FEWEST_ITEMS = 3
_SHARE_OF_ITEM = 0.6
_SHARE_OF_BOX = 0.15
_PARAGRAPH = 80


def asides(root: HtmlElement, document: Document, known: Container[HtmlElement]) -> list[Box]:
    """Such elements, in the order of the page, but for those already known."""
    tables = (Box(one, "table") for one in root.iter("table") if one not in known and _holds_data(one))
    lists = (Box(one, "read_more") for one in root.iter("ul", "ol") if one not in known and _leads_on(one, document))
    return [*tables, *lists]


def is_prose(element: HtmlElement) -> bool:
    """Whether an element is a text of its own: a paragraph of some length, and hardly a link.

    A box of links is none of that, though papers also call ``teaser`` the first lines of an article itself.
    """
    whole = len(text_of(element))
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return linked <= _SHARE_OF_BOX * whole and any(len(text_of(one)) >= _PARAGRAPH for one in element.iter("p"))


def _holds_data(table: HtmlElement) -> bool:
    """Whether a table lists things in rows and columns, rather than giving a page its layout."""
    if next(table.iterdescendants("table", "p", "h1", "h2"), None) is not None:
        return False
    rows = [cells for row in table.iter("tr") if (cells := [text_of(cell) for cell in row.iter("td", "th")])]
    wide = [cells for cells in rows if len(cells) >= _FEWEST_COLUMNS]
    cells = [cell for row in wide for cell in row]
    return len(wide) >= _FEWEST_ROWS and sum(map(len, cells)) <= _LONGEST_CELL * len(cells)


def _leads_on(element: HtmlElement, document: Document) -> bool:
    """Whether every item of a list among paragraphs is for the most part a link to another page of the same site.

    A list of sources leads elsewhere; a table of contents stays on the page; a menu is not among paragraphs.
    """
    parent = element.getparent()
    if parent is None or next(parent.iterchildren("p"), None) is None:
        return False
    items = [item for item in element.iterchildren("li") if text_of(item)]
    return len(items) >= _FEWEST_ITEMS and all(_is_link(item, document) for item in items)


def _is_link(item: HtmlElement, document: Document) -> bool:
    links = list(item.iter("a"))
    if not all(_stays_on_site(link.get("href") or "", document) for link in links):
        return False
    return sum(len(text_of(link)) for link in links) >= _SHARE_OF_ITEM * len(text_of(item))


def _stays_on_site(href: str, document: Document) -> bool:
    try:
        there, here = urlsplit(urljoin(document.base, href)), urlsplit(document.url)
    except ValueError:
        return False
    return without_www(there.netloc) == without_www(here.netloc) and there.path != here.path
