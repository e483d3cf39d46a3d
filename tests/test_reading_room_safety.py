"""Nothing that a page of the web says may run in the browser of who reads the archive."""

import html
import re

import pytest

from reading_room.room import open_room
from tests.archive_rows import NASTY_LINK, NASTY_SECTION, NASTY_TITLE, make_archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_archive(tmp_path_factory.mktemp("room") / "news.db")


@pytest.fixture
def room(archive):
    return open_room(archive)


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
