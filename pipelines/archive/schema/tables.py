"""The tables of the design, with their indexes and first views."""

from __future__ import annotations

from sqlite_utils import Database

_ARTICLES = """
create table sites (name text primary key, title text, home text, timezone text, language text, profile integer);

create table stories (id integer primary key, title text, started_at text, updated_at text, articles integer);

create table articles (
    id integer primary key,
    site text not null references sites(name),
    url text not null,
    address_key text not null unique,
    kind text not null,
    title text not null,
    standfirst text,
    byline text,
    published_at text, published_precision text, published_offset integer,
    modified_at text,
    section text, language text, wire text, paywalled integer,
    image_url text, image_caption text, image_credit text,
    word_count integer, content_hash text,
    duplicate_of integer references articles(id),
    story_id integer references stories(id),
    first_seen_at text, last_seen_at text, last_changed_at text, last_checked_at text, next_check_at text,
    status text not null default 'live', gone_at text, gone_reason text,
    extractor text, capture text,
    month text,
    text text not null
);
create index articles_site on articles(site, published_at desc);
create index articles_published on articles(published_at desc);
create index articles_first_seen on articles(first_seen_at desc);
create index articles_last_changed on articles(last_changed_at desc);
create index articles_url on articles(url);
create index articles_content_hash on articles(content_hash);
create index articles_duplicate_of on articles(duplicate_of);
create index articles_story on articles(story_id);
create index articles_month on articles(month);
create index articles_section on articles(section);
create index articles_kind on articles(kind);
create index articles_wire on articles(wire);
create index articles_language on articles(language);
create index articles_status on articles(status);
create index articles_next_check on articles(next_check_at, site);

create table article_urls (
    url text primary key,
    article_id integer not null references articles(id),
    address_key text not null,
    kind text not null,
    first_seen_at text
) without rowid;
create index article_urls_article on article_urls(article_id);
create index article_urls_key on article_urls(address_key);

-- Which articles a key leads to. A key that two articles hold, such as a slug without its number, is ambiguous:
-- only the very address, once a redirect has told, leads further.
create table _address_keys (
    address_key text not null,
    article_id integer not null references articles(id),
    primary key (address_key, article_id)
) without rowid;
create index _address_keys_article on _address_keys(article_id);

create table authors (
    id integer primary key, site text not null references sites(name), name text not null, unique (site, name)
);
create table article_authors (
    article_id integer not null references articles(id),
    author_id integer not null references authors(id),
    position integer not null,
    primary key (article_id, author_id)
) without rowid;
create index article_authors_author on article_authors(author_id);

create table tags (id integer primary key, name text not null unique);
create table article_tags (
    article_id integer not null references articles(id),
    tag_id integer not null references tags(id),
    primary key (article_id, tag_id)
) without rowid;
create index article_tags_tag on article_tags(tag_id);

create table blocks (
    article_id integer not null references articles(id),
    position integer not null,
    kind text not null,
    at text,
    primary key (article_id, position)
) without rowid;

-- One row per (article, kind, address_key, how-many-th): a box whose href changes daily stays one row.
create table links (
    id integer primary key,
    article_id integer not null references articles(id),
    kind text not null,
    position integer not null,
    start integer, end integer,
    href text not null,
    address_key text not null,
    nth integer not null,
    anchor_text text,
    target_id integer references articles(id),
    first_seen_at text, last_seen_at text,
    unique (article_id, kind, address_key, nth)
);
create index links_address_key on links(address_key);
create index links_target on links(target_id);

create table provenance (
    article_id integer not null references articles(id),
    field text not null,
    source text not null,
    value text,
    chosen integer not null,
    primary key (article_id, field, source)
) without rowid;

create table dropped (
    id integer primary key,
    article_id integer not null references articles(id),
    position integer not null,
    reason text not null,
    text text not null
);
create index dropped_article on dropped(article_id);
create index dropped_reason on dropped(reason);

-- The paragraphs of each site's latest articles, and those that stand on so many of them that they are the site's.
create table _paragraphs (
    site text not null,
    fingerprint integer not null,
    article_id integer not null references articles(id),
    primary key (site, fingerprint, article_id)
) without rowid;
create index _paragraphs_article on _paragraphs(article_id, site);
create table _boilerplate (
    site text not null,
    fingerprint integer not null,
    text text not null,
    first_seen_at text, last_seen_at text,
    primary key (site, fingerprint)
) without rowid;
"""

