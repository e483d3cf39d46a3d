"""Nothing that a page of the web says may run in the browser of who reads the archive."""

import html
import re
import sqlite3
from contextlib import closing

import pytest

from reading_room import public as strangers
from reading_room.room import open_room
from reading_room.safety import policy
from tests.reading_room.archive_rows import NASTY_LINK, NASTY_SECTION, NASTY_TITLE

PAGES_WITH_NASTY_WORDS = [
    "/",
    "/news/articles",
    "/news/articles?_nocol=text",
    "/news/articles/6",
    "/news/links",
    "/news/links/5",
    "/news/authors",
    "/news/tags",
    "/news/provenance",
    "/news/related_articles",
    "/news/unique_articles",
    "/news/search?q=press",
    "/news/search?q=under",
    "/news/author?name=brand",
    "/news?sql=select+article_id,+href+as+title,+href+as+see,+anchor_text+as+snippet+from+links",
]


@pytest.mark.parametrize("path", PAGES_WITH_NASTY_WORDS)
async def test_nothing_stored_runs_in_a_readers_browser(room, path):
    shown = (await room.client.get(path)).text
    for markup in (
        "<script>alert",
        "<img src=x",
        "<svg onload",
        "<i>Brand",
        "<b>Daily",
        "<b>press",
        "<em>weather",
        "<u>",
    ):
        assert markup not in shown, f"{markup} on {path}"
    assert not re.search(r"(href|src|action)\s*=\s*[\"']?\s*javascript:", html.unescape(shown), re.IGNORECASE)


async def test_the_nasty_words_are_shown_as_words(room):
    shown = (await room.client.get("/news/articles/6")).text
    for words in (NASTY_TITLE, NASTY_LINK, NASTY_SECTION):
        assert words in html.unescape(shown)


async def test_no_page_loads_anything_from_elsewhere(room):
    for path in ("/", "/news", "/news/articles", "/news/articles/1", "/news/search?q=ferry"):
        shown = (await room.client.get(path)).text
        loaded = re.findall(r"<(?:link rel=\"stylesheet\"|script|img|iframe)[^>]*(?:href|src)=[\"']([^\"']+)", shown)
        assert loaded, path
        assert all(address.startswith("/") and not address.startswith("//") for address in loaded), path
        for address in loaded:
            assert (await room.client.get(address)).status_code == 200, address


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/news/articles/6",
        "/news/search.json?q=x",
        "/news/articles.csv",
        "/news/articles.atom",
        "/nowhere",
        "/-/static/app.css",
    ],
)
async def test_every_answer_forbids_foreign_scripts_frames_and_guessing(room, path):
    headers = (await room.client.get(path)).headers
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert (rules["frame-ancestors"], rules["base-uri"], rules["form-action"]) == ("'none'", "'none'", "'self'")
    assert rules["img-src"] == "'self' data:"
    assert headers.get_list("x-content-type-options") == ["nosniff"]
    assert headers.get_list("referrer-policy") == ["no-referrer"]


async def test_the_policy_knows_the_scripts_that_stand_in_the_pages(room):
    for path in ("/", "/news", "/news/articles", "/news/articles/1", "/news/search?q=ferry", "/news?sql=select+1+as+a"):
        shown = (await room.client.get(path)).text
        inline = re.findall(r"<script>(.*?)</script>", shown, re.DOTALL)
        allowed = (await room.client.get(path)).headers["content-security-policy"]
        for script in inline:
            assert policy([script]).split("'sha256-")[1].split("'")[0] in allowed, f"{path}: {script[:80]}"


@pytest.mark.parametrize(
    "path", ["/news/articles.json", "/news/articles/6.json", "/news/search.json?q=press", "/-/databases.json"]
)
async def test_what_is_stored_is_no_page_when_it_comes_as_json(room, path):
    assert (await room.client.get(path)).headers["content-type"].startswith("application/json")


