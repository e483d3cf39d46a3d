"""How every site is, for people and programs: what was found and lasts, and whether it is crawled still."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime

from crawler.article import utc_text
from pipelines.archive.history import history
from pipelines.health import CRITICAL, WARNING
from pipelines.watching.health import stale


@dataclass(frozen=True, slots=True)
class Open:
    """A finding that lasts. Times are UTC text, as in the archive."""

    kind: str
    subject: str
    level: str
    started_at: str
    detail: str


@dataclass(frozen=True, slots=True)
class Health:
    """How a site is: ``well``, or the level of the worst that lasts."""

    site: str
    last_crawl_at: str
    last_outcome: str
    findings: tuple[Open, ...]

    @property
    def level(self) -> str:
        """``well``, ``warning`` or ``critical``."""
        levels = {one.level for one in self.findings}
        return next((level for level in (CRITICAL, WARNING) if level in levels), "well")

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"level": self.level, **asdict(self)}


def health(db: sqlite3.Connection, now: datetime) -> list[Health]:
    """Every site that was ever crawled: what lasts, and whether it is crawled still."""
    latest = db.execute(
        "select site, started_at, outcome, max(id) from crawls where mode = 'crawl' group by site order by site"
    ).fetchall()
    return [
        Health(row["site"], row["started_at"], row["outcome"], (*_open(db, row["site"]), *_stale(db, row["site"], now)))
        for row in latest
    ]


def open_by_level(db: sqlite3.Connection, site: str) -> dict[str, int]:
    """How many findings last, by level."""
    levels = [one.level for one in _open(db, site)]
    return {level: levels.count(level) for level in (WARNING, CRITICAL)}


def _open(db: sqlite3.Connection, site: str) -> list[Open]:
    rows = db.execute(
        "select kind, subject, level, started_at, detail from findings where site = ? and ended_at is null"
        " order by level, id",
        (site,),
    )
    return [Open(*row) for row in rows]


def _stale(db: sqlite3.Connection, site: str, now: datetime) -> list[Open]:
    found = stale(history(db, site, now), now)
    return [Open(one.kind, one.subject, one.level, utc_text(now), one.detail) for one in found]
