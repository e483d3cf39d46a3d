"""Searching: what is found under which filters, in which order, page by page, in any script, and what is explained."""

import sqlite3

import pytest

from pipelines.archive.searching import read
from reading_room.queries import load_queries
from reading_room.room import open_room
from reading_room.search import PAGE, SQL, context, page_number, piece_snippet
from tests.reading_room.archive_rows import add_articles, make_archive
from tests.reading_room.reading import rows

CHINESE = "渡轮航线在风暴后重新开放"
THAI = "เรือข้ามฟากกลับมาให้บริการ"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = make_archive(tmp_path_factory.mktemp("search") / "news.db")
    add_articles(path, 120, "2024-12-05T00:00:00Z")
    with sqlite3.connect(path) as db:
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
        ({"q": "paragraph", "author": "QUILL"}, {1, 3, 8, 9}),
        ({"q": "paragraph", "author": "quill", "site": "uplands"}, {8, 9}),
        ({"q": "paragraph", "changed": "yes"}, {1}),
        ({"q": "paragraph", "from": "2024-12-09", "site": "harbour"}, {1, 2}),
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


async def test_newest_first_goes_by_time_and_leaves_undated_ones_for_the_end(room):
    assert await found(room, q="ferry OR notice", order="newest") == [1, 2, 3, 12, 7]


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
    for page in range(1, 9):
        these = await found(room, **asked, upto=upto, page=page)
        seen += these
        if len(these) < PAGE:
            break
        with sqlite3.connect(copy) as db:
            newer = (1000 + page, f"https://x.example/{page}", f"x:{page}", "2025-01-01T00:00:00Z")
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


async def test_such_articles_are_found_through_their_own_index(archive):
    with sqlite3.connect(archive) as db:
        names = load_queries()["search"]["params"]
        open_room(archive)._prepare_connection(db, "news")
        plan = " ".join(row[3] for row in db.execute(f"explain query plan {SQL}", dict.fromkeys(names, "")))
    db.close()
    assert "USING INDEX articles_unspaced" in plan or "USING COVERING INDEX articles_unspaced" in plan


def test_the_piece_that_was_looked_for_is_marked():
    assert "⟪风暴⟫" in piece_snippet("前文" * 100 + CHINESE, "风暴")
    assert piece_snippet("nothing", "风暴") == "nothing"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ('storm "ferry', "quotation mark"),
        ("(ferry", "bracket"),
        ("ferry AND", "between two words"),
        ("headline:ferry", "title:, standfirst: or text:"),
        ("NEAR(ferry storm", "bracket"),
        ("ferry-line", "quotation marks"),
        ("U.S.", "quotation marks"),
        ("...", "no word"),
    ],
)
async def test_what_does_not_parse_is_explained_with_what_to_write(room, typed, told):
    note = read(typed).note
    assert note is not None
    assert told in note
    answer = await room.client.get("/news/search", params={"q": typed})
    assert answer.status_code == 200
    assert 'role="status"' in answer.text


@pytest.mark.parametrize(
    "typed", ["ferry", "ferry storm", "ferr*", "ferry NOT storm", "title: ferry", "NEAR(a b, 3)", ""]
)
def test_what_parses_is_left_as_it_is_and_not_explained(typed):
    assert (read(typed).match or "", read(typed).note) == (typed, None)


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
