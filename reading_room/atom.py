"""A feed as Atom (RFC 4287). Pure: values in, bytes out; well-formed whatever the values contain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from lxml import etree
from markupsafe import Markup

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Row = Mapping[str, object]
_ABOUT = (
    *("alert_id", "event_id", "revision_id", "article_id", "story_id", "author_id", "tag_id", "crawl_id"),
    *("host", "address_key", "day", "site", "outcome", "reason", "href"),
)
"""Columns that say what a row of a query is about."""
_TIMES = (
    *("at", "seen_until", "gone_at", "found_at", "last_changed_at", "updated_at", "published_at", "created_at"),
    *("started_at", "day", "hinted_at", "joined_at", "first_seen_at"),
)
"""Columns with the time of an entry, the row's own event first; never one that each visit moves on."""
_TITLES = ("title", "article", "name", "label", "host", "author", "anchor_text", "url", "candidate", "day", "site")
_WORDS = ("snippet", "standfirst", "summary", "detail", "reason")
_UNTOLD = frozenset(
    {
        *("id", "title", "article_id", "see", "text", "status", "content_hash", "capture", "extractor", "month"),
        *("address_key", "published_precision", "published_offset", "next_check_at", "last_seen_at", "last_checked_at"),
        *("first_seen_at", "last_changed_at"),
    }
)
"""Columns that a reader of a feed does not ask for, or that the entry has already told."""
_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`\[\]\x00-\x20\x7f]+", re.IGNORECASE)
_LONGEST = 500
"""Characters of a value that an entry repeats."""
EPOCH = "1970-01-01T00:00:00Z"
"""The time of an entry that has none: always the same, so that it is news only once."""


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


# What a row says in a feed: a title, a time, a link and a few words. Pure: rows in, entries out.
#
# The identity of an entry must outlive edits, new columns and a move of the server: it is made from what the
# row is
# about (numbers, hosts, days), never from counts, titles or the server's address. Time is that of the row's
# own event.


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; ``updated`` and ``published`` are RFC 3339, ``summary`` is markup, links are http(s) addresses."""

    id: str
    title: str
    updated: str
    published: str | None
    link: str
    via: str | None
    author: str | None
    summary: Markup


def entries(rows: Iterable[Row], origin: str, keys: Sequence[str], link: Callable[[Row], str]) -> list[Entry]:
    """The entries of rows, in their order.

    ``origin`` names the archive and the table or query; ``keys`` are the table's key columns, none for a query;
    ``link`` gives the address of the page that a row leads to.
    """
    made: list[Entry] = []
    seen: dict[str, int] = {}
    for row in rows:
        about = _about(row, keys)
        nth = seen[about] = seen.get(about, 0) + 1
        made.append(_entry_of_row(row, f"{origin} {about}{f' {nth}' if nth > 1 else ''}", link(row)))
    return made


def moment(value: object) -> str | None:
    """A time as RFC 3339 has it, in UTC; None for what is no time. A plain day begins at midnight."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d(T|\Z)", value):
        return None
    try:
        time = datetime.fromisoformat(value)
        universal = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # such as a month 13, or a day before the year 1
        return None
    return f"{universal:%Y-%m-%dT%H:%M:%SZ}".rjust(20, "0")


def plain(value: object) -> object:
    """What to show of a value: the label that Datasette has put beside a foreign key, where it has."""
    return value.get("label", value.get("value")) if isinstance(value, Mapping) else value


def _entry_of_row(row: Row, identity: str, link: str) -> Entry:
    said = {column: plain(value) for column, value in row.items() if value not in (None, "")}
    address = next((str(said[name]) for name in ("url", "href", "candidate") if name in said), "")
    return Entry(
        id=f"urn:uuid:{uuid5(NAMESPACE_URL, identity)}",
        title=next((str(said[name]) for name in _TITLES if name in said), "Untitled"),
        updated=next((time for name in _TIMES if (time := moment(said.get(name)))), EPOCH),
        published=moment(said.get("published_at")),
        link=link,
        via=address if _WEB.fullmatch(address) else None,
        author=next((str(said[name]) for name in ("byline", "author") if name in said), None),
        summary=_summary(said),
    )


def _about(row: Row, keys: Sequence[str]) -> str:
    names = [name for name in keys or _ABOUT if name in row] or list(row)[:1]
    return " ".join(f"{name}={number(row[name])}" for name in names)


def number(value: object) -> object:
    """A value that Datasette has put a label beside, without it."""
    return value.get("value") if isinstance(value, Mapping) else value


def _summary(said: Row) -> Markup:
    words = Markup("").join(
        Markup("<p>{}</p>").format(_short(str(said[name]).replace("⟪", "").replace("⟫", "")))
        for name in _WORDS
        if name in said
    )
    rest = Markup("").join(
        Markup("<li>{}: {}</li>").format(name.replace("_", " "), _short(str(value)))
        for name, value in said.items()
        if name not in _UNTOLD and name not in _WORDS
    )
    return words + Markup("<ul>{}</ul>").format(rest) if rest else words


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
