"""A small archive of invented articles, written with literal inserts: what the reading room is tested on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipelines.archive.schema import migrations

NASTY_TITLE = '<script>alert("press")</script> & <img src=x onerror=alert(1)>'
NASTY_LINK = "javascript:alert(document.domain)"
NASTY_SECTION = '"><svg onload=alert(2)>'

Row = dict[str, Any]

SITES: list[Row] = [
    {"name": "harbour", "title": "The Harbour Post", "home": "https://harbour.example/", "timezone": "UTC"},
    {"name": "uplands", "title": "Uplands <b>Daily</b>", "home": "https://uplands.example/", "timezone": "UTC"},
]

_STORIES: list[tuple[int, str, str, str | None, str | None, Row]] = [
    # id, site, title, published_at, section, what differs from the usual
    (1, "harbour", "Ferry line reopens after the storm", "2024-12-09T11:02:00Z", "news", {}),
    (2, "harbour", "Why the ferry matters", "2024-12-09T11:02:00Z", "opinion", {"kind": "opinion"}),
    (3, "harbour", "Storm closes the ferry line", "2024-12-08T06:30:00Z", "news", {"language": "en"}),
    (4, "harbour", "Lighthouse keeper retires", "2024-12-01", "features", {"published_precision": "day"}),
    (5, "harbour", "Café culture on the quay", "2024-11-30T09:00:00Z", "features", {"kind": "feature"}),
    (6, "harbour", NASTY_TITLE, "2024-11-29T09:00:00Z", NASTY_SECTION, {"image_url": NASTY_LINK}),
    (7, "harbour", "A notice without a date", None, None, {}),
    (8, "uplands", "Snow blocks the mountain road", "2024-12-09T05:00:00Z", "news", {"wire": "AFP"}),
    (9, "uplands", "Road cleared, buses run", "2024-12-09T11:02:00Z", "news", {"wire": "AFP"}),
    (10, "uplands", "Road cleared, buses run", "2024-12-09T11:02:00Z", "news", {"duplicate_of": 9}),
    (11, "uplands", "Cheese prices climb", "2024-12-02T12:00:00Z", "business", {}),
    (12, "uplands", "Withdrawn: festival notice", "2024-12-03T12:00:00Z", "news", {"status": "gone"}),
]

AUTHORS: list[Row] = [
    {"id": 1, "site": "harbour", "name": "Mara Quill"},
    {"id": 2, "site": "harbour", "name": "Ivo <i>Brand</i>"},
    {"id": 3, "site": "uplands", "name": "Mara Quill"},
]
_BYLINES = [(1, 1, 0), (1, 2, 1), (2, 2, 0), (3, 1, 0), (8, 3, 0), (9, 3, 0)]  # article, author, position

_LINKS = [
    # article, kind, position, href, address_key, words, target
    (1, "related", 1, "https://harbour.example/a3", "harbour:3", "Storm closes the ferry line", 3),
    (3, "related", 0, "https://harbour.example/a5", "harbour:5", "Café culture on the quay", 5),
    (5, "inline", 0, "https://uplands.example/a8", "uplands:8", "blocked road", 8),
    (2, "related", 0, "https://harbour.example/a99", "harbour:99", "Not fetched yet", None),
    (6, "inline", 0, NASTY_LINK, NASTY_LINK, "<b>press here</b>", None),
    (1, "inline", 0, "https://www.weather.example/storms", "weather.example/storms", "forecast", None),
    (3, "inline", 0, "https://weather.example/storms?day=8", "weather.example/storms?day=8", "warning", None),
    (2, "inline", 0, "https://harbour.example/about", "harbour.example/about", "this paper", None),
    (9, "inline", 0, "http://[broken/", "http://[broken/", "broken", None),
]

_CANDIDATES = [
    # url, site, outcome, reason, article
    ("https://harbour.example/a1", "harbour", "stored", None, 1),
    ("https://harbour.example/a99", "harbour", "waiting", None, None),
    ("https://harbour.example/games", "harbour", "not_article", "no text", None),
    ("https://harbour.example/private", "harbour", "blocked", "robots.txt & more", None),
    ("https://uplands.example/old", "uplands", "gone", "404", None),
]


def make_archive(path: Path) -> Path:
    """Write the archive to a new file and give its path back."""
    db = Database(path)
    db.enable_wal()
    migrations.apply(db)
    db.table("sites").insert_all(SITES)
    db.table("articles").insert_all(_article(*story) for story in _STORIES)
    _people_and_tags(db)
    _links(db)
    _history(db)
    db.close()
    return path


def add_articles(path: Path, n: int, published_at: str) -> None:
    """Add ``n`` articles with one and the same time of publication."""
    db = Database(path)
    first = 1 + next(db.query("select max(id) as id from articles"))["id"]
    tied = (_article(first + i, "harbour", f"Tied {i}", published_at, "news", {}) for i in range(n))
    db.table("articles").insert_all(tied, batch_size=100)
    db.close()


def _article(id: int, site: str, title: str, published_at: str | None, section: str | None, rest: Row) -> Row:  # noqa: A002 - the column's name
    usual = {
        "id": id,
        "site": site,
        "url": f"https://{site}.example/a{id}",
        "address_key": f"{site}:{id}",
        "kind": "news",
        "title": title,
        "standfirst": f"What article {id} is about",
        "published_at": published_at,
        "published_precision": "minute" if published_at else None,
        "section": section,
        "language": None,
        "wire": None,
        "image_url": None,
        "duplicate_of": None,
        "word_count": 8,
        "status": "live",
        "first_seen_at": "2024-12-09T12:00:00Z",
        "last_seen_at": "2024-12-10T12:00:00Z",
        "month": (published_at or "")[:7] or None,
        "text": f"{title}.\n\nThe second paragraph of article {id}: <u>under</u>.",
    }
    return usual | rest


def _people_and_tags(db: Database) -> None:
    db.table("authors").insert_all(AUTHORS)
    db.table("article_authors").insert_all(
        {"article_id": article, "author_id": author, "position": position} for article, author, position in _BYLINES
    )
    db.table("tags").insert_all([{"id": 1, "name": "ferries"}, {"id": 2, "name": "<em>weather</em>"}])
    db.table("article_tags").insert_all([{"article_id": 1, "tag_id": 1}, {"article_id": 1, "tag_id": 2}])
    db.table("article_urls").insert(
        {"url": "https://harbour.example/a1?amp=1", "article_id": 1, "address_key": "harbour:1", "kind": "amp"}
    )
    db.table("provenance").insert(
        {"article_id": 1, "field": "title", "source": "og:title", "value": NASTY_TITLE, "chosen": 1}
    )
    db.table("dropped").insert({"article_id": 1, "position": 2, "reason": "share buttons", "text": "Share <this>"})
    db.table("blocks").insert({"article_id": 1, "position": 0, "kind": "heading"})


def _links(db: Database) -> None:
    names = ("article_id", "kind", "position", "href", "address_key", "anchor_text", "target_id")
    db.table("links").insert_all({**dict(zip(names, link, strict=True)), "nth": 0} for link in _LINKS)


def _history(db: Database) -> None:
    db.table("candidates").insert_all(
        {"url": url, "site": site, "address_key": url, "outcome": outcome, "reason": reason, "article_id": article}
        for url, site, outcome, reason, article in _CANDIDATES
    )
    db.table("listings").insert(
        {"candidate": "https://harbour.example/a1", "listing_url": "https://harbour.example/rss", "source": "feed"}
    )
    db.table("crawls").insert(
        {"id": 1, "site": "harbour", "mode": "watch", "started_at": "2024-12-09T12:00:00Z", "outcome": "done"}
    )
    db.table("crawl_outcomes").insert({"crawl_id": 1, "outcome": "blocked", "reason": "robots.txt & more", "n": 1})
    db.table("events").insert({"id": 1, "article_id": 1, "crawl_id": 1, "at": "2024-12-09T12:00:00Z", "kind": "new"})
    db.table("revisions").insert(
        {"id": 1, "article_id": 1, "cause": "edit", "silent": 1, "title": "Ferry line to reopen", "text": "Soon."}
    )
