"""Opening the archive: what is wrong with a file is one sentence, and nothing is harmed."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event, Timer
from time import sleep

import pytest
from sqlite_utils import Database

from pipelines.archive import database, writer
from pipelines.archive.database import ArchiveError, _connect, open_archive, transaction
from pipelines.archive.schema import migrations
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


def test_a_new_file_that_another_process_is_just_laying_out_is_waited_for(tmp_path):
    other = sqlite3.connect(tmp_path / "news.db", isolation_level=None, check_same_thread=False)
    other.execute("begin immediate")
    done = Timer(0.3, other.rollback)
    done.start()
    with closing(open_archive(tmp_path / "news.db")) as db:
        assert not other.in_transaction
        assert db.execute("pragma journal_mode").fetchone()[0] == "wal"
    other.close()


def test_an_older_archive_that_another_process_brings_up_to_date_is_not_backed_up_again(tmp_path):
    path = tmp_path / "news.db"
    open_archive(path).close()
    with closing(_connect(path)) as other, ThreadPoolExecutor(1) as second:
        other.execute("delete from _sqlite_migrations where name = 'm013_forgotten'")
        other.execute("drop table forgotten")
        other.execute("begin immediate")
        opened = second.submit(open_archive, path)
        sleep(0.2)
        migrations.apply(Database(other))
        other.execute("commit")
        opened.result().close()
    assert not list(tmp_path.glob("*.before-*"))


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


@pytest.fixture
def archive(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "_LONGEST", 60.0)  # so that on a busy machine, too, all that waits is taken along
    made = Archive(tmp_path / "news.db")
    yield made
    made.close()


async def _together(archive, *works):
    """What comes of works that wait at a time, and so are written in one transaction."""
    go = Event()
    writing = [asyncio.ensure_future(archive.write(work)) for work in (lambda _: go.wait(60), *works)]
    await asyncio.sleep(0)  # each is in the queue now
    go.set()
    _, *outcomes = await asyncio.gather(*writing, return_exceptions=True)
    return outcomes


def _committed(archive):
    with closing(sqlite3.connect(archive.path)) as other:
        return {name for (name,) in other.execute("select name from tags")}


async def test_of_works_that_are_written_together_one_that_fails_takes_no_other_along(archive):
    seen = []

    def fail(db):
        _tag("lost")(db)
        db.words["en"].add("lost")
        raise ValueError("one bad article")

    first, bad, broken, _ = await _together(
        archive, _tag("one"), fail, _tag("one"), lambda db: seen.append((_committed(archive), dict(db.words)))
    )
    assert (type(first), type(bad), type(broken)) == (sqlite3.Cursor, ValueError, sqlite3.IntegrityError)
    assert seen == [(set(), {})]  # not yet committed; and no word is taken for kept that was undone
    assert _committed(archive) == {"one"}


async def test_where_the_archive_is_at_fault_nothing_of_a_transaction_counts_as_written(archive):
    *failed, third = await _together(archive, _tag("one"), lambda db: db.execute("select * from nowhere"), _tag("two"))
    assert [type(answer) for answer in (*failed, third)] == [ArchiveError, ArchiveError, sqlite3.Cursor]
    assert _committed(archive) == {"two"}


async def test_a_work_that_nobody_waits_for_any_more_is_not_done(archive):
    go = Event()
    busy = asyncio.ensure_future(archive.write(lambda _: go.wait(60)))
    given_up = asyncio.ensure_future(archive.write(_tag("given up")))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.sleep(0)
    go.set()
    await busy
    archive.close()
    assert _committed(archive) == set()
    with pytest.raises(RuntimeError, match="closed"):
        await archive.write(_tag("late"))


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


def test_links_of_an_older_archive_are_all_there_in_the_lighter_one():
    db = Database(_connect(Path(":memory:")))
    migrations.apply(db, stop_before="m015_lighter")
    db.execute("insert into sites(name) values ('mill')")
    for number, text in ((1, "Snow fell.\n\nIt melted."), (2, "It rained.")):
        row = (number, "mill", f"https://mill.example/{number}", f"mill.example/{number}", "news", f"No {number}", text)
        db.execute(
            "insert into articles(id, site, url, address_key, kind, title, text) values (?, ?, ?, ?, ?, ?, ?)", row
        )
    links = [(1, "related", 1, "https://mill.example/2", "mill.example/2", 2),
             (1, "inline", 0, "https://www.bureau.example/report", "bureau.example/report", None)]  # fmt: skip
    for link in links:
        db.execute("insert into links(article_id, kind, position, href, address_key, target_id, nth)"
                   " values (?, ?, ?, ?, ?, ?, 0)", link)  # fmt: skip
    db.execute("insert into _terms(period, term, article_id) values (7, 9, 1), (7, 8, 2)")
    asked = ["select id, article_id, kind, position, href, host, address_key, nth, target_id from links order by id",
             "select * from related_articles", "select * from linked_articles", "select * from wanted_articles",
             "select host, links, articles, sites from cited_sources",
             "select term, period, article_id from _terms"]  # fmt: skip
    before = [[tuple(row) for row in db.execute(sql)] for sql in asked]
    assert all(before[:3])
    db.execute("pragma foreign_keys = off")  # as when an archive is opened
    migrations.apply(db)
    assert [[tuple(row) for row in db.execute(sql)] for sql in asked] == before
    db.execute("delete from links where kind = 'inline'")
    assert not list(db.execute("select * from cited_sources"))


@pytest.mark.parametrize(
    "asked",
    [
        "explain query plan select id from links where article_id = 1",
        "explain query plan select id from links where target_id = 1",
        "explain query plan select id from links where address_key = 'mill.example/1'",
    ],
)
def test_links_are_found_from_both_ends_and_by_key(asked):
    with closing(open_archive(Path(":memory:"))) as db:
        (plan,) = db.execute(asked).fetchall()
        assert "USING" in plan["detail"]


@pytest.mark.parametrize("trouble", ["removed", "moved", "replaced"])
def test_nothing_is_written_to_a_file_that_is_no_longer_in_its_place(tmp_path, trouble):
    path, other = tmp_path / "news.db", tmp_path / "other.db"
    open_archive(other).close()
    with closing(open_archive(path)) as db:
        with transaction(db):
            db.execute("insert into tags(name) values ('Fish')")
        if trouble == "removed":
            path.unlink()
        elif trouble == "moved":
            path.rename(tmp_path / "elsewhere.db")
        else:
            other.rename(path)
        with pytest.raises(ArchiveError, match="was moved, removed or replaced"), transaction(db):
            db.execute("insert into tags(name) values ('Boats')")
        assert [name for (name,) in db.execute("select name from tags")] == ["Fish"]
