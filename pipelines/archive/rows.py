"""The row of an article and the rows that belong to it: small changes, and all parts of a state written together."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter

from crawler.article import Article, utc_text
from crawler.site import Site
from pipelines.archive.events import KINDS
from pipelines.identity import keys
from pipelines.record import Record

_ROTATING = "read_more"
"""Lists around the text would leave a row for every article that was ever in them."""
_INSERT = (
    "insert into links(article_id, kind, address_key, nth, position, start, end, href, anchor_text, target_id,"
    " last_seen_at, first_seen_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
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


def event(db: sqlite3.Connection, article_id: int, crawl_id: int | None, now: str, kind: str, detail: str) -> None:
    """Tell alerts, feeds and the front page that something happened. Raises ValueError for an unknown kind."""
    if kind not in KINDS:
        raise ValueError(f"an event {kind!r}; expected one of pipelines/archive/events.py: {', '.join(sorted(KINDS))}")
    db.execute(
        "insert into events(article_id, crawl_id, at, kind, detail) values (?, ?, ?, ?, ?)",
        (article_id, crawl_id, now, kind, detail),
    )


# What belongs to an article beside its row: authors, tags, blocks, links, provenance, what was taken out.


def write(
    db: sqlite3.Connection, article_id: int, record: Record, *, forget_links: bool = False, without: str = ""
) -> int:
    """Write all parts of an article in place of what was there. Gives how many links have their target.

    A link that a page no longer has stays, with the time when it was last seen, unless ``forget_links``: then it was
    our reading that found it, not the page that had it. Links of the kind ``without`` are left as they are.
    """
    for table in _OF_ONE_STATE:
        db.execute(f"delete from {table} where article_id = ?", (article_id,))
    _names(db, article_id, record.article)
    _rows(db, article_id, record.article)
    return _links(db, article_id, record, forget_links, without)


def add_earlier_links(db: sqlite3.Connection, article_id: int, record: Record) -> None:
    """Write the links of a state before the stored one: those that it has still were there then, others are past."""
    now = utc_text(record.visit.fetch.at)
    met, new, _ = _compared(db, article_id, record, _ROTATING)
    db.executemany(
        "update links set first_seen_at = min(first_seen_at, ?) where id = ?", [(now, row[-1]) for row in met]
    )
    db.executemany(_INSERT, new)


def _names(db: sqlite3.Connection, article_id: int, article: Article) -> None:
    for position, name in enumerate(article.authors):
        db.execute("insert into authors(site, name) values (?, ?) on conflict do nothing", (article.site, name))
        db.execute(
            "insert into article_authors(article_id, author_id, position)"
            " select ?, id, ? from authors where site = ? and name = ? on conflict do nothing",
            (article_id, position, article.site, name),
        )
    for name in article.tags:
        db.execute("insert into tags(name) values (?) on conflict do nothing", (name,))
        db.execute(
            "insert into article_tags(article_id, tag_id) select ?, id from tags where name = ? on conflict do nothing",
            (article_id, name),
        )


def _rows(db: sqlite3.Connection, article_id: int, article: Article) -> None:
    db.executemany(
        "insert into blocks(article_id, position, kind, at) values (?, ?, ?, ?) on conflict do nothing",
        [(article_id, b.position, b.kind, utc_text(b.at) if b.at else None) for b in article.blocks],
    )
    db.executemany(
        "insert into provenance(article_id, field, source, value, chosen) values (?, ?, ?, ?, ?)"
        " on conflict do nothing",
        [(article_id, p.field, p.source, p.value, int(p.chosen)) for p in article.provenance],
    )
    db.executemany(
        "insert into dropped(article_id, position, reason, text) values (?, ?, ?, ?)",
        [(article_id, d.position, d.reason, d.text) for d in article.dropped],
    )


def _links(db: sqlite3.Connection, article_id: int, record: Record, forget: bool, without: str) -> int:
    met, new, gone = _compared(db, article_id, record, without)
    if forget:
        db.executemany("delete from links where id = ?", [(row_id,) for row_id in gone])
    db.executemany(
        "update links set position = ?, start = ?, end = ?, href = ?, anchor_text = ?,"
        " target_id = coalesce(?, target_id), last_seen_at = max(last_seen_at, ?) where id = ?",
        met,
    )
    db.executemany(_INSERT, new)
    return sum(row[-3] is not None for row in met) + sum(row[-3] is not None for row in new)


def _compared(
    db: sqlite3.Connection, article_id: int, record: Record, without: str
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], list[int]]:
    """Links with the number of their row, links that have none yet, and the numbers of the rows of no link.

    A link is the same as before if its kind and key are, and how many such links stand before it.
    """
    now = utc_text(record.visit.fetch.at)
    nth: Counter[tuple[str, str]] = Counter()
    known = _known(db, article_id, without)
    led = _led_to(db, record)
    met: list[tuple[object, ...]] = []
    new: list[tuple[object, ...]] = []
    for link, key in zip(record.article.links, record.link_keys, strict=True):
        if link.kind == without:
            continue
        found = led.get(link.href) or keys.target(db, key)
        state = (link.position, link.start, link.end, link.href, link.anchor_text, found, now)
        row_id = known.pop((link.kind, key, nth[link.kind, key]), None)
        if row_id is None:
            new.append((article_id, link.kind, key, nth[link.kind, key], *state, now))
        else:
            met.append((*state, row_id))
        nth[link.kind, key] += 1
    return met, new, list(known.values())


def _known(db: sqlite3.Connection, article_id: int, without: str) -> dict[tuple[str, str, int], int]:
    """The rows of the links that the article has, by what makes a link the same."""
    found = db.execute(
        "select kind, address_key, nth, id from links where article_id = ? and kind <> ?", (article_id, without)
    )
    return {(kind, key, nth): row_id for kind, key, nth, row_id in found}


def _led_to(db: sqlite3.Connection, record: Record) -> dict[str, int]:
    """The articles that the very addresses of its links have led to: one look-up for all."""
    hrefs = json.dumps([link.href for link in record.article.links])
    return dict(
        db.execute("select url, article_id from article_urls where url in (select value from json_each(?))", (hrefs,))
    )


# The rows of sites. To be called inside a transaction.


def keep(db: sqlite3.Connection, site: Site) -> None:
    """Write down what is known of a site; a profile says more than a bare host."""
    db.execute(
        "insert into sites(name, title, home, timezone, language, profile) values (?, ?, ?, ?, ?, ?)"
        " on conflict(name) do update set title = excluded.title, home = excluded.home, timezone = excluded.timezone,"
        " language = excluded.language, profile = excluded.profile where profile < excluded.profile"
        " or title <> excluded.title or home <> excluded.home or timezone <> excluded.timezone",
        (site.name, site.title, site.home, site.timezone, site.language, int(bool(site.articles or site.feeds))),
    )


def forget_empty(db: sqlite3.Connection, name: str) -> None:
    """Remove a site that no article is of any more, with its authors and what was learned of it."""
    if db.execute("select 1 from articles where site = ? limit 1", (name,)).fetchone() is not None:
        return
    db.execute(
        "delete from authors where site = ? and id not in (select author_id from article_authors)",
        (name,),
    )
    for table in ("_paragraphs", "_boilerplate"):
        db.execute(f"delete from {table} where site = ?", (name,))
    db.execute("delete from sites where name = ? and name not in (select site from authors)", (name,))
