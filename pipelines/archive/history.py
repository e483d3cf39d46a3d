"""What is known of a site when it is checked, from indexes alone, whatever the size of the archive."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from statistics import median

from crawler.article import utc_text, utc_time
from pipelines.health import History, Run, Shape

_RUNS = 30
_LATEST, _USUAL = 20, 200  # articles
_REMEMBERED = timedelta(days=56)  # eight weeks of silences
_FIELDS = ("author", "time of publication", "section", "image", "standfirst", "tags")


def history(db: sqlite3.Connection, site: str, now: datetime) -> History:
    """What is known of a site, from indexes alone, whatever the size of the archive."""
    crawls = db.execute(
        "select id, started_at, finished_at, outcome, reason, peak_memory_mb from crawls"
        " where site = ? and mode = 'crawl' and outcome <> 'running' order by id desc limit ?",
        (site, _RUNS),
    ).fetchall()
    shapes = [_shape(db, ids) for ids in _articles(db, site)]
    return History(
        runs=[_run(db, row) for row in crawls],
        new_at=_new_at(db, site, now),
        listings=_sizes(db, site),
        latest=shapes[0],
        usual=shapes[1],
    )


def _run(db: sqlite3.Connection, row: sqlite3.Row) -> Run:
    counts = dict(
        db.execute("select outcome, sum(n) from crawl_outcomes where crawl_id = ? group by 1", (row["id"],)).fetchall()
    )
    began = utc_time(row["started_at"])
    ended = utc_time(row["finished_at"]) if row["finished_at"] else began
    return Run(
        at=began,
        seconds=(ended - began).total_seconds(),
        outcome=row["outcome"],
        reason=row["reason"],
        settled=sum(counts.values()),
        failed=counts.get("failed", 0),
        blocked=counts.get("blocked", 0),
        memory=row["peak_memory_mb"] or 0,
    )


def _new_at(db: sqlite3.Connection, site: str, now: datetime) -> list[datetime]:
    """When new articles were found, in order; each crawl's once."""
    rows = db.execute(
        "select started_at from crawls where site = ? and mode = 'crawl' and articles > 0 and started_at > ?"
        " order by started_at",
        (site, utc_text(now - _REMEMBERED)),
    )
    return [utc_time(at) for (at,) in rows]


def _articles(db: sqlite3.Connection, site: str) -> tuple[list[int], list[int]]:
    """The newest articles of a site, and those before them, by the crawls that found them."""
    rows = db.execute(
        "select e.article_id from crawls c join events e on e.crawl_id = c.id and e.kind = 'new'"
        " where c.site = ? and c.mode = 'crawl' order by c.id desc, e.id desc limit ?",
        (site, _LATEST + _USUAL),
    ).fetchall()
    ids = [row[0] for row in rows if row[0] is not None]
    return ids[:_LATEST], ids[_LATEST:]


def _shape(db: sqlite3.Connection, ids: list[int]) -> Shape:
    if not ids:
        return Shape()
    rows = db.execute(
        f"""
        select exists (select 1 from article_authors x where x.article_id = a.id),
               a.published_precision is 'minute', a.section is not null, a.image_url is not null,
               a.standfirst is not null, exists (select 1 from article_tags x where x.article_id = a.id),
               a.word_count
        from articles a where a.id in ({", ".join("?" * len(ids))})
        """,
        ids,
    ).fetchall()
    shares = {name: sum(row[n] for row in rows) / len(rows) for n, name in enumerate(_FIELDS)}
    return Shape(len(rows), shares, median(row[len(_FIELDS)] or 0 for row in rows))


def _sizes(db: sqlite3.Connection, site: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for url, articles in db.execute(
        "select listing_url, articles from _listing_sizes where site = ? order by listing_url, crawl_id desc", (site,)
    ):
        found.setdefault(url, []).append(articles)
    return found
