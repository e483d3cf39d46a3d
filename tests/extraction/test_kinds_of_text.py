"""What counts as text and what does not, whatever the markup: each kind of page that was once read wrong."""

# ruff: noqa: E501 - pages are written as they are

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.conservation import DAMAGES, Count, account
from benchmarks.extraction import Case
from crawler.article import Article
from crawler.extraction.extract import extract
from crawler.site import Site

URL = "https://velm.example/news/ferry-sings-again-40217"
SITE = Site.without_profile("velm.example")
FETCHED = datetime(2031, 5, 12, 20, 0, tzinfo=UTC)
PROSE = tuple(
    f"{opening} the ferry left the {place} with four goats and a tuba on board, and sang as it had done all spring long."
    for opening, place in (
        ("At dawn", "north pier"),
        ("At noon", "lower bank"),
        ("After tea", "outer mole"),
        ("At night", "far shore"),
    )
)
BARE = "Nobody on the island could say who had taught it to sing, and those who could have said so were not asked."


def article(body: str, head: str = "") -> Article:
    page = f"<html><head><title>Ferry Sings Again</title>{head}</head><body>{body}</body></html>"
    return extract(page.encode(), URL, SITE, FETCHED)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def told(middle: str, after: str = "") -> Article:
    text = f"{paragraphs(*PROSE[:2])}{middle}{paragraphs(*PROSE[2:])}"
    return article(f"<article><h1>Ferry Sings Again</h1><div class='text'>{text}</div>{after}</article>")


def kinds(found: Article, kind: str) -> list[str]:
    return [found.paragraphs[block.position] for block in found.blocks if block.kind == kind]


@pytest.mark.parametrize(
    "middle",
    [
        BARE,
        f"<div>{BARE}</div>",
        f"<div><div>{BARE}</div></div>",
        f"<section>{BARE}</section>",
        f"<x-paragraph>{BARE}</x-paragraph>",
        f"<table><tr><td>{BARE}</td></tr></table>",
    ],
)
def test_words_between_paragraphs_are_text_whatever_holds_them(middle: str):
    assert told(middle).paragraphs == (*PROSE[:2], BARE, *PROSE[2:])


def test_words_beside_a_quotation_are_text():
    found = told(f"<blockquote>{PROSE[0].replace('At dawn', 'In May')}</blockquote>{BARE}")
    assert BARE in found.paragraphs


def test_a_last_paragraph_in_nameless_boxes_is_text():
    found = article(f"<article><h1>Ferry</h1><div class='text'>{paragraphs(*PROSE)}<div><div>{BARE}</div></div></div>")
    assert found.paragraphs == (*PROSE, BARE)


@pytest.mark.parametrize(
    "note",
    [
        "<footer><div class='correction'><p>The first version of this piece gave three goats too many.</p></div></footer>",
        "<footer><p>Correction: The first version of this piece gave three goats too many.</p></footer>",
        "<aside class='editors-note'><p>The reporter is a cousin of the second goat, on her mother's side.</p></aside>",
    ],
)
def test_a_correction_stands_in_the_text_as_a_note_wherever_the_page_has_it(note: str):
    found = told("", note)
    assert found.prose == PROSE
    assert len(kinds(found, "note")) == 1


def test_a_fact_box_is_kept_as_a_box_and_is_no_prose():
    found = told("<aside class='factbox'><h4>In figures</h4><p>The ferry is 31 metres long.</p></aside>")
    assert found.prose == PROSE
    assert kinds(found, "box") == ["In figures", "The ferry is 31 metres long."]


def test_an_embedded_post_is_kept_with_its_author_and_address_and_a_mere_link_to_one_is_not():
    post = (
        "<blockquote class='twitter-tweet'><p>I heard it sing, and I was sober.</p>Harbour of Velm (@velm) "
        "<a href='https://twitter.example/velm/1'>May 12</a></blockquote>"
        "<blockquote class='instagram-media'><a href='https://pictures.example/2'>View this post</a></blockquote>"
    )
    found = told(post)
    assert found.prose == PROSE
    assert kinds(found, "embed") == ["I heard it sing, and I was sober.", "Harbour of Velm (@velm) May 12"]
    assert "https://twitter.example/velm/1" in [link.href for link in found.links]
    assert "View this post" not in found.text


def test_a_cell_that_changes_changes_the_text():
    row = "<table><tr><th>Goat</th><th>Weight</th></tr><tr><td>First</td><td>{} kg</td></tr></table>"
    assert told(row.format(40)).text != told(row.format(41)).text


