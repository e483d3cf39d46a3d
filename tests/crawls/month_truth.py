"""What a month of crawls must have seen: told by the paper's own history and its server's log, never by the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from crawler.article import utc_text
from demo.clock import PRESENT
from demo.manuscripts import manuscripts
from demo.paper import Paper
from demo.pieces import Edition, Gone
from demo.truth import Told, truth
from tests.month import CALENDAR, Step

END = CALENDAR[-1].at
PIECES = {piece.id: piece for piece in manuscripts()}
# What an edit may change, as the archive names it and as a reader would tell it.
FIELDS: dict[str, Callable[[Told], object]] = {
    "title": lambda one: one.title,
    "standfirst": lambda one: one.standfirst,
    "byline": lambda one: one.authors,
    "published_at": lambda one: one.published_at,
    "image_caption": lambda one: one.image_caption,
    "text": lambda one: (one.paragraphs, one.posts),
}


def looks(steps: Iterable[Step]) -> dict[int, list[datetime]]:
    """When each article's own page was there at a crawl, by the server's word: the editions that could be seen."""
    seen: dict[int, list[datetime]] = {}
    for step in steps:
        pages = {f"/{state.path}": n for n, piece in PIECES.items() if isinstance(state := piece.at(step.at), Edition)}
        for number in {pages[path] for path, status in step.answers if path in pages and status in (200, 304)}:
            seen.setdefault(number, []).append(step.at)
    return seen


def edits(steps: Iterable[Step]) -> Iterator[tuple[int, str, int, str]]:
    """(number, changed fields, silent, the last look at the old state) of every edit that a crawl could see."""
    told = {step.at: truth(Paper(), step.at) for step in CALENDAR}
    for number, times in looks(steps).items():
        for before, after in pairwise(at for at in times if number in told[at]):
            old, new = told[before][number], told[after][number]
            fields = [name for name, value in FIELDS.items() if value(old) != value(new)]
            if fields:
                yield number, ", ".join(fields), int(old.modified_at == new.modified_at), utc_text(before)


def ends() -> Iterator[tuple[int, datetime, str]]:
    """Every withdrawal of the month: (number, when, reason)."""
    for number, piece in PIECES.items():
        for since, state in piece.history:
            if isinstance(state, Gone) and PRESENT < since <= END:
                yield number, since, _reason(state)


def _reason(state: Gone) -> str:
    if not state.redirects:
        return {404: "HTTP 404", 410: "HTTP 410", 200: "soft 404"}[state.status]
    if isinstance(state.to, int):
        return "redirected to another article"
    return "redirected to a page that is no article" if state.to else "redirected to the front page"