_HISTORY = """
create table revisions (
    id integer primary key,
    article_id integer not null references articles(id),
    seen_from text, seen_until text,
    cause text not null,
    silent integer,
    changed text, summary text,
    url text, title text, standfirst text, byline text, published_at text, modified_at text,
    image_url text, image_caption text, image_credit text,
    content_hash text, extractor text, capture text,
    text text
);
create index revisions_article on revisions(article_id);
create index revisions_seen_until on revisions(seen_until desc);
create index revisions_silent on revisions(silent);

-- Articles whose page was not there at the last visits, until it is there again.
create table _absences (
    article_id integer primary key references articles(id),
    first_at text not null, last_at text not null, visits integer not null, reason text not null
);

create table crawls (
    id integer primary key,
    site text not null,
    mode text not null,
    started_at text not null,
    finished_at text,
    outcome text,
    reason text,
    requests integer, bytes integer,
    listed integer, articles integer, aliases integer,
    peak_memory_mb integer,
    version text
);
create index crawls_site on crawls(site);
create index crawls_started on crawls(started_at desc);

create table crawl_outcomes (
    crawl_id integer not null references crawls(id),
    outcome text not null,
    reason text not null,
    n integer not null,
    primary key (crawl_id, outcome, reason)
) without rowid;

create table events (
    id integer primary key,
    article_id integer references articles(id),
    crawl_id integer references crawls(id),
    at text not null,
    kind text not null,
    detail text
);
create index events_article on events(article_id);
create index events_crawl on events(crawl_id);
create index events_at on events(at desc);
create index events_kind on events(kind);

create table merges (
    old_id integer primary key, into_id integer not null references articles(id), at text, reason text
);
create index merges_into on merges(into_id);
"""

_DISCOVERY = """
create table candidates (
    url text primary key,
    site text not null,
    address_key text not null,
    hinted_title text, hinted_at text,
    first_seen_at text, last_seen_at text,
    outcome text not null default 'waiting',
    reason text,
    attempts integer not null default 0,
    next_try_at text,
    article_id integer references articles(id)
);
create index candidates_site on candidates(site, outcome);
create index candidates_address_key on candidates(address_key);
create index candidates_article on candidates(article_id);
create index candidates_first_seen on candidates(first_seen_at desc);

create table listings (
    candidate text not null references candidates(url),
    listing_url text not null,
    source text not null,
    first_seen_at text, last_seen_at text,
    primary key (candidate, listing_url, source)
) without rowid;
create index listings_listing on listings(listing_url);

-- What a listing answered last time, sent back with the next request; saved only once its candidates are.
create table _validators (url text primary key, etag text, last_modified text, body_hash text, at text);
"""

_WATCHES = """
create table watches (
    id integer primary key, name text not null unique,
    query text, sites text, sections text, authors text, kinds text, events text, targets text, digest text,
    enabled integer not null default 1
);
create table alerts (
    id integer primary key,
    watch_id integer not null references watches(id),
    article_id integer references articles(id),
    event_id integer references events(id),
    created_at text, sent_at text, attempts integer not null default 0, next_try_at text, error text
);
create index alerts_watch on alerts(watch_id);
create index alerts_article on alerts(article_id);
create index alerts_event on alerts(event_id);
create index alerts_sent on alerts(sent_at);
"""

_VIEWS = """
create view unique_articles as
    select id, site, title, published_at, section, kind, word_count, url from articles where duplicate_of is null;

create view related_articles as
    select l.article_id, a.title as article, l.kind, l.position, l.anchor_text,
           l.target_id, t.title as target, t.published_at as target_published_at, l.href
    from links l join articles a on a.id = l.article_id left join articles t on t.id = l.target_id
    where l.kind <> 'inline';
"""


def m001_tables(db: Database) -> None:
    """Every table of the design with its indexes, and the views."""
    for script in (_ARTICLES, _HISTORY, _DISCOVERY, _WATCHES, _VIEWS):
        run(db, script)


def m003_pace(db: Database) -> None:
    """What each host is asked next, and what it wants, in seconds of the clock: see pace.py."""
    db.execute(
        "create table _pace (host text primary key, next_at real not null default 0,"
        " held_until real not null default 0, crawl_delay real not null default 0) without rowid"
    )


def m016_under_way(db: Database) -> None:
    """What each crawl reads at this moment, and at how many ends of crawls it was being read: see under_way.py."""
    db.execute(
        "create table _under_way (url text primary key, crawl_id integer not null, ends integer not null default 0)"
        " without rowid"
    )


_HAND_OUTS = """
create table _batches (
    id text primary key, host_group text not null unique, site text not null, crawl_id integer not null,
    ends_at real not null, worker text
) without rowid;

create table _hand_outs (number integer primary key, batch text not null, url text not null);
create index _hand_outs_batch on _hand_outs(batch);
"""


def m023_hand_outs(db: Database) -> None:
    """What is handed out to workers on other machines, until it is settled: see handed_out.py."""
    run(db, _HAND_OUTS)


_RUN_LOG = """
create index crawls_finished on crawls(finished_at);
create index crawls_running on crawls(site, mode) where outcome = 'running';
create index crawls_news on crawls(site, mode, started_at) where articles > 0
"""


def m028_run_log(db: Database) -> None:
    """What each crawl asks of the run log, from indexes: a thousand sites add 50,000 rows to it a day."""
    run(db, _RUN_LOG)


def run(db: Database, script: str) -> None:
    """Every statement of a script; not ``executescript``, which commits what the migration holds open."""
    for statement in script.split(";\n"):
        db.execute(statement)
