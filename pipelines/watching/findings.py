"""Findings: checked after each crawl, kept from the first one that has them to the one after which they are gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from crawler.article import utc_text
from pipelines.archive.history import history
from pipelines.health import Verdict
from pipelines.watching import alerts, health

_SIZES = 30  # of each listing
_CLEAR = 2  # crawls in a row without a finding end it: one good crawl between bad ones is no recovery


def examine(db: sqlite3.Connection, site: str, crawl_id: int, listings: Mapping[str, int], now: datetime) -> Verdict:
    """Check a site after its crawl; what begins or ends is written down. Gives what is wrong now.

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
    """Begin, keep or end the site's findings, so that each is told once when it starts and once when it ends."""
    left = {
        (row["kind"], row["subject"]): row
        for row in db.execute("select * from findings where site = ? and ended_at is null", (site,)).fetchall()
    }
    for one in verdict.found:
        if row := left.pop((one.kind, one.subject), None):
            db.execute(
                "update findings set last_seen_at = ?, level = ?, value = ?, usual = ?, detail = ?, clear = 0"
                " where id = ?",
                (now, one.level, one.value, one.usual, one.detail, row["id"]),
            )
        else:
            (finding_id,) = db.execute(
                "insert into findings(site, kind, subject, level, started_at, last_seen_at, crawl_id, value, usual,"
                " detail) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
                (site, one.kind, one.subject, one.level, now, now, crawl_id, one.value, one.usual, one.detail),
            ).fetchone()
            alerts.announce(db, site, finding_id, f"{one.level}: {site}: {one.detail}", now)
    for row in left.values():
        if row["kind"] in verdict.untold:
            continue
        over = row["clear"] + 1 >= _CLEAR
        db.execute(
            "update findings set clear = clear + 1, ended_at = ? where id = ?", (now if over else None, row["id"])
        )
        if over:
            alerts.announce(db, site, row["id"], f"over: {site}: {row['detail']}", now)
