"""Feeds and workbooks: valid whatever the archive holds, with entries that stay who they are."""

import sqlite3
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from sqlite_utils import Database

from pipelines.archive.fields import FIELDS
from pipelines.archive.schema import migrations
from reading_room.feeds import EPOCH, Feed, atom, entries, moment
from reading_room.queries import load_queries
from reading_room.room import open_room
from tests.reading_room.archive_rows import make_archive

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))
HOSTILE = "\0\x07<script>alert(1)</script>]]>&\ufffe\u202e"
AMONG_ROWS = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = make_archive(tmp_path_factory.mktemp("feeds") / "news.db")
    with sqlite3.connect(path) as db:
        db.execute("update articles set title = ?, published_at = ? where id = 2", (HOSTILE, HOSTILE))
        db.execute("update articles set standfirst = ?, url = ? where id = 3", (AMONG_ROWS, "https://x.example/<a b>"))
        db.execute("update articles set byline = ? where id = 4", ("\x01",))
    db.close()
    return path


@pytest.fixture
def empty_room(tmp_path):
    with sqlite3.connect(tmp_path / "empty.db") as db:
        migrations.apply(Database(db))
    db.close()
    return open_room(tmp_path / "empty.db")


async def feed(room, path):
    answer = await room.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    document = etree.fromstring(answer.content)
    SCHEMA.assertValid(document)
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in document.findall("a:entry", ATOM)]
    assert len(ids) == len(set(ids))
    return document


QUERIES = [f"/news/{name}.atom" for name in load_queries()]
TABLES = ["/news/articles.atom", "/news/links.atom", "/news/candidates.atom", "/news/unique_articles.atom"]
ASKED = ["/news/search.atom?q=ferry&kind=news", "/news/related.atom?article_id=1", "/news/author.atom?name=brand"]


@pytest.mark.parametrize("path", [*QUERIES, *TABLES, *ASKED, "/news/articles/6.atom", "/news/links.atom?_labels=on"])
async def test_a_feed_of_anything_is_valid(room, path):
    await feed(room, path)


@pytest.mark.parametrize("path", [*QUERIES, *TABLES])
async def test_a_feed_without_entries_is_valid(empty_room, path):
    assert not (await feed(empty_room, path)).xpath("a:entry", namespaces=ATOM)


async def test_entries_lead_to_the_archive_and_name_their_source(room):
    document = await feed(room, "/news/articles.atom?section=features")
    entry = document.xpath("a:entry", namespaces=ATOM)[0]
    assert entry.xpath("a:link[@rel='alternate']/@href", namespaces=ATOM) == ["http://localhost/news/articles/4"]
    assert entry.xpath("a:link[@rel='via']/@href", namespaces=ATOM) == ["https://harbour.example/a4"]
    assert entry.findtext("a:published", namespaces=ATOM) == "2024-12-01T00:00:00Z"


async def test_an_entry_stays_the_same_when_the_article_is_edited_and_the_server_moves(archive, tmp_path):
    copy = tmp_path / "moved.db"
    copy.write_bytes(archive.read_bytes())
    before = await feed(open_room(archive), "/news/articles.atom")
    with sqlite3.connect(copy) as db:
        db.execute("update articles set title = 'Another', last_changed_at = '2025-01-02T00:00:00Z' where id = 1")
    db.close()
    after = await feed(open_room(copy), "/news/articles.atom?_host=elsewhere")
    for document, updated in ((before, "2024-12-09T11:02:00Z"), (after, "2025-01-02T00:00:00Z")):
        entry = document.xpath("a:entry[a:link/@href='http://localhost/news/articles/1']", namespaces=ATOM)[0]
        assert entry.findtext("a:updated", namespaces=ATOM) == updated
    first = "string(a:entry[a:link/@href='http://localhost/news/articles/1']/a:id)"
    assert before.xpath(first, namespaces=ATOM) == after.xpath(first, namespaces=ATOM)


async def test_what_a_feed_repeats_is_escaped_twice_or_left_out(room):
    raw = (await room.client.get("/news/articles.atom")).text
    assert "&lt;script&gt;alert(1)" in raw
    assert "<script" not in raw
    assert "x.example/&lt;a b&gt;" not in "".join(part for part in raw.split("<") if part.startswith("link"))