def test_the_captions_of_a_gallery_are_its_text_and_its_buttons_are_not():
    slides = "".join(
        f"<div class='slide'><figure><img src='/{n}.jpg'><figcaption>{text}</figcaption></figure><div>Buy a print</div></div>"
        for n, text in enumerate(PROSE)
    )
    found = article(f"<article><h1>The Ferry in Pictures</h1><p>A week on board.</p>{slides}</article>")
    assert set(PROSE) <= set(found.paragraphs)
    assert "Buy a print" not in found.text


def test_ingredients_and_steps_are_text():
    items = "".join(
        f"<li><label><input type='checkbox'> {words}</label></li>" for words in ("200 g barley", "one leek")
    )
    found = told(f"<h2>Ingredients</h2><ul>{items}</ul>")
    assert found.paragraphs[2:5] == ("Ingredients", "200 g barley", "one leek")


def test_the_second_of_two_copies_is_dropped_and_a_question_asked_twice_is_not():
    assert told(f"<div>{PROSE[1]}</div>").paragraphs == PROSE
    question = "<p><b>And what did you do when the ferry began to sing, in front of everybody?</b></p>"
    found = article(
        f"<article><h1>Ferry</h1>{question}{paragraphs(*PROSE[:2])}{question}{paragraphs(*PROSE[2:])}</article>"
    )
    assert sum("in front of everybody" in text for text in found.paragraphs) == 2


def test_another_piece_that_runs_on_behind_this_one_is_none_of_it():
    other = "".join(f"<p>{text.replace('ferry', 'theatre')}</p>" for text in PROSE * 2)
    next_one = f"<article><h1><a href='/news/theatre-opens-again-40218'>Theatre Opens Again</a></h1>{other}</article>"
    found = article(f"<main><article><h1>Ferry Sings Again</h1>{paragraphs(*PROSE)}</article>{next_one}</main>")
    assert found.paragraphs == PROSE


def test_readers_comments_are_dropped_unless_the_page_has_no_other_text():
    comments = "".join(f"<li>{text}</li>" for text in PROSE)
    text = paragraphs(*(text.replace("ferry", "barge") for text in PROSE * 2))
    found = article(f"<article><h1>Ferry</h1>{text}<ol class='comments'>{comments}</ol></article>")
    assert not set(PROSE) & set(found.paragraphs)
    lead = "A short word before the match."
    report = "".join(
        f"<div class='match-comment'><span>{n}</span><div>{text}</div></div>" for n, text in enumerate(PROSE)
    )
    found = article(f"<article><h1>Ferry</h1><p>{lead}</p><div class='match-comments'>{report}</div></article>")
    assert [text for text in found.paragraphs if text in PROSE] == list(PROSE)


@pytest.mark.parametrize("name", ["comment-body", "footer", "ads", "social-share"])
def test_a_column_of_paragraphs_is_the_text_whatever_it_is_called(name: str):
    lead = "<p>A lead of the ferry, which stands apart and is as short as leads of small papers are.</p>"
    text = paragraphs(*PROSE, *(text.replace("ferry", "barge") for text in PROSE))
    beside = f"<div>{paragraphs(*(text.replace('ferry', 'paper') for text in PROSE))}</div>"
    found = article(f"<h1>Ferry Sings Again</h1>{lead}<div class='{name}'>{text}</div>{beside}")
    assert set(PROSE) <= set(found.paragraphs)


REMARKS = "".join(
    f"<div><b>Reader {n}</b> <i>May {n}</i><div>{text.replace('ferry', 'choir')} {text.replace('ferry', 'council')}</div></div>"
    for n, text in enumerate(PROSE * 2, 1)
)


@pytest.mark.parametrize(
    "heading",
    [
        "<h3>8 Comments</h3>",
        "<div>Kommentare (8)</div>",
        "<h4>8 Responses to “Ferry Sings Again”</h4>",
        "<p>댓글 8</p>",
    ],
)
@pytest.mark.parametrize("wrapper", ["{0}{1}", "<div>{0}{1}</div>", "<div><div>{0}</div></div><div>{1}</div>"])
def test_what_follows_a_heading_over_comments_is_none_of_the_text(heading: str, wrapper: str):
    found = article(
        f"<h1>Ferry Sings Again</h1><div>{paragraphs(*PROSE)}</div>{wrapper.format(heading, REMARKS)}<div>Imprint</div>"
    )
    assert found.paragraphs == PROSE


def test_a_count_of_comments_over_the_text_and_a_heading_within_it_take_nothing():
    lead = paragraphs(*(text.replace("ferry", "barge") for text in PROSE))
    found = article(
        f"<h1>Ferry</h1><div>{lead}</div><div><a href='#c'>3 comments</a></div><div>{paragraphs(*PROSE)}</div>"
    )
    assert set(PROSE) <= set(found.paragraphs)
    assert set(PROSE) <= set(told("<h3>Comments</h3>").paragraphs)


