"""The graph of links: both ways, what is wanted, and who is cited."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

# The paragraph of a text in or before which a link stands. A text as a JSON array: its quoted form with the empty lines
# as borders. Backslashes go first, lest one before an n looks like the end of a line.
_PARAGRAPH = r"""json_extract('[' || replace(replace(json_quote(a.text), '\\', '\u005c'), '\n\n', '","') || ']',
           '$[' || l.position || ']')"""


def host(url: str) -> str:
    """The host in an address, in lower case and without ``www.``; NULL for what is no web address."""
    rest = f"replace(replace(replace(lower({url}), '://www.', '://'), '?', '/'), '#', '/')"
    rest = f"substr({rest}, instr({rest}, '://') + 3)"
    return f"case when {url} like 'http%://%' then substr({rest}, 1, instr({rest} || '/', '/') - 1) end"


_LINKS = f"""
alter table links add column host text generated always as ({host("href")}) virtual;
create index links_host on links(host, article_id) where kind = 'inline';
create index links_wanted on links(address_key, article_id) where target_id is null and kind <> 'inline';

drop view related_articles;
create view related_articles as
    select l.article_id, a.title as article, a.published_at, l.kind, l.position, l.anchor_text,
           l.target_id, t.title as target, t.published_at as target_published_at, l.href,
           l.first_seen_at, l.last_seen_at
    from links l join articles a on a.id = l.article_id left join articles t on t.id = l.target_id
    where l.kind <> 'inline';

-- Each link twice: from the article that has it, and to the one that it leads to.
create view linked_articles as
    select l.article_id, 'to' as direction, l.target_id as other_id, t.title as other,
           t.published_at as other_published_at, l.kind, l.position, {_PARAGRAPH} as paragraph, l.anchor_text, l.href,
           l.first_seen_at, l.last_seen_at, l.id as link_id
    from links l join articles a on a.id = l.article_id left join articles t on t.id = l.target_id
    union all
    select l.target_id, 'from', l.article_id, a.title, a.published_at, l.kind, l.position, {_PARAGRAPH}, l.anchor_text,
           l.href, l.first_seen_at, l.last_seen_at, l.id
    from links l join articles a on a.id = l.article_id where l.target_id is not null;

-- Articles that others name as related, and that were never fetched; outcome is what came of asking for one, if so.
-- Of a key that several articles hold, only each very address can tell where it leads.
create view wanted_articles as
    with wanted as (
        select address_key, max(href) as href, max(anchor_text) as anchor_text,
               count(distinct article_id) as wanted_by, min(first_seen_at) as first_seen_at,
               max(last_seen_at) as last_seen_at,
               case when (select count(*) from _address_keys k where k.address_key = links.address_key) > 1
                   then href end as alone
        from links indexed by links_wanted where target_id is null and kind <> 'inline' group by address_key, alone
    )
    select w.address_key, w.href, w.anchor_text, w.wanted_by, w.first_seen_at, w.last_seen_at,
           (select c.outcome from candidates c where c.address_key = w.address_key and c.url = coalesce(w.alone, c.url)
            order by c.last_seen_at desc limit 1) as outcome
    from wanted w
    where not exists (select 1 from candidates c where c.address_key = w.address_key and c.attempts > 0
                      and c.url = coalesce(w.alone, c.url) and c.outcome in ('gone', 'not_article'));
