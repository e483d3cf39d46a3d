"""What stands where: cards, lives of authors, titles in mid-text, live lists of AMP, tickers with clocks."""

# ruff: noqa: E501 - pages are written as they are

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.article import Article
from crawler.extraction.extract import extract
from crawler.site import Site

URL = "https://velm.example/news/ferry-sings-again-40217"
SITE = Site.without_profile("velm.example")
FETCHED = datetime(2031, 5, 12, 20, 0, tzinfo=UTC)
PROSE = tuple(
    f"{opening} the ferry left the {place} with four goats and a tuba on board, and sang as it had done all spring."
    for opening, place in (("At dawn", "north pier"), ("At noon", "lower bank"), ("At night", "far shore"))
)
TEXT = "".join(f"<p>{text}</p>" for text in PROSE)
CARD = (
    '<div class="x{n}"><a href="/news/a-goat-is-mayor-of-the-island-4021{n}"><h3>A goat is mayor of the island, part {n}</h3>'
    "</a><p>The council of the island has made a goat its mayor, and nobody knows how it could come to…</p></div>"
)
CARDS = "".join(CARD.format(n=n) for n in range(4))


def article(body: str, head: str = "") -> Article:
    page = f"<html><head><title>Ferry Sings Again</title>{head}</head><body>{body}</body></html>"
    return extract(page.encode(), URL, SITE, FETCHED)


def reasons(found: Article, words: str) -> set[str]:
    return {row.reason for row in found.dropped if words in row.text}


@pytest.mark.parametrize(
    "column", ["<div class='a'>{}{}</div>", "<div><div>{}</div>{}</div>", "<main>{}<div>{}</div></main>"]
)
def test_a_row_of_cards_behind_the_text_is_none_of_it_whatever_it_is_called(column: str):
    found = article(column.format(f"<h1>Ferry Sings Again</h1>{TEXT}", CARDS))
    assert found.paragraphs == PROSE


def test_pieces_that_an_author_reviews_in_full_are_text():
    reviews = "".join(
        f'<div><h3><a href="/news/a-long-read-about-goats-4021{n}">A long read about goats, part {n}</a></h3><p>{text} '
        "It is told so well that nobody on the island could put it down before the last page of it.</p></div>"
        for n, text in enumerate(PROSE)
    )
    found = article(f"<article><h1>Ferry Sings Again</h1><p>{PROSE[0]}</p>{reviews}</article>")
    assert all(any(text in one for one in found.paragraphs) for text in PROSE)


def test_the_life_of_an_author_in_a_box_of_its_own_is_dropped_and_a_person_in_the_text_is_not():
    named = "<p>Ilva Brandeck, who steers the ferry, says that goats are quieter than most of her passengers.</p>"
    life = (
        "<div class='q'><h4>Ilva Brandeck</h4><p>Ilva Brandeck has written about ferries since she was nine.</p></div>"
    )
    found = article(f"<article><h1>Ferry Sings Again</h1><div>{TEXT}{named}</div>{life}</article>")
    assert len(found.paragraphs) == len(PROSE) + 1
    assert reasons(found, "since she was nine") == {"author"}


def test_linked_titles_in_mid_text_begin_no_other_article():
    titles = "".join(
        f'<h2><a href="/news/a-goat-is-mayor-again-4021{n}">A goat is mayor again, part {n}</a></h2>' for n in "12"
    )
    found = article(
        f"<main><h1>Ferry Sings Again</h1><div><p>{PROSE[0]}</p></div><div class='l'>{titles}</div>"
        f"<div><p>{PROSE[1]}</p><p>{PROSE[2]}</p></div></main>"
    )
    assert [text for text in found.paragraphs if text in PROSE] == list(PROSE)


def test_the_items_of_a_live_list_of_amp_are_posts():
    items = "".join(
        f'<div id="i{n}" data-sort-time="190000000{n}"><time datetime="2031-05-12T1{n}:00:00Z">1{n}:00</time><p>{text}</p></div>'
        for n, text in enumerate(PROSE)
    )
    page = f'<h1>Ferry Sings Again</h1><amp-live-list id="l" data-poll-interval="15000"><div items>{items}</div></amp-live-list>'
    found = article(page)
    assert [text for text in found.paragraphs if text in PROSE] == list(PROSE)
    times = [block.at.hour for block in found.blocks if block.kind == "post" and block.at]
    assert times == [10, 11, 12]


def test_clock_times_of_a_ticker_are_of_the_pages_own_day():
    items = "".join(f'<div class="ticker-item"><span>1{n}:15</span><p>{text}</p></div>' for n, text in enumerate(PROSE))
    head = '<meta property="article:published_time" content="2031-05-12T09:00:00+02:00">'
    found = article(f'<h1>Ferry Sings Again</h1><div class="ticker">{items}</div>', head)
    posts = [block.at for block in found.blocks if block.kind == "post"]
    assert posts == [datetime(2031, 5, 12, 8 + n, 15, tzinfo=UTC) for n in range(3)]
