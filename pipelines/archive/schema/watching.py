"""How the watching of sites goes: findings, the outbox of alerts, and the web as it is, with first answers that are not
final, pages that are the site's own, hosts that rest, and the states of listings.

One row in ``_pending`` is a page that shares nothing with what is known of its address, kept until the crawl's other
pages tell whose it is: see pipelines/identity/doubts.py. ``_site_pages`` are those that turned out to be the site's.
"""

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


# The web as it is: first answers that are not final, pages that are the site's own, hosts that rest.
_WEB = """
alter table candidates add column hinted_modified_at text;

alter table candidates add column was_there integer;

create table listings_state (
    listing_url text primary key,
    site text not null,
    form text not null,
    state text not null,
    reason text,
    articles integer,
    in_a_row integer not null default 1,
    since text not null,
    first_asked_at text not null, last_asked_at text not null,
    first_read_at text, last_read_at text, last_new_at text
);
create index listings_state_site on listings_state(site);

create table _pending (
    url text primary key, site text not null, crawl_id integer, at text not null, visit text not null
) without rowid;

create table _site_pages (
    id integer primary key, site text not null, kind text not null, at text not null, words text not null
);
create index _site_pages_site on _site_pages(site, kind, at);

alter table _pace add column refusals integer not null default 0;
"""


def m020_web(db: Database) -> None:
    """States of listings, pending pages, pages of the sites' own, refusals of hosts; nothing old is read or moved."""
    run(db, _WEB)


_IDLE = """
create table _idle_params (
    site text not null, name text not null, pairs text not null, contrary text, at text not null,
    primary key (site, name)
) without rowid;
"""


def m027_idle_params(db: Database) -> None:
    """Parameters of addresses that select nothing, or seemed to: see pipelines/identity/idle_params.py."""
    run(db, _IDLE)
