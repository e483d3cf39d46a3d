"""The query language: what words mean, in the same way at each of the three places where one can search."""

from contextlib import closing
from datetime import timedelta

import pytest

from pipelines.archive.database import open_archive
from pipelines.archive.reading import Selection, entries
from pipelines.archive.searching import Match, expressions, hits, read
from pipelines.watching.alerts import past
from pipelines.watching.watches import Watch
from reading_room.room import open_room
from tests.make import MT, NOW, keep, visit

TEXTS = {
    1: ("Ferry line reopens after the storm", "The harbour board met. Two bridges stay closed; one-way traffic."),
    2: ("Metro fares rise", "The union leader spoke of U.S. prices at 10:30."),
    3: ("Ice on the river", "Flooding is feared; the river is high."),
    4: ("Ice cream", "A leader of no union, and an ice parlour in Łódź."),
    5: ("A bridge is built", "Nobody knows when floods will come. The storm was no ferry."),
    6: ("渡轮航线在风暴后重新开放", "港务局说，NHK的记者到了。北京。"),
    7: ("เรือข้ามฟากกลับมาให้บริการ", "ผู้โดยสารรอที่ท่าเรือ"),
}

QUERIES = [
    ("ferry", {1, 5}),
    ("FERRY", {1, 5}),
    ("ferry storm", {1, 5}),
    ("ferry AND storm", {1, 5}),
    ('"union leader" OR metro', {2}),
    ('"union leader"', {2}),
    ("union leader", {2, 4}),
    ("ice -river", {4}),
    ("ice NOT river", {4}),
    ("ice", {3, 4}),
    ("ice -cream -river", set()),
    ('ice -"ice cream"', {3}),
    ("title:ferry", {1}),
    ("Title: ferry", {1}),
    ("text:ferry", {5}),
    ("standfirst:ferry", set()),
    ("title:(ferry OR metro)", {1, 2}),
    ("title:ice text:union", {4}),
    ("(ferry OR metro) -fares", {1, 5}),
    ("ferry OR metro fares", {1, 2, 5}),
    ("ferr*", {1, 5}),
    ('"harbour bo"*', {1}),
    ("bridge", {1, 5}),
    ("bridges", {1, 5}),
    ('"bridges"', {1}),
    ("storm -bridge", {1}),  # excluded as it stands: bridges may be there
    ("flood", {3, 5}),
    ("one-way", {1}),
    ("U.S.", {2}),
    ("10:30", {2}),
    ("lodz", {4}),
    ("NEAR(union leader, 3)", {2, 4}),
    ("NEAR(harbour closed, 1)", set()),
    ("(ferry", {1, 5}),
    ("ferry)", {1, 5}),
    ('"union leader', {2}),
    ("ferry AND", {1, 5}),
    ("headline:ferry", set()),
    ("https://harbour.example/ferry", set()),
    ("...", set()),
    ("-river", set()),
    ("- ferry", {1, 5}),
    ('"', set()),
    ("\0", set()),
    ("风暴", {6}),
    ("轮", {6}),
    ("风暴 开放", {6}),
    ("风暴后", {6}),
    ("暴开", set()),
    ("title:北京", set()),
    ("text:北京", {6}),
    ("京", {6}),
    ("风暴 -北京", set()),
    ("风暴 OR ferry", {1, 5, 6}),
    ("风暴 nhk", {6}),
    ("ข้ามฟาก", {7}),
    ("ท่าเรือ", {7}),
    ("東京", set()),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("searching") / "news.db"
    with closing(open_archive(path)) as db:
        for number, (title, text) in TEXTS.items():
            keep(db, visit(f"{MT}/2024/12/10/article-a{number}", title=title, paragraphs=(text,), language="en"))
    return path


@pytest.fixture(scope="module")
def opened(archive):
    with closing(open_archive(archive)) as db:
        yield db


@pytest.fixture(scope="module")
def room(archive):
    return open_room(archive)


def by_export(db, query):
    return {entry.columns["id"] for entry in entries(db, Selection(search=(query,)))} if query.strip() else set()


def by_watch(db, query):
    found = past(db, Watch(name="x", targets=("desk",), query=query), NOW - timedelta(days=1))
    return {int(item.url.rpartition("-a")[2]) for item in found} if query.strip() else set()


@pytest.mark.parametrize(("query", "articles"), QUERIES)
async def test_a_query_means_the_same_in_export_watches_and_reading_room(room, opened, query, articles):
    answer = await room.client.get("/news/search.json", params={"_shape": "array", "q": query})
    assert answer.status_code == 200, answer.text
    assert {row["article_id"] for row in answer.json()} == articles
    assert by_export(opened, query) == articles
    assert by_watch(opened, query) == articles


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ('storm "ferry', "quotation mark"),
        ("(ferry", "bracket"),
        ("ferry)", "bracket"),
        ("ferry AND", "between two words"),
        ("OR ferry", "between two words"),
        ("headline:ferry", "title:, standfirst: or text:"),
        ("-river", "left out of"),
        ("...", "no word"),
        ("x" * 3000, "first 2,000 characters"),
        (" ".join("abcdefghij" * 10), "first 64 words"),
        ("(" * 40 + "ferry" + ")" * 40, "16 deep"),
    ],
)
def test_what_was_not_meant_as_typed_is_explained(typed, told):
    assert told in (read(typed).note or "")


@pytest.mark.parametrize("typed", ["ferry", "ice -river", "title: ferry", "one-way", "U.S.", "NEAR(a b, 3)", "a*", ""])
def test_what_is_plain_is_not_explained(typed):
    assert read(typed).note is None


@pytest.mark.parametrize(
    "typed",
    [
        *('"' * n for n in range(1, 6)),
        '"*', "*", "()", ")(", "((((", "-", "--x", "-(", "a:", "title:", "title::x", "NEAR()", "NEAR(a, 99999)",
        "NEAR(", "a OR", "OR OR OR", "NOT NOT a", "title:NOT a", "\ud800x", "٣", "ª", "a\u0301",
        "'; drop table articles; --",
        "-" * 5000, "(a " * 3000, "a:" * 3000, '"' * 3000, "NEAR(" * 2000, "a* " * 999,
    ],
)  # fmt: skip
def test_whatever_is_typed_sqlite_takes_it(opened, typed):
    found = expressions(opened, read(typed))
    opened.execute(hits(), {"wide": found.wide.encode("utf-8", "replace").decode(), "pieces": found.pieces}).fetchall()


def test_without_words_nothing_is_looked_for(opened):
    assert expressions(opened, read("...")) == Match()