def test_teasers_in_lines_of_their_own_that_break_off_are_no_text_though_they_are_longer():
    teasers = "".join(
        f"<li><a href='/news/goats-vote-on-ferry-4021{n}'>Goats vote on ferry {n}</a> <span>{text[:-9]}...</span></li>"
        for n, text in enumerate(PROSE * 2)
    )
    found = article(
        f"<div><ul>{teasers}</ul></div><div><h2>Ferry Sings Again</h2><div>{paragraphs(*PROSE)}</div></div>"
    )
    assert found.prose == PROSE


def test_a_table_or_an_embedded_post_ends_a_text():
    table = "<table><tr><th>Goat</th><th>Weight</th></tr><tr><td>First</td><td>40 kg</td></tr></table>"
    post = "<blockquote class='twitter-tweet'><p>I heard it sing, and I was sober.</p></blockquote>"
    found = article(f"<article><h1>Ferry</h1>{paragraphs(*PROSE)}<div>{table}</div>{post}</article>")
    assert found.paragraphs[4:] == ("Goat\tWeight\nFirst\t40 kg", "I heard it sing, and I was sober.")


def test_a_page_that_prints_its_headline_alone_has_its_text_from_its_scripts():
    state = {"story": {"title": "Ferry Sings Again", "blocks": [{"type": "text", "text": text} for text in PROSE]}}
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'
    assert article(f"<h1>Ferry Sings Again</h1>{script}").prose == PROSE


def test_a_paragraph_that_speaks_of_signing_up_stays_and_a_plea_goes():
    line = "When you sign up for the ferry club, it asks for your shoe size, and nobody on the pier knows why it does."
    found = told(f"<p>{line}</p><p>Sign up for our letter, every Friday at noon.</p>")
    assert found.paragraphs == (*PROSE[:2], line, *PROSE[2:])


@pytest.mark.parametrize("frame", ["nav", "aside", "form", "dialog", "noscript"])
def test_a_frame_that_holds_the_text_is_none(frame: str):
    assert article(f"<{frame}><a href='/'>Home</a><main><h1>Ferry</h1>{paragraphs(*PROSE)}</main>").paragraphs == PROSE


def test_terms_in_a_window_that_is_not_open_are_no_text_though_they_are_longer():
    terms = paragraphs(*(text.replace("ferry", "customer") for text in PROSE * 3))
    window = f"<div class='modal' aria-hidden='true'><h2>Terms</h2>{terms}</div>"
    assert article(f"<main><h1>Ferry</h1>{paragraphs(*PROSE)}</main>{window}").paragraphs == PROSE


def test_the_marks_of_a_publishing_system_in_its_json_ld_are_not_stored_where_the_page_prints_the_words():
    marked = "\n".join(f"+++drop+++ {text}" for text in PROSE)
    head = f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "articleBody": marked})}</script>'
    assert article(f"<article><h1>Ferry</h1>{paragraphs(*PROSE)}</article>", head).paragraphs == PROSE


def test_an_article_is_bounded_and_says_what_is_beyond():
    long = article(
        "<article>" + "".join(f"<p>{n} {text * 30}</p>" for n in range(110) for text in PROSE[:3]) + "</article>"
    )
    assert sum(map(len, long.paragraphs)) <= 1_000_000
    assert [row.reason for row in long.dropped][-1] == "text too long"


PAGE = (
    "<html><body><nav><a href='/'>Home</a></nav><main><article class='story'><h1>Ferry Sings Again</h1>"
    f"<div class='text'>{paragraphs(*PROSE[:2])}<aside class='factbox'><p>{BARE}</p></aside>"
    f"<div class='related'><a href='/news/goats-vote-on-ferry-40218'>Goats Vote on the Ferry for the Third Time</a></div>{paragraphs(*PROSE[2:])}"
    "</div><footer><p>Correction: there were four goats, not five.</p></footer></article></main></body></html>"
).encode()


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(DAMAGES), st.sampled_from(DAMAGES), st.integers(0, 10_000))
def test_no_damage_makes_extraction_raise_or_lose_a_block_within_the_text(first, second, seed: int):
    dice = random.Random(seed)  # noqa: S311 - not a secret
    page = second(first(PAGE, dice), dice)
    count = Count()
    account(Case("page", URL, FETCHED, page), extract(page, URL, SITE, FETCHED), count)
    assert count.lost == 0
