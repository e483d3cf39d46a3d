"""Reading articles back out of the archive, whole and in a selection. Nothing here writes, nor waits for a writer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from crawler.article import utc_time
from crawler.site import Sites
from pipelines.archive import searching
from pipelines.archive.database import ArchiveError, sentence
from pipelines.archive.schema import migrations
from pipelines.identity import idle_params, keys

Row = Mapping[str, Any]
_LARGEST = 2**63 - 1
_LOCAL = "published_local"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles: those named by ``ids``, in their order; or those that meet every other condition, newest first.

    Of several values of one condition any will do. ``since`` and ``until`` are inclusive days of publication where the
    site is. ``search`` is in the language of searching.py. ``unique`` leaves out what repeats another article of the
    same site. ``limit`` is the most articles to give.
    """

    ids: tuple[int, ...] = ()
    site: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    search: tuple[str, ...] = ()
    unique: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An article with all that belongs to it.

    ``columns`` are those of the table ``articles``; ``links``, ``blocks``, ``addresses`` and ``provenance`` are rows of
    those tables. A link also has ``target_title`` and ``target_url``. ``zone`` is the site's time zone.
    """

    columns: Row
    zone: str | None
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    links: tuple[Row, ...]
    blocks: tuple[Row, ...]
    addresses: tuple[Row, ...]
    provenance: tuple[Row, ...]

    def published(self) -> datetime | date | None:
        """When it was published, in the site's own zone; a plain date where the page gives only the day."""
        at = self.columns["published_at"]
        return local(at, self.columns["published_offset"], self.zone) if at else None


def local(at: str, offset: int | None, zone: str | None) -> datetime | date:
    """A stored time where the site is: in its zone, or, where no profile tells that, as far from UTC as the page said.

    ``at`` is UTC text, or a plain date, which stays one; ``offset`` is in minutes.
    """
    if "T" not in at:
        return date.fromisoformat(at)
    if zone in (None, "UTC"):
        return utc_time(at).astimezone(timezone(timedelta(minutes=offset or 0)))
    return utc_time(at).astimezone(ZoneInfo(zone))


def open_for_reading(path: Path, *, older: bool = False) -> sqlite3.Connection:
    """The archive at this path, read-only, as it is at the first look; a crawl may write to it meanwhile.

    Raises ArchiveError when there is none, or the file is not one, or a newer Vestnik's; or an older one's, which lacks
    tables that most questions need, unless ``older`` says that this is taken into account.
    """
    if not path.is_file():
        raise ArchiveError(f"there is no archive at {path}; crawl a site first, or name another with -s DATABASE=…")
    try:
        db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
        try:
            _check(db, path, older=older)
        except BaseException:
            db.close()
            raise
    except sqlite3.Error as error:
        raise ArchiveError(_sentence(path, error)) from error
    db.row_factory = sqlite3.Row
    db.create_function("local_day", 3, _local_day, deterministic=True)
    db.create_function("local_time", 3, _local_time, deterministic=True)
    db.execute("begin")
    return db


def named(db: sqlite3.Connection, name: str, sites: Sites) -> tuple[int, ...]:
    """The articles that a number or an address leads to: one; none; or, for an ambiguous address, several.

    Any address that ever led to an article will do. Raises ValueError for what is neither number nor address.
    """
    if name.isascii() and name.isdigit():
        return _survivor(db, int(name))
    sites = idle_params.learned(db, sites)
    for url in (name, sites.for_url(name).clean(name)):
        if (found := keys.by_url(db, url)) is not None:
            return (found,)
    rows = db.execute("select article_id from _address_keys where address_key = ?", (sites.address_key(name),))
    return tuple(row[0] for row in rows)


def entries(db: sqlite3.Connection, selection: Selection) -> Iterator[Entry]:
    """The selected articles, one at a time: memory holds no more of them."""
    return (_entry(db, article_id) for article_id in ids_of(db, selection))


def flat_columns(db: sqlite3.Connection) -> tuple[str, ...]:
    """Return the columns of an article in one row: those of ``articles_flat``, and the time where its site is."""
    names = [row["name"] for row in db.execute("select name from pragma_table_info('articles_flat')")]
    place = names.index("published_at") + 1
    return (*names[:place], _LOCAL, *names[place:])


