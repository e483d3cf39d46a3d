"""Searching: what is found under which filters, in which order, page by page, in any script, and what is explained."""

import json
import re
import sqlite3

import pytest
from markupsafe import escape

from pipelines.archive.searching import around_piece, read
from reading_room.queries import load_queries
from reading_room.room import open_room
from reading_room.search import LATEST_LOST, PAGE, as_one_each, context, page_number
from tests.reading_room.archive_rows import add_articles, make_archive
from tests.reading_room.reading import page, rows

CHINESE = "渡轮航线在风暴后重新开放"
THAI = "เรือข้ามฟากกลับมาให้บริการ"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = make_archive(tmp_path_factory.mktemp("search") / "news.db")
    add_articles(path, 120, "2024-12-05T00:00:00Z")
    with sqlite3.connect(path) as db:
        db.execute("update sites set country = 'no' where name = 'uplands'")
        for n, title in ((900, CHINESE), (901, THAI)):
            db.execute(
                "insert into articles (id, site, url, address_key, kind, title, published_at, text)"
                " values (?, 'harbour', ?, ?, 'news', ?, '2024-12-07T00:00:00Z', ?)",
                (n, f"https://harbour.example/a{n}", f"harbour:{n}", title, f"{title}。<b>"),
            )
    db.close()
    return path


async def found(room, **asked):
    answer = await room.client.get("/news/search.json", params={"_shape": "array", **asked})
    assert answer.status_code == 200, answer.text
    return [row["article_id"] for row in answer.json()]


@pytest.mark.parametrize(
    ("asked", "articles"),
    [
        ({"q": "paragraph", "site": "uplands", "gone": "yes"}, {12}),
        ({"q": "paragraph", "site": "uplands", "gone": "no"}, {8, 9, 10, 11}),
        ({"q": "paragraph", "section": "features"}, {4, 5}),
        ({"q": "paragraph", "kind": "opinion"}, {2}),
        ({"q": "paragraph", "wire": "AFP"}, {8, 9}),
        ({"q": "paragraph", "country": "no"}, {8, 9, 10, 11, 12}),
        ({"q": "paragraph", "country": "no,dk", "gone": "no"}, {8, 9, 10, 11}),
        ({"q": "paragraph", "country": "dk"}, set()),
        ({"country": "no", "wire": "AFP"}, {8, 9}),
        ({"q": "paragraph", "author": "QUILL"}, {1, 3, 8, 9}),
        ({"q": "paragraph", "author": "quill", "site": "uplands"}, {8, 9}),
        ({"q": "paragraph", "changed": "yes"}, {1}),
        ({"q": "paragraph", "from": "2024-12-09", "site": "harbour"}, {1, 2, 7}),
        ({"q": "paragraph", "from": "2024-12-01", "to": "2024-12-02"}, {4, 11}),
        ({"author": "quill"}, {1, 3, 8, 9}),
        ({"gone": "yes"}, {12}),
        ({"q": "   ", "kind": "feature"}, {5}),
        ({}, set()),
    ],
)
async def test_filters_hold_in_either_order(room, asked, articles):
    assert set(await found(room, **asked)) == articles
    newest = await found(room, **asked, order="newest")
    assert set(newest) == articles


async def test_an_article_without_a_date_goes_by_the_listing_that_named_it_or_by_the_first_look(room):
    assert await found(room, q="ferry OR notice", order="newest") == [7, 1, 2, 3, 12]  # 7 was first seen last of all
    assert await found(room, q="notice", **{"from": "2024-12-09", "to": "2024-12-09"}) == [7]
    assert await found(room, q="notice", to="2024-12-08") == [12]


SEARCHES = [
    "paragraph", "tied", "paragraph OR tied", "article", "paragraph -ferry", "par*", '"second paragraph"', "title:tied",
    "tied OR snow", "(ferry OR tied) paragraph",
]  # fmt: skip


@pytest.mark.parametrize("q", SEARCHES)
async def test_the_feed_of_a_search_has_the_newest_of_all_it_finds(archive, room, q):
    """Not the newest among the best, whatever order and page the reader looks at."""
    answer = await room.client.get("/news/search.atom", params={"q": q, "order": "", "page": "2"})
    assert answer.status_code == 200, answer.text
    fed = [
        int(number)
        for number in re.findall(r'rel="alternate" type="text/html" href="[^"]*/articles/(\d+)"', answer.text)
    ]
    matching = {int(row["id"]) for row in await rows_of(room, q)}
    with sqlite3.connect(archive) as db:
        dated = db.execute("select article_id from article_facts order by dated_at desc, article_id").fetchall()
    assert fed == [number for (number,) in dated if number in matching][:PAGE]
    assert len(fed) == min(PAGE, len(matching)) > 0


async def rows_of(room, q):
    """Return the rows of the whole download of a search."""
    answer = await room.client.get("/news/search-download", params={"q": q, "format": "jsonl"})
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize(
    "asked", [{"q": "tied"}, {"q": "tied", "order": "newest"}, {"section": "news", "site": "harbour"}]
)
async def test_pages_neither_lose_nor_repeat_while_articles_come_in(tmp_path, archive, asked):
    copy = tmp_path / "news.db"
    copy.write_bytes(archive.read_bytes())
    room, seen = open_room(copy), []
    upto = (await rows(room, "/news.json?sql=select+max(id)+as+n+from+articles&_shape=array"))[0]["n"]
    everything = set(await found(room, **asked)) if len(await found(room, **asked)) < PAGE else None
    assert everything is None
    for number in range(1, 9):
        these = await found(room, **asked, upto=upto, page=number)
        seen += these
        if len(these) < PAGE:
            break
        with sqlite3.connect(copy) as db:
            newer = (1000 + number, f"https://x.example/{number}", f"x:{number}", "2025-01-01T00:00:00Z")
            db.execute(
                "insert into articles (id, site, url, address_key, published_at, kind, title, section, text)"
                " values (?, 'harbour', ?, ?, ?, 'news', 'Tied anew', 'news', 'tied')",
                newer,
            )
        db.close()
    assert len(seen) == len(set(seen)) >= 120
    assert all(article <= upto for article in seen)


