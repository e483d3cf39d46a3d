"""A backup takes the archive's place: nothing is mixed, nobody who has it open is lost, what was forgotten stays so."""

import sqlite3
from contextlib import closing

import pytest

from crawler.errors import SetupError
from crawler.housekeeping import Job
from crawler.housekeeping.backup import backup, restore
from crawler.housekeeping.forget import Order, forget
from pipelines.archive.database import ArchiveError, open_archive, open_reader, transaction
from pipelines.archive.lease import Lease
from pipelines.archive.reading import open_for_reading
from tests.make import MT, NOW, SITES, keep, visit


def url(n):
    return f"{MT}/2024/12/09/boats-a{n}"


def store(path, *numbers):
    with closing(open_archive(path)) as db:
        for n in numbers:
            lines = tuple(f"Line {m} of article {n} counts {m + n} boats." for m in range(9))
            with transaction(db):
                keep(db, visit(url(n), title=f"Boats {n}", paragraphs=lines))


def titles(db):
    return sorted(title for (title,) in db.execute("select title from articles"))


@pytest.fixture
def job(tmp_path):
    said: list[str] = []
    job = Job(tmp_path / "news.db", None, NOW, said.append)
    store(job.database, 1, 2)
    with closing(open_for_reading(job.database)) as db:
        backup(job, db, tmp_path / "copy.db", None)
    store(job.database, 3)
    said.clear()
    return job


def read(path):
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        db.execute("insert into articles_fts(articles_fts, rank) values ('integrity-check', 1)")
        return titles(db)


def test_the_archive_is_as_in_the_backup_and_what_it_was_is_kept(job, tmp_path):
    restore(job, tmp_path / "copy.db")
    assert read(job.database) == ["Boats 1", "Boats 2"]
    (kept,) = tmp_path.glob("news.db.before-restore-*")
    assert read(kept) == ["Boats 1", "Boats 2", "Boats 3"]
    store(job.database, 4)  # and a crawl goes on with it
    assert read(job.database) == ["Boats 1", "Boats 2", "Boats 4"]
    assert [path.name for path in tmp_path.iterdir() if "restoring" in path.name] == []


def test_whoever_has_the_archive_open_reads_on(job, tmp_path):
    with closing(open_reader(job.database)) as reader, closing(open_archive(job.database)) as idle:
        assert len(titles(reader)) == 3
        restore(job, tmp_path / "copy.db")
        assert titles(reader) == titles(idle) == ["Boats 1", "Boats 2"]
        with transaction(idle):
            keep(idle, visit(url(5), title="Boats 5", paragraphs=("One line of five boats in the bay.",) * 3))
    assert read(job.database) == ["Boats 1", "Boats 2", "Boats 5"]


def test_while_a_crawl_runs_nothing_is_replaced(job, tmp_path):
    lease = Lease(job.database, "moscowtimes", "crawl", NOW)
    with pytest.raises(SetupError, match=r"running is moscowtimes\.crawl"):
        restore(job, tmp_path / "copy.db")
    lease.release()
    assert read(job.database) == ["Boats 1", "Boats 2", "Boats 3"]


def test_what_was_forgotten_after_the_backup_stays_forgotten(job, tmp_path):
    forget(job, SITES, Order(url(2), "asked by a court", None, dry_run=False))
    restore(job, tmp_path / "copy.db")
    assert read(job.database) == ["Boats 1"]
    store(job.database, 2)
    assert read(job.database) == ["Boats 1"]
    assert b"Line 5 of article 2" not in job.database.read_bytes()


@pytest.mark.parametrize("damage", ["not a database", "torn", "gone"])
def test_an_archive_that_cannot_be_read_is_put_aside(job, tmp_path, damage):
    if damage == "gone":
        job.database.unlink()
    else:
        content = job.database.read_bytes()
        for name in ("news.db-wal", "news.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        half = len(content) // 2
        job.database.write_bytes(b"no archive" * 999 if damage == "not a database" else content[:4096] + content[half:])
    restore(job, tmp_path / "copy.db")
    assert read(job.database) == ["Boats 1", "Boats 2"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "there is no backup"),
        (b"words", "not an SQLite database"),
        (b"", "another program's database"),
    ],
)
def test_what_is_no_backup_is_refused_and_the_archive_stays(job, tmp_path, content, reason):
    wrong = tmp_path / "wrong.db"
    if content is not None:
        wrong.write_bytes(content)
    with pytest.raises((SetupError, ArchiveError), match=reason):
        restore(job, wrong)
    assert read(job.database) == ["Boats 1", "Boats 2", "Boats 3"]