def flat(db: sqlite3.Connection, selection: Selection, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the selected articles as rows of these columns, one at a time. Raises ValueError for an unknown column."""
    if unknown := [name for name in columns if name not in flat_columns(db)]:
        raise ValueError(f"there is no column {unknown[0]}; there are: {', '.join(flat_columns(db))}")
    local_time = "(select local_time(a.published_at, a.published_offset, s.timezone) from articles a left join sites s"
    local_time += " on s.name = a.site where a.id = f.id)"
    wanted = ", ".join(local_time if name == _LOCAL else f"f.{name}" for name in columns)
    for article_id in ids_of(db, selection):
        row = db.execute(f"select {wanted} from articles_flat f where f.id = ?", (article_id,)).fetchone()
        yield tuple(row)


def ids_of(db: sqlite3.Connection, selection: Selection) -> Iterator[int]:
    """Yield the numbers of the selected articles, in their order."""
    if selection.ids:
        yield from selection.ids[: selection.limit]
        return
    clauses, values = _conditions(db, selection)
    rows = db.execute(
        "select a.id from article_facts f join articles a on a.id = f.article_id left join sites s on s.name = a.site"
        f" where {' and '.join(clauses) or 'true'} order by f.dated_at desc, a.id desc limit :limit",
        values | {"limit": -1 if selection.limit is None else selection.limit},
    )
    yield from (row[0] for row in rows)


def _conditions(db: sqlite3.Connection, selection: Selection) -> tuple[list[str], dict[str, object]]:
    """A clause for each condition that is set, and the values of their parameters."""
    local_day = "local_day(f.dated_at, a.published_offset, s.timezone)"
    one_of = "(select value from json_each(:{}))"
    clauses = {
        "site": f"a.site in {one_of.format('site')}",
        "section": f"a.section collate nocase in {one_of.format('section')}",
        "kind": f"a.kind in {one_of.format('kind')}",
        "language": f"a.language collate nocase in {one_of.format('language')}",
        "author": "a.id in (select p.article_id from article_authors p join authors n on n.id = p.author_id"
        f" where n.name collate nocase in {one_of.format('author')})",
        "tag": "a.id in (select p.article_id from article_tags p join tags t on t.id = p.tag_id"
        f" where t.name collate nocase in {one_of.format('tag')})",
        # The plain comparison, with a day to spare for any zone, ends the walk through the index in time.
        "since": f"f.dated_at >= date(:since, '-1 day') and {local_day} >= :since",
        "until": f"{local_day} <= :until",
    }
    given: dict[str, object] = {}
    for name in clauses:
        if value := getattr(selection, name):
            given[name] = value.isoformat() if isinstance(value, date) else json.dumps(value)
    chosen = [clauses[name] for name in given]
    if selection.unique:
        chosen.append("a.duplicate_of is null")
    if selection.search:
        found = searching.expressions(db, searching.read_any(selection.search))
        chosen.append(f"a.id in ({searching.hits()})")
        given |= {"wide": found.wide, "pieces": found.pieces}
    return chosen, given


def _entry(db: sqlite3.Connection, article_id: int) -> Entry:
    columns = db.execute("select * from articles where id = ?", (article_id,)).fetchone()

    def rows(sql: str) -> tuple[Row, ...]:
        return tuple(dict(row) for row in db.execute(sql, (article_id,)))

    zone = db.execute("select timezone from sites where name = ?", (columns["site"],)).fetchone()
    authors = rows("select name from article_authors join authors on id=author_id where article_id=? order by position")
    tags = rows("select name from article_tags join tags on id=tag_id where article_id=? order by name")
    return Entry(
        columns=dict(columns),
        zone=zone and zone[0],
        authors=tuple(row["name"] for row in authors),
        tags=tuple(row["name"] for row in tags),
        links=rows(
            "select l.kind, l.position, l.start, l.end, l.href, l.anchor_text, l.target_id, t.title as target_title,"
            " t.url as target_url, l.first_seen_at, l.last_seen_at"
            " from links l left join articles t on t.id = l.target_id where l.article_id = ? order by l.position, l.id"
        ),
        blocks=rows("select position, kind, at from blocks where article_id = ? order by position"),
        addresses=rows("select url, kind, first_seen_at from article_urls where article_id = ? order by url"),
        provenance=rows("select field, source, value, chosen from provenance where article_id = ? order by 1, 2"),
    )


def _survivor(db: sqlite3.Connection, article_id: int) -> tuple[int, ...]:
    """The article with this number, or the one that it was merged into."""
    rows = db.execute(
        "select id from articles where id = :id union select into_id from merges where old_id = :id",
        {"id": min(article_id, _LARGEST)},
    )
    return tuple(row[0] for row in rows)


def _local_day(at: str | None, offset: int | None, zone: str | None) -> str | None:
    return str(local(at, offset, zone))[:10] if at else None


def _local_time(at: str | None, offset: int | None, zone: str | None) -> str | None:
    return local(at, offset, zone).isoformat() if at else None


def _check(db: sqlite3.Connection, path: Path, *, older: bool) -> None:
    applied: set[str] = set()
    if db.execute("select 1 from sqlite_master where name = '_sqlite_migrations'").fetchone():
        rows = db.execute("select name from _sqlite_migrations where migration_set = ?", (migrations.name,))
        applied = {row[0] for row in rows}
    if not applied:
        raise ArchiveError(f"{path} is another program's database; name another file with -s DATABASE=…")
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    if newer := sorted(applied - known):
        raise ArchiveError(f"{path} was written by a newer Vestnik (it has {newer[0]}); upgrade this one first")
    if not older and (lacking := sorted(known - applied)):
        raise ArchiveError(
            f"{path} was written by an older Vestnik (it lacks {lacking[0]}); the next crawl brings it up to date,"
            f" after a backup beside it, and so does: scrapy archive compact -s DATABASE={path}"
        )


def _sentence(path: Path, error: sqlite3.Error) -> str:
    if "unable to open" in str(error):  # readers share a file with the writer, beside the archive
        return f"{path} cannot be opened; run this as the user who crawls, who may write to its folder"
    return sentence(path, error)
