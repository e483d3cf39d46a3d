"""An article that must not be kept: nothing of it is left, nothing of others is lost, and no crawl brings it back."""

import sqlite3

import pytest

from crawler.article import Candidate, Dropped, Link, Outcome, Provenance, Source, utc_text
from crawler.housekeeping import forget
from pipelines.archive import ledger
from pipelines.archive.ledger import Entry
from pipelines.archive.searching import INDEXES
from pipelines.store import store
from pipelines.watching import alerts
from pipelines.watching.watches import Watch
from tests.identity.test_merge import columns_that_name_articles
from tests.make import MT, NOW, SITES, TEXT, fresh_archive, record, visit

WORD = "Quillfeather"  # stands in all that the article says, and nowhere else
URL, OTHER, COPY = (f"{MT}/2024/12/09/{slug}" for slug in ("of-quillfeather-a1", "another-one-a2", "a-copy-a3"))
LONG = tuple(f"{paragraph} {WORD} said so on day {n}." for n, paragraph in enumerate(TEXT * 3))


@pytest.fixture
def db():
    db = fresh_archive()
    alerts.follow(db, [Watch(name="all", targets=("desk",), events=("new", "changed"))], complete=True)
    keep(db, visit(OTHER, title="Another One", links=(Link("related", 0, URL, "the case"),), authors=("Ivo Brand",)))
    keep(
        db,
        visit(
            URL, f"{URL}?page=2", title=f"The Case of {WORD}", standfirst=WORD, byline=WORD,
            authors=(WORD, "Ivo Brand"), tags=(WORD,), paragraphs=LONG,
            links=(Link("related", 0, OTHER, WORD),),
            dropped=(Dropped(0, "newsletter", WORD),), provenance=(Provenance("title", "og:title", WORD, True),),
        ),
    )  # fmt: skip
    keep(db, visit(URL, minutes=90, title=f"The Case of {WORD}, Reopened", paragraphs=LONG))
    keep(db, visit(COPY, minutes=95, title="A Copy", paragraphs=tuple(line.replace(WORD, "Somebody") for line in LONG)))
    return db


def keep(db, one):
    return store(db, record(one), SITES.for_url(one.fetch.url), None)


def dump(db):
    """All rows of all tables, one after the other."""
    tables = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
    return [(name, *map(str, row)) for name in tables if not name.startswith(INDEXES)
            for row in db.execute(f"select * from {name}")]  # noqa: S608  # fmt: skip


def number(db, title):
    return db.execute("select id from articles where title like ?", (f"%{title}%",)).fetchone()[0]


def test_every_column_that_names_an_article_is_looked_after(db):
    assert set(columns_that_name_articles(db)) == forget.COVERED


def test_nothing_of_it_is_left_and_nothing_of_others_is_lost(db):
    id_ = number(db, WORD)
    assert sum(WORD in " ".join(row) for row in dump(db)) > 7
    gone = forget.erase(db, id_, "a court's order", utc_text(NOW))
    left = [row for row in dump(db) if WORD.lower() in " ".join(row).lower() and row[0] != "links"]
    assert left == []
    assert gone["revisions"] == 1
    assert (gone["alerts"], gone["tags"]) == (2, 1)
    assert db.execute("select count(*) from articles_fts where articles_fts match ?", (WORD,)).fetchone()[0] == 0
    assert [row[0] for row in db.execute("select title from articles order by id")] == ["Another One", "A Copy"]
    assert [row[0] for row in db.execute("select name from authors")] == ["Ivo Brand"]
    (link,) = db.execute("select target_id, anchor_text from links").fetchall()
    assert tuple(link) == (None, "the case")
    assert db.execute("select duplicate_of from articles where title = 'A Copy'").fetchone()[0] is None
    assert db.execute("pragma foreign_key_check").fetchall() == []


def test_no_crawl_brings_it_back_under_any_of_its_addresses(db):
    forget.erase(db, number(db, WORD), "a court's order", utc_text(NOW))
    for url in (URL, f"{URL}?utm_source=x", f"{MT}/2025/01/01/told-otherwise-a1", f"{MT}/all/1"):
        entry = Entry(Candidate(url, Source.FEED, f"{MT}/rss/news", WORD), "moscowtimes", SITES.address_key(url))
        assert ledger.note(db, [entry], NOW) == []
        assert keep(db, visit(url, title=WORD)).outcome is Outcome.BLOCKED
    settled = db.execute("select distinct outcome, reason, hinted_title from candidates where url like '%a1'")
    assert [tuple(row) for row in settled] == [("blocked", "forgotten", None)]
    assert db.execute("select count(*) from articles").fetchone()[0] == 2


def test_what_is_not_there_cannot_be_forgotten(db):
    with pytest.raises(ValueError, match="there is no article 99"):
        forget.erase(db, 99, "", utc_text(NOW))
    assert isinstance(db, sqlite3.Connection)
