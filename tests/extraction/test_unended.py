"""An element whose end tag was lost takes no text along; what hides something on purpose goes on hiding it."""

# ruff: noqa: E501 - pages are written as they are

from __future__ import annotations

import pytest

from crawler.extraction.extract import extract
from tests.extraction.test_around_text import FETCHED, LAST, OTHER, PROSE, SITE, TITLE, URL, article, paragraphs
from tests.work import calls

MAIN = f"<main><article><h1>{TITLE}</h1>{paragraphs(*PROSE)}</article></main><footer>Dorn Post</footer>"


@pytest.mark.parametrize(
    "before",
    [
        "<iframe src='https://video.example/9'/>",
        "<iframe src='https://video.example/9'>",
        "<iframe src='https://video.example/9'></iframe><IFRAME title='Advertisement' />",
        "<template id='menu'><ul><li><a href='/a'>A</a></li></ul>",
        "<svg viewBox='0 0 9 9'><path d='M0 0h9'/><g>",
        "<div style='display:none' class='login'><p>Say who you are.</p>",
        "<div class='a11y-hidden'><a href='#main'>Go to the text</a>",
        "<div hidden><h1>Menu</h1>",
        "<nav><ul><li><a href='/a'>A</a></li></ul>",
    ],
)
def test_what_never_ends_takes_no_text_with_it(before: str):
    found = article(before + MAIN)
    assert (found.title, found.paragraphs) == (TITLE, PROSE)


def test_a_page_that_goes_on_within_its_head_is_read():
    page = f"<html><head><title>{TITLE}</title><noscript><img src='/seen.gif'><body>{MAIN}</body></html>"
    found = extract(page.encode(), URL, SITE, FETCHED)
    assert (found.title, found.paragraphs) == (TITLE, PROSE)


def test_a_frame_of_another_page_stays_what_it_is():
    clip = "<iframe src='https://www.youtube.com/embed/q1w2e3r4t5y'></iframe>"
    found = article(
        f"<main><article><h1>{TITLE}</h1>{paragraphs(*PROSE[:2])}{clip}{paragraphs(*PROSE[2:])}</article></main>"
    )
    unended = article(
        f"<main><article><h1>{TITLE}</h1>{paragraphs(*PROSE[:2])}{clip}{paragraphs(*PROSE[2:])}</article></main><iframe src='/ad'>"
    )
    assert found.paragraphs == unended.paragraphs
    assert found.blocks == unended.blocks


@pytest.mark.parametrize(
    "hidden",
    [
        "<template id='consent'><div><p>We ask.</p><p>You answer.</p><p>All is well.</p><p>Or not.</p><p>Think.</p></div></template>",
        f"<template id='card'><article><h1></h1><p>{OTHER}</p></article></template>",
        f"<div hidden><h1>For subscribers</h1><p>{OTHER}</p></div>",
        f"<svg><foreignObject><div><p>{OTHER}</p><p>{OTHER}</p></div></foreignObject></svg>",
        f"<div style='display:none'><p>{OTHER}</p><p>{OTHER}</p><p>{OTHER}</p><footer>Dorn</footer></div>",
    ],
)
def test_what_is_hidden_on_purpose_stays_so(hidden: str):
    short = f"<main><article><h1>{TITLE}</h1>{paragraphs(*PROSE[:2])}{hidden}{paragraphs(*PROSE[2:3])}</article></main>"
    assert article(short).paragraphs == PROSE[:3]


def test_an_aside_that_never_ends_takes_no_text_with_it():
    found = article(
        f"<article><h1>{TITLE}</h1><div>{paragraphs(*PROSE[:2])}<aside class='q'><p>{LAST}</p>{paragraphs(*PROSE[2:])}</div></article>"
    )
    assert set(PROSE) <= set(found.paragraphs)


def test_an_aside_around_another_one_has_lost_its_end_before_the_text():
    found = article(
        f"<div><h1>{TITLE}</h1><div><p>{OTHER} {OTHER} {OTHER}</p></div><aside class='share'><div>Tell others</div>"
        f"<div class='c'>{paragraphs(*PROSE, *PROSE[:1])}<aside class='more'><p>More</p></aside></div></div>"
    )
    assert set(PROSE) <= set(found.paragraphs)


def test_a_drawing_that_never_ends_takes_no_text_with_it():
    found = article(f"<svg viewBox='0 0 9 9'><path d='M0 0h9'/><g><main><h1>{TITLE}</h1>{paragraphs(*PROSE)}</main>")
    assert (found.title, found.paragraphs) == (TITLE, PROSE)


def test_words_within_a_drawing_are_none_of_the_text():
    label = "<svg><foreignObject><div><p>The scale begins at nought and ends at nine.</p></div></foreignObject></svg>"
    found = article(f"<main><h1>{TITLE}</h1>{paragraphs(*PROSE[:2])}{label}{paragraphs(*PROSE[2:])}</main>")
    assert found.paragraphs == PROSE


@pytest.mark.parametrize(
    "box",
    [
        "<aside><b>x</b></aside>",
        "<div hidden><h1>x</h1><footer>y</footer></div>",
        "<template><h1>x</h1><p>a<p>b<p>c</template>",
    ],
)
def test_the_work_grows_with_the_boxes_of_a_page_and_not_with_their_square(box: str):
    pages = [f"<h1>{TITLE}</h1>{paragraphs(*PROSE)}{box * count}" for count in (300, 1_200)]
    for page in pages:  # what is made once is made now
        article(page)
    few, many = (calls(article, page) for page in pages)
    assert many < 4 * 1.7 * few
