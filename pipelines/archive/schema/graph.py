"""The graph of links: what is wanted, and who is cited."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

_GRAPH = """
alter table links add column host text generated always as (
    lower(substr(href, instr(href, '://') + 3,
          instr(substr(href, instr(href, '://') + 3) || '/', '/') - 1))) virtual;
create index links_host on links(host, article_id) where kind = 'inline';

-- Articles that others point to, and that were never fetched.
create view wanted_articles as
    select l.address_key, min(l.href) as href, max(l.anchor_text) as anchor_text,
           count(distinct l.article_id) as wanted_by, min(l.first_seen_at) as first_seen_at,
           max(l.last_seen_at) as last_seen_at
    from links l where l.target_id is null and l.kind <> 'inline'
    group by l.address_key;

-- Outside sources by host: how many links, from how many articles of how many sites.
create view cited_sources as
    select l.host, count(*) as links, count(distinct l.article_id) as articles, count(distinct a.site) as sites,
           min(l.first_seen_at) as first_cited_at, max(l.last_seen_at) as last_cited_at
    from links l join articles a on a.id = l.article_id
    where l.kind = 'inline' and l.target_id is null
    group by l.host;
"""


def m006_graph(db: Database) -> None:
    """Hosts of links, wanted articles, cited sources."""
    run(db, _GRAPH)
