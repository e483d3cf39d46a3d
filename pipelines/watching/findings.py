"""Findings: checked after each crawl, kept from the first one that has them to the one after which they are gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median

from crawler.article import utc_text, utc_time
from pipelines.archive import listing_states
from pipelines.archive.due import GRACE
from pipelines.watching import alerts, health
from pipelines.watching.health import History, Run, Shape, Verdict

_SIZES = 30  # of each listing
_CLEAR = 2  # crawls in a row without a finding end it: one good crawl between bad ones is no recovery
_RUNS = 30
_LATEST, _USUAL = 20, 200  # articles
_REMEMBERED = timedelta(days=56)  # eight weeks of silences
_FIELDS = ("author", "time of publication", "section", "image", "standfirst", "tags")


def examine(db: sqlite3.Connection, site: str, crawl_id: int, listings: Mapping[str, int], now: datetime) -> Verdict:
    """Check a site after its crawl; what begins or ends is written down. Return what is wrong now.

    ``listings`` are the lengths that this crawl saw. To be called inside a transaction, once the crawl's row is closed.
    """
    _remember(db, site, crawl_id, listings)
    verdict = health.examine(history(db, site, now), now)
    _reconcile(db, site, crawl_id, verdict, utc_text(now))
    return verdict


def _remember(db: sqlite3.Connection, site: str, crawl_id: int, listings: Mapping[str, int]) -> None:
    for url, articles in listings.items():
        db.execute("insert or replace into _listing_sizes values (?, ?, ?, ?)", (site, url, crawl_id, articles))
        db.execute(
            "delete from _listing_sizes where site = ? and listing_url = ? and crawl_id <="
            " (select crawl_id from _listing_sizes where site = ? and listing_url = ?"
            "  order by crawl_id desc limit 1 offset ?)",
            (site, url, site, url, _SIZES),
        )


def _reconcile(db: sqlite3.Connection, site: str, crawl_id: int | None, verdict: Verdict, now: str) -> None:
    """Begin, keep or end the site's findings, so that each is announced once when it starts and once when it ends."""
    left = {
        (row["kind"], row["subject"]): row
        for row in db.execute("select * from findings where site = ? and ended_at is null", (site,)).fetchall()
    }
    for finding in verdict.findings:
        if row := left.pop((finding.kind, finding.subject), None):
            db.execute(
                "update findings set last_seen_at = ?, level = ?, value = ?, usual = ?, detail = ?, clear = 0"
                " where id = ?",
                (now, finding.level, finding.value, finding.usual, finding.detail, row["id"]),
            )
        else:
            (finding_id,) = db.execute(
                "insert into findings(site, kind, subject, level, started_at, last_seen_at, crawl_id, value, usual,"
                " detail) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
                (
                    site,
                    finding.kind,
                    finding.subject,
                    finding.level,
                    now,
                    now,
                    crawl_id,
                    finding.value,
                    finding.usual,
                    finding.detail,
                ),
            ).fetchone()
            alerts.announce(db, site, finding_id, f"{finding.level}: {site}: {finding.detail}", now)
    for row in left.values():
        if row["kind"] in verdict.undecided:
            continue
        over = row["clear"] + 1 >= _CLEAR
        db.execute(
            "update findings set clear = clear + 1, ended_at = ? where id = ?", (now if over else None, row["id"])
        )
        if over:
            alerts.announce(db, site, row["id"], f"over: {site}: {row['detail']}", now)


def history(db: sqlite3.Connection, site: str, now: datetime) -> History:
    """Return what is known of a site, from indexes alone, whatever the size of the archive."""
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
        states=listing_states.load(db, site),
    )


def _run(db: sqlite3.Connection, row: sqlite3.Row) -> Run:
    counts = dict(
        db.execute("select outcome, sum(n) from crawl_outcomes where crawl_id = ? group by 1", (row["id"],)).fetchall()
    )
    began = utc_time(row["started_at"])
    ended = utc_time(row["finished_at"]) if row["finished_at"] else began
    return Run(
        at=began,
        seconds=max((ended - began).total_seconds(), 0.0),  # the clock may have been set back
        outcome=row["outcome"],
        reason=row["reason"],
        settled=sum(counts.values()),
        failed=counts.get("failed", 0),
        blocked=counts.get("blocked", 0),
        memory=row["peak_memory_mb"] or 0,
    )


def _new_at(db: sqlite3.Connection, site: str, now: datetime) -> list[datetime]:
    """Return when new articles were found, in order; each crawl's once."""
    rows = db.execute(
        "select started_at from crawls where site = ? and mode = 'crawl' and articles > 0"
        " and started_at > ? and started_at <= ? order by started_at",
        (site, utc_text(now - _REMEMBERED), utc_text(now + GRACE)),
    )
    return [utc_time(at) for (at,) in rows]


def _articles(db: sqlite3.Connection, site: str) -> tuple[list[int], list[int]]:
    """Return the newest articles of a site, and those before them, by the crawls that found them."""
    rows = db.execute(
        "select e.article_id from crawls c join events e on e.crawl_id = c.id and e.kind = 'new'"
        " where c.site = ? and c.mode = 'crawl' and c.articles > 0"
        " order by c.started_at desc, c.id desc, e.id desc limit ?",
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
    sizes: dict[str, list[int]] = {}
    for url, articles in db.execute(
        "select listing_url, articles from _listing_sizes where site = ? order by listing_url, crawl_id desc", (site,)
    ):
        sizes.setdefault(url, []).append(articles)
    return sizes
