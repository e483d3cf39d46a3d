"""The reading room's canned queries: what they find, and where they lead on."""

import sqlite3

import pytest

from reading_room.cells import highlighted
from reading_room.functions import link_host, page
from reading_room.room import open_room
from tests.archive_rows import make_archive, rows


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_archive(tmp_path_factory.mktemp("room") / "news.db")


@pytest.fixture
def room(archive):
    return open_room(archive)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("lighthouse", ["Lighthouse keeper retires"]),
        ("cafe", ["Café culture on the quay"]),
        ('"mountain road"', ["Snow blocks the mountain road"]),
        ("zebra", []),
        ("", []),
        ('""', []),
        ('unbalanced "', []),
        ("ferry AND (", ["Ferry line reopens after the storm", "Storm closes the ferry line", "Why the ferry matters"]),
        ("ferry-line", ["Ferry line reopens after the storm", "Storm closes the ferry line"]),
        ("the mountain's road", []),
        ("AND OR", []),
        ("title:* NEAR(", []),
        ("\0", []),
        ("'; drop table articles; --", []),
    ],
)
async def test_search_finds_and_survives_any_query(room, query, titles):
    answer = await room.client.get("/news/search.json", params={"q": query, "_shape": "array"})
    assert answer.status_code == 200, answer.text
    assert sorted(row["title"] for row in answer.json()) == titles


async def test_search_puts_a_word_in_the_title_first_and_marks_it(tmp_path):
    path = make_archive(tmp_path / "news.db")
    with sqlite3.connect(path) as db:
        db.execute("update articles set text = text || ' Lighthouse. Lighthouse.' where id = 11")
    db.close()
    room = open_room(path)
    found = await rows(room, "/news/search.json?q=lighthouse&_shape=array")
    assert [row["article_id"] for row in found] == [4, 11]
    shown = (await room.client.get("/news/search?q=lighthouse")).text
    assert "<mark>Lighthouse</mark>" in shown
    assert 'href="/news/articles/4"' in shown


async def test_search_can_be_limited_to_a_site(room):
    found = await rows(room, "/news/search.json?q=paragraph&site=uplands&_shape=array")
    assert {row["site"] for row in found} == {"uplands"}


@pytest.mark.parametrize(
    ("asked", "hops"),
    [
        ("article_id=1", {1: 0, 3: 1, 5: 2}),
        ("article_id=1&depth=1", {1: 0, 3: 1}),
        ("article_id=1&depth=9", {1: 0, 3: 1, 5: 2, 8: 3}),
        ("article_id=8&depth=2", {8: 0, 5: 1, 3: 2}),
        ("article_id=2", {2: 0}),
        ("article_id=1&depth=far", {1: 0}),
        ("article_id=", {}),
        ("article_id=404", {}),
    ],
)
async def test_related_walks_links_both_ways_to_the_depth_asked(room, asked, hops):
    found = await rows(room, f"/news/related.json?{asked}&_shape=array")
    assert {row["article_id"]: row["hops"] for row in found} == hops


async def test_related_ends_where_links_go_round_in_a_circle(tmp_path):
    path = make_archive(tmp_path / "news.db")
    with sqlite3.connect(path) as db:
        db.execute(
            "insert into links (article_id, kind, position, href, address_key, nth, target_id)"
            " values (5, 'related', 0, 'https://harbour.example/a1', 'harbour:1', 0, 1)"
        )
    db.close()
    found = await rows(open_room(path), "/news/related.json?article_id=1&depth=4&_shape=array")
    assert {row["article_id"]: row["hops"] for row in found} == {1: 0, 3: 1, 5: 1, 8: 2}


async def test_an_authors_articles_are_found_by_part_of_the_name(room):
    found = await rows(room, "/news/author.json?name=quill&_shape=array")
    assert {row["article_id"] for row in found} == {1, 3, 8, 9}
    assert await rows(room, "/news/author.json?_shape=array") == []


async def test_what_was_skipped_leads_to_the_addresses(room):
    found = await rows(room, "/news/skipped.json?_shape=array")
    assert {(row["outcome"], row["reason"]) for row in found} == {
        ("waiting", None),
        ("not_article", "no text"),
        ("blocked", "robots.txt & more"),
        ("gone", "404"),
    }
    for row in found:
        there = await rows(room, row["see"].replace("?", ".json?") + "&_shape=array")
        assert [candidate["url"] for candidate in there] == [row["example"]]


async def test_cited_hosts_leave_out_own_pages_and_lead_to_the_articles(room):
    found = {row["host"]: row for row in await rows(room, "/news/cited_hosts.json?_shape=array")}
    assert {host: row["articles"] for host, row in found.items()} == {"weather.example": 2, "uplands.example": 1}
    citing = await rows(room, found["weather.example"]["see"].replace("?", ".json?") + "&_shape=array")
    assert [row["article_id"] for row in citing] == [1, 3]


async def test_articles_a_day_leads_to_the_articles_of_that_day(room):
    day = (await rows(room, "/news/articles_a_day.json?_shape=array"))[1]
    assert (day["day"], day["site"], day["articles"]) == ("2024-12-09", "uplands", 3)
    there = await rows(room, day["see"].replace("?", ".json?") + "&_shape=array")
    assert {article["id"] for article in there} == {8, 9, 10}


async def test_numbers_and_titles_in_queries_lead_to_their_rows(room):
    shown = (await room.client.get("/news/related?article_id=1")).text
    assert '<a href="/news/articles/3">Storm closes the ferry line</a>' in shown
    shown = (await room.client.get("/news/related_articles")).text
    assert '<a href="/news/articles/5">Café culture on the quay</a>' in shown
    shown = (await room.client.get("/news/links/1")).text
    assert '<a href="/news/articles/3">3</a>' in shown


def test_a_snippet_marks_words_and_nothing_else():
    assert highlighted("a ⟪b⟫ <i> ⟪⟪c⟫ ⟫") == "a <mark>b</mark> &lt;i&gt; ⟪<mark>c</mark> ⟫"


def test_page_addresses_encode_what_they_carry():
    assert page("candidates", "reason", "a&b=c", "site", None) == "/news/candidates?reason=a%26b%3Dc&site__isnull=1"


@pytest.mark.parametrize(
    ("href", "host"),
    [
        ("https://www.Weather.example/x", "weather.example"),
        ("http://weather.example:8080", "weather.example:8080"),
        ("javascript:alert(1)", None),
        ("mailto:desk@harbour.example", None),
        ("http://[broken/", None),
        ("/relative", None),
        (None, None),
    ],
)
def test_only_web_links_have_a_host(href, host):
    assert link_host(href) == host
