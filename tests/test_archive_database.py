"""Opening the archive: what is wrong with a file is one sentence, and nothing is harmed."""

import asyncio
import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from pipelines.archive import database
from pipelines.archive.database import ArchiveError, open_archive
from pipelines.archive.writer import Archive


def test_a_new_archive_is_laid_out_and_opens_again(tmp_path):
    for _ in range(2):
        with closing(open_archive(tmp_path / "news.db")) as db:
            assert db.execute("pragma journal_mode").fetchone()[0] == "wal"
            assert db.execute("select count(*) from articles").fetchone()[0] == 0
    assert not list(tmp_path.glob("*.before-*"))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_bytes(b"no database, whatever it is called" * 40), "not an SQLite database"),
        (
            lambda path: sqlite3.connect(path).execute("create table recipes(name)").close(),
            "another program's database",
        ),
    ],
)
def test_what_is_no_archive_is_refused_and_left_as_it_is(tmp_path, make, told):
    path = tmp_path / "news.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(ArchiveError, match=told):
        open_archive(path)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ArchiveError, match="no folder"):
        open_archive(tmp_path / "absent" / "news.db")


def test_the_archive_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "news.db"
    open_archive(path).close()
    with closing(sqlite3.connect(path)) as db:
        later = {"migration_set": "vestnik", "name": "m999_later", "applied_at": ""}
        Database(db).table("_sqlite_migrations").insert(later)
    with pytest.raises(ArchiveError, match="newer Vestnik"):
        open_archive(path)


def test_an_older_archive_is_backed_up_before_it_is_migrated(tmp_path):
    path = tmp_path / "news.db"
    open_archive(path).close()
    with closing(sqlite3.connect(path)) as db:
        for trigger in ("ai", "ad", "au"):
            db.execute(f"drop trigger articles_{trigger}")
        db.execute("drop table articles_fts")
        db.execute("delete from _sqlite_migrations where name = 'm002_full_text'")
        db.commit()
    open_archive(path).close()
    (backup,) = tmp_path.glob("news.db.before-*")
    with closing(sqlite3.connect(backup)) as db:
        assert db.execute("select count(*) from sqlite_master where name = 'articles_fts'").fetchone()[0] == 0
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from sqlite_master where name = 'articles_fts'").fetchone()[0] == 1


async def test_a_transaction_that_fails_leaves_nothing(tmp_path):
    archive = Archive(tmp_path / "news.db")

    def half(db):
        db.execute("insert into tags(name) values ('half')")
        raise ValueError("and then it broke")

    with pytest.raises(ValueError, match="broke"):
        await archive.write(half)
    assert archive.read(lambda db: db.execute("select count(*) from tags").fetchone()[0]) == 0
    archive.close()


async def test_writers_queue_up_and_none_is_lost(tmp_path):
    archive = Archive(tmp_path / "news.db")
    names = [f"tag {n}" for n in range(200)]
    await asyncio.gather(*(archive.write(_tag(name)) for name in names))
    assert archive.read(lambda db: db.execute("select count(*) from tags").fetchone()[0]) == len(names)
    archive.close()


async def test_a_lock_held_by_somebody_else_is_waited_for_without_stopping_the_loop(tmp_path):
    archive = Archive(tmp_path / "news.db")
    other = sqlite3.connect(tmp_path / "news.db", isolation_level=None)
    other.execute("begin immediate")
    writing = asyncio.ensure_future(archive.write(_tag("patient")))
    await asyncio.sleep(0.2)
    assert not writing.done()
    other.execute("rollback")
    await writing
    other.close()
    archive.close()


async def test_a_lock_held_too_long_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.1)
    archive = Archive(tmp_path / "news.db")
    other = sqlite3.connect(tmp_path / "news.db", isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(ArchiveError, match="held by another program"):
        await archive.write(_tag("late"))
    other.close()
    await archive.write(_tag("in time"))
    archive.close()


def _tag(name):
    return lambda db: db.execute("insert into tags(name) values (?)", (name,))
