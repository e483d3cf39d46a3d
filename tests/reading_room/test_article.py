"""The page of an article: read as one reads a newspaper, with its history and everything around it."""

import re
import sqlite3

import pytest

from reading_room.citing import cited
from tests.reading_room.archive_lively import ARABIC, COPY, EDITED, GONE, HOSTILE, LIVE, ORIGIN, make_lively
from tests.reading_room.reading import page, words


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_lively(tmp_path_factory.mktemp("room") / "news.db")


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


async def test_the_history_goes_by_the_clock_of_the_paper_and_leads_to_each_state(room):
    history = (await page(room, f"/news/articles/{EDITED}")).split('id="history"')[1].split("The record")[0]
    assert "10 December 2024, 01:00 MSK · 9 December 2024, 22:00 UTC" in words(history)
    assert 'href="/news/revisions/2">The version before this' in history
    assert 'href="/compare?article=21&amp;from=2"' in history.replace("&from", "&amp;from")


async def test_what_was_taken_out_is_shown_where_it_stood_when_asked(room):
    def text(shown):
        return shown.split('<div class="text">')[1].split("</article>")[0]

    assert "Sign &lt;up&gt; for letters" not in text(await page(room, f"/news/articles/{EDITED}"))
    assert "Taken out: newsletter Sign <up> for letters" in words(
        text(await page(room, f"/news/articles/{EDITED}?dropped=1"))
    )


async def test_an_article_can_be_cited(room):
    shown = words((await page(room, f"/news/articles/{EDITED}")).split("Cite it")[1])
    assert (
        "Mara Quill, Ivo <i>Brand</i>: “Port Alden dock workers end eleven-day strike”. The Harbour Post,"
        " 9 December 2024, https://harbour.example/a21 (as seen on 10 December 2024, copy at http://localhost/news/articles/21)."
        in shown
    )
    assert "@online{harbour2024-21, author = {{Mara Quill} and {Ivo <i>Brand</i>}}," in shown
    assert "date = {2024-12-09}, url = {https://harbour.example/a21}, urldate = {2024-12-10}" in shown


def test_nothing_in_a_title_is_a_command_of_tex():
    article = {
        "id": 1, "site": "a-b.example", "site_title": None, "timezone": "Asia/Tokyo", "url": "https://a.example/{x}%20\\",
        "published_at": "2024-12-31T23:00:00Z", "first_seen_at": "2025-01-01T00:00:00Z", "last_changed_at": None,
        "language": None, "title": "100 % & \\input{/etc/passwd} #1_~^$\n}",
    }  # fmt: skip
    bibtex = cited(article, [], "http://localhost/news/articles/1")["bibtex"]
    assert (
        r"title = {{100 \% \& \textbackslash{}input\{/etc/passwd\} \#1\_\textasciitilde{}\textasciicircum{}\$ \}}}"
        in bibtex
    )
    assert "url = {https://a.example/x%20}" in bibtex
    assert "date = {2025-01-01}" in bibtex  # where the paper is
    assert bibtex.startswith("@online{abexample2025-1,")


async def test_where_its_text_and_its_capture_are_from_is_said(archive, room):
    with sqlite3.connect(archive) as db:
        db.execute("insert into provenance(article_id, field, source, chosen) values (?, 'text', 'densest', 1)", [LIVE])
        db.execute("update articles set capture = 'dec.warc.gz:1204:sha1 jan.warc.gz:7:sha1' where id = ?", [LIVE])
        db.execute("update article_facts set wall = 'a paywall', partial = 'page 2 of 3' where article_id = ?", [LIVE])
    shown = words(await page(room, f"/news/articles/{LIVE}"))
    assert "Text from the part of the page with the most prose" in shown
    assert "warcio extract --payload dec.warc.gz 1204 warcio extract --payload jan.warc.gz 7" in shown
    assert "Closed by now: a paywall . The text is the one that was stored before." in shown
    assert "Not whole: page 2 of 3" in shown


async def test_what_is_on_demand_is_there(room):
    record = (await page(room, f"/news/articles/{EDITED}")).split("The record")[1]
    for passage in ("json-ld", "believed", "newsletter", "Sign &lt;up&gt; for letters", "?amp=1", "An older box",
                    f"scrapy export {EDITED}", "address_key", "crawl 2"):  # fmt: skip
        assert passage in record


async def test_the_title_names_the_kind_once(room):
    shown = words(await page(room, "/news/articles")).lower()
    assert "opinion · opinion" not in shown
    assert "features · feature" not in shown


async def test_an_article_is_read_from_indexes_alone(archive):
    from reading_room.rows import ARTICLE, COPIES

    with sqlite3.connect(archive) as db:
        for name, sql in {**ARTICLE, "copies": COPIES}.items():
            plan = [row[3] for row in db.execute(f"explain query plan {sql}", {"id": 1, "origin": 1})]
            scans = [
                step
                for step in plan
                if step.startswith("SCAN") and step not in ("SCAN r", "SCAN l") and "CONSTANT" not in step
            ]
            assert not scans, (name, plan)
