"""What a search looks into: the articles' full text, forms of words, pieces of scripts without blanks, and words that
were taken out of articles.

Triggers keep what SQL can work out, so that any client may write. What needs a stemmer or a comparison is written by
the store: see ``pipelines.archive.words`` and ``pipelines.archive.revisions``.
"""

from __future__ import annotations

from sqlite_utils import Database

from crawler.scripts import UNSPACED
from pipelines.archive.schema.tables import run
from pipelines.archive.searching import UNSPACED_TITLE

BEGINNING = 200
"""Letters of a text by which its script is told: a foreign name further on makes no other script of it."""
_AT_A_TIME = 500
_MOST_LETTERS = 100_000
"""Of a text that is indexed in pieces; it takes 25 ms."""


# Only a change of a searched column re-indexes a row: last_seen_at is touched at every crawl.
_OF_ARTICLES = {
    "articles_ai": """after insert on articles begin
        insert into articles_fts(rowid, title, standfirst, text) values (new.id, new.title, new.standfirst, new.text);
    end""",
    "articles_ad": """after delete on articles begin
        insert into articles_fts(articles_fts, rowid, title, standfirst, text)
        values ('delete', old.id, old.title, old.standfirst, old.text);
    end""",
    "articles_au": """after update of title, standfirst, text on articles begin
        insert into articles_fts(articles_fts, rowid, title, standfirst, text)
        values ('delete', old.id, old.title, old.standfirst, old.text);
        insert into articles_fts(rowid, title, standfirst, text) values (new.id, new.title, new.standfirst, new.text);
    end""",
}


def m002_full_text(db: Database) -> None:
    """Search over title, standfirst and text, whatever the accents."""
    db.execute(
        "create virtual table articles_fts using fts5(title, standfirst, text, content='articles', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    for name, body in _OF_ARTICLES.items():
        db.execute(f"create trigger {name} {body}")


def m008_search(db: Database) -> None:
    """Which articles are in a script without blanks, newest first: a partial index, one page where there are none.

    Full-text search cannot find their words, and an index of all pieces of three letters takes 3.3 times their texts.
    """
    db.execute(f"create index articles_unspaced on articles(published_at desc) where {UNSPACED_TITLE}")


def pairs(text: str) -> str:
    """Return the SQL for every two letters of a text that stand side by side, with blanks between the pairs.

    A letter before a sign, a blank or the end stands alone. The text is cut into stretches first, for SQLite counts the
    letters of a text from its beginning: all in one would take time as the square of its length.
    """
    return f"""(with recursive
        stretch(rest, now) as (
            select substr({text}, {_AT_A_TIME + 1}, {_MOST_LETTERS}), substr({text}, 1, {_AT_A_TIME + 1})
            union all select substr(rest, {_AT_A_TIME + 1}), substr(rest, 1, {_AT_A_TIME + 1}) from stretch
            where rest <> ''),
        place(n) as (select 1 union all select n + 1 from place where n < {_AT_A_TIME})
        select group_concat(substr(now, n, 2), ' ') from stretch cross join place where n <= length(now))"""


def _is_unspaced(of: str) -> str:
    """Return the SQL for whether an article is in a script without blanks, by title or beginning of the text."""
    letter = f"'*[{UNSPACED}]*'"
    return f"({of}.title glob {letter} or substr({of}.text, 1, {BEGINNING}) glob {letter})"


def _rows(of: str) -> str:
    return f"{of}.id, {pairs(f'{of}.title')}, {pairs(f'{of}.standfirst')}, {pairs(f'{of}.text')}"


_OLD = f"""insert into _pieces(_pieces, rowid, title, standfirst, text) select 'delete', {_rows("old")}
        where {_is_unspaced("old")} and exists (select 1 from _pieces_docsize where id = old.id)"""
_NEW = f"insert into _pieces(rowid, title, standfirst, text) select {_rows('new')} where {_is_unspaced('new')}"
PIECES_OF_ONE = (
    f"insert into _pieces(rowid, title, standfirst, text) select {_rows('a')} from articles a where a.id = ?"
)
"""Indexes an article that is not, by its number."""
_TRIGGERS = {
    f"articles_pieces_ai after insert on articles when {_is_unspaced('new')}": _NEW,
    f"articles_pieces_ad after delete on articles when {_is_unspaced('old')}": _OLD,
    "articles_pieces_au after update of title, standfirst, text on articles"
    f" when {_is_unspaced('old')} or {_is_unspaced('new')}": f"{_OLD}; {_NEW}",
    "revisions_fts_ad after delete on revisions": "delete from revisions_fts where rowid = old.id",
}

# _pieces keeps no text of its own: its words are those of the articles, which bring them along when they go. The marks
# of Thai and its like are part of a letter here. revisions_fts keeps what it holds, the title and standfirst where the
# next state has another one, and the paragraphs that it lacks; pieces has all of these in scripts without blanks.
# _unindexed says what of an archive from before is still to be looked at: rows up to last, from next on.
_SEARCH = """
create table _forms (key text not null, word text not null, primary key (key, word)) without rowid;

create virtual table _pieces using fts5(title, standfirst, text, content='',
    tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'");

create virtual table revisions_fts using fts5(title, standfirst, text, pieces,
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co'");

alter table sites add column country text;

create table _unindexed (what text primary key, next integer not null, last integer not null) without rowid;
insert into _unindexed select 'articles', 1, max(id) from articles having max(id) is not null;
insert into _unindexed select 'revisions', 1, max(id) from revisions having max(id) is not null;
"""


def m018_words(db: Database) -> None:
    """Forms, pieces and deleted words, all empty: crawls fill them in short steps, and what is new goes in at once."""
    run(db, _SEARCH)
    for when, body in _TRIGGERS.items():
        db.execute(f"create trigger {when} begin {body}; end")


def m025_unspaced(db: Database) -> None:
    """Drop the index of titles in scripts without blanks, which ``_pieces`` has replaced; it takes no time."""
    db.execute("drop index if exists articles_unspaced")
