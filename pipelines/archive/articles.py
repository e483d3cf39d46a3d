"""One article, one transaction: the row, its parts and its links, written together."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.article import Article, Moment, Outcome, utc_text
from crawler.site import Site
from pipelines.archive import boilerplate, identity, ledger
from pipelines.record import Record


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a record: ``stored`` as a new row, or ``alias`` of one that was there."""

    outcome: Outcome
    article_id: int
    links_resolved: int


def store(db: sqlite3.Connection, record: Record, site: Site, crawl_id: int | None) -> Stored:
    """Write an article and all that belongs to it, or recognise it as one that is there.

    To be called inside a transaction. The text of an article that is met again stays as it was stored.
    """
    record = boilerplate.cleaned(db, record)
    found = identity.find(db, record)
    article_id = _insert(db, record, site, crawl_id) if found is None else _seen_again(db, found, record)
    resolved = identity.learn(db, article_id, record)
    if found is None:
        resolved += _links(db, article_id, record)
        boilerplate.learn(db, article_id, record)
    outcome = Outcome.STORED if found is None else Outcome.ALIAS
    ledger.settle_article(db, record, article_id, outcome)
    return Stored(outcome, article_id, resolved)


def _insert(db: sqlite3.Connection, record: Record, site: Site, crawl_id: int | None) -> int:
    article, fetch = record.article, record.visit.fetch
    now = utc_text(fetch.at)
    _site(db, site)
    row = _columns(article, site, fetch.at) | {
        "url": record.canonical.url,
        "address_key": record.identity[0],
        "content_hash": record.content_hash,
        "duplicate_of": _duplicate_of(db, record),
        "first_seen_at": now,
        "last_seen_at": now,
        "last_changed_at": now,
        "last_checked_at": now,
        "status": "live",
        "capture": fetch.capture,
    }
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    cursor = db.execute(f"insert into articles({columns}) values ({marks})", tuple(row.values()))
    article_id = int(cursor.lastrowid or 0)
    _parts(db, article_id, article)
    db.execute(
        "insert into events(article_id, crawl_id, at, kind, detail) values (?, ?, ?, 'new', ?)",
        (article_id, crawl_id, now, article.title),
    )
    return article_id


def _seen_again(db: sqlite3.Connection, article_id: int, record: Record) -> int:
    now = utc_text(record.visit.fetch.at)
    db.execute(
        "update articles set last_seen_at = max(last_seen_at, ?), last_checked_at = max(last_checked_at, ?)"
        " where id = ?",
        (now, now, article_id),
    )
    return article_id


def _columns(article: Article, site: Site, fetched_at: datetime) -> dict[str, object]:
    published = article.published
    return {
        "site": article.site,
        "kind": str(article.kind),
        "title": article.title,
        "standfirst": article.standfirst,
        "byline": article.byline,
        "published_at": published.iso if published else None,
        "published_precision": published.precision if published else None,
        "published_offset": published.offset if published else None,
        "modified_at": article.modified.iso if article.modified else None,
        "section": article.section,
        "language": article.language,
        "wire": article.wire,
        "paywalled": None if article.paywalled is None else int(article.paywalled),
        "image_url": article.image_url,
        "image_caption": article.image_caption,
        "image_credit": article.image_credit,
        "word_count": article.word_count,
        "extractor": article.extractor,
        "month": month(published, site.timezone, fetched_at),
        "text": article.text,
    }


def month(published: Moment | None, timezone: str, fetched_at: datetime) -> str:
    """``2024-12``: the month in the site's zone, of the publication or, where the page does not say, of the fetch."""
    at = fetched_at if published is None else published.at
    return (at.astimezone(ZoneInfo(timezone)) if isinstance(at, datetime) else at).strftime("%Y-%m")


def _duplicate_of(db: sqlite3.Connection, record: Record) -> int | None:
    """The first article of the same site with the same text."""
    row = db.execute(
        "select min(id) from articles where content_hash = ? and site = ?", (record.content_hash, record.article.site)
    ).fetchone()
    return None if row[0] is None or not record.article.paragraphs else int(row[0])


def _site(db: sqlite3.Connection, site: Site) -> None:
    db.execute(
        "insert into sites(name, title, home, timezone, language, profile) values (?, ?, ?, ?, ?, ?)"
        " on conflict(name) do update set title = excluded.title, home = excluded.home, timezone = excluded.timezone,"
        " language = excluded.language, profile = excluded.profile where profile < excluded.profile"
        " or title <> excluded.title or home <> excluded.home or timezone <> excluded.timezone",
        (site.name, site.title, site.home, site.timezone, site.language, int(bool(site.articles or site.feeds))),
    )


def _parts(db: sqlite3.Connection, article_id: int, article: Article) -> None:
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


def _links(db: sqlite3.Connection, article_id: int, record: Record) -> int:
    """Insert the links, each with its target where that is known. Gives how many are."""
    now = utc_text(record.visit.fetch.at)
    nth: Counter[tuple[str, str]] = Counter()
    resolved = 0
    for link, key in zip(record.article.links, record.link_keys, strict=True):
        found = identity.by_url(db, link.href) or identity.target(db, key)
        resolved += found is not None
        db.execute(
            "insert into links(article_id, kind, position, start, end, href, address_key, nth, anchor_text, target_id,"
            " first_seen_at, last_seen_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (article_id, link.kind, link.position, link.start, link.end, link.href, key, nth[link.kind, key],
             link.anchor_text, found, now, now),
        )  # fmt: skip
        nth[link.kind, key] += 1
    return resolved
