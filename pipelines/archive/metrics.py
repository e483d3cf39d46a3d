"""Figures of every site for Prometheus, as a text file that its node exporter picks up."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from crawler.article import utc_time
from pipelines.archive.health import open_by_level

_FIGURES = {
    "last_crawl_timestamp_seconds": "When the last crawl began",
    "last_crawl_duration_seconds": "How long it took",
    "last_crawl_ok": "1 where it came to a good end",
    "last_crawl_new_articles": "Articles that it found",
    "last_crawl_failed_addresses": "Addresses that it could not have",
    "waiting_addresses": "Addresses that are still to be fetched",
}


def write(db: sqlite3.Connection, target: Path) -> None:
    """Write the file anew, by a rename: whoever reads it never sees half of it. Raises OSError where it cannot be."""
    registry = CollectorRegistry()
    gauges = {name: Gauge(f"vestnik_{name}", told, ["site"], registry=registry) for name, told in _FIGURES.items()}
    open_ = Gauge("vestnik_open_findings", "What is not as it usually is", ["site", "level"], registry=registry)
    for site in _sites(db):
        for name, value in _figures(db, site).items():
            gauges[name].labels(site).set(value)
        for level, n in open_by_level(db, site).items():
            open_.labels(site, level).set(n)
    write_to_textfile(str(target), registry)


def _sites(db: sqlite3.Connection) -> list[str]:
    return [site for (site,) in db.execute("select distinct site from crawls where mode = 'crawl' order by 1")]


def _figures(db: sqlite3.Connection, site: str) -> dict[str, float]:
    row = db.execute(
        "select id, started_at, finished_at, outcome, articles from crawls"
        " where site = ? and mode = 'crawl' and outcome <> 'running' order by id desc limit 1",
        (site,),
    ).fetchone()
    (waiting,) = db.execute(
        "select count(*) from candidates where site = ? and outcome = 'waiting'", (site,)
    ).fetchone()
    if row is None:
        return {"waiting_addresses": waiting}
    (failed,) = db.execute(
        "select coalesce(sum(n), 0) from crawl_outcomes where crawl_id = ? and outcome = 'failed'", (row["id"],)
    ).fetchone()
    return {
        "last_crawl_timestamp_seconds": utc_time(row["started_at"]).timestamp(),
        "last_crawl_duration_seconds": _seconds(row["started_at"], row["finished_at"]),
        "last_crawl_ok": float(row["outcome"] in ("done", "stopped")),
        "last_crawl_new_articles": row["articles"] or 0,
        "last_crawl_failed_addresses": failed,
        "waiting_addresses": waiting,
    }


def _seconds(began: str, ended: str | None) -> float:
    """Of a crawl; none of one that was killed."""
    last: datetime = utc_time(ended) if ended else utc_time(began)
    return (last - utc_time(began)).total_seconds()
