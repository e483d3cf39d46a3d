"""How every site is: what was found and lasts, and whether it is crawled still; for people, and for Prometheus."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crawler.article import utc_text, utc_time
from pipelines.watching.findings import history
from pipelines.watching.health import CRITICAL, WARNING, stale

_FIGURES = {
    "last_crawl_timestamp_seconds": "When the last crawl began",
    "last_crawl_duration_seconds": "How long it took",
    "last_crawl_ok": "1 where it came to a good end",
    "last_crawl_new_articles": "Articles that it found",
    "last_crawl_failed_addresses": "Addresses that it could not have",
    "waiting_addresses": "Addresses that are still to be fetched",
}
"""Of each site's last crawl, by their names in the file."""


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A finding that lasts. Times are UTC text, as in the archive."""

    kind: str
    subject: str
    level: str
    started_at: str
    detail: str


@dataclass(frozen=True, slots=True)
class Health:
    """How a site is: ``ok``, or the level of the worst that lasts."""

    site: str
    last_crawl_at: str
    last_outcome: str
    findings: tuple[OpenFinding, ...]

    @property
    def level(self) -> str:
        """Return ``ok``, ``warning`` or ``critical``; nothing is ok beside a crawl that failed."""
        levels = {finding.level for finding in self.findings}
        if self.last_outcome in ("failed", "killed"):
            levels.add(WARNING)
        return next((level for level in (CRITICAL, WARNING) if level in levels), "ok")

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON."""
        return {"level": self.level, **asdict(self)}


def all_health(db: sqlite3.Connection, now: datetime, longest: Mapping[str, timedelta]) -> list[Health]:
    """Return every site that was ever crawled: what lasts, and whether it is crawled still.

    ``longest`` is the longest time between two crawls, of the sites whose profiles say.
    """
    latest = db.execute(
        "select site, started_at, outcome, max(id) from crawls where mode = 'crawl' group by site order by site"
    ).fetchall()
    return [
        Health(
            row["site"],
            row["started_at"],
            row["outcome"],
            (*_open(db, row["site"]), *_stale(db, row["site"], now, longest.get(row["site"]))),
        )
        for row in latest
    ]


def open_by_level(db: sqlite3.Connection, site: str) -> dict[str, int]:
    """Return how many findings last, by level."""
    levels = [finding.level for finding in _open(db, site)]
    return {level: levels.count(level) for level in (WARNING, CRITICAL)}


def _open(db: sqlite3.Connection, site: str) -> list[OpenFinding]:
    rows = db.execute(
        "select kind, subject, level, started_at, detail from findings where site = ? and ended_at is null"
        " order by level, id",
        (site,),
    )
    return [OpenFinding(*row) for row in rows]


def _stale(db: sqlite3.Connection, site: str, now: datetime, longest: timedelta | None) -> list[OpenFinding]:
    return [
        OpenFinding(finding.kind, finding.subject, finding.level, utc_text(now), finding.detail)
        for finding in stale(history(db, site, now), now, longest)
    ]


def write(db: sqlite3.Connection, target: Path) -> None:
    """Write the file anew, by a rename: whoever reads it never sees half of it. Raises OSError where it cannot be."""
    # Here, for every command imports this module, few write figures, and the library takes its time.
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

    registry = CollectorRegistry()
    gauges = {
        name: Gauge(f"vestnik_{name}", meaning, ["site"], registry=registry) for name, meaning in _FIGURES.items()
    }
    lasting = Gauge("vestnik_open_findings", "What is not as it usually is", ["site", "level"], registry=registry)
    for site in _sites(db):
        for name, value in _figures(db, site).items():
            gauges[name].labels(site).set(value)
        for level, n in open_by_level(db, site).items():
            lasting.labels(site, level).set(n)
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
    """Return the seconds that a crawl took; none for one that was killed."""
    last: datetime = utc_time(ended) if ended else utc_time(began)
    return (last - utc_time(began)).total_seconds()
