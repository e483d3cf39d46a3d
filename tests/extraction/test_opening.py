"""The first paragraph that stands apart from the text, what is none, and the line under the headline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.extraction.extract import extract
from crawler.site import Site

URL = "https://velm.example/ten-locks"
SITE = Site.without_profile("velm.example")
FETCHED = datetime(2031, 5, 12, 12, 0, tzinfo=UTC)
OPENING = "Between the dam and the sea the river falls forty metres, and it takes ten locks to do so."
TEXT = (
    "The first lock is the oldest of all, and its keeper the youngest, as she likes to tell those who wait.",
    "The second is shut until the autumn, for a barge loaded with church bells has bent both of its gates.",
    "The third has a garden, and in the garden stands a table at which captains have signed their names.",
)


def texts(before: str, head: str = "") -> list[str]:
    body = "".join(f"<p>{text}</p>" for text in TEXT)
    page = (
        f"<html><head><title>Ten Locks</title>{head}</head><body><article><h1>Ten Locks</h1>{before}"
        f"<div class='content'>{body}</div></article></body></html>"
    )
    return list(extract(page.encode(), URL, SITE, FETCHED).paragraphs)


def test_an_opening_in_a_box_of_its_own_comes_first():
    found = texts(f"<div class='intro'><p>{OPENING}</p></div><figure><p>A lock.</p></figure>")
    assert found == [OPENING, *TEXT]


def test_a_standfirst_that_the_page_describes_itself_with_is_no_opening():
    described = f'<meta name="description" content="{OPENING}">'
    assert texts(f"<div class='dek'><p>{OPENING}</p></div>", described)[-3:] == list(TEXT)


@pytest.mark.parametrize(
    "before",
    [
        f"<figure><div><p>{OPENING}</p></div></figure>",
        f"<aside><div><p>{OPENING}</p></div></aside>",
        "<div><p>By Anna Petrova</p></div>",
    ],
)
def test_captions_bylines_and_asides_are_no_opening(before: str):
    assert texts(before) == list(TEXT)


@pytest.mark.parametrize(
    ("header", "standfirst"),
    [
        ("<p>Never were there so many names on the ballot.</p>", "Never were there so many names on the ballot."),
        ("<p>Short.</p>", None),
        ("<p>By <a href='/a'>Anna Petrova, our reporter</a></p>", None),
    ],
)
def test_the_line_that_stands_with_the_headline_in_one_header_is_the_standfirst(header: str, standfirst: str | None):
    site = "<header><nav><p>Home of the Herald since 1893</p></nav></header>"
    body = "".join(f"<p>{text}</p>" for text in TEXT)
    page = f"{site}<header><span>Politics</span><h1>Seven Lists</h1>{header}</header><article>{body}</article>"
    assert extract(page.encode(), URL, SITE, FETCHED).standfirst == standfirst
