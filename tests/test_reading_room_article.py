"""The page of an article: read as one reads a newspaper, with its history and everything around it."""

import html
import re
import sqlite3
import time

import pytest

from reading_room.article_body import clean, language, linked, parts
from reading_room.article_copies import lineage, told
from reading_room.article_history import changes
from reading_room.article_times import both, day, hour_here, shorter
from reading_room.room import open_room
from tests.archive_lively import ARABIC, BIDI_TITLE, COPY, EDITED, GONE, HOSTILE, LIVE, ORIGIN, make_lively

TARGET = {"target_title": "A <b>title</b>"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_lively(tmp_path_factory.mktemp("room") / "news.db")


@pytest.fixture(scope="module")
def room(archive):
    return open_room(archive)


async def page(room, path):
    answer = await room.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def words(markup):
    """What a reader sees, one space between words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def link(start=None, end=None, href="https://e.example/", target=None, kind="inline", position=0):
    return {"kind": kind, "position": position, "start": start, "end": end, "href": href, "target_id": target, **TARGET}


async def test_an_article_reads_in_order(room):
    shown = words(await page(room, f"/news/articles/{EDITED}"))
    order = [
        "Port Alden dock workers end eleven-day strike A narrow majority",
        "By Mara Quill and Ivo <i>Brand</i>",
        "9 December 2024, 21:20 MSK · 18:20 UTC",
        "Silently edited",
        "Cranes at Port Alden. T. Varga / Harbour Post",
        "Dock workers at Port Alden voted",
        "Related Storm closes the ferry line",
        "What was agreed",
        "Night shifts are limited",
        "harbour master’s bulletin",
        "A piece that is not kept not in the archive",
        "ferries",
        "Joined through Strike vote as it happened : shares Port Alden",
        "History",
        "The record",
    ]
    places = [shown.index(passage) for passage in order]
    assert places == sorted(places)


async def test_every_page_has_one_heading_of_the_first_rank_and_its_landmarks(room):
    for path in ("/", "/news", f"/news/articles/{EDITED}", "/news/stories/1", "/news/crawls/2", "/news/candidates"):
        shown = await page(room, path)
        assert shown.count("<h1") == 1, path
        for landmark in ("<main ", "<header ", "<footer ", "<nav ", '<html lang="en">', 'href="#content"'):
            assert landmark in shown, (path, landmark)


async def test_links_lead_to_the_archive_where_it_has_the_article_and_outside_otherwise(room):
    shown = await page(room, f"/news/articles/{EDITED}")
    assert re.search(rf'<a href="/news/articles/{LIVE}"[^>]*>Dock workers</a>', shown)
    assert (
        '<a class="outside" href="https://bulletin.example/today" rel="noopener nofollow noreferrer">'
        "harbour master’s bulletin</a>" in shown
    )
    assert "An older box" not in shown.split("The record")[0], "a link that is no more on the page"


async def test_the_image_is_named_and_never_loaded(room):
    shown = await page(room, f"/news/articles/{EDITED}")
    assert 'href="https://harbour.example/cranes.jpg"' in shown
    assert "<img" not in shown


async def test_the_history_shows_words_and_fields_and_keeps_our_own_rules_apart(room):
    history = (await page(room, f"/news/articles/{EDITED}")).split('id="history"')[1].split("The record")[0]
    edits, rules = history.split("our reading of the same page changed")
    assert "<del>nine-day</del> <ins>eleven-day</ins>" in edits
    assert "<del>3,650</del> <ins>3,812</ins>" in edits
    assert '<p class="added" dir="auto"><ins>Night shifts are limited to three in a row.</ins></p>' in edits
    assert '<p class="removed" dir="auto"><del>The mayor did not answer questions on Monday.</del></p>' in edits
    assert "Byline" in edits
    assert "silent edit" in edits
    assert "<del>Share this article</del>" in rules
    assert "silent edit" not in rules


async def test_banners_say_what_happened(room):
    assert "No longer on the site" in await page(room, f"/news/articles/{GONE}")
    assert "HTTP 404" in await page(room, f"/news/articles/{GONE}")
    assert "Silently edited" in await page(room, "/news/articles/1")
    assert "A repost" in await page(room, "/news/articles/10")
    assert "Run elsewhere first" in await page(room, f"/news/articles/{COPY}")
    assert '<p class="banner' not in await page(room, f"/news/articles/{LIVE}")


async def test_other_papers_that_ran_it_are_listed_with_their_shares(room):
    shown = words(await page(room, f"/news/articles/{ORIGIN}"))
    assert "The Harbour Post 2024-12-08 09:30 UTC · kept 93 %, own 11 %" in shown
    assert "Valley Echo 2024-12-08 10:00 UTC · kept 46 %, own 0 %" in shown


async def test_posts_of_a_live_blog_have_their_times(room):
    shown = words(await page(room, f"/news/articles/{LIVE}"))
    assert "9 December 2024, 13:15 MSK · 10:15 UTC The hall is full." in shown


async def test_texts_in_other_languages_say_so(room):
    shown = await page(room, f"/news/articles/{ARABIC}")
    assert '<article class="article" lang="ar">' in shown
    assert '<h1 dir="auto">' in shown
    assert '<bdi lang="ar">' in await page(room, "/")


async def test_nothing_hostile_leaves_its_place(room):
    for path in (f"/news/articles/{HOSTILE}", "/", "/news/articles", "/news/crawls/2", "/news/revisions/2"):
        shown = await page(room, path)
        main = shown.split("<main")[1].split("</main>")[0]
        assert "<script>alert" not in shown, path
        assert "<img" not in main, path
        assert 'onload="alert' not in shown, path
        assert "javascript:alert" not in re.findall(r'href="([^"]*)', shown), path
        assert not set("\x00\x07\u202e\u202c") & set(main.split("All fields")[0]), path


async def test_what_is_on_demand_is_there(room):
    record = (await page(room, f"/news/articles/{EDITED}")).split("The record")[1]
    for passage in ("json-ld", "believed", "newsletter", "Sign &lt;up&gt; for letters", "?amp=1", "An older box",
                    f"scrapy export {EDITED}", "address_key", "crawl 2"):  # fmt: skip
        assert passage in record


async def test_the_title_names_the_kind_once(room):
    shown = words(await page(room, "/news/articles")).lower()
    assert "opinion · opinion" not in shown
    assert "features · feature" not in shown


def test_a_link_whose_place_is_impossible_leaves_the_words_alone():
    for start, end in ((None, 3), (-1, 3), (3, 3), (2, 99), (5, 2)):
        assert linked("five <words>", [link(start, end)]) == "five &lt;words&gt;"
    shown = linked("one two", [link(0, 3), link(2, 6, "https://other.example/")])
    assert shown.count("<a ") == 1


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example", ""])
def test_only_web_addresses_become_links(href):
    assert linked("one two", [link(0, 3, href)]) == "one two"


def test_a_link_to_an_article_of_the_archive_says_which():
    assert linked("one two", [link(0, 3, target=7)]) == (
        '<a href="/news/articles/7" title="In the archive: A &lt;b&gt;title&lt;/b&gt;">one</a> two'
    )


def test_items_of_a_list_and_paragraphs_of_a_quotation_stand_together():
    blocks = [{"position": n, "kind": kind, "at": None} for n, kind in enumerate(["list", "list", "quote", "odd"])]
    shown = parts(["a", "b", "c", "d"], blocks, [link(kind="related", position=99), link(kind="related", position=-1)])
    assert [(part.kind, [str(item) for item in part.items]) for part in shown] == [
        ("related", []), ("list", ["a", "b"]), ("quote", ["c"]), ("text", ["d"]), ("related", []),
    ]  # fmt: skip


def test_an_unknown_language_is_no_language():
    assert [language(code) for code in ("en", "pt-BR", "zh-Hans-CN", 'en" x="', "", None)] == [
        "en", "pt-BR", "zh-Hans-CN", None, None, None,
    ]  # fmt: skip


def test_control_characters_and_turns_of_direction_are_left_out():
    assert clean(BIDI_TITLE) == "Ship gnp.exe sails on"
    assert clean("a\tb\nc\ud800") == "a\tb\nc"
    assert clean(None) == ""


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        ("2024-12-09T22:30:00Z", "Europe/Moscow", "10 December 2024, 01:30 MSK · 9 December 2024, 22:30 UTC"),
        ("2024-07-09T11:02:00Z", "America/Sao_Paulo", "9 July 2024, 08:02 UTC-03:00 · 11:02 UTC"),
        ("2024-12-09T11:02:00Z", "UTC", "9 December 2024, 11:02 UTC"),
        ("2024-12-09T11:02:00Z", "No/Where", "9 December 2024, 11:02 UTC"),
        ("2024-12-09T11:02:00Z", None, "9 December 2024, 11:02 UTC"),
        ("2024-12-09", "Europe/Moscow", "9 December 2024"),
        ("soonT", "Europe/Moscow", "soonT"),
        (None, "Europe/Moscow", ""),
    ],
)
def test_times_are_told_by_the_sites_clock_and_in_utc(at, zone, shown):
    assert both(at, zone) == shown


def test_times_are_shortened_to_the_minute():
    assert shorter("2024-12-09T11:02:00Z") == "2024-12-09 11:02 UTC"
    assert (day("2024-12-09T11:02:00Z"), day("soon"), day(None)) == ("9 December 2024", "soon", "")
    assert hour_here("2024-12-09T22", "Asia/Kolkata") == 3


SNOW = "Snow fell on twelve towns of the north on Sunday night."
TRAINS = "Trains ran late on three lines until the morning."
ROAD = "The road over the pass was closed to lorries for a day."


@pytest.mark.parametrize(
    ("copy", "did"),
    [
        ([SNOW, TRAINS, ROAD], ""),
        ([SNOW, ROAD], "1 paragraph cut"),
        ([SNOW.replace("twelve", "two"), TRAINS, ROAD, "Ferries ran."], "1 paragraph added, 1 changed"),
        ([TRAINS, ROAD, SNOW], "1 paragraph moved"),
        (["Ferries ran as they do."], "3 paragraphs cut, 1 added"),
    ],
)
def test_what_a_copy_did_is_counted(copy, did):
    assert told(list(lineage([SNOW, TRAINS, ROAD], copy))) == did


def test_a_copy_is_told_of_once_however_its_paragraphs_were_joined_or_parted():
    for origin, copy in (([SNOW, TRAINS], [f"{SNOW} {TRAINS}"]), ([f"{SNOW} {TRAINS}"], [SNOW, TRAINS])):
        shown = [piece.text for one in lineage(origin, copy) for piece in one.pieces if piece.kind != "removed"]
        assert " ".join("".join(shown).split()).count("Trains") == 1
    assert "part of a longer paragraph there" in {one.note for one in lineage([f"{SNOW} {TRAINS}"], [SNOW, TRAINS])}


def test_long_copies_are_compared_in_bounded_time():
    origin, copy = ["word " * 10_000 + "end"], [f"p{n} of it" for n in range(3000)]
    begun = time.process_time()
    assert told(list(lineage(origin, copy))) == "1 paragraph cut, 3000 added"
    assert time.process_time() - begun < 1


def revision(number, text):
    names = ("title", "standfirst", "byline", "published_at", "image_url", "image_caption", "image_credit", "url")
    return dict.fromkeys(names) | {
        "id": number, "cause": "edit", "silent": 0, "summary": None, "text": text,
        "seen_from": None, "seen_until": None,
    }  # fmt: skip


def test_a_page_compares_the_latest_states_and_leaves_the_rest_to_their_own():
    states = [revision(n, f"{n} " + "word " * 30_000) for n in range(6)]
    steps = changes(states[:5], states[5])
    assert [step.revision_id for step in steps] == [4, 3, 2, 1, 0]
    assert [step.text is None for step in steps] == [False, True, True, True, True]
    assert not changes([], states[0])


async def test_an_article_is_read_from_indexes_alone(archive):
    from reading_room.article_rows import _SQL, COPIES

    with sqlite3.connect(archive) as db:
        for name, sql in {**_SQL, "copies": COPIES}.items():
            plan = [row[3] for row in db.execute(f"explain query plan {sql}", {"id": 1, "origin": 1})]
            scans = [
                step
                for step in plan
                if step.startswith("SCAN") and step not in ("SCAN r", "SCAN l") and "CONSTANT" not in step
            ]
            assert not scans, (name, plan)
