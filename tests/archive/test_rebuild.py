"""Columns put into the middle of a table: what stood on it stands, and the work grows with its rows alone."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from pipelines.archive import database
from pipelines.archive.database import ArchiveError, open_archive
from pipelines.archive.fields import FIELDS
from pipelines.archive.schema import migrations
from pipelines.archive.schema.rebuild import add_columns

STANDING = "select type, name, tbl_name, sql from sqlite_master where type <> 'table' order by type, name"


def filled(path, articles):
    """An archive of so many articles, every one with two links to its neighbours."""
    db = open_archive(path)
    db.execute("insert into sites(name) values ('herald')")
    db.execute(
        "insert into articles(id, site, url, address_key, kind, title, month, text) with recursive n(i) as"
        " (select 1 union all select i + 1 from n where i < ?) select i, 'herald', 'https://herald.example/' || i, "
        " 'herald:' || i, 'news', 'Ferry ' || i, '2024-12', 'The ferry line, number ' || i from n",
        [articles],
    )
    db.execute(
        "insert into links(article_id, kind, position, href, address_key, nth, target_id) select id, 'related', 0, url,"
        " address_key, k, 1 + id % ? from articles, (select 0 as k union all select 1)",
        [articles],
    )
    db.execute("update articles set duplicate_of = 1 where id = 3")
    db.execute("analyze")
    return db


def add_length(db):
    db.execute("pragma foreign_keys = off")
    add_columns(Database(db), "articles", {"length": "integer"}, before="month", filled={"length": "length(text)"})
    db.execute("pragma foreign_keys = on")


@pytest.fixture
def archive(tmp_path):
    with closing(filled(tmp_path / "news.db", 20)) as db:
        yield db


def test_the_columns_stand_before_the_one_named_and_hold_what_they_are_filled_with(archive):
    add_length(archive)
    names = [name for (name,) in archive.execute("select name from pragma_table_info('articles')")]
    assert names == [field.name for field in FIELDS[:-2]] + ["length", "month", "text"]
    assert archive.execute("select sum(length <> length(text)), count(*) from articles").fetchone()[:] == (0, 20)


def test_rows_indexes_triggers_views_and_statistics_are_kept(archive):
    kept = "select id, site, url, title, duplicate_of, status, month, text from articles order by id"
    statistics = "select * from sqlite_stat1 order by tbl, idx"
    before = [list(map(tuple, archive.execute(sql))) for sql in (STANDING, kept, statistics)]
    add_length(archive)
    assert [list(map(tuple, archive.execute(sql))) for sql in (STANDING, kept, statistics)] == before
    assert archive.execute("pragma foreign_key_check").fetchall() == []
    assert archive.execute("pragma integrity_check").fetchone()[0] == "ok"
    for (view,) in archive.execute("select name from sqlite_master where type = 'view'").fetchall():
        archive.execute(f"select count(*) from {view}")  # noqa: S608 - a name of the schema


def test_constraints_and_references_are_those_of_before(archive):
    add_length(archive)
    assert {row["table"] for row in archive.execute("pragma foreign_key_list(articles)")} == {
        "sites", "articles", "stories",
    }  # fmt: skip
    assert {row["table"] for row in archive.execute("pragma foreign_key_list(links)")} == {"articles"}
    insert = "insert into articles(site, url, address_key, kind, title, text) values (?, 'u', ?, 'news', 't', 'x')"
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        archive.execute(insert, ("herald", "herald:1"))
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        archive.execute(insert, ("nobody", "herald:99"))
    assert archive.execute(insert + " returning status", ("herald", "herald:99")).fetchone()[0] == "live"


def test_full_text_finds_what_was_there_and_what_comes(archive):
    add_length(archive)
    archive.execute("insert into articles_fts(articles_fts, rank) values ('integrity-check', 1)")
    archive.execute("update articles set text = 'A glacier.' where id = 7")
    archive.execute("delete from links where 9 in (article_id, target_id)")
    archive.execute("delete from articles where id = 9")
    found = "select rowid from articles_fts where articles_fts match ? order by rowid"
    assert [row[0] for row in archive.execute(found, ["glacier"])] == [7]
    assert [row[0] for row in archive.execute(found, ["line"])] == [n for n in range(1, 21) if n not in (7, 9)]
    archive.execute("insert into articles_fts(articles_fts, rank) values ('integrity-check', 1)")


def test_generated_columns_and_tables_without_rowid_are_rebuilt_too(archive):
    archive.execute("pragma foreign_keys = off")
    hosts = archive.execute("select id, host from links order by id").fetchall()
    add_columns(Database(archive), "links", {"rel": "text default 'none'"}, before="first_seen_at")
    add_columns(Database(archive), "article_urls", {"status": "integer"}, before="kind")
    assert archive.execute("select id, host from links order by id").fetchall() == hosts
    assert {row[0] for row in archive.execute("select rel from links")} == {"none"}
    sql = archive.execute("select sql from sqlite_master where name = 'article_urls'").fetchone()[0]
    assert sql.endswith("without rowid")


def test_a_wrong_name_is_told_before_anything_is_done(archive):
    archive.execute("pragma foreign_keys = off")
    db = Database(archive)
    for table, columns, before, told in (
        ("articles", {"length": "integer"}, "txt", "articles has no column txt; it has: id, site"),
        ("articles", {"title": "text"}, "text", "articles already has title"),
        ("article", {"length": "integer"}, "text", "it has: nothing, for it is not there"),
    ):
        with pytest.raises(ValueError, match=told):
            add_columns(db, table, columns, before=before)


def test_it_is_refused_while_foreign_keys_are_on(archive):
    with pytest.raises(RuntimeError, match="foreign keys are on"):
        add_columns(Database(archive), "articles", {"length": "integer"}, before="text")


def test_twice_the_rows_are_twice_the_work(tmp_path):
    def steps(articles):
        """Thousands of steps of SQLite's machine, which no busy computer makes more."""
        taken = 0

        def count():
            nonlocal taken
            taken += 1

        with closing(filled(tmp_path / f"{articles}.db", articles)) as db:
            db.set_progress_handler(count, 1000)
            add_length(db)
            assert db.execute("pragma foreign_key_check").fetchall() == []
            db.set_progress_handler(None, 0)
        return taken

    small, large = steps(1_000), steps(2_000)
    assert small > 20
    assert large < 2.5 * small


def test_a_migration_that_leaves_rows_without_what_they_name_is_undone(tmp_path, monkeypatch):
    path = tmp_path / "news.db"
    filled(path, 3).close()
    later = type(migrations)(migrations.name)
    later._migrations = list(migrations._migrations)
    later(name="m999_careless")(lambda db: db.execute("delete from articles where id = 2"))
    monkeypatch.setattr(database, "migrations", later)
    with pytest.raises(ArchiveError, match=r"m999_careless would make .* not there \(1 of article_facts, 4 of links\)"):
        open_archive(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from articles").fetchone()[0] == 3


def test_what_was_broken_before_a_migration_does_not_stop_it(tmp_path, monkeypatch):
    path = tmp_path / "news.db"
    filled(path, 3).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("delete from articles where id = 2")
        db.commit()
    later = type(migrations)(migrations.name)
    later._migrations = list(migrations._migrations)
    later(name="m999_harmless")(lambda db: db.execute("create table harmless(n)"))
    monkeypatch.setattr(database, "migrations", later)
    with closing(open_archive(path)) as db:
        assert db.execute("select count(*) from harmless").fetchone()[0] == 0
        assert db.execute("pragma foreign_keys").fetchone()[0] == 1
