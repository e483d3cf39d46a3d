"""`scrapy export`: which articles are found, and one sentence where none can be."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.archive.database import open_archive
from pipelines.archive.reading import Selection, entries, local, open_for_reading
from tests.commands.exporting import COUNCIL, OTHER, run_export, small_archive, titles
from tests.commands.running import Ran
from tests.make import MT, keep, visit


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return small_archive(tmp_path_factory.mktemp("archive") / "news #1?.db")


@pytest.fixture
def export(archive, capfd):
    return lambda *args, database=archive: run_export(capfd, database, *args)


@pytest.mark.parametrize(
    "name",
    [
        COUNCIL,
        f"{COUNCIL}?utm_source=feed#top",
        f"{MT}/all/101",
        f"{MT}/2024/12/10/retitled-since-a101",
        f"{MT}/2020/01/01/council-decides",
        "1",
    ],
)
def test_any_address_of_an_article_finds_it(export, name):
    assert titles(export(name, "--format", "jsonl")) == ["Council Decides"]


def test_articles_come_once_each_in_the_order_in_which_they_are_named(export):
    assert titles(export("3", COUNCIL, OTHER, "1", "--format", "jsonl")) == ["Bees Return", "Council Decides"]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        (["--all"], "CBM"),
        (["--limit", "2"], "CB"),
        (["--site", "moscowtimes"], "CM"),
        (["--site", "other.example"], "B"),
        (["--section", "Opinion"], "M"),
        (["--kind", "opinion"], "M"),
        (["--author", "jo brandt"], "CM"),
        (["--author", "Ada Quill", "--section", "news"], "C"),
        (["--tag", "ice"], "C"),
        (["--since", "2024-12-10"], "C"),
        (["--since", "2024-12-09"], "CB"),
        (["--since", "2024-12-08", "--until", "2024-12-09"], "BM"),
        (["--until", "2024-12-08"], "M"),
        (["--since", "0001-01-01", "--until", "9999-12-31"], "CBM"),
        (["--search", "town"], "CB"),
        (["--search", "TOWN decided"], "C"),
        (["--search", '"old town hall"'], "B"),
        (["--search", 'clocks" OR NOT (*'], ""),
        (["--search", "ninety-one —"], "M"),
        (["--search", "—"], ""),
        (["--search", "\0"], ""),
        (["--site", "moscowtimes' or 1=1 --"], ""),
        (["--section", "opinion", "--author", "Ada Quill"], ""),
    ],
)
def test_conditions_select(archive, export, conditions, found):
    ran = export(*conditions, "--format", "jsonl")
    if found:
        assert "".join(title.lstrip("=")[0] for title in titles(ran)) == found
    else:
        assert (ran.status, ran.out) == (1, "")
        assert (
            ran.err.splitlines(keepends=True)[-1] == f"Error: no article in {archive} matches {' '.join(conditions)}\n"
        )


def test_days_are_those_of_the_site_and_without_a_profile_those_of_the_page():
    late = "2024-12-09T22:30:00Z"
    assert local(late, 0, "Europe/Moscow").isoformat() == "2024-12-10T01:30:00+03:00"
    assert local(late, 120, "UTC").isoformat() == "2024-12-10T00:30:00+02:00"
    assert local(late, None, None).isoformat() == "2024-12-09T22:30:00+00:00"
    assert local("2024-12-09", 180, "Europe/Moscow") == date(2024, 12, 9)


def test_an_ambiguous_address_is_told_with_the_numbers_it_may_mean(export, tmp_path):
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db:
        one = f"{MT}/2024/12/08/week-in-pictures"
        keep(db, visit(f"{one}-a1", one, title="One", paragraphs=("Pictures of ice.",)))
        keep(db, visit(f"{MT}/2024/12/15/week-in-pictures-a2", title="Two", paragraphs=("Pictures of snow.",)))
    ran = export(f"{MT}/2024/12/01/week-in-pictures", database=path)
    assert ran.status == 1
    assert "may mean any of several articles; name one by its number: 1, 2\n" in ran.err
    assert titles(export(f"{one}?utm_source=feed", "--format", "jsonl", database=path)) == ["One"]


def test_the_number_of_a_merged_article_leads_to_the_one_that_survived(export, tmp_path):
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db:
        keep(db, visit(OTHER, title="Bees Return"))
        db.execute("insert into merges(old_id, into_id) values (7, 1)")
    assert titles(export("7", "--format", "jsonl", database=path)) == ["Bees Return"]


@pytest.mark.parametrize("selection", [Selection(), Selection(ids=(1, 2))])
def test_an_export_neither_waits_for_a_writer_nor_sees_what_comes_while_it_reads(tmp_path, selection):
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db:
        keep(db, visit(OTHER, title="First"))
        keep(db, visit(f"{OTHER}-again", title="Second", paragraphs=("Another text.",), published=None))
        with closing(open_for_reading(path)) as reader:
            chosen = entries(reader, selection)
            seen = [next(chosen).columns["title"]]
            db.execute("begin immediate")
            keep(db, visit(f"{OTHER}-later", title="Third", paragraphs=("A third text.",), published=None))
            db.execute("update articles set title = 'Retitled'")
            db.execute("commit")
            seen += [entry.columns["title"] for entry in chosen]
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader.execute("delete from articles")
        assert sorted(seen) == ["First", "Second"]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ([f"{MT}/2024/12/09/unknown-a999"], f"the archive has no article {MT}/2024/12/09/unknown-a999"),
        (["1", "999999"], "the archive has no article 999999"),
        (["9" * 30], f"the archive has no article {'9' * 30}"),
        (["council"], "'council' is neither an article's number nor a web address"),
        (["http://[broken/"], "'http://[broken/' is neither an article's number nor a web address"),
        (["--all"], "that is more than one article; name a folder with --output DIR, or use --format jsonl"),
        (["--all", "--format", "csv", "--output", "/absent/x.csv"], "/absent/x.csv: No such file or directory"),
        (
            ["1", "-s", "SITES_DIR=/absent"],
            "SITES_DIR=/absent: no such folder; expected one that holds *.toml profiles",
        ),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(export, args, sentence):
    assert export(*args) == Ran(1, "", f"Error: {sentence}\n")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ([], "say which articles"),
        (["1", "--site", "x"], "name articles or conditions, not both"),
        (["--sight", "x"], "there is no option --sight"),
        (["--since", "yesterday"], "'yesterday' is not a day such as 2024-12-09"),
        (["--limit", "0"], "'0' is not a number of articles"),
        (["1", "--provenance"], "--provenance goes with --format jsonl"),
    ],
)
def test_what_cannot_be_meant_is_told_with_the_usage(export, args, sentence):
    ran = export(*args)
    assert (ran.status, ran.out) == (2, "")
    assert sentence in ran.err


def test_an_output_file_is_left_alone_when_nothing_matches(export, tmp_path):
    kept = tmp_path / "kept.jsonl"
    kept.write_text("mine", "utf-8")
    assert export("--site", "nobody", "--format", "jsonl", "--output", kept).status == 1
    assert kept.read_text("utf-8") == "mine"


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table recipes(name)")


def beside_a_closed_door(path: Path) -> None:
    """An archive beside which the file that readers share with the writer cannot be made."""
    open_archive(path).close()
    path.with_name(f"{path.name}-shm").symlink_to(path.parent / "absent" / "file")


def newer(path: Path) -> None:
    open_archive(path).close()
    with closing(sqlite3.connect(path)) as db:
        table = Database(db).table("_sqlite_migrations")
        table.insert({"migration_set": "vestnik", "name": "m999_later", "applied_at": ""})


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda _: None, "there is no archive at"),
        (Path.mkdir, "there is no archive at"),
        (lambda path: path.write_bytes(b"no database, whatever it is called" * 40), "is not an SQLite database"),
        (lambda path: path.write_bytes(b""), "another program's database"),
        (foreign, "another program's database"),
        (newer, "newer Vestnik"),
        (lambda path: open_archive(path).close(), "yet; crawl a site first"),
        (beside_a_closed_door, "run this as the user who crawls"),
    ],
)
def test_what_is_no_archive_is_one_sentence_and_stays_as_it_is(export, tmp_path, make, sentence):
    path = tmp_path / "news.db"
    make(path)
    before = path.read_bytes() if path.is_file() else path.exists()
    ran = export("--all", database=path)
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert sentence in ran.err
    assert (path.read_bytes() if path.is_file() else path.exists()) == before
