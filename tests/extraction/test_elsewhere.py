"""Texts that are not where the engine looks: in further boxes of the page, or in the state that its scripts hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.extraction.extract import extract
from crawler.site import Site

URL = "https://velm.example/goats-vote-on-ferry"
SITE = Site.without_profile("velm.example")
FETCHED = datetime(2031, 5, 12, 20, 0, tzinfo=UTC)
TITLE = "Goats Vote on Ferry"
TEXT = tuple(
    f"{opening} the goats of Velm were asked whether the ferry should sail to the {place}, and most chewed on it."
    for opening, place in (
        ("In the morning", "north pier"),
        ("At noon", "lower bank"),
        ("Before tea", "outer mole"),
        ("After tea", "old lighthouse"),
        ("In the evening", "far shore"),
        ("At night", "open sea"),
    )
)


def paragraphs(body: str, title: str = TITLE) -> tuple[str, ...]:
    page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return extract(page.encode(), URL, SITE, FETCHED).paragraphs


def boxed(texts: tuple[str, ...], name: str = "story-text") -> str:
    return f'<div class="row"><div class="{name}">{"".join(f"<p>{text}</p>" for text in texts)}</div></div>'


def test_a_text_that_goes_on_in_a_second_box_of_the_same_build_is_read_to_its_end():
    first, second = boxed(TEXT[:3], "article-body first"), boxed(TEXT[3:], "article-body")
    assert paragraphs(f"<main><h1>{TITLE}</h1>{first}<div class='slot'>Hats, cheap</div>{second}</main>") == TEXT


def test_the_next_article_of_an_endless_page_is_not_taken_for_the_rest_of_this_one():
    first, second = boxed(TEXT[:3], "article-body"), boxed(TEXT[3:], "article-body")
    assert paragraphs(f"<main><h1>{TITLE}</h1>{first}<h1>Ferry Votes on Goats</h1>{second}</main>") == TEXT[:3]


def test_a_single_paragraph_in_a_further_box_is_not_taken_for_text():
    about = ("Nele Pier has written about ferries and goats for this paper since she came to the island as a child.",)
    assert paragraphs(f"<main>{boxed(TEXT, 'article-body')}{boxed(about, 'article-body')}</main>") == TEXT


def test_a_text_whose_paragraphs_are_boxes_is_read_paragraph_by_paragraph():
    boxes = "".join(f"<div>{text}</div>" for text in TEXT)
    assert paragraphs(f"<h1>{TITLE}</h1><time>noon</time>{boxes}") == TEXT
    assert paragraphs(f"<h1>{TITLE}</h1><section><div>{boxes}</div></section><div>Hats, cheap</div>") == TEXT


def test_a_text_of_one_paragraph_stays_one():
    assert paragraphs(f"<h1>{TITLE}</h1><p>{TEXT[0]} {TEXT[1]}</p><div>Hats, cheap</div>") == (f"{TEXT[0]} {TEXT[1]}",)


def markup() -> str:
    return "".join(f"<p>{text}</p>" for text in TEXT)


STATES = {
    "a string of markup": {"props": {"article": {"html": markup(), "teaser": "Goats. " * 200}}},
    "a string of lines": {"page": {"story": "\n".join(TEXT)}},
    "one string a paragraph": {"content": [{"type": "text", "value": text} for text in TEXT]},
    "an array of strings": {"article": {"lines": list(TEXT)}},
    "JSON in a string": {"cache": json.dumps({"article": {"body": markup()}})},
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
@pytest.mark.parametrize(
    "script", ['<script type="application/json">{}</script>', "<script>window.__STATE__={};</script>"]
)
def test_a_text_that_only_the_state_of_scripts_holds_is_read_from_there(state: object, script: str):
    written = script.replace("{}", json.dumps(state).replace("</", "<\\/"))
    assert paragraphs(f"<div id='root'></div>{written}") == TEXT


def test_a_text_in_the_chunks_that_a_page_streams_is_read_from_there():
    text = markup()
    whole = f'1:["$","html",null,{{}}]\n2f:T{len(text.encode()):x},{text}3:["$","p",null,{{}}]'
    chunks = "".join(
        f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in (whole[:200], whole[200:])
    )
    assert paragraphs("<div id='root'></div>" + chunks) == TEXT


def test_state_that_is_about_something_else_is_no_text():
    cookies = json.dumps(
        {"notice": "<p>" + "We keep small files on your machine to know you again tomorrow. " * 9 + "</p>"}
    )
    assert paragraphs(f"<div id='root'></div><script>window.__STATE__={cookies}</script>") == ()


def test_state_is_left_alone_where_the_page_prints_its_text():
    state = json.dumps({"html": markup() * 2})
    assert paragraphs(f"<main>{boxed(TEXT)}</main><script>window.__STATE__={state}</script>") == TEXT


@pytest.mark.parametrize("script", ['"' * 20_001, '"\\' * 20_000, "{" * 20_000, '"a":"' * 9_000, '"\\ud800"' * 50])
def test_scripts_that_hold_nothing_sound_do_no_harm(script: str):
    assert paragraphs(f"<script>{script}</script>") == ()
