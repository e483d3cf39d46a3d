"""Rows as mappings, and what the archive knows of one article: indexed look-ups alone, each with a limit."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
"""A row of the archive or of a query: values by column."""
BESIDE = (
    "(select json_group_array(json_array(kind, before, after)) from revision_blocks where revision_id = r.id) as beside"
)
"""What changed beside the text at the edit after a revision ``r``, for ``history.changes``."""
REVISIONS = f"select r.*, {BESIDE} from revisions r"  # noqa: S608 - both are written here
ARTICLE = {
    "article": """
        select a.*, s.title as site_title, s.home as site_home, s.timezone, s.language as site_language
        from articles a left join sites s on s.name = a.site where a.id = :id""",
    "facts": "select dated_at, date_basis, wall, partial from article_facts where article_id = :id",
    "authors": """
        select w.id, w.name from article_authors x join authors w on w.id = x.author_id
        where x.article_id = :id order by x.position limit 100""",
    "tags": """
        select t.id, t.name from article_tags x join tags t on t.id = x.tag_id
        where x.article_id = :id order by t.name limit 200""",
    "blocks": "select position, kind, at from blocks where article_id = :id order by position limit 5000",
    # What is no more on the page was not seen when its content last changed.
    "links": """
        select l.kind, l.position, l.start, l.end, l.href, l.anchor_text, l.target_id, l.first_seen_at,
               t.title as target_title, t.site as target_site, t.published_at as target_published_at,
               l.last_seen_at < a.last_changed_at as past
        from articles a join links l on l.article_id = a.id left join articles t on t.id = l.target_id
        where a.id = :id order by l.position, l.id limit 2000""",
    # Of an article that thousands point to, the last ones; those whose editor chose it first, not the lists of latest.
    "pointing": """
        select a.id, a.title, a.site, s.title as site_title, a.published_at, a.language,
               max(l.kind <> 'read_more') as chosen
        from (select article_id, kind from links where target_id = :id and article_id <> :id
              order by id desc limit 300) l
             join articles a on a.id = l.article_id left join sites s on s.name = a.site
        group by a.id order by chosen desc, a.id desc limit 60""",
    "urls": "select url, kind, first_seen_at from article_urls where article_id = :id order by first_seen_at limit 60",
    "dropped": "select position, reason, text from dropped where article_id = :id order by position, id limit 500",
    "provenance": """
        select field, source, value, chosen from provenance
        where article_id = :id order by field, chosen desc, source limit 500""",
    "revisions": f"{REVISIONS} where article_id = :id order by coalesce(seen_until, seen_from), id limit 400",
    "story": """
        select s.id, s.title, s.articles, s.started_at, s.updated_at, j.reason, j.score, j.with_id,
               w.title as with_title
        from articles a join stories s on s.id = a.story_id left join story_articles j on j.article_id = a.id
             left join articles w on w.id = j.with_id
        where a.id = :id""",
    "original": """
        select o.id, o.title, o.site, o.published_at from articles a join articles o on o.id = a.duplicate_of
        where a.id = :id""",
    "repeats": """
        select id, title, site, published_at from articles where duplicate_of = :id order by id limit 50""",
    "crawled": """
        select e.crawl_id, e.at, e.kind, e.detail from events e where e.article_id = :id order by e.id limit 200""",
}
"""Queries by the name under which the article's page finds their rows."""
COPIES = """
    with ran(article_id, similarity, kept, own) as (
        select article_id, similarity, kept, own from copies where origin_id = :origin
        union all select :origin, 1.0, 1.0, 0.0)
    select r.article_id, r.similarity, r.kept, r.own, a.site, s.title as site_title, a.title, a.published_at,
           a.first_seen_at, a.published_precision, a.wire, a.word_count, a.status, s.timezone
    from ran r join articles a on a.id = r.article_id left join sites s on s.name = a.site
    order by r.article_id <> :origin, coalesce(a.published_at, a.first_seen_at), a.id limit 100
"""
_NUMBER = re.compile("[0-9]{1,18}")
_ORIGIN = (
    "select origin_id from copies where article_id = :id union all select :id where exists ("
    "select 1 from copies where origin_id = :id) limit 1"
)


_CARD = (
    "a.id, a.site, a.title, a.standfirst, a.section, a.kind, a.wire, a.status, a.language, a.published_at,"
    " a.duplicate_of, a.first_seen_at, a.last_changed_at,"
    " (select t.title from sites t where t.name = a.site) as site_title"
)


def cards(rest: str, more: str = "") -> str:
    """Return the query for what a card of an article shows; ``more`` are columns of other tables."""
    return " ".join(("select", more, _CARD, rest))


def rows(db: sqlite3.Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """Return what a query finds, as mappings."""
    cursor = db.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, cells, strict=True)) for cells in cursor]


def row(db: sqlite3.Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
    """Return the first row that a query finds."""
    return next(iter(rows(db, sql, values)), None)


def read_article(db: sqlite3.Connection, article_id: int) -> Mapping[str, Sequence[Row]]:
    """Return rows by the names in ``ARTICLE``, and as ``copies`` every paper that ran the text, its origin first."""
    read = {name: rows(db, sql, {"id": article_id}) for name, sql in ARTICLE.items()}
    origin = row(db, _ORIGIN, {"id": article_id})
    return read | {"copies": rows(db, COPIES, {"origin": origin["origin_id"]}) if origin else []}


def is_number(key: str) -> bool:
    """Return whether a key from an address is a number that SQLite can hold."""
    return _NUMBER.fullmatch(key) is not None


def by_number(db: sqlite3.Connection, select: str, column: str, key: str) -> Row | None:
    """Return the row whose column has the number that a key from an address is; None for none."""
    return row(db, f"{select} where {column} = ?", [int(key)]) if is_number(key) else None
