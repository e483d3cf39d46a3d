"""What is worth telling: findings about the watching of a site, and the outbox of alerts."""

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


# What is sent and tried stands in deliveries, a row for each target: where one fails, the others get nothing twice. The
# targets' addresses, which hold passwords, stay in watches.toml. _matched is the last event that was looked at.
_ALERTS = """
drop table alerts;
create table alerts (
    id integer primary key,
    watch_id integer not null references watches(id),
    article_id integer references articles(id),
    event_id integer references events(id),
    finding_id integer references findings(id),
    created_at text not null,
    message text not null
);
create unique index alerts_watch_event on alerts(watch_id, event_id);
create index alerts_article on alerts(article_id);
create index alerts_event on alerts(event_id);
create index alerts_finding on alerts(finding_id);
create index alerts_created on alerts(created_at desc);

create table deliveries (
    alert_id integer not null references alerts(id),
    target text not null,
    attempts integer not null default 0,
    next_try_at text, sent_at text, error text,
    primary key (alert_id, target)
) without rowid;
create index deliveries_waiting on deliveries(next_try_at) where sent_at is null;

create table _matched (event_id integer not null);
"""


def m012_alerts(db: Database) -> None:
    """The outbox in its final form; nothing wrote to the first one."""
    run(db, _ALERTS)