async def test_a_query_cannot_take_all_memory(room):
    for sql in ("select hex(zeroblob(400000000))", "select replace(hex(zeroblob(20000000)), '0', 'abcdefgh')"):
        answer = await room.client.get("/news.json", params={"sql": sql})
        assert answer.status_code == 400
        assert "too big" in answer.text


@pytest.fixture
def public_room(archive):
    return open_room(archive, public=True)


@pytest.mark.parametrize(
    "path",
    [
        "/news?sql=select+1",
        "/news.json?sql=select+1",
        "/news/articles?_where=1",
        "/news/articles.json?_where=id+in+(select+1)",
    ],
)
async def test_strangers_write_no_sql(public_room, path):
    answer = await public_room.client.get(path)
    assert "sqlite_version" not in answer.text
    assert answer.status_code in (400, 403)


async def test_strangers_read_search_and_follow(public_room):
    for path in (
        "/",
        "/news",
        "/news/articles",
        "/news/articles/1",
        "/news/related?article_id=1",
        "/news/silent_edits.atom",
    ):
        assert (await public_room.client.get(path)).status_code == 200, path
    found = (await public_room.client.get("/news/search.json?q=lighthouse&_shape=array")).json()
    assert [row["article_id"] for row in found] == [4]
    assert "Change it" not in (await public_room.client.get("/news/related?article_id=1")).text


async def test_strangers_choose_no_facets_and_take_no_whole_table(public_room):
    assert (await public_room.client.get("/news/links.json?_facet=href")).status_code == 400
    assert (await public_room.client.get("/news/links.csv?_stream=1")).status_code == 400
    assert (await public_room.client.get("/news.db")).status_code in (403, 404)


CLOSED = ("watches", "alerts", "deliveries", "forgotten", "_validators", "_pace", "_matched", "articles_fts_data")


@pytest.mark.parametrize("ending", ["", ".json", ".csv", ".atom", "/1", "?_show_hidden=1"])
@pytest.mark.parametrize("table", CLOSED)
async def test_strangers_see_no_table_that_is_not_on_the_list(public_room, table, ending):
    assert (await public_room.client.get(f"/news/{table}{ending}")).status_code in (403, 404)


async def test_every_public_table_is_on_the_list_or_closed_on_purpose(archive, public_room):
    with closing(sqlite3.connect(archive)) as db:
        names = {name for (name,) in db.execute("select name from sqlite_master where type in ('table', 'view')")}
    told = {name for name in names if not name.startswith(("_", "articles_fts", "revisions_fts", "sqlite_"))}
    assert told == strangers.TABLES | {"watches", "alerts", "deliveries", "forgotten"}
    for name in sorted(strangers.TABLES):
        assert (await public_room.client.get(f"/news/{name}.json?_size=1")).status_code == 200, name


@pytest.mark.parametrize(
    "page",
    ["metadata", "plugins", "settings", "threads", "databases", "versions", "permissions", "allow-debug", "actor",
     "messages", "patterns", "logout", "config", "settings.json", "databases.json", "../-/metadata"],
)  # fmt: skip
async def test_strangers_see_no_page_of_the_machinery(public_room, page):
    assert (await public_room.client.get(f"/-/{page}")).status_code == 404


async def test_strangers_are_not_even_told_the_names(public_room):
    for path in ("/", "/news", "/news?_show_hidden=1", "/news.json", "/.json"):
        answer = await public_room.client.get(path)
        for name in CLOSED:
            assert f"/news/{name}" not in answer.text, (path, name)
    for query in ("/news/watch", "/news/watch.json", "/news/watch.atom"):
        assert (await public_room.client.get(query)).status_code == 403


@pytest.mark.parametrize("header", ["host", "x-forwarded-host"])
@pytest.mark.parametrize(
    "path", ["/news/articles.atom", "/news/silent_edits.atom", "/news/articles.json", "/news/articles"]
)
async def test_the_host_that_a_request_names_is_not_repeated(archive, path, header):
    room = open_room(archive, public=True, address="https://archive.example.org/")
    answer = await room.client.get(path, headers={header: "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text + str(answer.headers)
    if path.endswith(".atom"):
        assert "https://archive.example.org/news/" in answer.text
