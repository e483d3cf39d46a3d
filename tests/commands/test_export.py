"""`scrapy export`: what comes out, in each format and to each place."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from crawler.article import Link
from pipelines.archive.database import open_archive
from tests.commands.exporting import COUNCIL, MAYOR, OTHER, run_export, small_archive
from tests.crawling import ROOT
from tests.make import MT, keep, visit


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return small_archive(tmp_path_factory.mktemp("archive") / "news #1?.db")


@pytest.fixture
def export(archive, capfd):
    return lambda *args, database=archive: run_export(capfd, database, *args)


def test_one_article_is_its_reading_copy_on_standard_output(export):
    ran = export(COUNCIL)
    assert (ran.status, ran.err) == (0, "")
    assert (
        ran.out
        == f"""\
# Council Decides

By Ada Quill and Jo Brandt

2024-12-10 01:30+03:00 (2024-12-09 22:30 UTC)

Paragraph 0 tells [in pl](https://source.example/)ain words what the town council decided on Monday evening.

**Related article:** [=Mayor Resigns]({MAYOR})

Paragraph 1 tells in plain words what the town council decided on Monday evening.

> Paragraph 2 tells in plain words what the town council decided on Monday evening.

Paragraph 3 tells in plain words what the town council decided on Monday evening.

Agency: AFP

<{COUNCIL}>
"""
    )


def test_a_line_of_json_has_every_column_and_every_part(archive, export):
    (line,) = export("1", "--format", "jsonl").out.splitlines()
    article = json.loads(line)
    with closing(sqlite3.connect(archive)) as db:
        columns = {row[1] for row in db.execute("pragma table_info(articles)")}
    assert columns | {"authors", "tags", "links", "blocks", "addresses"} == set(article)
    assert (article["authors"], article["tags"]) == (["Ada Quill", "Jo Brandt"], ["Budget", "Ice"])
    assert article["blocks"] == [{"position": 2, "kind": "quote", "at": None}]
    assert {(one["url"], one["kind"]) for one in article["addresses"]} == {
        (COUNCIL, "canonical"),
        (f"{MT}/all/101", "requested"),
    }
    inline, related = article["links"]
    assert (inline["kind"], inline["start"], inline["target_id"]) == ("inline", 18, None)
    assert (related["target_id"], related["target_title"], related["target_url"]) == (2, "=Mayor Resigns", MAYOR)


def test_provenance_is_told_on_request(export):
    (line,) = export("1", "--format", "jsonl", "--provenance").out.splitlines()
    assert json.loads(line)["provenance"] == [
        {"field": "title", "source": "h1", "value": "Council Decides", "chosen": 1}
    ]


def test_a_table_has_one_row_an_article_and_no_formula(export):
    ran = export("--all", "--format", "csv")
    assert ran.out.startswith("\ufeff")  # by which Excel knows UTF-8
    rows = list(csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"))))
    assert [(row["id"], row["title"], row["published_local"]) for row in rows] == [
        ("1", "Council Decides", "2024-12-10T01:30:00+03:00"),
        ("3", "Bees Return", ""),
        ("2", "'=Mayor Resigns", "2024-12-08"),
    ]
    assert (rows[0]["authors"], rows[0]["tags"]) == ("Ada Quill; Jo Brandt", "Budget; Ice")
    assert [rows[0][f"{kind}_links"] for kind in ("related", "inline", "read_more")] == ["1", "1", "0"]
    assert rows[1]["text"].startswith("'+ Hives")


def test_several_articles_go_into_a_folder_and_again_in_place_of_themselves(export, tmp_path):
    folder = tmp_path / "new" / "folder"
    for _ in range(2):
        ran = export("--all", "--output", folder)
        assert (ran.status, ran.out, ran.err) == (0, "", f"3 articles in {folder}\n")
        assert sorted(path.name for path in folder.iterdir()) == [
            "2024-12-08-mayor-resigns-2.md",
            "2024-12-10-council-decides-1.md",
            "undated-bees-return-3.md",
        ]
    assert (folder / "undated-bees-return-3.md").read_text("utf-8").startswith("# Bees Return\n\n\\+ Hives")


def test_a_link_in_the_folder_does_not_lead_the_export_out_of_it(export, tmp_path):
    outside, folder = tmp_path / "outside.md", tmp_path / "folder"
    outside.write_text("mine", "utf-8")
    folder.mkdir()
    (folder / "undated-bees-return-3.md").symlink_to(outside)
    assert export("3", "--output", folder).status == 0
    assert outside.read_text("utf-8") == "mine"
    assert (folder / "undated-bees-return-3.md").read_text("utf-8").startswith("# Bees Return")


@pytest.mark.parametrize(("form", "name"), [("markdown", "bees.md"), ("jsonl", "bees.jsonl"), ("csv", "bees.csv")])
def test_a_file_holds_what_standard_output_would(export, tmp_path, form, name):
    told = export("3", "--format", form)
    ran = export("3", "--format", form, "--output", tmp_path / name)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / name).read_text("utf-8") == told.out


def test_links_that_an_edit_took_out_are_no_longer_shown(export, tmp_path):
    path = tmp_path / "news.db"
    old, new = (Link("read_more", 4, f"https://other.example/{name}", name) for name in ("before", "after"))
    with closing(open_archive(path)) as db:
        keep(db, visit(OTHER, links=(old, new)))
        db.execute("update articles set last_changed_at = '2024-12-20T00:00:00Z'")
        db.execute("update links set last_seen_at = '2024-12-20T00:00:00Z' where anchor_text = 'after'")
    told = export("1", database=path).out
    assert "[after]" in told
    assert "[before]" not in told
    (article,) = map(json.loads, export("1", "--format", "jsonl", database=path).out.splitlines())
    assert {link["anchor_text"] for link in article["links"]} == {"before", "after"}


def test_the_command_says_nothing_but_the_articles(archive):
    command = [sys.executable, "-m", "scrapy", "export", "--all", "--format", "jsonl", "-s", f"DATABASE={archive}"]
    ascii_only = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=200, env=ascii_only, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert [json.loads(line)["id"] for line in ran.stdout.decode("utf-8").splitlines()] == [1, 3, 2]


def test_a_reader_who_leaves_early_is_no_error(tmp_path):
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db:
        db.execute("begin")
        for n in range(40):
            keep(db, visit(f"{OTHER}-{n}", title=f"Piece {n}", paragraphs=(f"Text {n}. " * 2_000,)))
        db.execute("commit")
    command = [sys.executable, "-m", "scrapy", "export", "--all", "--format", "jsonl", "-s", f"DATABASE={path}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
