"""The pictures of the README: ``python -m tests.browser.screenshots FOLDER``, or ``make screenshots``.

Taken from an archive made for them (see demo/fortnight.py), in the light on a desk and in the dark on a phone; nothing
in them moves or blinks.
"""

from __future__ import annotations

import base64
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import MISSING, chromium
from tests.browser.serving import ROOT, serving

_SIZE = {"width": 1280, "height": 860}
_PHONE = {"width": 390, "height": 780}
_ON_THE_PHONE = ("front", "edits", "article")
_LARGEST = 200_000
"""Bytes of a picture, so that the README loads quickly."""
_EDITED = """
    select r.article_id from revisions r join articles a on a.id = r.article_id where r.cause = 'edit'
    order by a.story_id is not null desc, r.silent desc, r.article_id limit 1
"""
_STORY = "select id from stories order by articles desc, id limit 1"
_WITHOUT_A_ROW = {
    "front": "/", "search": "/news/search?q=ice", "edits": "/edits", "site": "/news/sites/herald",
    "watch": "/watch?q=ice&event=new&event=changed&target=desk",
}  # fmt: skip
_WATCHES = """[targets]
desk = "mailtos://vestnik@mail.example.org/?to=desk@example.org"
phone = "ntfys://ntfy.example.org/news"

[[watch]]
name = "Withdrawn or quietly edited"
events = ["gone", "silent edit"]
targets = ["phone"]
"""


def main() -> None:
    """Take them all. Exits with a sentence where there is no browser, or the archive cannot be made."""
    folder = Path(sys.argv[1])
    program = chromium()
    if program is None:
        sys.exit(MISSING)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="vestnik-pictures-") as walked:
        print("Crawling two demo papers through ten days …", flush=True)
        command = [sys.executable, "-m", "demo.fortnight", walked]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            sys.exit("The archive for the pictures could not be made; what the crawls said is above.")
        (Path(walked) / "watches.toml").write_text(_WATCHES, "utf-8")
        _take(Path(walked) / "news.db", program, folder)


def _take(database: Path, program: str, folder: Path) -> None:
    with serving(database) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--font-render-hinting=none"]
        )
        desk = browser.new_page(viewport=_SIZE, color_scheme="light", reduced_motion="reduce")  # type: ignore[arg-type]  # a plain dict
        phone = browser.new_page(viewport=_PHONE, color_scheme="dark", reduced_motion="reduce")  # type: ignore[arg-type]  # a plain dict
        for name, path in pages(database).items():
            desk.set_viewport_size(_SIZE)  # type: ignore[arg-type]  # a plain dict
            desk.goto(f"{address}{path}", wait_until="networkidle")
            if name == "article":
                _show_history(desk)
            _keep(desk, folder / f"{name}.webp")
            if name in _ON_THE_PHONE:
                phone.goto(f"{address}{path}{'#history' if name == 'article' else ''}", wait_until="networkidle")
                _keep(phone, folder / f"{name}-phone.webp")
        browser.close()


def _keep(page: Page, picture: Path) -> None:
    picture.write_bytes(_shot(page))
    size = picture.stat().st_size
    print(f"{picture}  {size / 1000:.0f} kB{'' if size <= _LARGEST else '  (too large for the README)'}")


def _shot(page: Page) -> bytes:
    """What is in view, as WebP: half the bytes of PNG, which is all that Playwright itself offers beside JPEG."""
    session = page.context.new_cdp_session(page)
    answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": 88})
    return base64.b64decode(answer["data"])


def pages(database: Path) -> dict[str, str]:
    """What is taken: an article with a silent edit and the largest story among it."""
    found = dict(_WITHOUT_A_ROW)
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
        for name, sql, path in (("article", _EDITED, "/news/articles/{}"), ("story", _STORY, "/news/stories/{}")):
            found[name] = path.format(db.execute(sql).fetchone()[0])
    return found


def _show_history(page: Page) -> None:
    """Make room for the whole article down to what changed."""
    changed = page.locator("#history")
    bottom = changed.evaluate("one => Math.ceil(one.getBoundingClientRect().bottom + window.scrollY)")
    page.set_viewport_size({**_SIZE, "height": min(bottom, 1500)})  # type: ignore[typeddict-item]  # a plain dict


if __name__ == "__main__":
    main()
