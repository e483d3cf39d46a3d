"""What is known of an article beside what its page says: by which time lists go, and when a listing said it appeared.

A table of its own, so that ``articles`` keeps its text as the last column. Triggers keep it in step with ``articles``,
whoever writes there; they are plain SQL, which every client runs.
"""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.flat import flat

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
