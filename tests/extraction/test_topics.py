"""Subjects: those that a page prints, and the choice between these and what its head says."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.extraction.subjects import best_tags
from crawler.extraction.topics import printed
from crawler.extraction.trust import Answer, in_order
from crawler.extraction.walk import survey

URL = "https://velm.example/news/ferry-sings-at-the-north-pier-40217"


def links(*folders: str) -> str:
    return "".join(
        f'<li><a href="{folder}">{folder.strip("/").rpartition("/")[2].title()}</a></li>' for folder in folders
    )


LISTED = links("/sea/ferries/", "/people/goats/")


def found(body: str) -> list[str]:
    return printed(survey(html.document_fromstring(f"<body>{body}</body>")), URL)


@pytest.mark.parametrize(
    "body",
    [
        f"<section><div><h4>Mehr lesen über</h4></div><ul>{LISTED}</ul></section>",
        f"<div>Lesen Sie mehr zum Thema</div><div>{LISTED}</div>",
        f"<p>Topics: {LISTED.replace('li>', 'span>')}</p>",
        f'<div data-component="tag-list-block">{LISTED}</div>',
        f'<article><footer><ul class="article__tags">{LISTED}</ul></footer></article>',
        f'<nav><ul class="tags">{links("/sport")}</ul></nav><ul class="story-tags">{LISTED}</ul>',
        f"<div>{links('/news/topics/c90ferries', '/news/topics/c91goats').replace('C90', '').replace('C91', '')}</div>",
    ],
)
def test_subjects_are_found_by_label_by_name_and_by_address(body: str):
    assert [text.casefold() for text in found(body)] == ["ferries", "goats"]


@pytest.mark.parametrize(
    "body",
    [
        f'<header><ul class="tags">{LISTED}</ul></header>',
        f'<ul class="tags">{links("/news/the-goats-vote-on-the-ferry-again-40218")}</ul>',
        f"<p>Read more about</p><p><a href='/sea'>{'ferries and ' * 6}</a></p>",
        "<p>Themen</p><p>of the day</p>",
        links("/tag/ferries"),
    ],
)
def test_menus_articles_and_single_links_are_no_subjects(body: str):
    assert found(body) == []


def answer(source: str, *tags: str) -> Answer[tuple[str, ...]]:
    return Answer(source, ", ".join(tags), tags or None)


def test_a_list_that_holds_all_of_the_trusted_one_and_more_is_taken():
    said = in_order("tags", [answer("meta:keywords", "Ferry"), answer("json-ld", "ferry", "song")])
    assert best_tags(URL, said) == said[1]


def test_the_printed_list_is_taken_where_another_source_bears_it_out_against_the_first():
    first, codes = answer("news_keywords", "velm news"), answer("article:tag", "goats", "section a")
    page = answer("page", "ferry", "goats")
    assert best_tags(URL, in_order("tags", [first, codes, page])) == page
    assert best_tags(URL, in_order("tags", [first, page])) == first


def test_the_layouts_list_is_never_doubted():
    said = in_order("tags", [answer("layout", "ferry"), answer("json-ld", "ferry", "song")])
    assert best_tags(URL, said) == said[0]
    assert best_tags(URL, []) is None


def test_an_index_of_thousands_of_subjects_is_not_a_list_of_the_articles_own():
    assert found(f"<div><a href='/about'>About</a>{'<a href=/tag/x>x</a>' * 5000}</div>") == []
