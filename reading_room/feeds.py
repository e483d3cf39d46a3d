"""Feeds out: ``.atom`` (RFC 4287) for every table, view and canned query; well-formed whatever the values contain.

The identity of an entry must outlive edits, new columns and a move of the server: it is made from what the row is about
(numbers, hosts, days), never from counts, titles or the server's address. Its time is that of the row's own event.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from datasette import Request, hookimpl
from datasette.app import Datasette
from lxml import etree
from markupsafe import Markup

from crawler.tabular import xml_text
from pipelines.archive.fields import FIELDS
from reading_room.internals import path_from_row_pks
from reading_room.queries import load_queries
from reading_room.rows import Row

_ATOM = "http://www.w3.org/2005/Atom"
_ABOUT = (
    *("alert_id", "event_id", "revision_id", "article_id", "story_id", "author_id", "tag_id", "crawl_id"),
    *("host", "address_key", "day", "site", "outcome", "reason", "href"),
)
"""Columns that say what a row of a query is about."""
_TIMES = (
    *(
        "at",
        "seen_until",
        "gone_at",
        "found_at",
        "last_changed_at",
        "updated_at",
        "published_at",
        "dated_at",
        "created_at",
    ),
    *("started_at", "day", "hinted_at", "joined_at", "first_seen_at"),
)
"""Columns with the time of an entry, the row's own event first; never one that each visit moves on."""
_TITLES = ("title", "article", "name", "label", "host", "author", "anchor_text", "url", "candidate", "day", "site")
_WORDS = ("snippet", "standfirst", "summary", "detail", "reason")
_LEFT_OUT = frozenset(field.name for field in FIELDS if not field.is_exported) | {
    *("id", "title", "article_id", "see", "text", "status", "last_seen_at", "first_seen_at", "last_changed_at"),
}
"""Columns that a reader of a feed does not ask for, or that the entry has already shown."""
_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`\[\]\x00-\x20\x7f]+", re.IGNORECASE)
_LONGEST = 500
"""Characters of a value that an entry repeats."""
EPOCH = "1970-01-01T00:00:00Z"
"""The time of an entry that has none: always the same, so that it is news only once."""


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


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: ``id`` any text that names it, ``self`` and ``page`` the addresses of it and of the page it follows."""

    id: str
    title: str
    updated: str
    self: str
    page: str
    entries: tuple[Entry, ...]


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_output_renderer() -> dict[str, Any]:
    """Offer a feed of whatever can be named from one day to the next."""
    return {"extension": "atom", "render": render_atom, "can_render": can_feed}


def can_feed(columns: Sequence[str], table: str | None, query_name: str | None, view_name: str) -> bool:
    """Return whether the page's rows can be followed: SQL written by hand has no name to know its entries by."""
    return bool(columns and (table or query_name) and view_name != "row")


async def render_atom(
    datasette: Datasette,
    request: Request,
    rows: Sequence[Any],
    columns: Sequence[str],
    table: str | None,
    query_name: str | None,
    data: dict[str, Any],
) -> dict[str, Any]:
    """Return the rows as an Atom feed, or a sentence where the query failed."""
    if data.get("error") or not (table or query_name):
        return refused(data.get("error") or "A feed needs a table or a canned query.")
    name = table or query_name
    page = datasette.absolute_url(request, request.path.removesuffix(".atom"))
    if request.query_string:
        page += f"?{request.query_string}"
    keys = await datasette.get_database("news").primary_keys(table) if table else []
    origin = f"vestnik {await origin_of(datasette)} {name}"
    listed = entries(
        (dict(zip(columns, row, strict=True)) for row in rows),
        origin,
        keys,
        lambda row: (
            str(datasette.absolute_url(request, path)) if (path := _path(datasette, row, table, keys)) else page
        ),
    )
    feed = Feed(
        id=f"{origin} {request.path} {request.query_string}",
        title=_title(name or "", request),
        updated=max((entry.updated for entry in listed), default=EPOCH),
        self=datasette.absolute_url(request, request.full_path),
        page=page,
        entries=tuple(listed),
    )
    return {"body": atom(feed), "content_type": "application/atom+xml; charset=utf-8"}


def entries(rows: Iterable[Row], origin: str, keys: Sequence[str], link: Callable[[Row], str]) -> list[Entry]:
    """Return the entries of rows, in their order.

    ``origin`` names the archive and the table or query; ``keys`` are the table's key columns, none for a query;
    ``link`` gives the address of the page that a row leads to.
    """
    listed: list[Entry] = []
    seen: dict[str, int] = {}
    for row in rows:
        about = _about(row, keys)
        nth = seen[about] = seen.get(about, 0) + 1
        listed.append(_entry(row, f"{origin} {about}{f' {nth}' if nth > 1 else ''}", link(row)))
    return listed


def moment(value: object) -> str | None:
    """Return a time as RFC 3339 has it, in UTC; None for anything else. A plain day begins at midnight."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d(T|\Z)", value):
        return None
    try:
        time = datetime.fromisoformat(value)
        universal = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # such as a month 13, or a day before the year 1
        return None
    return f"{universal:%Y-%m-%dT%H:%M:%SZ}".rjust(20, "0")


def label_of(value: object) -> object:
    """Return what to show of a value: the label that Datasette has put beside a foreign key, where it has."""
    return value.get("label", value.get("value")) if isinstance(value, Mapping) else value


def _entry(row: Row, identity: str, link: str) -> Entry:
    shown = {column: label_of(value) for column, value in row.items() if value not in (None, "")}
    address = next((str(shown[name]) for name in ("url", "href", "candidate") if name in shown), "")
    return Entry(
        id=f"urn:uuid:{uuid5(NAMESPACE_URL, identity)}",
        title=next((str(shown[name]) for name in _TITLES if name in shown), "Untitled"),
        updated=next((time for name in _TIMES if (time := moment(shown.get(name)))), EPOCH),
        published=moment(shown.get("published_at")),
        link=link,
        via=address if _WEB.fullmatch(address) else None,
        author=next((str(shown[name]) for name in ("byline", "author") if name in shown), None),
        summary=_summary(shown),
    )


def _about(row: Row, keys: Sequence[str]) -> str:
    names = [name for name in keys or _ABOUT if name in row] or list(row)[:1]
    return " ".join(f"{name}={value_of(row[name])}" for name in names)


def value_of(value: object) -> object:
    """Return a value without the label that Datasette has put beside it."""
    return value.get("value") if isinstance(value, Mapping) else value


def _summary(shown: Row) -> Markup:
    words = Markup("").join(
        Markup("<p>{}</p>").format(_short(str(shown[name]).replace("⟪", "").replace("⟫", "")))
        for name in _WORDS
        if name in shown
    )
    rest = Markup("").join(
        Markup("<li>{}: {}</li>").format(name.replace("_", " "), _short(str(value)))
        for name, value in shown.items()
        if name not in _LEFT_OUT and name not in _WORDS
    )
    return words + Markup("<ul>{}</ul>").format(rest) if rest else words


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def refused(sentence: str) -> dict[str, Any]:
    """Return the answer for a page that has no rows to give: a sentence, and status 400."""
    return {"body": sentence, "content_type": "text/plain; charset=utf-8", "status_code": 400}


async def origin_of(datasette: Datasette) -> str:
    """Return what tells this archive from others, for as long as it lives: when its first crawl began."""
    first = await datasette.get_database("news").execute("select started_at from crawls order by id limit 1")
    row = first.first()
    return str(row["started_at"]) if row else ""


def _path(datasette: Datasette, row: Row, table: str | None, keys: Sequence[str]) -> str | None:
    """Return the page of what a row is about: its article's, its own, or the one that the query names."""
    article, see = value_of(row.get("article_id")), row.get("see")
    if isinstance(article, int):
        return str(datasette.urls.row("news", "articles", article))
    if table and keys:
        return str(datasette.urls.row("news", table, path_from_row_pks(row, keys, False)))
    if isinstance(see, str) and see.startswith("/news/"):
        return str(datasette.urls.path(see))
    return None


def _title(name: str, request: Request) -> str:
    title = load_queries().get(name, {}).get("title", name.replace("_", " ").capitalize())
    asked = ", ".join(
        f"{key} {value}" for key in request.args if not key.startswith("_") and (value := request.args[key])
    )
    return f"{title}: {asked}" if asked else title


def atom(feed: Feed) -> bytes:
    """Return the document, in UTF-8."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]  # lxml takes None for the default one
    _add(root, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, feed.id)}")
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.self)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(_add(root, "author"), "name", "Vestnik")
    for entry in feed.entries:
        _add_entry(root, entry)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _add_entry(root: etree._Element, entry: Entry) -> None:
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
