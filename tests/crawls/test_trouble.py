"""What can be wrong with the place where the archive lies: a sentence, an exit status, and nothing harmed."""

import os
import re
import resource
import shlex
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.replies import Answer
from demo.server import Server
from pipelines.archive.database import open_archive
from tests.archive.dump import assert_same, assert_sound
from tests.big_paper import BigPaper, big_paper_server, settings_for
from tests.crawling import ROOT, Crawl, Running, command_line, crawl, path_of, profile_for
from tests.make import foreign_database, newer_archive, no_database

ARTICLES = 75
ROOM = 2_200_000
"""Bytes of a file: less than the log reaches before SQLite empties it, so that the crawl ends among its articles."""

AGAIN = "then run the same command again"
CLOSED = "cannot be written; check the rights of the file and its folder, or name another with -s DATABASE=…"


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """Settings for a crawl of a paper, and one whole crawl of it."""
    folder = tmp_path_factory.mktemp("paper")
    with big_paper_server(ARTICLES) as server:
        settings = settings_for(server, folder)
        whole = crawl("demo", folder / "whole.db", **settings)
        assert whole.one("select count(*) from articles") == ARTICLES, whole.said
        yield settings, whole


def errors(done):
    """What a crawl that has ended says is wrong, each sentence once."""
    assert "Traceback" not in done.said
    return sorted(set(re.findall(r"(?:ERROR|^Error): (.*)$", done.said, re.MULTILINE)))


def test_an_archive_that_cannot_grow_ends_the_crawl_with_one_sentence_and_the_next_one_completes_it(paper, tmp_path):
    settings, whole = paper
    database = tmp_path / "news.db"
    open_archive(database).close()
    with bounded_files(ROOM):
        full = crawl("demo", database, **settings, errors=AGAIN)
    assert full.status == 1, full.said
    assert errors(full) == [f"{database} cannot be read or written; check the disk and its free space, {AGAIN}"]
    assert 0 < full.one("select count(*) from articles") < ARTICLES
    assert_sound(full)
    done = crawl("demo", database, **settings)
    assert done.status == 0, done.said
    assert_same(done, whole)


