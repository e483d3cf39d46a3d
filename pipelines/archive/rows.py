"""The row of an article and the rows that belong to it: small changes, and all parts of a state written together."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Protocol

from crawler.article import Article, utc_text
from crawler.site import Site
from pipelines.archive.events import KINDS
from pipelines.record import Record

_ROTATING = "read_more"
"""Lists around the text would leave a row for every article that was ever in them."""
Row = tuple[object, ...]
_INSERT = (
    "insert into links(article_id, kind, address_key, nth, position, start, end, href, anchor_text, target_id,"
    " last_seen_at, first_seen_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_VALUES = 32_000
"""Values in one statement; SQLite takes 32,766."""
_OF_ONE_STATE = ("article_authors", "article_tags", "blocks", "provenance", "dropped")


def update(db: sqlite3.Connection, article_id: int, changes: dict[str, object]) -> None:
    """Set these columns, if any."""
    if not changes:
        return
    assignments = ", ".join(f"{name} = ?" for name in changes)
    db.execute(f"update articles set {assignments} where id = ?", (*changes.values(), article_id))


def touch(db: sqlite3.Connection, article_id: int, column: str, now: str) -> None:
    """Move one of the columns of time forward, never back."""
    db.execute(f"update articles set {column} = max({column}, ?) where id = ?", (now, article_id))


def listed(db: sqlite3.Connection, article_id: int, at: datetime, fetched_at: datetime) -> None:
    """Keep when a listing says that the article appeared; a time after the fetch says nothing."""
    if at <= fetched_at:
        db.execute("update article_facts set listed_at = ? where article_id = ?", (utc_text(at), article_id))


def event(db: sqlite3.Connection, article_id: int, crawl_id: int | None, now: str, kind: str, detail: str) -> None:
    """Tell alerts, feeds and the front page that something happened. Raises ValueError for an unknown kind."""
    if kind not in KINDS:
        raise ValueError(f"an event {kind!r}; expected one of pipelines/archive/events.py: {', '.join(sorted(KINDS))}")
    db.execute(
        "insert into events(article_id, crawl_id, at, kind, detail) values (?, ?, ?, ?, ?)",
        (article_id, crawl_id, now, kind, detail),
    )


def date_by(db: sqlite3.Connection, article_id: int, basis: str) -> None:
    """Write down whose the time of publication is: the page's, or a listing's, for the page gives none."""
    db.execute("update article_facts set date_basis = ? where article_id = ?", (basis, article_id))


def lacks(db: sqlite3.Connection, article_id: int, partial: str | None) -> None:
    """Write down which pages of an article could not be fetched; None where all of it is there."""
    db.execute("update article_facts set partial = ? where article_id = ?", (partial, article_id))


def stands_before(db: sqlite3.Connection, article_id: int, wall: str | None) -> None:
    """Write down what stood before an article when it was last looked at; None where nothing did."""
    db.execute("update article_facts set wall = ? where article_id = ?", (wall, article_id))


# What belongs to an article beside its row: authors, tags, blocks, links, provenance, what was taken out.


class Targets(Protocol):
    """What knows to which article a link leads."""

    def target(self, href: str, key: str) -> int | None:
        """Return the article that the very address has led to, else the one that holds the key."""


def write_new(db: sqlite3.Connection, article_id: int, record: Record, targets: Targets) -> int:
    """Write all parts of an article that has none yet. Returns how many links have their target."""
    _names(db, article_id, record.article)
    _parts(db, article_id, record.article)
    _, new, _ = _compare(record, targets, {}, article_id)
    db.executemany(_INSERT, new)
    return _aimed(new)


def write(
    db: sqlite3.Connection,
    article_id: int,
    record: Record,
    targets: Targets,
    *,
    forget_links: bool = False,
    without: str = "",
) -> None:
    """Write all parts of an article in place of what was there.

    A link that a page no longer has stays, with the time when it was last seen, unless ``forget_links``: then it was
    our reading that found it, not the page that had it. Links of the kind ``without`` are left as they are.
    """
    for table in _OF_ONE_STATE:
        db.execute(f"delete from {table} where article_id = ?", (article_id,))
    _names(db, article_id, record.article)
    _parts(db, article_id, record.article)
    kept, new, gone = _compare(record, targets, _links(db, article_id, without), article_id, without)
    if forget_links:
        db.executemany("delete from links where id = ?", [(row_id,) for row_id in gone])
    db.executemany(
        "update links set position = ?, start = ?, end = ?, href = ?, anchor_text = ?,"
        " target_id = coalesce(?, target_id), last_seen_at = max(last_seen_at, ?) where id = ?",
        kept,
    )
    db.executemany(_INSERT, new)


def add_earlier_links(db: sqlite3.Connection, article_id: int, record: Record, targets: Targets) -> None:
    """Write the links of a state before the stored one: those that it has still were there then, others are past."""
    now = utc_text(record.visit.fetch.at)
    kept, new, _ = _compare(record, targets, _links(db, article_id, _ROTATING), article_id, _ROTATING)
    db.executemany(
        "update links set first_seen_at = min(first_seen_at, ?) where id = ?", [(now, row[-1]) for row in kept]
    )
    db.executemany(_INSERT, new)


def _names(db: sqlite3.Connection, article_id: int, article: Article) -> None:
    """Write the article's authors in the order of its byline, and its tags."""
    authors = list(dict.fromkeys(article.authors))
    insert(db, "authors", ("site", "name"), [(article.site, name) for name in authors])
    by = [(article.authors.index(name), name) for name in authors]
    tags = list(dict.fromkeys(article.tags))
    if by:
        db.execute(
            "insert into article_authors(article_id, author_id, position) select ?, id, column1"
            f" from (values {_marks(by)}) join authors on name = column2 where site = ?",
            (article_id, *chain.from_iterable(by), article.site),
        )
    insert(db, "tags", ("name",), [(name,) for name in tags])
    if tags:
        db.execute(
            "insert into article_tags(article_id, tag_id)"
            f" select ?, id from tags where name in ({', '.join('?' * len(tags))})",
            (article_id, *tags),
        )


