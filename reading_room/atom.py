"""A feed as Atom (RFC 4287). Pure: values in, bytes out; well-formed whatever the values contain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from reading_room.feeds_entries import Entry

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: ``id`` any text that names it, ``self`` and ``page`` the addresses of it and of the page it follows."""

    id: str
    title: str
    updated: str
    self: str
    page: str
    entries: tuple[Entry, ...]


def atom(feed: Feed) -> bytes:
    """The document, in UTF-8."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]  # lxml takes None for the default one
    _add(root, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, feed.id)}")
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.self)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(_add(root, "author"), "name", "Vestnik")
    for entry in feed.entries:
        _entry(root, entry)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def xml_text(text: str) -> str:
    """The text without the control characters and half characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _entry(root: etree._Element, entry: Entry) -> None:
    element = _add(root, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "updated", entry.updated)
    if entry.published:
        _add(element, "published", entry.published)
    _add(element, "link", rel="alternate", type="text/html", href=entry.link)
    if entry.via:
        _add(element, "link", rel="via", href=entry.via)
    if entry.author and xml_text(entry.author).strip():
        _add(_add(element, "author"), "name", entry.author)
    _add(element, "content", str(entry.summary), type="html")


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(
        parent, f"{{{_ATOM}}}{name}", {key: xml_text(value) for key, value in attributes.items()}
    )
    if text:
        element.text = xml_text(text)
    return element
