"""Every page in a real browser: no error, nothing from afar, readable on a narrow screen and by a screen reader."""

import sqlite3
from contextlib import closing

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it ships no types

from pipelines.archive.schema import migrations
from reading_room.queries import load_queries
from tests.browser.archive import TIED
from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASKED = {
    "search": "q=ferry&kind=news",
    "story": "story_id=100",
    "coverage_gaps": "site=uplands&sites=1&days=30",
    "related": "article_id=1&depth=3",
    "wire_lineage": "article_id=9",
    "citing": "host=weather.example",
    "author": "name=quill",
}
"""Questions with an answer; the others have one without any word."""
HOSTILE_ARTICLE = 12 + TIED + 1


def tables() -> list[str]:
    from sqlite_utils import Database

    with closing(sqlite3.connect(":memory:")) as connection:
        db = Database(connection)
        migrations.apply(db)
        names = db.table_names() + db.view_names()
    return sorted(name for name in names if not name.startswith(("_", "articles_fts", "revisions_fts", "sqlite_")))


DARK = frozenset({"/", "/news/articles?_size=8", "/news/articles/3", "/news/search?q=ferry-line", "/news/stories/100",
                  "/edits", "/news/sites/harbour", "/watch?q=ferry&site=harbour&language=en&event=new"})  # fmt: skip
PAGES = [
    *(
        "/",
        "/news",
        "/news/articles?_size=8",
        "/news/articles?_nocol=text&_size=4",
        "/news/articles/1",
        "/news/articles/3",
        "/news/articles/6",
    ),
    *("/news/articles/12", f"/news/articles/{HOSTILE_ARTICLE}", f"/news/articles/{HOSTILE_ARTICLE + 1}"),
    *("/news/stories/100", "/news/authors/1", "/news/crawls/1", "/news/revisions/50", "/news/sites/harbour"),
    *(
        "/news/search?q=ferry-line",
        "/news/search?q=tied&page=3",
        "/news/search?q=zebra",
        "/news/related?article_id=404",
    ),
    *(
        "/edits",
        "/watch?q=ferry&site=harbour&language=en&event=new",
        "/history?url=https://harbour.example/nowhere",
        "/edits?q=hull&silent=1",
        "/compare?article=1",
        "/news/articles/1?q=ferry",
        "/news/revisions/50?q=ferry",
    ),
    *("/nowhere", "/news/articles/404", "/news?sql=select+*+from+articles+limit+5", "/news?sql=nonsense"),
    *(f"/news/{name}?_size=4" for name in tables()),
    *(f"/news/{name}?{ASKED.get(name, '')}" for name in load_queries()),
]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_opens_and_can_be_read_by_everybody(visitor, path):
    """One visit tells all: no error, nothing from afar (see conftest.py), no barrier, no page wider than a phone."""
    await visitor.goto(path, wait_until="load")
    assert await visitor.locator("h1").count() == 1
    found = (await Axe().run(visitor, options={"resultTypes": ["violations"]})).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]
    assert serious == []
    if path in DARK:
        await visitor.emulate_media(color_scheme="dark")
        assert await _dark_troubles(visitor) == []
        await visitor.emulate_media(color_scheme="light")
    await visitor.set_viewport_size(NARROW)
    scrolled, shown = await visitor.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    await visitor.set_viewport_size(WIDE)
    assert scrolled <= shown, f"{path} is {scrolled} pixels wide"


async def _dark_troubles(page) -> list[str]:
    """What can hardly be read at night, and whether the page is dark at all; the script of axe is there by now."""
    ground = await page.evaluate("() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    low = """async () => (await axe.run({runOnly: ['color-contrast'], resultTypes: ['violations']}))
        .violations.flatMap(one => one.nodes.map(node => node.html))"""
    return [*([] if max(ground[:3]) < 80 else [f"the ground is {ground}"]), *await page.evaluate(low)]
