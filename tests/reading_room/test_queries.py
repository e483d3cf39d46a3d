"""The reading room's canned queries: what they find, and where they lead on."""

import html
import sqlite3

import pytest
from sqlite_utils import Database

from pipelines.archive.schema import migrations
from reading_room.cells import highlighted
from reading_room.queries import link_host, load_queries, page
from reading_room.room import open_room
from reading_room.search import SQL
from tests.browser.archive import browsers_archive
from tests.reading_room.archive_rows import make_archive
from tests.reading_room.reading import rows


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
    assert 'href="/news/articles/4?q=lighthouse"' in shown


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


BY_DEFAULT = {"related": "article_id=1"}
"""What a question needs before its defaults matter."""


@pytest.mark.parametrize("name", load_queries())
async def test_a_question_has_a_title_a_sentence_labels_and_words_for_nothing_found(room, name):
    query = load_queries()[name]
    assert query["title"]
    assert query["description"].endswith(".")
    assert query["empty"].endswith(".")
    assert set(query.get("labels", {})) >= set(query.get("params", ())) - {"upto", "page"}
    assert set(query.get("defaults", {})) <= set(query.get("params", ()))
    shown = (await room.client.get(f"/news/{name}")).text
    assert "Custom SQL query" not in shown
    assert f"<h1>{query['title']}</h1>" in html.unescape(shown)
    assert "This page as" not in shown
    assert "<details" in shown
    assert html.escape(query.get("sql", SQL)[:40]) in html.escape(html.unescape(shown))


@pytest.mark.parametrize("name", [name for name, query in load_queries().items() if query.get("defaults")])
async def test_a_box_left_empty_means_what_stands_in_it(room, name):
    told = "&".join(f"{key}={value}" for key, value in load_queries()[name]["defaults"].items())
    asked = BY_DEFAULT.get(name, "site=harbour")
    empty = await rows(room, f"/news/{name}.json?{asked}&_shape=array")
    filled = await rows(room, f"/news/{name}.json?{asked}&{told}&_shape=array")
    assert [row | {"see": None} for row in empty] == [row | {"see": None} for row in filled]


@pytest.mark.parametrize("name", load_queries())
async def test_nothing_found_is_said_in_a_sentence(tmp_path, name):
    with sqlite3.connect(tmp_path / "empty.db") as db:
        migrations.apply(Database(db))
    db.close()
    shown = (await open_room(tmp_path / "empty.db").client.get(f"/news/{name}?q=zebra")).text
    assert html.escape(load_queries()[name]["empty"], quote=False) in html.unescape(shown)
    assert "0 results" not in shown


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """An archive with a story of two sites, a text that both ran, silent edits, a watch."""
    return open_room(browsers_archive(tmp_path_factory.mktemp("told") / "news.db"))


async def test_a_story_is_told_from_its_beginning_with_reasons(told):
    found = await rows(told, "/news/story.json?story_id=100&_shape=array")
    assert [row["article_id"] for row in found] == [3, 8, 1]
    assert found[1]["reason"] == "same names and words: ferry, storm"
    stories = await rows(told, "/news/latest_stories.json?sites=2&_shape=array")
    assert {row["story_id"]: row["sites"] for row in stories}[100] == 2
    assert all(row["sites"] > 1 for row in stories)


async def test_a_gap_is_a_story_that_others_tell(told):
    archive = told.get_database("news").path
    with sqlite3.connect(archive) as db:
        db.execute("insert into sites (name) values ('valley')")
    db.close()
    gaps = await rows(told, "/news/coverage_gaps.json?site=valley&_shape=array")
    assert 100 in {row["story_id"] for row in gaps}
    gaps = await rows(told, "/news/coverage_gaps.json?site=uplands&sites=1&_shape=array")
    assert 100 not in {row["story_id"] for row in gaps}
    assert await rows(told, "/news/coverage_gaps.json?site=nobody&_shape=array") == []


@pytest.mark.parametrize("article", [8, 9])
async def test_who_ran_a_text_is_found_from_the_origin_and_from_a_copy(told, article):
    found = await rows(told, f"/news/wire_lineage.json?article_id={article}&_shape=array")
    assert [(row["nth"], row["article_id"], row["kept"]) for row in found][:2] == [(1, 8, 1.0), (2, 9, 0.8)]
    assert [row["article_id"] for row in await rows(told, "/news/syndicated.json?wire=AFP&_shape=array")] == [8]


async def test_silent_edits_and_withdrawals_are_listed_with_what_was_before(told):
    edits = await rows(told, "/news/silent_edits.json?site=harbour&_shape=array")
    assert "Ferry stops" in [row["title_before"] for row in edits]
    assert await rows(told, "/news/silent_edits.json?site=uplands&_shape=array") == []
    gone = await rows(told, "/news/disappeared.json?_shape=array")
    assert [row["article_id"] for row in gone] == [12]


async def test_wanted_articles_and_crawls_lead_on(told):
    wanted = await rows(told, "/news/wanted.json?_shape=array")
    assert wanted[0]["anchor_text"] == "Not fetched yet"
    crawls = await rows(told, "/news/crawl_history.json?site=harbour&_shape=array")
    assert crawls[0]["crawl_id"] == 1
    for see in (wanted[0]["see"], crawls[0]["see"]):
        assert await rows(told, see.replace("?", ".json?") + "&_shape=array")


async def test_a_watch_is_followed_by_its_name(told):
    found = await rows(told, "/news/watch.json?name=ferries&_shape=array")
    assert [(row["article_id"], row["watch"]) for row in found] == [(1, "ferries")]
    assert await rows(told, "/news/watch.json?name=nothing&_shape=array") == []


async def test_times_in_questions_are_shown_to_be_read(told):
    shown = (await told.client.get("/news/story?story_id=100")).text
    assert '<time datetime="2024-12-08T06:30:00Z">2024-12-08 06:30 UTC</time>' in shown
