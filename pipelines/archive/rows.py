"""The row of an article: its columns from what a page said, and small changes of it."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.article import Moment
from crawler.site import Site
from pipelines.record import Record


def columns(record: Record, site: Site) -> dict[str, object]:
    """What a fetch says of the article, and how that state came to be."""
    article, fetch = record.article, record.visit.fetch
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
        "content_hash": record.content_hash,
        "extractor": article.extractor,
        "capture": fetch.capture,
        "word_count": article.word_count,
        "month": month(published, site.timezone, fetch.at),
        "text": article.text,
    }


def month(published: Moment | None, timezone: str, fetched_at: datetime) -> str:
    """``2024-12``: the month in the site's zone, of the publication or, where the page does not say, of the fetch."""
    at = fetched_at if published is None else published.at
    return (at.astimezone(ZoneInfo(timezone)) if isinstance(at, datetime) else at).strftime("%Y-%m")


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
    """Tell alerts, feeds and the front page that something happened."""
    db.execute(
        "insert into events(article_id, crawl_id, at, kind, detail) values (?, ?, ?, ?, ?)",
        (article_id, crawl_id, now, kind, detail),
    )
