"""One server and one browser for all tests of a worker, and pages that tell on themselves.

Without Chromium these tests are skipped, and say how to get it; where CI=true, they fail instead.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Dialog, Page, Request, async_playwright

from tests.browser.archive import browsers_archive
from tests.browser.chromium import MISSING, chromium
from tests.browser.serving import serving

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[str]:
    """The address of a reading room on an archive of its own, without the last slash."""
    with serving(browsers_archive(tmp_path_factory.mktemp("browser") / "news.db")) as address:
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    program = chromium()
    if program is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, server: str) -> AsyncIterator[Page]:
    """A page of its own, which fails its test for an error in its console, a dialog, or a request to anywhere else."""
    trouble: list[str] = []
    opened = await _opened(browser, server, trouble)
    yield opened
    await opened.context.close()
    assert not trouble, "\n".join(trouble)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def _shared(browser: Browser, server: str) -> AsyncIterator[tuple[Page, list[str]]]:
    trouble: list[str] = []
    opened = await _opened(browser, server, trouble)
    yield opened, trouble
    await opened.context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(_shared: tuple[Page, list[str]]) -> AsyncIterator[Page]:
    """The same for tests that only look: one page for all of them, wide and light at the beginning of each."""
    opened, trouble = _shared
    trouble.clear()
    yield opened
    assert not trouble, "\n".join(trouble)


async def _opened(browser: Browser, server: str, trouble: list[str]) -> Page:
    """A page on the server, which notes here what it should not have done."""
    context = await browser.new_context(
        base_url=server,
        viewport=WIDE,  # type: ignore[arg-type]  # a plain dict
        reduced_motion="reduce",  # colours that fade into others would be judged half-way
    )
    context.set_default_timeout(60_000)  # milliseconds: an answer takes a tenth of a second, on a busy machine many
    opened = await context.new_page()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 404" not in message.text and "status of 400" not in message.text:
            trouble.append(f"{opened.url}: {message.text}")

    async def refuse(dialog: Dialog) -> None:
        trouble.append(f"{opened.url}: a dialog says {dialog.message}")
        await dialog.dismiss()

    def follow(request: Request) -> None:
        if not request.url.startswith((f"{server}/", "data:")):
            trouble.append(f"{opened.url} asks for {request.url}")

    opened.on("console", hear)
    opened.on("pageerror", lambda error: trouble.append(f"{opened.url}: {error}"))
    opened.on("dialog", refuse)
    opened.on("request", follow)
    return opened
