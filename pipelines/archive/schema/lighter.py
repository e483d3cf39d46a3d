"""What makes each article lighter to store: indexes that hold less, and terms in the order in which they are read."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.graph import host
from pipelines.archive.schema.tables import run

# That (article_id, kind, address_key, nth) is unique is held by whoever writes links: an index of it took a third of
# the bytes of the links themselves. Nor do listings need to be found by their address.
_LINKS = f"""
create table _lighter (
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
    host text generated always as ({host("href")}) virtual
);
insert into _lighter(id, article_id, kind, position, start, end, href, address_key, nth, anchor_text, target_id,
                     first_seen_at, last_seen_at)
    select id, article_id, kind, position, start, end, href, address_key, nth, anchor_text, target_id,
           first_seen_at, last_seen_at from links;
drop table links;
alter table _lighter rename to links;
create index links_article on links(article_id);
create index links_target on links(target_id) where target_id is not null;

drop index listings_listing;
"""

# By term first: one article looks for few terms over many periods, and finds those of each side by side.
_TERMS = """
create table _lighter (
    term integer not null, period integer not null, article_id integer not null, primary key (term, period, article_id)
) without rowid;
insert into _lighter(term, period, article_id) select term, period, article_id from _terms order by 1, 2, 3;
drop table _terms;
alter table _lighter rename to _terms;
"""
_REPLACED = ("links_target",)


def m015_lighter(db: Database) -> None:
    """Rebuild ``links`` and ``_terms``. What stands on links (indexes, triggers, views) is put back as it was."""
    on_links = db.execute(
        "select type, name, sql from sqlite_master where sql is not null and type <> 'table'"
        " and (tbl_name = 'links' or (type <> 'index' and sql like '%links%'))"
    ).fetchall()
    for kind, name, _ in on_links:
        db.execute(f"drop {kind} {name}")
    run(db, _LINKS)
    for _, name, sql in on_links:
        if name not in _REPLACED:
            db.execute(sql)
    run(db, _TERMS)