@pytest.mark.parametrize(
    ("q", "articles"),
    [
        ("风暴", [900]),
        ("轮", [900]),
        ("风暴 开放", [900]),
        ("风暴 ferry", []),
        ('"重新"', [900]),
        ("ข้ามฟาก", [901]),
        ("東京", []),
    ],
)
async def test_words_inside_scripts_without_blanks_are_found(room, q, articles):
    assert await found(room, q=q) == articles
    assert await found(room, q=q, order="newest", site="harbour") == articles
    assert await found(room, q=q, site="uplands") == []


def test_the_piece_that_was_looked_for_is_marked():
    assert "<风暴>" in around_piece("前文" * 100 + CHINESE, "风暴", ("<", ">"))
    assert around_piece("nothing", "风暴") == ""
    assert around_piece("a storm", "storm") == ""  # full text does that


@pytest.mark.parametrize("typed", ['storm "ferry', "(ferry", "ferry AND", "headline:ferry", "...", "-river"])
async def test_what_is_not_meant_as_typed_is_explained(room, typed):
    answer = await room.client.get("/news/search", params={"q": typed})
    assert answer.status_code == 200
    assert escape(read(typed).note) in answer.text


async def test_the_page_keeps_what_was_chosen_and_offers_what_there_is(room):
    shown = (await room.client.get("/news/search?q=ferry&site=harbour&order=newest")).text
    assert '<option value="harbour" selected>The Harbour Post</option>' in shown
    assert '<option value="newest" selected>newest first</option>' in shown
    assert "Uplands &lt;b&gt;Daily&lt;/b&gt;" in shown
    assert 'rel="next"' not in shown
    assert 'rel="next"' in (await room.client.get("/news/search?q=tied")).text
    assert "That was all." in (await room.client.get("/news/search?q=tied&page=9")).text


def test_links_to_other_pages_keep_the_search_and_its_newest_article():
    given = dict.fromkeys(load_queries()["search"]["params"], "") | {"q": "a&b", "page": "2"}
    around = context(given, {}, "77", "/news/search")
    assert around["before"] == "/news/search?q=a%26b&page=1&upto=77"
    assert around["after"] == "/news/search?q=a%26b&page=3&upto=77"


@pytest.mark.parametrize(("given", "page"), [("", 1), ("3", 3), ("0", 1), ("-1", 1), ("x", 1), ("9" * 30, 1), ("²", 1)])
def test_any_page_number_is_one(given, page):
    assert page_number(given) == page


def test_several_values_of_a_filter_become_one_and_a_feed_is_newest_first():
    assert as_one_each("q=a&site=x&site=&site=y&order=&page=3", is_feed=False) == "q=a&site=x%2Cy&order=&page=3"
    assert as_one_each("q=a&page=3&upto=9", is_feed=True) == "q=a&page=&upto=&order=newest"


async def test_filters_take_several_papers_and_a_tag(room):
    answer = await room.client.get("/news/search.json?_shape=array&q=paragraph&site=uplands&site=harbour&gone=yes")
    assert [row["article_id"] for row in answer.json()] == [12]
    assert await found(room, q="ferry", tag="FERRIES") == [1]
    assert await found(room, tag="ferries", language="en") == []
    assert await found(room, language="en,de") == [3]


async def test_the_number_of_hits_stands_above_them_and_what_is_counted_comes_by_itself(room):
    shown = (await room.client.get("/news/search?q=tied")).text
    assert "<strong>120 articles</strong>" in shown
    assert 'data-part="/news/search-around?q=tied"' in shown
    part = (await room.client.get("/news/search-around?q=paragraph")).text
    assert "The Harbour Post" in part
    assert "Uplands &lt;b&gt;Daily&lt;/b&gt;" in part
    assert "Articles a day" in part
    assert 'href="/news/search?q=paragraph&amp;site=uplands"' in part


async def test_the_feed_of_a_search_holds_its_newest(room):
    feed = (await room.client.get("/news/search.atom?q=paragraph+OR+tied")).text
    times = re.findall("<published>(.*?)</published>", feed)
    assert times == sorted(times, reverse=True)
    assert times[0] == "2024-12-09T11:02:00Z"


async def test_where_very_many_states_had_the_words_the_page_looks_at_the_latest_and_says_so(tmp_path):
    path = make_archive(tmp_path / "news.db")
    with sqlite3.connect(path) as db:
        states = [(1_000, 2), *((n, 1) for n in range(1_001, 1_001 + LATEST_LOST))]
        db.executemany("insert into revisions(id, article_id, cause) values (?, ?, 'edit')", states)
        db.executemany("insert into revisions_fts(rowid, text) values (?, 'an ammonite')", [(n,) for n, _ in states])
    db.close()
    room = open_room(path)
    assert await found(room, q="ammonite") == [1]
    shown = await page(room, "/news/search?q=ammonite")
    assert "More than 5,000 earlier states had these words before an edit" in shown
    assert "1 article<" in shown
    assert [row["id"] for row in await rows_of(room, "ammonite")] == [1, 2]
    assert "earlier states had" not in await page(room, "/news/search?q=ferry")
