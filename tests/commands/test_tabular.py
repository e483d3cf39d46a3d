"""Tables as files: whole, in every form, as they are read again; and nothing that a spreadsheet would run."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from xml.etree import ElementTree
from zipfile import ZipFile

import pyarrow.parquet as parquet
import pytest

from crawler import tabular
from crawler.tabular import LONGEST_CELL, Written, harmless, write_csv, write_jsonl, write_parquet, write_xlsx
from tests.commands.exporting import run_export, small_archive

COLUMNS = ("id", "title", "word_count", "share")
N = 4_500  # more than two groups of Parquet


def rows():
    for n in range(N):
        yield n, f"=Title {n} é 渡", None if n < 2_500 else n, n / 2


def sheet(data):
    with ZipFile(io.BytesIO(data)) as book:
        strings = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    for row in strings.iter(f"{space}row"):
        yield ["".join(cell.itertext()) for cell in row]


def test_every_form_holds_every_row():
    files = {}
    for form, write in tabular.WRITERS.items():
        file = io.BytesIO()
        assert write(COLUMNS, rows(), file) == Written(N)
        files[form] = file.getvalue()
    read = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert (len(read), read[-1]) == (N + 1, ["4499", "'=Title 4499 é 渡", "4499", "2249.5"])
    lines = files["jsonl"].decode().splitlines()
    assert (len(lines), json.loads(lines[0])) == (N, dict(zip(COLUMNS, next(rows()), strict=True)))
    in_sheet = list(sheet(files["xlsx"]))
    assert (len(in_sheet), in_sheet[-1]) == (N + 1, ["4499", "=Title 4499 é 渡", "4499", "2249.5"])
    table = parquet.read_table(io.BytesIO(files["parquet"]))
    assert table.to_pylist() == [dict(zip(COLUMNS, row, strict=True)) for row in rows()]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_starts_like_a_formula_is_text(start):
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert harmless(f"1{start}1") == f"1{start}1"
    assert harmless(-1) == -1


def test_a_cell_too_long_for_excel_is_cut_and_counted():
    for write in (write_csv, write_xlsx):
        file = io.BytesIO()
        assert write(("text",), [("x" * (LONGEST_CELL + 9),), ("y" * LONGEST_CELL,)], file) == Written(2, cut=1)
    whole = io.BytesIO()
    assert write_jsonl(("text",), [("x" * 90_000,)], whole) == Written(1)
    assert len(json.loads(whole.getvalue())["text"]) == 90_000


def test_what_finds_no_room_in_a_sheet_is_counted(monkeypatch):
    monkeypatch.setattr(tabular, "MOST_ROWS", 3)
    assert write_xlsx(("n",), [(n,) for n in range(5)], io.BytesIO()) == Written(2, left_out=3)


def test_odd_values_end_no_file():
    odd = [("\ud800", 1), ("\0\x0b", 2**70), (None, None), ("a\nb", "text")]
    for write in tabular.WRITERS.values():
        assert write(("a", "b"), odd, io.BytesIO()).rows == 4
    table = io.BytesIO()
    write_parquet(("a", "b"), [], table)
    assert parquet.read_table(io.BytesIO(table.getvalue())).num_rows == 0


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return small_archive(tmp_path_factory.mktemp("archive") / "news.db")


def test_an_export_in_one_step(archive, capfd, tmp_path):
    file = tmp_path / "all.parquet"
    conditions = ["--site", "moscowtimes", "--site", "other.example", "--since", "2024-12-01", "--unique"]
    ran = run_export(capfd, archive, *conditions, "--format", "parquet", "--output", file)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    table = parquet.read_table(file)
    assert table["title"].to_pylist() == ["Council Decides", "Bees Return", "=Mayor Resigns"]
    assert table["authors"].to_pylist()[0] == "Ada Quill; Jo Brandt"
    assert str(table.schema.field("word_count").type) == "int64"


def test_a_number_of_an_article_is_one_in_parquet_though_none_of_the_articles_has_it(archive):
    with closing(sqlite3.connect(archive)) as db:
        types = dict(db.execute("select name, type from pragma_table_info('articles_flat')"))
    numbers = [name for name, type_ in types.items() if type_.lower() == "integer"]
    table = io.BytesIO()
    write_parquet(numbers, [[None] * len(numbers)], table)
    assert {str(type_) for type_ in parquet.read_table(io.BytesIO(table.getvalue())).schema.types} == {"int64"}
    assert {"word_count", "copy_of"} <= set(numbers)


def test_columns_are_chosen_and_a_wrong_one_is_told_with_those_there_are(archive, capfd):
    ran = run_export(capfd, archive, "--all", "--format", "jsonl", "--columns", "id, outlet,date_basis")
    assert [json.loads(line) for line in ran.out.splitlines()][1] == {
        "id": 3, "outlet": "other.example", "date_basis": "seen",
    }  # fmt: skip
    wrong = run_export(capfd, archive, "--all", "--format", "csv", "--columns", "id,outlett")
    assert wrong.status == 1
    assert "--columns: there is no column outlett; there are: id, site, outlet, url, title" in wrong.err


def test_selectors_that_are_repeated_add(archive, capfd):
    ran = run_export(capfd, archive, "--search", "mayor", "--search", "bees", "--format", "jsonl", "--columns", "title")
    assert [json.loads(line)["title"] for line in ran.out.splitlines()] == ["Bees Return", "=Mayor Resigns"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--all", "--format", "xlsx"], "needs a file: --output articles.xlsx"),
        (["--all", "--columns", "id"], "--columns goes with --format"),
        (["--all", "--format", "csv", "--provenance"], "--provenance goes with --format jsonl"),
    ],
)
def test_what_does_not_go_together_is_said(archive, capfd, args, told):
    ran = run_export(capfd, archive, *args)
    assert ran.status == 2
    assert told in ran.err