async def test_sql_written_by_hand_has_no_feed(room):
    answer = await room.client.get("/news.atom?sql=select+1")
    assert (answer.status_code, answer.text) == (400, "A feed needs a table or a canned query.")
    assert ".atom" not in (await room.client.get("/news?sql=select+1+as+one")).text


def test_rows_about_the_same_thing_are_told_apart():
    made = entries([{"site": "a", "n": 1}, {"site": "a", "n": 2}], "archive counts", (), lambda _: "http://x.example/")
    assert len({entry.id for entry in made}) == 2
    again = entries([{"site": "a", "n": 9}], "archive counts", (), lambda _: "http://x.example/")
    assert again[0].id == made[0].id


def test_an_entry_shows_no_field_of_an_article_that_no_download_holds():
    row = {field.name: f"value-{field.name}" for field in FIELDS}
    (made,) = entries([row], "archive articles", ["id"], lambda _: "http://x.example/")
    shown = {field.name for field in FIELDS if f"value-{field.name}<" in str(made)}
    assert "section" in shown
    assert shown <= {field.name for field in FIELDS if field.is_exported}


def ids(rows, keys=()):
    return [entry.id for entry in entries(rows, "archive query", keys, lambda _: "http://x.example/")]


def test_an_entry_of_a_query_is_known_by_what_its_row_is_about_and_by_nothing_else():
    row = {"title": "Ferry reopens", "article_id": 7, "revision_id": 2, "n": 40}
    (first,) = ids([row])
    assert ids([row | {"title": "Ferry reopens at last", "n": 41, "a_new_column": "x"}]) == [first]
    assert ids([row | {"article_id": 8}]) != [first]
    assert ids([row | {"revision_id": 3}]) != [first]
    assert ids([row | {"article_id": {"value": 7, "label": "Ferry reopens"}}]) == [first]


def test_an_entry_of_a_table_is_known_by_its_key_alone():
    row = {"id": 7, "article_id": 1, "site": "harbour"}
    (first,) = ids([row], ["id"])
    assert ids([row | {"article_id": 2, "site": "uplands"}], ["id"]) == [first]
    assert ids([row | {"id": 8}], ["id"]) != [first]


def test_an_entry_of_a_query_about_nothing_known_is_known_by_its_first_column():
    (first,) = ids([{"word": "ferry", "n": 3}])
    assert ids([{"word": "ferry", "n": 4}]) == [first]
    assert ids([{"word": "storm", "n": 3}]) != [first]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2024-12-09T11:02:00Z", "2024-12-09T11:02:00Z"),
        ("2024-12-09T14:02:00+03:00", "2024-12-09T11:02:00Z"),
        ("2024-12-09", "2024-12-09T00:00:00Z"),
        ("2024-13-45", None),
        ("2024-12", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("0980-01-01", "0980-01-01T00:00:00Z"),
        ("soon", None),
        (5, None),
        (None, None),
    ],
)
def test_only_times_are_times(value, told):
    assert moment(value) == told


def test_a_feed_made_of_nothing_but_control_characters_is_valid():
    rows = [{"title": "\x00\x01", "byline": "\x02", "at": "\x03", "url": "https://x.example/\x00"}]
    made = entries(rows, "o", (), lambda _: "http://x.example/")
    document = etree.fromstring(atom(Feed("i", "\x00", EPOCH, "http://x.example/", "http://x.example/", tuple(made))))
    SCHEMA.assertValid(document)


async def test_a_workbook_holds_the_rows_and_no_formula(room):
    answer = await room.client.get("/news/articles.xlsx?_size=max")
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    with ZipFile(BytesIO(answer.content)) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert cells.count("<row ") == 13
    assert "<f>" not in cells
    assert "hyperlink" not in cells
    assert AMONG_ROWS.replace("'", "&apos;") in cells or AMONG_ROWS in cells
    etree.fromstring(cells.encode())


async def test_csv_of_a_whole_table_comes_in_one_piece(room):
    answer = await room.client.get("/news/links.csv?_stream=1&_size=max")
    assert answer.text.count("\r\n") == 1 + 9