@contextmanager
def bounded_files(size):
    """What is started here can write no file beyond this size, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


SMALL_DISK = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
"""Runs a script that may mount file systems, which nobody else sees and which end with it."""


def may_mount():
    try:
        return (
            subprocess.run([*SMALL_DISK, "mount -t tmpfs tmpfs /mnt"], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def on_small_disk(script, folder, settings):
    """What a script leaves in ``out``; in it ``$crawl`` crawls into ``small/news.db``, on a disk of three megabytes."""
    (folder / "small").mkdir()
    (folder / "out").mkdir()
    command = shlex.join(command_line("demo", folder / "small" / "news.db", None, settings))
    begin = f"mount -t tmpfs -o size=3m tmpfs {folder}/small; crawl={shlex.quote(command)}; cd {ROOT}\n"
    env = os.environ | {"small": f"{folder}/small", "out": f"{folder}/out"}
    subprocess.run([*SMALL_DISK, begin + script], check=True, timeout=200, env=env)


@pytest.mark.skipif(not may_mount(), reason="needs the right to mount a file system of one's own")
def test_a_full_disk_ends_the_crawl_with_one_sentence_and_with_room_the_next_one_completes_it(paper, tmp_path):
    settings, whole = paper
    script = """
        $crawl > $out/full.txt 2>&1; echo $? > $out/full.status; cp $small/news.db* $out
        mount -o remount,size=50m $small
        $crawl > $out/done.txt 2>&1; echo $? > $out/done.status; mkdir $out/done; cp $small/news.db* $out/done
        mount -o remount,ro $small
        $crawl > $out/closed.txt 2>&1; echo $? > $out/closed.status
    """
    on_small_disk(script, tmp_path, settings)
    out, small = tmp_path / "out", tmp_path / "small" / "news.db"
    full, done, closed = (
        Crawl(int((out / f"{name}.status").read_text()), (out / f"{name}.txt").read_text(), database)
        for name, database in (("full", out / "news.db"), ("done", out / "done" / "news.db"), ("closed", out))
    )
    assert (full.status, done.status, closed.status) == (1, 0, 1), full.said + done.said + closed.said
    assert errors(full) == [f"{small}: the disk is full; free some space, {AGAIN}: nothing stored is lost"]
    assert 0 < full.one("select count(*) from articles") < ARTICLES
    assert_sound(full)
    assert_same(done, whole)
    assert errors(closed) == [f"{small} {CLOSED}"]


@pytest.mark.parametrize("what", ["removed", "replaced"])
def test_an_archive_that_is_taken_away_under_a_crawl_ends_it_as_failed_and_harms_no_other_file(paper, tmp_path, what):
    settings, _ = paper
    database, other = tmp_path / "news.db", tmp_path / "other.db"
    with Running("demo", database, **settings) as running:
        running.until_stored(3)
        if what == "removed":
            database.unlink()
        else:
            open_archive(other).close()
            other.replace(database)
        running.process.wait(60)
        said = running.said()
    assert running.process.returncode == 1, said
    assert f"{database} was moved, removed or replaced while it was written to" in said
    assert "Traceback" not in said
    if what == "replaced":
        assert_sound(Crawl(0, "", database))
    else:
        assert not database.exists()


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(paper):
    settings, _ = paper
    done = crawl("demo", Path("/proc/news.db"), **settings, errors=CLOSED)  # closed to every user, root included
    assert (done.status, errors(done)) == (1, [f"/proc/news.db {CLOSED}"])


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (foreign_database, "is another program's database; name another file with -s DATABASE=…"),
        (no_database, "is not an SQLite database; name another file with -s DATABASE=…"),
        (newer_archive, "was written by a newer Vestnik (it has m999_later); upgrade this one before using it"),
    ],
)
def test_a_database_that_is_not_for_us_stays_as_it_is_with_nothing_beside_it(paper, tmp_path, make, told):
    settings, _ = paper
    path = tmp_path / "news.db"
    make(path)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    done = crawl("demo", path, **settings)
    assert (done.status, errors(done)) == (1, [f"{path} {told}"])
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_two_sites_are_crawled_into_one_archive_at_once(paper, tmp_path):
    settings, whole = paper
    with big_paper_server(ARTICLES // 2) as other:
        sites = profile_for(other.origin, tmp_path / "sites")
        profile = sites / "demo.toml"
        (sites / "other.toml").write_text(
            profile.read_text("utf-8").replace('name = "demo"', 'name = "other"'), "utf-8"
        )
        profile.write_text((settings["SITES_DIR"] / "demo.toml").read_text("utf-8"), "utf-8")
        both = settings | {"SITES_DIR": sites}
        with (
            Running("demo", tmp_path / "news.db", **both) as one,
            Running("other", tmp_path / "news.db", **both) as two,
        ):
            ended = [one.end(), two.end()]
    assert [done.status for done in ended] == [0, 0], ended[0].said + ended[1].said
    count = "select site, count(*) from articles group by site"
    assert ended[0].rows(count) == [("demo", ARTICLES), ("other", ARTICLES // 2)]
    assert ended[0].one("select count(*) from crawls where outcome = 'done'") == 2
    assert_sound(ended[0])
    keys = "select address_key, content_hash from articles where site = 'demo' order by 1"
    assert ended[0].rows(keys) == whole.rows(keys)


class Torn(BigPaper):
    """A paper without feeds and news sitemaps, one of whose section pages holds no markup."""

    def _set(self, path, now):
        if path.startswith(("rss/", "newsmap")):
            return Answer("", 404)
        return Answer("Sorry!") if path == "news/36" else super()._set(path, now)


def test_a_section_page_that_cannot_be_read_is_reported_and_costs_nothing_that_stood_before_it(tmp_path):
    with Server(Torn(ARTICLES)) as server:
        done = crawl("demo", tmp_path / "news.db", **settings_for(server, tmp_path) | {"RELATED_DEPTH": 0})
        listed = [one.path for one in server.paper.issue().listed("news")]
    assert done.status == 0, done.said
    assert f"{server.origin}/news/36: not HTML: no markup in it" in done.said
    stored = {path_of(url)[1:] for (url,) in done.rows("select url from articles")}
    assert set(listed[:36]) <= stored
    assert set(listed[36:]).isdisjoint(stored)
