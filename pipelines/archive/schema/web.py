"""The web as it is: first answers that are not final, pages that are the site's own, hosts that rest, listings' states.

One row in ``_pending`` is a page that shares nothing with what is known of its address, kept until the crawl's other
pages tell whose it is: see pipelines/identity/doubts.py. ``_site_pages`` are those that turned out to be the site's.
"""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

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


_IDLE = """
create table _idle_params (
    site text not null, name text not null, pairs text not null, contrary text, at text not null,
    primary key (site, name)
) without rowid;
"""


def m027_idle_params(db: Database) -> None:
    """Parameters of addresses that select nothing, or seemed to: see pipelines/identity/idle_params.py."""
    run(db, _IDLE)


def m020_web(db: Database) -> None:
    """States of listings, pending pages, pages of the sites' own, refusals of hosts; nothing old is read or moved."""
    run(db, _WEB)
