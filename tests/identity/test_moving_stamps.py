"""A month in which only stamps, counters and clocks of a page move: nothing of that is an edit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.article import Candidate, Fetch, Outcome, Source, Visit
from crawler.extraction.extract import extract
from pipelines.store import store
from tests.make import MT, NOW, SITES, fresh_archive, record, rows

URL = f"{MT}/2024/12/09/lamps-a40217"
PROSE = "".join(
    f"<p>The {who} keeper rowed to the north light before dawn and counted the lamps, of which two had gone out in the"
    " night and one was held by a goat that nobody had invited to the island.</p>"
    for who in ("old", "new", "third", "last")
)
HEADS = {
    "a byline with an update": "<div class=byline>By Ann Alder | Updated: {day} at {clock}</div>",
    "a relative time": "<div class=byline>Posted {minutes} minutes ago by"
    " <a rel=author href='/author/ann'>Ann Alder</a></div>",
    "a name, a time and a reading time": "<div class=meta><span class=author>Ann Alder</span>"
    " <span>{day}, {clock}</span> <span>{reading} min read</span></div>",
    "counters": "<div class=author-line>By Ann Alder <span>{views} views</span> <span>{comments} comments</span></div>",
    "a line of its own": "<p>By Ann Alder</p><p>Last updated {day} {clock}</p><p>{views} views</p>",
    "a stamp for machines": "<p class=author>By Ann Alder</p>"
    "<time datetime='{iso}'>Updated {minutes} minutes ago</time>",
}


def page(head: str, visit_number: int) -> bytes:
    at = NOW + timedelta(hours=13 * visit_number)
    moving = {
        "day": at.strftime("%B %d, %Y"),
        "clock": at.strftime("%I:%M %p"),
        "iso": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "minutes": 5 + visit_number,
        "reading": 3 + visit_number % 2,
        "views": f"{1000 + 77 * visit_number:,}",
        "comments": visit_number,
    }
    return (
        '<html lang=en><head><meta property="og:title" content="Two lamps go out at the north light">'
        '<meta property="article:published_time" content="2024-12-09T10:00:00Z">'
        f'<meta property="article:modified_time" content="{moving["iso"]}"></head><body>'
        f"<header>{moving['day']} | {moving['clock']}</header><main><article>"
        f"<h1>Two lamps go out at the north light</h1>{head.format(**moving)}<div>{PROSE}</div>"
        f"<p>{moving['views']} views · {moving['comments']} shares</p>"
        "</article></main></body></html>"
    ).encode()


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_what_only_moves_makes_no_revision(head: str):
    db = fresh_archive()
    site = SITES.for_url(URL)
    for number in range(6):
        at = NOW + timedelta(days=5 * number, minutes=1)
        article = extract(page(head, number), URL, site, at)
        assert article.byline in ("By Ann Alder", "by Ann Alder", "Ann Alder")
        fetch = Fetch(URL, URL, at, 200)
        visit = Visit(Candidate(URL, Source.FEED), fetch, Outcome.STORED, article=article)
        store(db, record(visit), site, None)
    assert rows(db, "select title, byline from articles") == [(article.title, article.byline)]
    assert rows(db, "select count(*) from revisions") == [(0,)]
    assert rows(db, "select kind from events") == [("new",)]
