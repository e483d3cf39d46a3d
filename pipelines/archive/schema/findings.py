"""Findings: what is not as it was with the watching of a site."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

# One row from the crawl that found it to the one after which it was gone. clear counts the crawls in a row without it.
_FINDINGS = """
create table findings (
    id integer primary key,
    site text not null, kind text not null, subject text not null, level text not null,
    started_at text not null, last_seen_at text not null, ended_at text,
    crawl_id integer references crawls(id),
    value real, usual real, detail text not null,
    clear integer not null default 0
);
create unique index findings_open on findings(site, kind, subject) where ended_at is null;
create index findings_crawl on findings(crawl_id);
create index findings_started on findings(started_at desc);

create table _listing_sizes (
    site text not null, listing_url text not null, crawl_id integer not null, articles integer not null,
    primary key (site, listing_url, crawl_id)
) without rowid;
"""


def m011_findings(db: Database) -> None:
    """What the checks after a crawl find, and how many articles each listing named."""
    run(db, _FINDINGS)
