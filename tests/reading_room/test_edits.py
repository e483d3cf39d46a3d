"""Edits as a stream: which pass the filters, how each reads, what a feed reader gets; and any two states compared."""

import html
import re
import sqlite3
from contextlib import closing

import pytest
from lxml import etree

from pipelines.archive.database import open_archive
from reading_room.edits import delay
from reading_room.room import open_room
from tests.make import MT, keep, visit
from tests.reading_room.reading import page, words

URL = f"{MT}/2024/12/09/harbour-a1"
OTHER = "https://other.example/2024/bees"
LINES = ("The mayor counted 3,650 votes.", "Ferries run.", "Nothing more is known.")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("edits") / "news.db"
    with closing(open_archive(path)) as db:
        keep(db, visit(URL, title="Votes Counted", paragraphs=LINES, language="en"))
        keep(db, visit(URL, minutes=60, title="Votes Counted", paragraphs=(LINES[0].replace("650", "812"), *LINES[1:])))
        keep(db, visit(URL, minutes=120, title="Votes <b>Counted</b> Again", paragraphs=(*LINES[1:], "A third count.")))
        keep(db, visit(OTHER, title="Bees", paragraphs=("Hives hum.", "A queen hid."), published=None))
        keep(
            db, visit(OTHER, minutes=30, title="Bees", paragraphs=("Hives hum.", "A queen was found."), published=None)
        )
        db.execute("update revisions set silent = 1 where id = 2")
        beside = [
            (0, "caption", "The old quay", "The new quay"),
            (1, "table", "Berth\tShips\nEast\t1,200\nWest\t980", "Berth\tShips\nEast\t1,260\nWest\t980"),
        ]
        db.executemany(
            "insert into revision_blocks(revision_id, place, kind, before, after) values (2, ?, ?, ?, ?)", beside
        )
    return path


@pytest.fixture(scope="module")
def room(archive):
    return open_room(archive)


def shown(markup):
    return [int(number) for number in re.findall(r'id="edit-(\d+)"', markup)]


@pytest.mark.parametrize(
    ("asked", "edits"),
    [
        ("", [2, 3, 1]),
        ("?site=moscowtimes", [2, 1]),
        ("?site=other.example", [3]),
        ("?silent=1", [2]),
        ("?silent=unknown", [3, 1]),
        ("?silent=0", []),
        ("?field=title", [2]),
        ("?field=text", [2, 3, 1]),
        ("?field=standfirst", []),
        ("?number=1", [1]),
        ("?q=queen", [3]),
        ("?q=vote", [2, 1]),
        ("?q=vote+-mayor", []),
        ("?q=ferries", []),
        ("?site=moscowtimes&q=mayor&silent=1", [2]),
        ("?before=x", [2, 3, 1]),
    ],
)
async def test_the_latest_come_first_and_filters_add_up(room, asked, edits):
    markup = await page(room, f"/edits{asked}")
    assert shown(markup) == edits
    entries = etree.fromstring((await room.client.get(f"/edits.atom{asked}")).content).findall("{*}entry")
    assert len(entries) == len(edits) or "before" in asked


async def test_an_edit_reads_as_what_changed_when_and_for_which_article(room):
    markup = await page(room, "/edits?number=1")
    said = words(markup)
    assert "<del>3,650</del> <ins>3,812</ins>" in markup or "3,650" in said
    assert "4 hours after publication" in said
    assert 'title="240 minutes"' in markup
    assert 'href="/news/revisions/1">link to this edit' in markup
    assert "<b>Counted</b>" not in markup
    assert "1 paragraph unchanged" in said


async def test_pages_lose_no_edit(room, monkeypatch):
    monkeypatch.setattr("reading_room.edits.PAGE", 1)
    seen, path = [], "/edits"
    for _ in range(5):
        markup = await page(room, path)
        seen += shown(markup)
        onward = re.search(r'<a href="([^"]+)" rel="next"', markup)
        if onward is None:
            break
        path = "/edits" + onward[1].replace("&amp;", "&")
    assert seen == [2, 3, 1]


async def test_a_feed_carries_the_difference_as_html(room):
    feed = etree.fromstring((await room.client.get("/edits.atom")).content)
    entries = feed.findall("{*}entry")
    content = entries[0].findtext("{*}content", "")
    assert "<ins>&lt;b&gt;Counted&lt;/b&gt; Again</ins>" in content
    assert "<del>The mayor counted 3,812 votes.</del>" in content
    assert [kind.get("type") for kind in entries[0].findall("{*}content")] == ["html"]
    assert entries[0].findtext("{*}updated") == "2024-12-09T14:00:00Z"
    links = [link.get("href", "").rpartition("/")[2] for entry in entries for link in entry.findall("{*}link")]
    assert links == ["2", "3", "1"]
    assert len({entry.findtext("{*}id") for entry in entries}) == 3


@pytest.mark.parametrize("path", ["/news/articles/1", "/news/revisions/2", "/edits", "/edits.atom"])
async def test_what_an_edit_changed_beside_the_text_is_shown_word_by_word(room, path):
    said = html.unescape((await room.client.get(path)).text)
    assert "caption" in said.lower()
    assert "The <del>old</del> <ins>new</ins> quay" in said
    assert "East\t<del>1,200</del> <ins>1,260</ins>\nWest\t980" in said  # a row of a table stays a line


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("article=1", ["3,650", "A third count."]),
        ("article=1&from=2&to=now", ["3,812", "A third count."]),
        ("article=1&from=1&to=2", ["3,650", "3,812"]),
        ("article=1&from=now&to=1", ["A third count.", "3,650"]),
        ("article=1&from=99&to=x", ["3,650", "A third count."]),
        ("article=1&from=now", ["one and the same state"]),
    ],
)
async def test_any_two_states_are_compared(room, asked, expected):
    said = words(await page(room, f"/compare?{asked}"))
    for piece in expected:
        assert piece in said


@pytest.mark.parametrize("article", ["", "99", "x", "1" * 40, "-1"])
async def test_an_article_that_is_not_there_is_not_compared(room, article):
    assert (await room.client.get(f"/compare?article={article}")).status_code == 404


async def test_strangers_see_them_too(archive):
    strangers = open_room(archive, public=True)
    for path in ("/edits", "/edits.atom", "/compare?article=1", "/news/search-around?q=votes"):
        assert (await strangers.client.get(path)).status_code == 200, path


async def test_an_archive_without_edits_says_so(tmp_path):
    path = tmp_path / "news.db"
    open_archive(path).close()
    assert "No edits yet." in await page(open_room(path), "/edits")
    with sqlite3.connect(path) as db:
        assert db.execute("select count(*) from edits").fetchone() == (0,)
    db.close()


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 minutes"), (1, "1 minute"), (119, "119 minutes"), (120, "2 hours"), (2879, "48 hours"), (2880, "2 days")],
)
def test_a_delay_is_said_in_words(minutes, said):
    assert delay(minutes) == said
