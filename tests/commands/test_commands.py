"""What a person meets at the command line: sentences for what is wrong, and crawls that are stopped in any way."""

import os
import re
import resource
import signal
import sqlite3
import subprocess
import time
from contextlib import contextmanager

import pytest

from demo.server import PaperServer
from pipelines.archive.database import open_archive
from tests.crawling import ROOT, Crawl, crawl, profile_for
from tests.crawls.test_crawl_demo import expected
from tests.hostile import hostile_server
from tests.starter import SCRAPY, run

BROKEN = 'name = "broken"\ntitle = "Broken"\nhome = "https://www.example.com/"\nhosts = 7\n'
SOUND = 'name = "sound"\ntitle = "Sound"\nhome = "https://www.example.com/"\nhosts = ["www.example.com"]\n'
URL = "https://www.example.com/a"
TINY = 60_000  # bytes; the first transactions of a crawl fit into a log of this size, and its articles do not


@pytest.fixture(scope="module")
def profiles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "broken.toml").write_text(BROKEN, "utf-8")
    (folder / "sound.toml").write_text(SOUND, "utf-8")
    return folder


def test_list_names_every_sound_site_and_warns_of_a_broken_one(profiles):
    command = [*SCRAPY, "list", "--all", "-s", f"SITES_DIR={profiles}"]
    done = run(command)
    assert done.returncode == 0
    assert {"moscowtimes", "sound", "urls", "warc"} <= set(done.stdout.split())
    assert "broken" not in done.stdout.split()
    assert "broken.toml: hosts: Expected `array`, got `int`" in done.stderr


@pytest.mark.parametrize(
    ("name", "args", "settings", "told"),
    [
        ("broken", {}, {}, "broken.toml: hosts: Expected `array`, got `int`"),
        ("absent", {}, {}, "no site is called 'absent'. There are: "),
        (
            "sound",
            {"sinec": "2024-12-01"},
            {},
            "the spider sound takes no argument sinec; those it takes: since, until",
        ),
        ("urls", {}, {}, "urls needs addresses: "),
        ("urls", {"urls": "example.com/a"}, {}, "'example.com/a' is no address"),
        ("urls", {"file": "absent.txt"}, {}, "absent.txt: No such file or directory"),
        ("sound", {}, {"SITES_DIR": "absent"}, "SITES_DIR=absent: no such folder"),
        ("urls", {"urls": URL}, {"DATABASE": "absent/news.db"}, "there is no folder absent"),
        ("urls", {"urls": URL}, {"ARCHIVE_DIR": "LICENSE"}, "ARCHIVE_DIR=LICENSE: File exists"),
    ],
)
def test_what_is_asked_for_wrongly_is_told_in_one_sentence(tmp_path, profiles, name, args, settings, told):
    done = crawl(name, tmp_path / "news.db", args, **{"SITES_DIR": profiles, **settings})
    assert_one_sentence(done, told)


def assert_one_sentence(done, told):
    assert done.status == 1, done.said
    assert "Traceback" not in done.said
    errors = re.findall(r"^Error: (.*)$", done.said, re.MULTILINE)
    assert len(errors) == 1
    assert told in errors[0]


def test_commas_within_addresses_do_not_part_them_and_an_archive_that_cannot_grow_ends_the_crawl(tmp_path):
    open_archive(tmp_path / "news.db").close()
    with hostile_server() as server:
        given = {"urls": f"{server.url}/good/1?a=1,2,{server.url}/good/2?b=3,https,{server.url}/good/3"}
        with bounded_files(TINY):
            full = crawl("urls", tmp_path / "news.db", given, errors="cannot be read or written")
        assert full.status == 1
        assert "Traceback" not in full.said
        assert full.said.count("check the disk and its free space") >= 1
        done = crawl("urls", tmp_path / "news.db", given)
    assert done.status == 0, done.said
    stored = [f"{server.url}/good/1?a=1,2", f"{server.url}/good/2?b=3,https", f"{server.url}/good/3"]
    assert done.rows("select url from articles order by url") == [(url,) for url in stored]
    assert done.rows("pragma integrity_check") == [("ok",)]


@contextmanager
def bounded_files(size: int):
    """What is started here can write no file beyond this size, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def interrupted(database, sites, signals, more):
    """A crawl of the demo paper that gets these signals once it has stored so many articles. Its status and words."""
    wanted = stored(database) + more  # an earlier one may have stored more than it was asked for
    slots = '{"127.0.0.1": {"delay": 0.4, "concurrency": 1}}'
    command = [*SCRAPY, "crawl", "demo", "-s", f"DATABASE={database}", "-s", f"SITES_DIR={sites}"]
    command += ["-s", "ALLOW_PRIVATE_HOSTS=127.0.0.1", "-s", f"DOWNLOAD_SLOTS={slots}"]
    said = database.with_suffix(".txt")
    with said.open("w") as file:
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file, start_new_session=True)
    end = time.monotonic() + 200
    while stored(database) < wanted and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    for number in signals:
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        time.sleep(0.1)
    try:
        process.wait(timeout=100)
    finally:
        process.kill()
    return Crawl(process.returncode, said.read_text("utf-8"), database)


def stored(database) -> int:
    try:
        return int(Crawl(0, "", database).one("select count(*) from articles"))
    except sqlite3.OperationalError:  # not laid out yet
        return 0


BREAKS = (
    ([signal.SIGTERM], 0),
    ([signal.SIGKILL], -signal.SIGKILL),
    ([signal.SIGINT, signal.SIGINT], 1),
)
"""Signals that end a crawl, each with its exit status then: asked to stop, killed, Ctrl-C twice."""


def test_however_crawls_are_broken_off_the_next_one_completes_the_archive(tmp_path):
    database = tmp_path / "news.db"
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, tmp_path / "sites")
        told = sorted(expected(server.paper))
        for signals, status in BREAKS:
            broken = interrupted(database, sites, signals, more=2)
            assert (broken.status, "Traceback" in broken.said) == (status, False), broken.said
            assert 0 < stored(database) < len(told)
            assert broken.rows("pragma integrity_check") == [("ok",)]
        done = crawl("demo", database, SITES_DIR=sites)
    assert done.status == 0, done.said
    assert sorted(key for (key,) in done.rows("select address_key from articles")) == told
    assert done.one("select count(*) from events where kind = 'new'") == len(told)
    # Each was asked for; what is no article yet is asked again, for no first answer is final.
    assert done.rows("select url from candidates where outcome = 'waiting' and reason is null") == []
    assert done.rows("pragma integrity_check") + done.rows("pragma foreign_key_check") == [("ok",)]
    rows = done.rows("select outcome, reason, finished_at is not null from crawls order by id")
    assert (rows[0], rows[-1]) == (("stopped", "shutdown", 1), ("done", "finished", 1))
