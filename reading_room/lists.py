"""Pages of what has articles: an author, a tag, a site, a crawl; and of one earlier state of an article."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from reading_room.body import language
from reading_room.history import changes, paragraphs
from reading_room.rows import Row, row, rows

_NUMBER = re.compile("[0-9]{1,18}")
_CARD = (
    "a.id, a.site, a.title, a.standfirst, a.section, a.kind, a.wire, a.status, a.language, a.published_at,"
    " a.duplicate_of, a.first_seen_at, a.last_changed_at,"
    " (select t.title from sites t where t.name = a.site) as site_title"
)


def _cards(rest: str, more: str = "") -> str:
    """A query for what a card of an article shows; ``more`` are columns of other tables."""
    return " ".join(("select", more, _CARD, rest))


_BY_AUTHOR = _cards(
    "from article_authors x join articles a on a.id = x.article_id"
    " where x.author_id = ? order by a.published_at desc, a.id desc limit 200"
)
_BY_TAG = _cards(
    "from article_tags x join articles a on a.id = x.article_id"
    " where x.tag_id = ? order by a.published_at desc, a.id desc limit 200"
)
_BY_SITE = _cards("from articles a where a.site = ? order by a.published_at desc limit 30")
_CRAWLS = """
    select id, mode, started_at, finished_at, outcome, reason, requests, articles from crawls
    where site = ? order by id desc limit 15
"""
_OUTCOMES = (
    "select outcome, reason, n from crawl_outcomes where crawl_id = ? order by n desc, outcome, reason limit 300"
)
_EVENTS = _cards(
    "from events e join articles a on a.id = e.article_id where e.crawl_id = ? order by e.id limit 100",
    "e.kind as event, e.detail, e.at,",
)
_NEXT = """
    select * from revisions where article_id = ? and coalesce(seen_until, seen_from, '') > ?
    order by coalesce(seen_until, seen_from) limit 1
"""


def is_number(key: str) -> bool:
    """Whether a key from an address is a number that SQLite can hold."""
    return _NUMBER.fullmatch(key) is not None


def author_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """The author, what stands under the name, and the same name elsewhere."""
    author = _one(
        db, "select w.*, s.title as site_title from authors w left join sites s on s.name = w.site", "w.id", key
    )
    if author is None:
        return None
    others = "select id, site from authors where name = ? and id <> ? limit 20"
    return {
        "author": author,
        "articles": rows(db, _BY_AUTHOR, [author["id"]]),
        "elsewhere": rows(db, others, [author["name"], author["id"]]),
    }


def tag_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """The tag, and the articles that have it."""
    tag = _one(db, "select * from tags t", "t.id", key)
    return {"tag": tag, "articles": rows(db, _BY_TAG, [tag["id"]])} if tag else None


def site_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """The publication, its latest articles and its latest crawls."""
    site = row(db, "select * from sites where name = ?", [key])
    if site is None:
        return None
    return {"site": site, "articles": rows(db, _BY_SITE, [key]), "crawls": rows(db, _CRAWLS, [key])}


def crawl_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """The crawl, how its addresses ended, and what it noticed."""
    crawl = _one(
        db, "select c.*, s.title as site_title from crawls c left join sites s on s.name = c.site", "c.id", key
    )
    if crawl is None:
        return None
    outcomes = rows(db, _OUTCOMES, [crawl["id"]])
    return {
        "crawl": crawl,
        "outcomes": outcomes,
        "addresses": sum(one["n"] for one in outcomes),
        "events": rows(db, _EVENTS, [crawl["id"]]),
    }


def revision_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """An earlier state, and the step to the next."""
    revision = _one(db, "select * from revisions r", "r.id", key)
    article = revision and row(
        db,
        "select a.*, s.timezone, s.language as site_language from articles a left join sites s on s.name = a.site"
        " where a.id = ?",
        [revision["article_id"]],
    )
    if revision is None or article is None:
        return None
    until = revision["seen_until"] or revision["seen_from"] or ""
    later = row(db, _NEXT, [revision["article_id"], until]) or article
    return {
        "revision": revision,
        "article": article,
        "zone": article["timezone"],
        "lang": language(article["language"] or article["site_language"]),
        "change": changes([revision], later)[0],
        "paragraphs": paragraphs(revision["text"]),
    }


def site_titles(db: sqlite3.Connection, _key: str) -> dict[str, Any]:
    """What each site is called, for lists that know its short name alone."""
    return {"site_titles": {one["name"]: one["title"] for one in rows(db, "select name, title from sites")}}


def _one(db: sqlite3.Connection, select: str, column: str, key: str) -> Row | None:
    return row(db, f"{select} where {column} = ?", [int(key)]) if is_number(key) else None
