"""Findings: checked after each crawl, kept from the first one that has them to the one after which they are gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from crawler.article import utc_text, utc_time
from pipelines.watching import alerts, health
from pipelines.watching.health import CRITICAL, WARNING, History, Run, Shape, Verdict, stale

_SIZES = 30  # of each listing
_CLEAR = 2  # crawls in a row without a finding end it: one good crawl between bad ones is no recovery
_RUNS = 30
_LATEST, _USUAL = 20, 200  # articles
_REMEMBERED = timedelta(days=56)  # eight weeks of silences
_FIELDS = ("author", "time of publication", "section", "image", "standfirst", "tags")
_FIGURES = {
    "last_crawl_timestamp_seconds": "When the last crawl began",
    "last_crawl_duration_seconds": "How long it took",
    "last_crawl_ok": "1 where it came to a good end",
    "last_crawl_new_articles": "Articles that it found",
    "last_crawl_failed_addresses": "Addresses that it could not have",
    "waiting_addresses": "Addresses that are still to be fetched",
}


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


# What is known of a site when it is checked, from indexes alone, whatever the size of the archive.


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


# How every site is, for people and programs: what was found and lasts, and whether it is crawled still.


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


def all_health(db: sqlite3.Connection, now: datetime) -> list[Health]:
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


# Figures of every site for Prometheus, as a text file that its node exporter picks up.


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
