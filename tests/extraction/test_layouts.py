"""A layout that names some fields, or no longer fits the page, leaves the rest to generic extraction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.article import Article
from crawler.extraction.extract import extract
from crawler.site import Layout, Site

SITE = Site("velm", "The Velm Courier", ("velm.example",), "https://velm.example/")
TEXT = [
    f"The {word} ferry left the north pier at six in the morning with four goats and a tuba on board, and sang."
    for word in ("first", "second", "third", "fourth")
]
GOATS = "https://velm.example/news/goats-vote-on-the-ferry-40218"
PARAGRAPHS = [f"<p>{text}</p>" for text in TEXT]
BODY = "".join(
    [
        "<figure><img src='/a.jpg'><figcaption>A ferry at dawn</figcaption></figure>",
        *PARAGRAPHS[:2],
        f"<aside class='related-story'><a href='{GOATS}'>Goats vote on the ferry</a></aside>",
        "<p class='hats'>Hats, cheap, and only until the boat leaves. Bring your own head, and a friend of yours.</p>",
        *PARAGRAPHS[2:],
    ]
)


def article(layout: Layout) -> Article:
    page = (
        f"<html><body><main><article><h1>Ferry Sings</h1><div class='story'>{BODY}</div></article></main></body></html>"
    )
    site = replace(SITE, layouts=(layout,))
    return extract(page.encode(), f"{SITE.home}news/ferry-sings-40217", site, datetime(2031, 5, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    "layout",
    [
        Layout(drop=("p.hats",)),
        Layout(drop=("p.hats",), caption=".old-caption", credit=".old-credit"),
        Layout(drop=("p.hats",), body=".old-story", related=".old-box"),
        Layout(drop=("p.hats",), body=".story"),
        Layout(drop=("p.hats",), body=".story", caption="figcaption"),
    ],
)
def test_what_a_layout_does_not_find_is_read_as_on_any_page(layout: Layout):
    found = article(layout)
    assert found.paragraphs == tuple(TEXT)
    assert found.image_caption == "A ferry at dawn"
    assert [(one.kind, one.href, one.position) for one in found.links] == [("related", GOATS, 2)]


def test_boxes_are_not_guessed_where_a_layout_that_fits_names_its_own():
    found = article(Layout(drop=("p.hats", "aside"), body=".story", related=".box"))
    assert (found.links, found.paragraphs) == ((), tuple(TEXT))
