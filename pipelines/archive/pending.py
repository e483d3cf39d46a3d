"""Pages that are kept until the crawl's end tells whose they are, and those that were found to be the site's own.

A page is kept whole, as the visit that fetched it, so that nothing is asked for twice; in the archive, so that a crawl
that is killed leaves it to the next one. To be called inside a transaction, but for what only reads.
"""

from __future__ import annotations

import json
import sqlite3
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, cast

from crawler.article import Visit, utc_text

MOST = 300
"""Pages of a site that are kept so at a time: each is compared with the others. What is beyond is stored at once."""
WALL, MISSING, FRONT = "wall", "missing", "front"
"""Kinds of the site's own pages: in front of articles; for what is not there; the front page, of which the title is
kept."""
_WALLS_LAST = timedelta(days=30)
_PROBED = timedelta(days=1)
_KEPT = 20  # of each kind


def keep(db: sqlite3.Connection, visit: Visit, site: str, crawl_id: int | None) -> bool:
    """Keep a visit, in place of an earlier one of its address. Return whether there was room."""
    (n,) = db.execute("select count(*) from _pending where site = ?", (site,)).fetchone()
    if n >= MOST:
        return False
    row = (visit.candidate.url, site, crawl_id, utc_text(visit.fetch.at), json.dumps(as_json(visit), ensure_ascii=True))
    db.execute("insert or replace into _pending(url, site, crawl_id, at, visit) values (?, ?, ?, ?, ?)", row)
    return True


def drop(db: sqlite3.Connection, url: str) -> None:
    """Forget what is kept of an address: it is decided, or was fetched anew."""
    db.execute("delete from _pending where url = ?", (url,))


def kept(db: sqlite3.Connection, crawl_id: int | None) -> list[tuple[str, Visit]]:
    """Return what this crawl has kept, and what crawls that are over have left, oldest first, each after its site."""
    rows = db.execute(
        "select site, visit from _pending p where crawl_id is ? or not exists"
        " (select 1 from crawls c where c.id = p.crawl_id and c.outcome = 'running') order by at, url",
        (crawl_id,),
    )
    return [(site, from_json(json.loads(visit), Visit)) for site, visit in rows]


# The site's own pages.


def remember(db: sqlite3.Connection, site: str, kind: str, words: Sequence[str], now: datetime) -> None:
    """Write down a page of the site's own, by its words; an empty one says that there was none."""
    db.execute(
        "insert into _site_pages(site, kind, at, words) values (?, ?, ?, ?)",
        (site, kind, utc_text(now), " ".join(words)),
    )
    db.execute(
        "delete from _site_pages where site = ? and kind = ? and id <="
        " (select id from _site_pages where site = ? and kind = ? order by id desc limit 1 offset ?)",
        (site, kind, site, kind, _KEPT),
    )


def recall(db: sqlite3.Connection, site: str, kind: str, now: datetime) -> list[tuple[str, ...]]:
    """Return the pages of a kind that are known of late, the newest first."""
    since = now - (_PROBED if kind == MISSING else _WALLS_LAST)
    rows = db.execute(
        "select words from _site_pages where site = ? and kind = ? and at > ? and at <= ? order by id desc",
        (site, kind, utc_text(since), utc_text(now)),
    )
    return [tuple(words.split()) for (words,) in rows]


def was_probed(db: sqlite3.Connection, site: str, now: datetime) -> bool:
    """Return whether the site was asked within a day for an address that cannot exist."""
    return bool(recall(db, site, MISSING, now))


# Frozen values to JSON and back: dataclasses by the names of their fields, times as ISO text, tuples as lists.


def as_json(one: Any) -> Any:
    """Return a value of ``crawler.article`` as JSON has it; a field that has its default is left out."""
    if is_dataclass(one):
        return {each.name: as_json(told) for each in fields(one) if (told := getattr(one, each.name)) != each.default}
    if isinstance(one, tuple):
        return [as_json(part) for part in one]
    if isinstance(one, datetime):
        return one.astimezone(UTC).isoformat()
    if isinstance(one, date):
        return one.isoformat()
    return one.value if isinstance(one, Enum) else one


def from_json(said: Any, kind: Any) -> Any:
    """Return the inverse of :func:`as_json` for a value of this type."""
    if said is None:
        return None
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return from_json(said, _one_of(said, [one for one in inner if one is not type(None)]))
    if origin is tuple:
        return tuple(from_json(part, inner[0] if Ellipsis in inner else inner[n]) for n, part in enumerate(said))
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return cast("Any", kind)(**{name: from_json(part, hints[name]) for name, part in said.items()})
    if kind in (datetime, date) or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind.fromisoformat(said) if kind in (datetime, date) else kind(said)
    return said


def _one_of(said: Any, kinds: Iterable[Any]) -> Any:
    """Return which of several types a value was of: a time has a T, a plain day has none."""
    some = list(kinds)
    if datetime in some and date in some:
        return datetime if "T" in said else date
    return some[0]