def _parts(db: sqlite3.Connection, article_id: int, article: Article) -> None:
    insert(
        db,
        "blocks",
        ("article_id", "position", "kind", "at"),
        [(article_id, b.position, b.kind, utc_text(b.at) if b.at else None) for b in article.blocks],
    )
    insert(
        db,
        "provenance",
        ("article_id", "field", "source", "value", "chosen"),
        [(article_id, p.field, p.source, p.value, int(p.chosen)) for p in article.provenance],
    )
    insert(
        db,
        "dropped",
        ("article_id", "position", "reason", "text"),
        [(article_id, d.position, d.reason, d.text) for d in article.dropped],
    )


def insert(db: sqlite3.Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows in as few statements as SQLite's bound on values allows; one that is there already stays."""
    most = _VALUES // len(columns)
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        db.execute(
            f"insert into {table}({', '.join(columns)}) values {_marks(some)} on conflict do nothing",
            tuple(chain.from_iterable(some)),
        )


def _marks(rows: Sequence[Row]) -> str:
    return ", ".join(f"({', '.join('?' * len(row))})" for row in rows)


def _compare(
    record: Record, targets: Targets, stored: Mapping[tuple[str, str, int], int], article_id: int, without: str = ""
) -> tuple[list[Row], list[Row], list[int]]:
    """Return the links that are stored, with the number of their row; those that are not; and the rows of no link.

    A link is the same as before if its kind and key are, and how many such links stand before it.
    """
    now = utc_text(record.visit.fetch.at)
    nth: Counter[tuple[str, str]] = Counter()
    left = dict(stored)
    kept: list[Row] = []
    new: list[Row] = []
    for link in record.article.links:
        if link.kind == without:
            continue
        key = record.link_keys[link.href]
        state = (link.position, link.start, link.end, link.href, link.anchor_text, targets.target(link.href, key), now)
        row_id = left.pop((link.kind, key, nth[link.kind, key]), None)
        if row_id is None:
            new.append((article_id, link.kind, key, nth[link.kind, key], *state, now))
        else:
            kept.append((*state, row_id))
        nth[link.kind, key] += 1
    return kept, new, list(left.values())


def _aimed(links: Sequence[Row]) -> int:
    """Return how many of these rows have a target."""
    return sum(row[-3] is not None for row in links)


def _links(db: sqlite3.Connection, article_id: int, without: str) -> dict[tuple[str, str, int], int]:
    """Return the rows of the links that the article has, by what makes a link the same."""
    stored = db.execute(
        "select kind, address_key, nth, id from links where article_id = ? and kind <> ?", (article_id, without)
    )
    return {(kind, key, nth): row_id for kind, key, nth, row_id in stored}


# The rows of sites. To be called inside a transaction.


def keep(db: sqlite3.Connection, site: Site) -> None:
    """Write down what is known of a site; a profile says more than a bare host."""
    db.execute(
        "insert into sites(name, title, home, timezone, language, country, profile) values (?, ?, ?, ?, ?, ?, ?)"
        " on conflict(name) do update set title = excluded.title, home = excluded.home, timezone = excluded.timezone,"
        " language = excluded.language, country = excluded.country, profile = excluded.profile"
        " where profile < excluded.profile"
        " or title <> excluded.title or home <> excluded.home or timezone <> excluded.timezone"
        " or country is not excluded.country and excluded.profile >= profile",
        (
            site.name,
            site.title,
            site.home,
            site.timezone,
            site.language,
            site.country,
            int(bool(site.articles or site.feeds)),
        ),
    )


def forget_empty(db: sqlite3.Connection, name: str) -> None:
    """Remove a site that no article is of any more, with its authors and what was learned of it."""
    if db.execute("select 1 from articles where site = ? limit 1", (name,)).fetchone() is not None:
        return
    db.execute(
        "delete from authors where site = ? and id not in (select author_id from article_authors)",
        (name,),
    )
    for table in ("_paragraphs", "_boilerplate", "_sentences", "_skeletons"):
        db.execute(f"delete from {table} where site = ?", (name,))
    db.execute("delete from sites where name = ? and name not in (select site from authors)", (name,))
