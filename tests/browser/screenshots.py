"""The pictures of the README: ``python -m tests.browser.screenshots DATABASE FOLDER``, or ``make screenshots``.

Taken from the archive of the demo paper, in the light, at one size; nothing in them moves or blinks.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import MISSING, chromium
from tests.browser.serving import serving

_SIZE = {"width": 1280, "height": 800}
_LARGEST = 200_000
"""Bytes of a picture, so that the README loads quickly."""
_EDITED = "select article_id from revisions where cause = 'edit' group by 1 order by count(*) desc, 1 limit 1"
_STORY = "select id from stories order by articles desc, id limit 1"
_SEARCH = "/news/search?q=ferry"


def main() -> None:
    """Take them all. Exits with a sentence where there is no browser, or no such archive."""
    database, folder = map(Path, sys.argv[1:3])
    program = chromium()
    if program is None:
        sys.exit(MISSING)
    if not database.exists():
        sys.exit(f"There is no archive at {database}; make demo writes one.")
    folder.mkdir(parents=True, exist_ok=True)
    with serving(database) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--font-render-hinting=none"]
        )
        page = browser.new_page(viewport=_SIZE, color_scheme="light", reduced_motion="reduce")  # type: ignore[arg-type]  # a plain dict
        for name, path in pages(database).items():
            page.goto(f"{address}{path}", wait_until="networkidle")
            if name == "article":
                _open_history(page)
            picture = folder / f"{name}.png"
            page.screenshot(path=picture, animations="disabled")
            size = picture.stat().st_size
            print(f"{picture}  {size / 1000:.0f} kB{'' if size <= _LARGEST else '  (too large for the README)'}")
        browser.close()


def pages(database: Path) -> dict[str, str]:
    """What is taken: the front page, the article with most edits, the largest story, a search."""
    found = {"front": "/", "search": _SEARCH}
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
        for name, sql, path in (("article", _EDITED, "/news/articles/{}"), ("story", _STORY, "/news/stories/{}")):
            row = db.execute(sql).fetchone()
            if row is not None:
                found[name] = path.format(row[0])
    return found


def _open_history(page: Page) -> None:
    """Bring the first change into view, opening what hides it."""
    page.evaluate("() => document.querySelectorAll('details:has(ins, del)').forEach(one => { one.open = true })")
    changed = page.locator("ins, del").first
    if changed.count():
        changed.evaluate("one => (one.closest('section, details') || one).scrollIntoView({block: 'start'})")


if __name__ == "__main__":
    main()
