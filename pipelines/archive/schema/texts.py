"""Search over articles: the index, and the triggers that keep it true."""

from __future__ import annotations

from sqlite_utils import Database

# Only a change of a searched column re-indexes a row: last_seen_at is touched at every crawl.
_TRIGGERS = {
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
    full_text(db)


def full_text(db: Database) -> None:
    """Make the triggers that keep ``articles_fts`` true, anew if they are there."""
    for name, body in _TRIGGERS.items():
        db.execute(f"drop trigger if exists {name}")
        db.execute(f"create trigger {name} {body}")
