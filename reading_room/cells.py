"""What a cell or a template shows of a value: numbers as links to what they stand for, times to read, marked words.

A stored value never becomes markup: it is escaped, and an address of ours is only built from a number,
or taken from a query's own ``see`` column.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_encode
from jinja2 import Environment
from markupsafe import Markup, escape

from crawler.article import utc_time
from reading_room.body import clean, language, outside, web

_TABLE_OF = {
    "article_id": "articles",
    "with_id": "articles",
    "revision_id": "revisions",
    "target_id": "articles",
    "duplicate_of": "articles",
    "into_id": "articles",
    "author_id": "authors",
    "tag_id": "tags",
    "story_id": "stories",
    "crawl_id": "crawls",
    "event_id": "events",
    "watch_id": "watches",
}
_NUMBER_OF = {"title": "article_id", "article": "article_id", "target": "target_id", "author": "author_id"}
"""Words which are a link where a query or view has the number beside them."""
_TITLED = ("articles", "stories")
_VIEWS = frozenset({None, "articles_flat", "unique_articles", "related_articles", "edits"})
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # UTC, as the archive has them
_MARKED = re.compile("⟪([^⟪⟫]*)⟫")


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def render_cell(
    row: sqlite3.Row, value: object, column: str, table: str | None, database: str, datasette: Datasette
) -> Markup | None:
    """Return the cell as markup, or None to leave it to Datasette, which escapes."""
    if database != "news":
        return None
    target = _leads_to(row, value, column, table)
    if target is not None:
        return Markup('<a href="{}">{}</a>').format(datasette.urls.row(database, *target), value)
    if isinstance(value, str) and _TIME.fullmatch(value):
        return Markup('<time datetime="{}">{}</time>').format(value, shorter(value))
    if table is None and isinstance(value, str):
        if column == "see" and value.startswith("/news/"):
            return Markup('<a href="{}">more&nbsp;→</a>').format(datasette.urls.path(value))
        if column == "snippet":
            return highlighted(value)
    return None


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def prepare_jinja2_environment(env: Environment) -> None:
    """Let templates write ``published_at|shorter``, ``title|clean``, ``href|web`` and so on."""
    env.filters |= {
        "shorter": shorter,
        "spoken": spoken,
        "day": day,
        "both": both,
        "clean": clean,
        "lang": language,
        "web": web,
        "outside": outside,
        "tilde": tilde_encode,
        "share": share,
        "first_ones": first_ones,
        "plain_row": plain_row,
    }


def _leads_to(row: sqlite3.Row, value: object, column: str, table: str | None) -> tuple[str, int] | None:
    """Return table and number of the row that a cell stands for, None for a plain value."""
    if value in (None, ""):
        return None
    number_column = column
    if table in _TITLED and column == "title":
        return table, row["id"]
    if table in _VIEWS:
        number_column = _NUMBER_OF.get(column, column)
        if table in ("articles_flat", "unique_articles") and column in ("id", "title"):
            return "articles", row["id"]
    to_table = _TABLE_OF.get(number_column)
    if to_table is None or number_column not in row.keys():  # noqa: SIM118 - iterating a row gives its values
        return None
    number = row[number_column]
    return (to_table, number) if isinstance(number, int) else None


def highlighted(snippet: str) -> Markup:
    """Return a snippet with its ⟪found words⟫ marked and everything in it escaped."""
    return Markup(_MARKED.sub(r"<mark>\1</mark>", str(escape(snippet))))  # noqa: S704 - escaped just here


def shorter(time: str | None) -> str:
    """Return ``2024-12-09T11:02:00Z`` as ``2024-12-09 11:02 UTC``; a plain day stays one, nothing is nothing."""
    return f"{time[:10]} {time[11:16]} UTC" if time and "T" in time else time or ""


def spoken(words: str | None, zone: str | None = None) -> str:
    """Return words with the times among them as readers want them, where a ``zone`` is named by its clock too."""
    return _TIME.sub(lambda time: both(time[0], zone) if zone else shorter(time[0]), words or "")


def day(time: str | None) -> str:
    """Return ``9 December 2024``; a text that is no time as it is."""
    try:
        at = date.fromisoformat((time or "")[:10])
    except ValueError:
        return time or ""
    return f"{at.day} {at:%B %Y}"


def both(time: str | None, zone: str | None) -> str:
    """Return ``9 December 2024, 14:02 MSK · 11:02 UTC``: by the site's clock, then in UTC, with its day where other."""
    if not time or "T" not in time:
        return day(time)
    try:
        utc = utc_time(time)
    except ValueError:
        return time
    here = utc.astimezone(clock(zone))
    if not here.utcoffset():
        return f"{day(time)}, {time[11:16]} UTC"
    name = here.tzname() or ""
    name = name if name.isalpha() else f"UTC{_offset(here)}"
    other = "" if here.date() == utc.date() else f"{day(time)}, "
    return f"{day(here.date().isoformat())}, {here:%H:%M} {name} · {other}{utc:%H:%M} UTC"


def hour_here(time: str, zone: str | None) -> int:
    """Return the hour of the day on the site's clock, of a UTC time to the hour at least (``2024-12-09T11``)."""
    return datetime.fromisoformat(time[:13] + ":00+00:00").astimezone(clock(zone)).hour


def _offset(here: datetime) -> str:
    offset = f"{here:%z}"  # +0330
    return f"{offset[:3]}:{offset[3:5]}"


@lru_cache(maxsize=512)
def clock(zone: str | None) -> ZoneInfo:
    """Return the zone of this name; UTC where none is named, or one that does not exist."""
    try:
        return ZoneInfo(zone or "UTC")
    except (KeyError, OSError, ValueError):  # unknown, a folder of zones, not a name at all
        return ZoneInfo("UTC")


def share(part: float) -> Markup:
    """Return a share between 0 and 1 as a bar and in percent."""
    percent = round(100 * min(max(part, 0.0), 1.0))
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" aria-hidden="true"><rect class="whole" width="100" height="8"/>'
        '<rect class="s0" width="{0}" height="8"/></svg> {0}&nbsp;%'
    ).format(percent)


def first_ones(listed: Iterable[Mapping[str, Any]], names: Sequence[str], key: str) -> list[Mapping[str, Any]]:
    """Return columns or cells with those of these names first, in this order, and the others as they were."""
    rank = {name: n for n, name in enumerate(names)}
    return sorted(listed, key=lambda item: rank.get(item[key], len(rank)))


def plain_row(cells: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the stored values of a row that Datasette made cells of."""
    return {cell["column"]: cell["raw"] for cell in cells}
