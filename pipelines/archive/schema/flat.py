"""An article in one row for whoever counts and downloads, each edit in one, and the time by which lists go.

That time, and what else is known of an article beside what its page says, stands in ``article_facts``: a table of its
own, so that ``articles`` keeps its text as the last column. Triggers keep it in step with ``articles``, whoever writes
there; they are plain SQL, which every client runs.
"""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run


def _names(of: str, order: str) -> str:
    """Return the SQL for the names of an article's authors or tags in one text; NULL where it has none."""
    return (
        f"(select group_concat(name, '; ') from (select n.name from article_{of}s x join {of}s n on n.id = x.{of}_id"
        f" where x.article_id = a.id order by {order}))"
    )


def _links(kind: str) -> str:
    """Return the SQL for how many links of a kind the article has now: what an edit took out was last seen earlier."""
    return (
        f"(select count(*) from links l where l.article_id = a.id and l.kind = '{kind}'"
        " and l.last_seen_at >= coalesce(a.last_changed_at, ''))"
    )


# Each value that stands in another table is a look-up of its own, made only where a query asks for the column; so the
# view costs no more than the table, and conditions and orders use its indexes.
def flat(dated_at: str, date_basis: str, facts: str = "") -> str:
    """Return the SQL of the view; ``dated_at`` and ``date_basis`` are expressions, ``facts`` joins what they need."""
    return f"""
create view articles_flat as
    select a.id, a.site, coalesce(s.title, a.site) as outlet, a.url, a.title, a.standfirst, a.byline,
           {_names("author", "x.position")} as authors,
           {_names("tag", "n.name")} as tags,
           a.section, a.kind, a.language, a.wire, a.paywalled,
           a.published_at, {dated_at} as dated_at, {date_basis} as date_basis, a.modified_at,
           a.first_seen_at, a.last_seen_at, a.last_changed_at, a.status, a.gone_at, a.gone_reason,
           a.image_url, a.image_caption, a.image_credit, a.word_count,
           {_links("related")} as related_links,
           {_links("read_more")} as read_more_links,
           {_links("inline")} as inline_links,
           (select count(*) from revisions r where r.article_id = a.id and r.cause = 'edit') as edits,
           a.duplicate_of, (select c.origin_id from copies c where c.article_id = a.id) as copy_of, a.story_id, a.text
    from articles a {facts} left join sites s on s.name = a.site"""


def widen(db: Database, *columns: str) -> None:
    """Show in the view, behind the count of words, what columns of ``articles`` were added.

    Goes by the view that is there, not by :func:`flat`: a migration gives the same view ever after.
    """
    (sql,) = db.execute("select sql from sqlite_master where name = 'articles_flat'").fetchone()
    before, place, behind = sql.partition("a.word_count,")
    db.execute("drop view articles_flat")
    db.execute(f"{before}{place} {', '.join(f'a.{name}' for name in columns)},{behind}")


# An edit is the step from a stored state to the next one, which any fetch may have found: see history.py of the
# reading room. Of states that were seen until the same moment, the one with the lower number was there first.
_EDITS = """
create view edits as
    select revision_id, article_id, site, outlet, title, published_at, noticed_at,
           case when length(published_at) > 10 then
               cast(round(1440 * (julianday(noticed_at) - julianday(published_at))) as integer) end as minutes_after,
           silent, changed, summary, title_before, seen_until, url
    from (
        select r.id as revision_id, r.article_id, a.site, coalesce(s.title, a.site) as outlet, a.title,
               coalesce(r.published_at, a.published_at) as published_at,
               coalesce((select n.seen_from from revisions n where n.article_id = r.article_id
                             and (coalesce(n.seen_until, n.seen_from, ''), n.id)
                                 > (coalesce(r.seen_until, r.seen_from, ''), r.id)
                         order by coalesce(n.seen_until, n.seen_from, ''), n.id limit 1),
                        a.last_changed_at) as noticed_at,
               r.silent, r.changed, r.summary, r.title as title_before, r.seen_until, a.url
        from revisions r join articles a on a.id = r.article_id left join sites s on s.name = a.site
        where r.cause = 'edit')"""


