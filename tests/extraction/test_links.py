"""Links to other articles: which boxes and lists are related, and which links in them are articles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.article import Article
from crawler.extraction import labels
from crawler.extraction.extract import extract
from crawler.extraction.shapes import like_article
from crawler.site import Site

URL = "https://velm.example/news/ferry-sings-at-the-north-pier-40217"
SITE = Site("velm", "The Velm Courier", ("velm.example",), "https://velm.example/")
PROSE = [
    f"<p>The {word} ferry left the north pier at six in the morning with four goats and a tuba on board, and sang.</p>"
    for word in ("first", "second", "third", "fourth")
]
GOATS = "/news/goats-vote-on-the-ferry-40218"
PIER = "/news/the-pier-gets-a-new-roof-40219"


def article(middle: str = "", after: str = "", before: str = "") -> Article:
    text = "".join([*PROSE[:2], middle, *PROSE[2:]])
    page = (
        f'<html><head><link rel="canonical" href="{URL}"></head><body><main>{before}<article><h1>Ferry Sings</h1>'
        f"<div>{text}</div></article>{after}</main></body></html>"
    )
    return extract(page.encode(), URL, SITE, datetime(2031, 5, 12, tzinfo=UTC))


def told(found: Article) -> list[tuple[str, int, str]]:
    return [
        (one.kind, one.position, one.href.removeprefix("https://velm.example"))
        for one in found.links
        if one.kind != "inline"
    ]


def teaser(href: str, words: str = "", more: str = "") -> str:
    title = words or href.rpartition("/")[2].replace("-", " ").title()
    return f'<div class="x"><a href="{href}"><h3>{title}</h3></a>{more}</div>'


LIST = f"<ul><li>{teaser(GOATS)}</li><li>{teaser(PIER)}</li></ul>"


@pytest.mark.parametrize(
    "box",
    [
        f"<aside><h3>Related coverage</h3>{LIST}</aside>",
        f"<div><div><span>Lesen Sie auch</span></div><div>{LIST}</div></div>",
        f'<aside aria-label="Verwandte Artikel">{LIST}</aside>',
        f"<x-list><header><p>À lire aussi</p></header><figure>{LIST}</figure></x-list>",
        f"<h4>Mehr zum Thema</h4>{teaser(GOATS)}{teaser(PIER)}",
        f"<section><h3>Read more</h3><article>{teaser(GOATS)}</article><article>{teaser(PIER)}</article></section>",
    ],
)
def test_a_list_in_the_text_under_a_label_that_says_related_is_related_and_no_text(box: str):
    found = article(box)
    assert told(found) == [("related", 2, GOATS), ("related", 2, PIER)]
    assert len(found.paragraphs) == 4


@pytest.mark.parametrize(
    "box",
    [
        f'<figure>{teaser(GOATS)}<img src="/goats.jpg"></figure>',
        f"<ul><li><b>Goats:</b> <a href='{GOATS}'>How the animals voted on the ferry, and why they did</a></li></ul>",
        f'<p><a href="{GOATS}">GOATS VOTE ON THE FERRY FOR THE THIRD TIME</a></p>',
        f'<div class="ad"></div><p><a href="{GOATS}">GOATS VOTE ON THE FERRY AGAIN</a></p><div class="ad"></div>',
        f'<div class="recommended"><h3>Recommended stories</h3>{teaser(GOATS)}</div>',
    ],
)
def test_what_is_little_but_a_link_between_two_paragraphs_is_related_and_no_text(box: str):
    found = article(box)
    assert told(found) == [("related", 2, GOATS)]
    assert len(found.paragraphs) == 4


def test_a_list_around_the_text_under_a_label_that_says_related_is_one_to_read_more_from():
    found = article(after=f'<div class="grid"><h2>More on this story</h2>{LIST}</div>')
    assert told(found) == [("read_more", 4, GOATS), ("read_more", 4, PIER)]


@pytest.mark.parametrize(
    "label",
    [
        *("Latest news", "Most read", "Aktuelle News", "Tennis latest", "More from The Velm Courier", "Mehr aus Velm"),
        *("Lo más leído", "Читаемое: самое читаемое", "人気記事", "Recommended", "Sponsored"),
    ],
)
def test_a_list_of_the_latest_or_best_read_is_not_related_whatever_it_is_called(label: str):
    assert told(article(after=f'<section class="related-wrap"><h3>{label}</h3>{LIST}</section>')) == []
    assert told(article(after=f'<h3>{label}</h3><section class="related">{LIST}</section>')) == []


def test_a_label_holds_up_to_the_next_one_of_the_same_box():
    box = f"<aside><h3>Related</h3>{teaser(GOATS)}<h3>Most read</h3>{teaser(PIER)}</aside>"
    assert told(article(box)) == [("related", 2, GOATS)]


def test_a_label_over_nothing_does_not_make_the_next_section_related():
    section = f"<section><div>Columns</div><div>{teaser(GOATS)}{teaser(PIER)}</div></section>"
    assert told(article(after=f"<div><div>Leggi anche</div>{section}</div>")) == []


def test_a_button_under_a_teaser_is_no_label():
    cards = "".join(f"<li>{teaser(href, more='<span>Read more</span>')}</li>" for href in (GOATS, PIER))
    assert told(article(after=f"<div><ul>{cards}</ul></div>")) == []


def test_one_short_list_that_only_its_name_calls_related_is_believed_and_several_are_not():
    box = f'<div class="related-articles">{LIST}</div>'
    assert told(article(after=box)) == [("read_more", 4, GOATS), ("read_more", 4, PIER)]
    assert told(article(after=f"{box}<hr>{box}")) == []


@pytest.mark.parametrize(
    "href",
    [
        "/topics/ferries-and-piers-of-the-north",
        "/news",
        "/authors/anna-maria-alder-lindgren",
        URL,
        "/vouchercodes/shoes",
        "https://elsewhere.example/news/a-ferry-of-another-paper-77777",
        "/login?next=40217",
    ],
)
def test_links_that_are_no_other_article_of_the_paper_are_not_related(href: str):
    box = f"<aside><h3>Related</h3>{teaser(GOATS)}{teaser(href, 'Ferries and piers of the north')}</aside>"
    assert told(article(box)) == [("related", 2, GOATS)]


def test_sponsored_pieces_in_a_related_box_are_left_out():
    box = f"<aside><h3>Read more</h3>{teaser(GOATS)}{teaser(PIER, 'Sponsored: roofs for every pier')}</aside>"
    assert told(article(box)) == [("related", 2, GOATS)]


def test_a_paragraph_of_text_with_a_link_stays_a_paragraph():
    line = f'<p>Ann Alder, who plays the tuba, said that <a href="{GOATS}">the goats had voted</a> on the matter.</p>'
    found = article(line)
    assert (told(found), len(found.paragraphs)) == ([], 5)


@pytest.mark.parametrize(
    ("address", "own", "expected"),
    [
        ("/2031/05/12/ferry-sings", "/2031/05/11/goats", True),
        ("/stories/3376/", "/stories/3375/", True),  # beside it, where the page's own address tells no more
        ("/stories/3376/", "/news/ferry-sings-at-the-pier", False),
        ("/news/c9v81", "/news/c8w72", True),
        ("/sport", "/sport/c8w72", False),
        ("/новости/паром-поёт", "/news/1", True),
        ("/view?article=402177", "/view?article=402176", True),
        ("/kommentare/ferry-sings-at-the-north-pier-40217", "/news/40217", False),
    ],
)
def test_an_article_is_told_by_the_shape_of_its_address(address: str, own: str, expected: bool):
    assert like_article(f"https://velm.example{address}", f"https://velm.example{own}") is expected


def test_labels_tell_lists_of_related_pieces_of_others_and_of_subjects_apart():
    assert labels.is_related("Mehr zum Thema:")
    assert labels.is_related("» RELATED ARTICLES")
    assert not labels.is_related("Related articles were found in a drawer by the ferryman")
    assert labels.is_other("Top stories")
    assert labels.is_other("Recommended")
    assert not labels.is_other("Recommended", in_text=True)
    assert labels.is_subjects("Schlagwörter")
    assert not labels.is_subjects("Themenpark eröffnet")
