"""A week of trouble of a small paper, in crawls one after another: a notice on all pages for an hour, a host that says
429 for two, a wall for consent for a day, a headline on trial, six articles withdrawn with 200, a dead feed.

``python -m tests.week FOLDER`` walks it and leaves ``news.db`` and ``refused.json``, how many requests each crawl sent
that were refused.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from demo.replies import PLAIN, XML, Answer, Reply, reply
from demo.server import Server
from tests.crawling import ROOT
from tests.month import WATCHES, crawl_at, run

ARTICLES = tuple(f"piece-{number}" for number in range(13))
WITHDRAWN = ARTICLES[1:7]
ON_TRIAL = ARTICLES[0]
BEGIN = datetime(2025, 3, 3, 9, tzinfo=UTC)
_HOURS = (0, 1, 2, 4, 7, 15, 33, 39, 47, 55, 79, 109, 139, 145, 151, 157, 163)
CALENDAR = tuple(BEGIN + timedelta(hours=hours) for hours in _HOURS)
"""The first crawl; one in the hour of the notice, one after it; one while the host refuses, one after; and so on."""
TROUBLE = {"notice": (1, 2), "429": (4, 6), "consent": (15, 30), "trial": (39, 45), "new headline": (50, 999),
           "withdrawn": (79, 999), "no feed": (139, 155)}  # fmt: skip
"""From which hour, and up to which, there is what kind of trouble."""
_PATIENCE = 500  # seconds
_ABOUT = (
    "The {} goes back to the harbour before winter, members of the council said after a long session on Monday.",
    "Engineers had warned for years that the timber of the {} below the water would not carry another season.",
    "The work on the {} will cost some millions, to be paid from the fund that was set aside for walls.",
)
_NOTICE = "Our pages are being mended just now; please come back in an hour, and thank you for your patience with us."
_CONSENT = "We and our 812 partners store information on your device and ask for your consent, which you may withdraw."


@dataclass(frozen=True)
class Troubled:
    """The paper at an origin; what it answers depends on the hour."""

    origin: str = ""

    def at(self, origin: str) -> Troubled:
        """The same paper at another origin."""
        return replace(self, origin=origin)

    def respond(self, path_and_query: str, now: datetime, headers: Mapping[str, str] | None) -> Reply:
        """The reply at this time."""
        return reply(self._answer(path_and_query.strip("/"), _hours(now)), now, BEGIN, headers or {})

    def _answer(self, path: str, hours: float) -> Answer:
        if _is(hours, "429"):
            return Answer("slow down", 429, PLAIN)
        if path == "robots.txt":
            return Answer("User-agent: *\nAllow: /\n", type=PLAIN)
        if path == "feed":
            return Answer("", 404) if _is(hours, "no feed") else Answer(self._feed(), type=XML)
        if path == "":
            links = "".join(f"<h2><a href='/2025/{name}'>{_title(name, 0)}</a></h2>" for name in ARTICLES)
            return Answer(f"<title>The Troubled Herald</title><h1>The Troubled Herald</h1>{links}")
        name = path.removeprefix("2025/")
        if name not in ARTICLES:
            return Answer(_page("Not found", "There is no such page."), 404)
        if _is(hours, "notice"):
            return Answer(_page("We will be back soon", *[_NOTICE] * 3))
        if _is(hours, "consent"):
            return Answer(_page("Your privacy", *[_CONSENT] * 3))
        if _is(hours, "withdrawn") and name in WITHDRAWN:
            return Answer(_page("Oops!", "This is not here any more."))
        return Answer(_page(_title(name, hours), *(line.format(name) for line in _ABOUT), "2025-03-03T08:00:00Z"))

    def _feed(self) -> str:
        items = "".join(
            f"<item><title>{_title(name, 0)}</title><link>{self.origin}/2025/{name}</link></item>" for name in ARTICLES
        )
        return f'<rss version="2.0"><channel><title>The Troubled Herald</title>{items}</channel></rss>'


def _hours(now: datetime) -> float:
    return (now - BEGIN) / timedelta(hours=1)


def _is(hours: float, trouble: str) -> bool:
    begin, end = TROUBLE[trouble]
    return begin <= hours < end


def _title(name: str, hours: float) -> str:
    on_trial = name == ON_TRIAL and (_is(hours, "trial") or _is(hours, "new headline"))
    return f"Another headline for {name}" if on_trial else f"What becomes of {name}"


def _page(title: str, *paragraphs: str) -> str:
    *text, last = paragraphs
    is_time = last.endswith("Z")
    time = f'<meta property="article:published_time" content="{last}">' if is_time else ""
    body = "".join(f"<p>{one}</p>" for one in (text if is_time else paragraphs))
    return (
        f"<html lang=en><head><title>{title}</title>{time}</head><body><article><h1>{title}</h1>{body}</article></body>"
    )


def walked(folder: Path) -> list[int]:
    """Walk the week in a process of its own. Return how many requests of each crawl were refused with 429."""
    command = [sys.executable, "-m", "tests.week", str(folder)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    assert said.returncode == 0, said.stderr[-4000:]
    return list(json.loads((folder / "refused.json").read_text("utf-8")))


async def _walk(folder: Path) -> None:
    refused = []
    (folder / "watches.toml").write_text(WATCHES, "utf-8")
    (folder / "sites").mkdir()
    with Server(Troubled()) as server:
        host = server.origin.removeprefix("http://")
        (folder / "sites/troubled.toml").write_text(
            f'name = "troubled"\ntitle = "The Troubled Herald"\nhome = "{server.origin}/"\nhosts = ["{host}"]\n'
            "feeds = [\"feed\"]\ndelay = 0.01\n[[articles]]\npattern = '/2025/(?P<slug>[^/?]+)$'\n"
        )
        for at in CALENDAR:
            server.now = at
            server.requests.clear()
            await crawl_at(folder, folder / "sites", at, "troubled")
            refused.append(sum(status == 429 for _, status in server.requests))
    (folder / "refused.json").write_text(json.dumps(refused), "utf-8")


if __name__ == "__main__":
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    run(lambda: _walk(Path(sys.argv[1])))
