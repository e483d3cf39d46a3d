"""``scrapy archive`` as a person calls it: what it prints, its exit status, and what it refuses."""

import shutil
from argparse import ArgumentParser
from collections import namedtuple
from contextlib import closing

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands.archive import Command
from pipelines.archive.database import open_archive, transaction
from tests.make import MT, foreign_database, keep, older_archive, visit
from tests.starter import SCRAPY, run

URL = f"{MT}/2024/12/09/piece-a1"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db, transaction(db):
        keep(db, visit(URL))
        keep(db, visit(URL, minutes=90, title="Another Title"))
        keep(db, visit(f"{MT}/2024/12/09/piece-a2", title="The Second"))
    return path


@pytest.fixture
def archive(database, capsys):
    """Calls the command in this process; gives its exit status, and what it printed and complained of."""

    def call(*arguments, **settings):
        command = Command()
        known = {"DATABASE": str(database), "SITES_DIR": "", "ARCHIVE_DIR": ""} | settings
        command.settings = Settings(known)
        parser = ArgumentParser(prog="scrapy")
        command.add_options(parser)
        options, args = parser.parse_known_args(arguments)
        command.run(args, options)
        return command.exitcode, *capsys.readouterr()

    return call


def test_a_backup_is_told_and_only_the_newest_are_kept(archive, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"news-2023-01-0{day}T000000Z.db").touch()
    status, said, complaint = archive("backup", str(folder), "--keep", "2")
    assert (status, complaint) == (0, "")
    first, *removed = said.splitlines()
    assert first.endswith("bytes, checked")
    assert len(removed) == 2
    assert len(list(folder.iterdir())) == 2
    assert archive("verify", DATABASE=str(max(folder.iterdir())))[:2] == (
        0, f"{max(folder.iterdir())} is sound: 2 articles\n",
    )  # fmt: skip


def test_a_backup_never_replaces_anything_least_of_all_the_archive(archive, database, tmp_path):
    before = database.read_bytes()
    assert "is there already; name another file" in archive("backup", str(database))[2]
    status, _, complaint = archive("backup", str(tmp_path / "copy.db"), "--keep", "2")
    assert status == 1
    assert "--keep counts the backups in a folder" in complaint
    assert not (tmp_path / "copy.db").exists()
    assert database.read_bytes() == before


def test_an_archive_that_is_not_sound_is_status_1(archive, database):
    assert archive("verify", "--all")[0] == 0
    with closing(open_archive(database)) as db:
        db.execute("delete from article_urls")
    status, said, _ = archive("verify")
    assert status == 1
    assert said.startswith("2 articles have no address; crawls go on, but please report this")


def test_compact_tells_the_size_before_and_after(archive, database):
    with closing(open_archive(database)) as db:
        db.execute("create table filler(x)")
        db.execute("insert into filler values (zeroblob(500000))")
        db.execute("drop table filler")
    status, said, _ = archive("compact")
    before, after = (int(line.split()[1].replace(",", "")) for line in said.splitlines())
    assert status == 0
    assert after == database.stat().st_size < before - 400_000


def test_compact_without_room_does_what_needs_none_and_says_so(archive, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100, 100, 0))
    status, said, complaint = archive("compact")
    assert (status, complaint) == (0, "")
    assert "free pages stay in the file: writing the archive anew takes" in said


def test_prune_takes_what_is_named_and_nothing_else(archive, database):
    assert (
        archive("prune")[2] == "Error: say what to prune, such as --crawls-older-than 2y; see: scrapy archive --help\n"
    )
    assert "says what stays of those" in archive("prune", "--alerts-older-than", "1d", "--keep-revisions", "2")[2]
    assert "with -s ARCHIVE_DIR" in archive("prune", "--warc-older-than", "1d")[2]
    _, said, _ = archive("prune", "--revisions-older-than", "1 d", "--dry-run")
    assert said.endswith(": 1 to go\nnothing was changed\n")
    _, said, _ = archive("prune", "--revisions-older-than", "1d")
    assert said.endswith(": 1 gone\n")
    with closing(open_archive(database)) as db:
        assert db.execute("select count(*) from revisions").fetchone()[0] == 0
        assert db.execute("select count(*) from candidates").fetchone()[0] == 2


def test_forget_takes_any_address_of_an_article(archive):
    status, said, _ = archive("forget", f"{URL}?utm_source=mail", "--reason", "a court's order")
    assert (status, said.splitlines()[0]) == (0, f"article 1: Another Title (2024-12-09T09:00:00Z), {URL}")
    assert archive("forget", "1")[2].startswith("Error: no article goes by 1;")
    assert (
        archive("forget", "2", "--warc", "/nowhere/at/all")[2]
        == "Error: --warc /nowhere/at/all: there is no such folder\n"
    )
    assert archive("forget", URL)[1].startswith(f"{URL} was forgotten before")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "expected one of: scrapy archive backup PATH, scrapy archive restore FILE"),
        (["backup"], "expected one of"),
        (["verify", "news.db"], "expected one of"),
        (["repair"], "expected one of"),
        (["verify", "--dry-run"], "--dry-run is no option of: scrapy archive verify"),
        (["prune", "--keep", "3"], "--keep is no option of: scrapy archive prune"),
        (["forget", "1", "--revisions-older-than", "1d"], "--revisions-older-than is no option of"),
    ],
)
def test_what_does_not_go_together_is_refused(archive, arguments, complaint):
    with pytest.raises(UsageError, match=complaint):
        archive(*arguments)


@pytest.mark.parametrize("arguments", [["prune", "--crawls-older-than", "2 moons"], ["backup", ".", "--keep", "0"]])
def test_an_option_with_a_wrong_value_is_refused(archive, arguments, capsys):
    with pytest.raises(SystemExit):
        archive(*arguments)
    assert "expected a" in capsys.readouterr().err


@pytest.mark.parametrize("what", [["verify"], ["compact"], ["prune", "--alerts-older-than", "1d"], ["forget", "1"]])
def test_no_archive_is_made_and_no_other_programs_is_touched(archive, tmp_path, what):
    status, _, complaint = archive(*what, DATABASE=str(tmp_path / "none.db"))
    assert (status, complaint.startswith("Error: there is no archive at")) == (1, True)
    assert not (tmp_path / "none.db").exists()
    foreign_database(tmp_path / "recipes.db")
    before = (tmp_path / "recipes.db").read_bytes()
    assert "another program's database" in archive(*what, DATABASE=str(tmp_path / "recipes.db"))[2]
    assert (tmp_path / "recipes.db").read_bytes() == before


def test_an_older_archive_is_not_verified_but_told_how_it_becomes_current(archive, tmp_path):
    path = tmp_path / "old.db"
    older_archive(path)
    assert archive("backup", str(tmp_path / "copy.db"), DATABASE=str(path))[0] == 0
    status, said, complaint = archive("verify", DATABASE=str(path))
    assert (status, said, complaint.count("\n")) == (1, "", 1)
    assert complaint.endswith(f"so does: scrapy archive compact -s DATABASE={path}\n")
    assert archive("compact", DATABASE=str(path))[0] == 0
    assert archive("verify", DATABASE=str(path))[0] == 0


def test_it_is_a_command_of_scrapy_with_an_exit_status(database):
    command = [*SCRAPY, "archive", "verify", "--all", "-s", f"DATABASE={database}"]
    done = run(command)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{database} is sound: 2 articles\n", "")
    wrong = run([*SCRAPY, "archive", "repair"])
    assert wrong.returncode == 2
