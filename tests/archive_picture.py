"""What an archive holds, apart from how it came there: two crawls of the same pages must agree on all of it."""

from __future__ import annotations

from collections import Counter

from tests.crawling import Crawl

_OF_THE_CRAWL = frozenset(
    {"id", "duplicate_of", "story_id", "capture", "next_check_at"}
    | {f"{what}_at" for what in ("first_seen", "last_seen", "last_changed", "last_checked")}
)
"""Columns of ``articles`` that tell of the crawl, or name a row by its number. All others are compared."""

_PARTS = {
    # A bare slug that came up late is settled without being asked for, and then is no address of the article's.
    "urls": "select u.url, a.url from article_urls u join articles a using (address_key)",
    "authors": "select a.url, x.position, u.name from article_authors x join articles a on a.id = x.article_id"
    " join authors u on u.id = x.author_id",
    "tags": "select a.url, t.name from article_tags x join articles a on a.id = x.article_id"
    " join tags t on t.id = x.tag_id",
    "blocks": "select a.url, b.position, b.kind, b.at from blocks b join articles a on a.id = b.article_id",
    "links": "select a.url, l.kind, l.position, l.nth, l.start, l.end, l.href, l.anchor_text, t.url"
    " from links l join articles a on a.id = l.article_id left join articles t on t.id = l.target_id",
    "provenance": "select a.url, p.field, p.source, p.value, p.chosen from provenance p"
    " join articles a on a.id = p.article_id",
    # Which of an article's addresses was asked for first decides between "stored" and "alias"; that depends on the day.
    "candidates": "select c.url, replace(c.outcome, 'alias', 'stored'), c.reason, a.url from candidates c"
    " left join articles a on a.id = c.article_id",
    "found": "select a.title from articles_fts f join articles a on a.id = f.rowid where articles_fts match 'copper'",
}


def assert_same(one: Crawl, other: Crawl) -> None:
    """Both archives hold the same, by name of what is compared."""
    for name, sql in _queries(one).items():
        here, there = Counter(one.rows(sql)), Counter(other.rows(sql))
        assert here, name
        assert (list((here - there).items())[:3], list((there - here).items())[:3]) == ([], []), name


def _queries(crawl: Crawl) -> dict[str, str]:
    names = [name for (name,) in crawl.rows("select name from pragma_table_info('articles')")]
    content = ", ".join(name for name in names if name not in _OF_THE_CRAWL)
    return {"articles": f"select {content} from articles", **_PARTS}  # noqa: S608  # names from the schema


def assert_sound(crawl: Crawl) -> None:
    """SQLite finds nothing wrong with the file, nor with what refers to what, nor with the full text."""
    assert crawl.rows("pragma integrity_check") == [("ok",)]
    assert crawl.rows("pragma foreign_key_check") == []
    assert crawl.one("select count(*) from articles") == crawl.one("select count(*) from articles_fts_docsize")