def m017_flat(db: Database) -> None:
    """Two views; nothing is copied."""
    dated_at, basis = "coalesce(a.published_at, a.first_seen_at)", "iif(a.published_at is null, 'seen', 'page')"
    run(db, flat(dated_at, basis))
    run(db, _EDITS)


_TIME = "coalesce({0}.published_at, {1}, {0}.first_seen_at, '')"
_BASIS = "case when {0}.published_at is not null then 'page' when {1} is not null then 'listing' else 'seen' end"
_OF_THE_ARTICLE = "(select {expression} from articles a where a.id = new.article_id)"
_TABLE = """
create table article_facts(
    article_id integer primary key references articles(id) on delete cascade,
    site text not null, dated_at text not null, date_basis text not null, listed_at text
)"""
_FILLED = f"""
insert into article_facts(article_id, site, dated_at, date_basis)
    select a.id, a.site, {_TIME.format("a", "null")}, {_BASIS.format("a", "null")} from articles a"""
_INDEXES = (
    "create index article_facts_dated on article_facts(dated_at desc)",
    "create index article_facts_site on article_facts(site, dated_at desc)",
)
_TRIGGERS = (
    f"""
    create trigger article_facts_new after insert on articles begin
        insert into article_facts(article_id, site, dated_at, date_basis)
            values (new.id, new.site, {_TIME.format("new", "null")}, {_BASIS.format("new", "null")});
    end""",
    f"""
    create trigger article_facts_changed after update of published_at, first_seen_at, site on articles begin
        update article_facts set site = new.site, dated_at = {_TIME.format("new", "listed_at")},
            date_basis = {_BASIS.format("new", "listed_at")} where article_id = new.id;
    end""",
    f"""
    create trigger article_facts_listed after update of listed_at on article_facts begin
        update article_facts set
            dated_at = {_OF_THE_ARTICLE.format(expression=_TIME.format("a", "new.listed_at"))},
            date_basis = {_OF_THE_ARTICLE.format(expression=_BASIS.format("a", "new.listed_at"))}
        where article_id = new.article_id;
    end""",
)


def m021_facts(db: Database) -> None:
    """By which time lists go: a row of some 60 bytes an article, and as much in each of two indexes."""
    for statement in (_TABLE, _FILLED, *_INDEXES, *_TRIGGERS, "drop view articles_flat"):
        db.execute(statement)
    db.execute(flat("f.dated_at", "f.date_basis", "join article_facts f on f.article_id = a.id"))


_DATED = (
    "alter table candidates add column hinted_as text",
    "alter table article_facts add column wall text",
    "alter table article_facts add column partial text",
    "drop trigger article_facts_changed",
    "drop trigger article_facts_listed",
    # Whose a time of publication is stays as it was written, until there is another time.
    f"""
    create trigger article_facts_changed after update of published_at, first_seen_at, site on articles begin
        update article_facts set site = new.site, dated_at = {_TIME.format("new", "listed_at")},
            date_basis = case when new.published_at is old.published_at and new.published_at is not null
                then date_basis else {_BASIS.format("new", "listed_at")} end
        where article_id = new.id;
    end""",
    f"""
    create trigger article_facts_listed after update of listed_at on article_facts begin
        update article_facts set
            dated_at = {_OF_THE_ARTICLE.format(expression=_TIME.format("a", "new.listed_at"))},
            date_basis = case when {_OF_THE_ARTICLE.format(expression="a.published_at")} is not null then date_basis
                else {_OF_THE_ARTICLE.format(expression=_BASIS.format("a", "new.listed_at"))} end
        where article_id = new.article_id;
    end""",
)


def m022_dated(db: Database) -> None:
    """Keep how a listing wrote its time, what stood before an article, and what lacks of it; no row is touched."""
    for statement in _DATED:
        db.execute(statement)
