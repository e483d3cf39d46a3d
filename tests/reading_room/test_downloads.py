"""Downloads of the reading room: whole whatever page is looked at, harmless in spreadsheets, or they say how much."""

import csv
import io
import json
import re
import sqlite3
from xml.etree import ElementTree
from zipfile import ZipFile

import pyarrow.parquet as parquet
import pytest

from crawler.tabular import write_xlsx
from reading_room import downloads
from reading_room.downloads import whole
from reading_room.room import open_room
from tests.reading_room.archive_rows import add_articles, make_archive
from tests.reading_room.reading import page

ALL = 12 + 150
FORMS = ("csv", "jsonl", "xlsx", "parquet")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = make_archive(tmp_path_factory.mktemp("downloads") / "news.db")
    add_articles(path, 150, "2024-12-05T00:00:00Z")
    with sqlite3.connect(path) as db:
        db.execute("update articles set title = '=HYPERLINK(1)' where id = 20")
    db.close()
    return path


@pytest.fixture(scope="module")
def room(archive):
    return open_room(archive)


async def rows_of(room, path, form):
    answer = await room.client.get(path)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers.get("content-length", len(answer.content))) == len(answer.content)
    if form == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    if form == "jsonl":
        return [list(json.loads(line).values()) for line in answer.text.splitlines()]
    if form == "parquet":
        return [list(row.values()) for row in parquet.read_table(io.BytesIO(answer.content)).to_pylist()]
    with ZipFile(io.BytesIO(answer.content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    return [list(row) for row in sheet.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}row")][1:]


@pytest.mark.parametrize("form", FORMS)
async def test_a_search_is_downloaded_whole_with_names_joined(room, form):
    rows = await rows_of(room, f"/news/search-download?q=paragraph&format={form}&page=3", form)
    assert len(rows) == ALL


async def test_a_search_with_filters_is_what_was_found_newest_first(room):
    rows = await rows_of(room, "/news/search-download?q=ferry&site=harbour&site=uplands&format=jsonl", "jsonl")
    assert [row[0] for row in rows] == [1, 2, 3]
    assert rows[0][2] == "The Harbour Post"
    assert rows[0][7] == "Mara Quill; Ivo <i>Brand</i>"


@pytest.mark.parametrize("form", ["jsonl", "xlsx", "parquet"])
@pytest.mark.parametrize(
    "path", ["/news/articles.{}?_size=10", "/news/articles_flat.{}", "/news/search.{}?q=paragraph"]
)
async def test_tables_views_and_the_search_hold_more_than_a_page(room, path, form):
    assert len(await rows_of(room, path.format(form), form)) == ALL


async def test_filters_and_order_of_a_table_hold_for_its_download(room):
    rows = await rows_of(room, "/news/articles.jsonl?site=uplands&_sort_desc=id", "jsonl")
    assert [row[0] for row in rows] == [12, 11, 10, 9, 8]


async def test_a_question_is_downloaded_with_its_answers(room):
    rows = await rows_of(room, "/news/articles_a_day.jsonl?days=400", "jsonl")
    assert len(rows) > 5


async def test_csv_of_datasettes_own_runs_no_formula(room):
    for path in ("/news/articles.csv?_stream=1&_size=max", "/news/search.csv?q=paragraph", "/news/articles.csv?id=20"):
        text = (await room.client.get(path)).text
        assert not re.search(r'(^|,)"?=HYPERLINK', text, re.MULTILINE), path
    assert "'=HYPERLINK(1)" in (await room.client.get("/news/articles.csv?_stream=1&_size=max")).text


async def test_pages_lead_to_the_whole_and_not_to_the_page_that_is_looked_at(room):
    second = re.search(r'href="([^"]+_next=[^"]+)" rel="next"', await page(room, "/news/articles?_size=50"))
    assert second
    shown = await page(room, second[1].replace("&amp;", "&").replace("http://localhost", ""))
    links = re.findall(r'href="([^"]+)">(?:XLSX|JSON Lines|Parquet)<', shown)
    assert len(links) == 3
    assert not [link for link in links if "_next" in link]
    assert 'href="/news/search-download?q=tied&amp;format=parquet"' in await page(room, "/news/search?q=tied&page=2")


def test_an_address_leads_to_the_first_row_again():
    assert whole("/news/articles.xlsx?_next=7&site=a&page=2") == "/news/articles.xlsx?site=a"
    assert whole("/news/search-download?q=a%26b", format="csv") == "/news/search-download?q=a%26b&format=csv"
    assert whole("/news/articles.xlsx") == "/news/articles.xlsx"


async def test_strangers_get_a_part_and_its_name_says_so(archive, monkeypatch):
    monkeypatch.setattr(downloads, "_MOST_FOR_STRANGERS", 100)
    strangers = open_room(archive, public=True)
    answer = await strangers.client.get("/news/search-download?q=paragraph&format=jsonl")
    assert len(answer.text.splitlines()) == 100
    assert "search-newest-100.jsonl" in answer.headers["content-disposition"]
    table = await strangers.client.get("/news/articles.jsonl")
    assert len(table.text.splitlines()) == 50
    assert "articles-page.jsonl" in table.headers["content-disposition"]
    assert (await strangers.client.get("/news/watches.jsonl")).status_code in (403, 404)


@pytest.mark.parametrize("form", ["", "csv", "CSV", "../x"])
async def test_a_form_that_there_is_not_is_told(room, form):
    answer = await room.client.get("/news/search-download", params={"q": "ferry", "format": form})
    assert answer.status_code == (200 if form in ("", "csv") else 400)


@pytest.mark.parametrize("rows", [[], [[None]], [["x" * 40_000]], [[2**63]], [[b"\x00"]], [[float("inf")]], [["\x00"]]])
def test_a_workbook_of_odd_cells_is_whole(rows):
    file = io.BytesIO()
    write_xlsx(["=a\x00"], rows, file)
    with ZipFile(file) as book:
        assert book.testzip() is None
        for name in book.namelist():
            ElementTree.fromstring(book.read(name))  # noqa: S314 - our own file