"""

# How often each site's texts link to each other host. Counting a million links at every look takes a second: triggers
# count along, whoever writes links. A paper's own pages do not count.
_COUNT = """
    insert into _cited(host, site, links, articles, first_seen_at, last_seen_at)
    {counted}
    on conflict(host, site) do update set links = links + excluded.links, articles = articles + excluded.articles,
        first_seen_at = min(first_seen_at, excluded.first_seen_at),
        last_seen_at = max(last_seen_at, excluded.last_seen_at)"""
_OTHERS = """from links o join articles b on b.id = o.article_id
            where o.kind = 'inline' and o.host = old.host and b.site = _cited.site"""
_OUTSIDE = f"l.kind = 'inline' and l.host is not null and l.host <> ({host('a.url')})"
_ONE_MORE = _COUNT.format(
    counted=f"""select new.host, a.site, 1, not exists (select 1 from links o where o.kind = 'inline'
        and o.host = new.host and o.article_id = new.article_id and o.id <> new.id),
        new.first_seen_at, new.first_seen_at
    from articles a where a.id = new.article_id and new.host <> ({host("a.url")})"""
)
_ONE_LESS = f"""
    update _cited set links = links - 1,
        articles = articles - not exists (select 1 from links o where o.kind = 'inline' and o.host = old.host
            and o.article_id = old.article_id),
        first_seen_at = case first_seen_at when old.first_seen_at then (select min(o.first_seen_at) {_OTHERS})
            else first_seen_at end,
        last_seen_at = case last_seen_at when old.first_seen_at then (select max(o.first_seen_at) {_OTHERS})
            else last_seen_at end
    where host = old.host and site = (select a.site from articles a where a.id = old.article_id
        and old.host <> ({host("a.url")}));
    delete from _cited where host = old.host and links <= 0"""
_ALL_OF_ONE = "select l.host from links l join articles a on a.id = l.article_id where a.id = new.id and " + _OUTSIDE
_MOVED = _COUNT.format(
    counted=f"""select l.host, a.site, count(*), 1, min(l.first_seen_at), max(l.first_seen_at)
    from links l join articles a on a.id = l.article_id where a.id = new.id and {_OUTSIDE} group by l.host"""
)

_CITED = f"""
create table _cited (
    host text not null, site text not null, links integer not null, articles integer not null,
    first_seen_at text, last_seen_at text, primary key (host, site)
) without rowid;
{
    _COUNT.format(
        counted=f"select l.host, a.site, count(*), count(distinct l.article_id), min(l.first_seen_at),"
        f" max(l.first_seen_at) from links l join articles a on a.id = l.article_id where {_OUTSIDE} group by 1, 2"
    )
};

create view cited_sources as
    select host, sum(links) as links, sum(articles) as articles, count(*) as sites,
           min(first_seen_at) as first_cited_at, max(last_seen_at) as last_cited_at
    from _cited group by host;
"""

_TRIGGERS = {
    "links_ai after insert on links when new.kind = 'inline'": _ONE_MORE,
    "links_ad after delete on links when old.kind = 'inline'": _ONE_LESS,
    "links_au_less after update of article_id, kind, href on links when old.kind = 'inline'"
    " and (old.article_id, old.host, old.kind) is not (new.article_id, new.host, new.kind)": _ONE_LESS,
    "links_au_more after update of article_id, kind, href on links when new.kind = 'inline'"
    " and (old.article_id, old.host, old.kind) is not (new.article_id, new.host, new.kind)": _ONE_MORE,
    "articles_au_site after update of site on articles when old.site <> new.site": f"""
    update _cited set articles = articles - 1, links = links - (select count(*) from links l
        where l.article_id = new.id and l.kind = 'inline' and l.host = _cited.host)
    where site = old.site and host in ({_ALL_OF_ONE});
    delete from _cited where site = old.site and links <= 0 and host in ({_ALL_OF_ONE});
    {_MOVED}""",
}


def m006_graph(db: Database) -> None:
    """Links both ways, wanted articles, cited sources."""
    run(db, _LINKS)
    run(db, _CITED)
    for when, body in _TRIGGERS.items():
        db.execute(f"create trigger {when} begin {body}; end")


# That (article_id, kind, address_key, nth) is unique is held by whoever writes links: an index of it took a third of
# the bytes of the links themselves. Nor do listings need to be found by their address.
_LIGHTER_LINKS = f"""
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
"""Made anew above, smaller."""


def m015_lighter(db: Database) -> None:
    """Make each article lighter: rebuild ``links`` and ``_terms``, and put back what stands on links as it was."""
    on_links = db.execute(
        "select type, name, sql from sqlite_master where sql is not null and type <> 'table'"
        " and (tbl_name = 'links' or (type <> 'index' and sql like '%links%'))"
    ).fetchall()
    for kind, name, _ in on_links:
        db.execute(f"drop {kind} {name}")
    run(db, _LIGHTER_LINKS)
    for _, name, sql in on_links:
        if name not in _REPLACED:
            db.execute(sql)
    run(db, _TERMS)
