"""Housekeeping while a crawl stores: nothing is lost, and nobody finds the archive locked."""

import threading
from contextlib import closing
from datetime import timedelta

import pytest

from crawler.housekeeping import Job
from crawler.housekeeping.backup import backup
from crawler.housekeeping.compact import compact
from crawler.housekeeping.forget import Order, forget
from crawler.housekeeping.prune import Retention, prune
from crawler.housekeeping.verify import verify
from pipelines.archive.database import ArchiveError, open_archive, transaction
from pipelines.archive.lease import Lease
from pipelines.archive.reading import open_for_reading
from tests.crawls.test_trouble import bounded_files
from tests.make import MT, NOW, SITES, keep, visit

ROUNDS = 2


class Writer(threading.Thread):
    """Stores one article after the other, each in a transaction of its own, as a crawl does; edits every third."""

    def __init__(self, path):
        super().__init__()
        self.path, self.stored, self.error, self.is_over = path, 0, None, threading.Event()

    def run(self):
        try:
            with closing(open_archive(self.path)) as db:
                while not self.is_over.wait(0.005):
                    self.stored += 1
                    lines = tuple(
                        f"Line {m} of article {self.stored} tells of {m + self.stored} boats." for m in range(9)
                    )
                    with transaction(db):
                        keep(db, visit(url(self.stored), title=f"Boats {self.stored}", paragraphs=lines))
                    if self.stored % 3 == 0:
                        with transaction(db):
                            keep(db, visit(url(self.stored), minutes=60, title=f"Boats, again {self.stored}"))
        except Exception as error:  # whatever it is, the test tells it
            self.error = error

    def end(self):
        self.is_over.set()
        self.join()


def url(n):
    return f"{MT}/2024/12/09/boats-a{n}"


@pytest.fixture
def writer(tmp_path):
    path = tmp_path / "news.db"
    open_archive(path).close()
    writer = Writer(path)
    writer.start()
    yield writer
    writer.end()


@pytest.mark.parametrize("has_lease", [True, False])
def test_nothing_is_lost_and_nothing_is_locked_while_a_crawl_stores(writer, tmp_path, has_lease, monkeypatch):
    monkeypatch.setattr("crawler.housekeeping.prune.ROWS", 5)
    lease = Lease(writer.path, "moscowtimes", "crawl", NOW)
    if not has_lease:  # as crawls of addresses have none
        lease.release()
    folder = tmp_path / "backups"
    folder.mkdir()
    said: list[str] = []
    for n in range(ROUNDS):
        job = Job(writer.path, None, NOW + timedelta(days=n + 100), said.append)
        while writer.stored < 10 * (n + 1) and writer.error is None:
            writer.join(0.01)
        with closing(open_for_reading(writer.path)) as db:
            backup(job, db, folder, None)
        with closing(open_for_reading(writer.path)) as db:
            assert verify(job, db, thorough=True), said
        forget(job, SITES, Order(url(n + 1), "", None, dry_run=False))
        prune(job, Retention({"revisions": timedelta(days=1)}), dry_run=False)
        compact(job)
    writer.end()
    if has_lease:
        lease.release()
    assert writer.error is None
    with closing(open_for_reading(writer.path)) as db:
        assert verify(job, db, thorough=True), said
        assert db.execute("select count(*) from articles").fetchone()[0] == writer.stored - ROUNDS
    assert bool([line for line in said if "free pages stay in the file" in line]) is has_lease
    assert len(list(folder.iterdir())) == ROUNDS, "each is one file"
    for copy in folder.iterdir():
        with closing(open_for_reading(copy)) as db:
            assert verify(Job(copy, None, NOW, said.append), db, thorough=True), said


def test_a_backup_that_finds_no_room_says_so_and_leaves_nothing(writer, tmp_path):
    while writer.stored < 10 and writer.error is None:
        writer.join(0.01)
    writer.end()
    with closing(open_for_reading(writer.path)) as db:
        size = db.execute("pragma page_count").fetchone()[0] * 4096
        with bounded_files(size // 2), pytest.raises(ArchiveError, match=r"copy\.db cannot be read or written; check"):
            backup(Job(writer.path, None, NOW, print), db, tmp_path / "copy.db", None)
    assert sorted(one.name for one in tmp_path.iterdir() if "copy" in one.name) == []
