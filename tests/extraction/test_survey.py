"""What one walk over a page finds: its blocks, what nobody sees, and how much text elements hold."""

from __future__ import annotations

import gc

import pytest
from lxml.html import document_fromstring

from crawler.extraction import extract
from crawler.extraction.survey import Node, Survey
from crawler.extraction.teasers import in_text
from crawler.extraction.walk import survey

PROSE = "The ferry to Ostermole left an hour late because the tide had taken the lower half of the landing stage."


def measured(body: str) -> Survey:
    return survey(document_fromstring(f"<html><body>{body}</body></html>"))


def blocks(body: str) -> list[tuple[str, str | None]]:
    return [(block.text, block.kind) for block in measured(body).blocks if block.unseen is None]


def unseen(body: str) -> list[tuple[str, str | None]]:
    return [(block.text, block.unseen) for block in measured(body).blocks if block.unseen is not None]


@pytest.mark.parametrize(
    ("inner", "length"),
    [
        ("", 0),
        (" \n ", 0),
        ("two  words", 9),
        (" two words ", 9),
        ("<b>two</b> <i>words</i>", 9),
        (" <b> two </b>\n<i> words</i> ", 9),
        ("<b>tw</b>o <i>words</i>", 9),
        ("two\u00ad words\u200b", 9),
    ],
)
def test_the_length_of_an_element_is_that_of_its_words_as_printed(inner: str, length: int):
    page = measured(f"before <div id=x>{inner}</div> after")
    assert next(node for node in page.nodes if node.element.get("id") == "x").length == length


def test_bare_words_between_blocks_are_blocks_and_lines_stay_one():
    assert blocks("<div>before <b>and</b> <p>a paragraph</p> after<br>goes on <section>last</section></div>") == [
        ("before and", None),
        ("a paragraph", None),
        ("after goes on", None),
        ("last", None),
    ]


def test_breaks_part_paragraphs_only_where_a_sentence_ends_or_two_follow():
    cells = "<table><tr><td>a cell</td><td>another</td></tr></table>"
    assert [text for text, _ in blocks(f"<div>One line<br>goes on.<br>A second.<br><br>a third{cells}</div>")] == [
        "One line goes on.",
        "A second.",
        "a third",
        "a cell",
        "another",
    ]


def test_a_line_in_bold_is_a_heading_and_is_not_glued_to_the_sentence_behind_it():
    expected = [("On the quay", "heading"), ("The tide came in.", None)]
    assert blocks("<p><b>On the quay</b><br>The tide came in.</p>") == expected
    assert blocks("<p><strong>On the quay</strong>The tide came in.</p>") == expected
    assert blocks("<p><b>T</b>HE TIDE came in.</p>") == [("THE TIDE came in.", None)]
    assert blocks("<h3><button>On the quay</button></h3>") == [("On the quay", "heading")]


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<span class='sr-only'>opens a window</span>", "hidden"),
        ("<span class='visually-hidden'>opens a window</span>", "hidden"),
        ("<span hidden>opens a window</span>", "hidden"),
        ("<span style='display: none'>opens a window</span>", "hidden"),
        ("<span style='position:absolute;clip:rect(0 0 0 0)'>opens a window</span>", "hidden"),
        ("<span class='menu hidden'>opens a window</span>", "hidden"),
        ("<span class='d-none'>opens a window</span>", "hidden"),
        ("<button>opens a window</button>", "control"),
        ("<sup><a href='#note-1'>1</a></sup>", "mark"),
    ],
)
def test_what_no_reader_sees_is_cut_out_of_its_line_and_accounted_for(markup: str, reason: str):
    body = f"<p>The tide{markup} came in.</p>"
    assert blocks(body) == [("The tide came in.", None)]
    assert [why for _, why in unseen(body)] == [reason]


def test_a_frame_that_holds_most_of_the_prose_is_none():
    page = measured(f"<nav><a href=/>Home</a><main><h1>Tide</h1><p>{PROSE}</p><p>{PROSE}</p></main>")
    assert [block.text for block in page.blocks if block.is_prose] == [PROSE, PROSE]
    beside = measured(f"<nav><a href=/>Home</a></nav><p>{PROSE}</p>")
    assert [block.unseen for block in beside.blocks] == ["navigation", None]


@pytest.mark.parametrize(
    "around", ["<a href='/'>Home", "<button>Menu", "<p><a href='/x'><b>Ferries</b></p><a href='/'>"]
)
def test_a_link_or_button_whose_end_was_lost_does_not_swallow_the_page(around: str):
    page = measured(f"<div>{around}<div><h1>Tide</h1>{f'<div>{PROSE}</div>' * 4}</div></div>")
    assert [block.text for block in page.blocks if block.is_prose] == [PROSE] * 4


def test_a_link_ends_where_another_begins():
    page = measured("<div><a href='/x'>the pier<div>and <a href='/y'>the quay</a> by night</div></div>")
    assert [[(one.href, block.text[one.start : one.end]) for one in block.anchors] for block in page.blocks] == [
        [("/x", "the pier")],
        [("/x", "and"), ("/y", "the quay")],
    ]


def test_what_only_a_wide_screen_shows_is_seen():
    assert blocks("<div class='hidden md:block'>wide</div><div class='d-none d-lg-flex'>wider</div>") == [
        ("wide", None),
        ("wider", None),
    ]


def test_a_paragraph_that_is_marked_as_a_small_heading_is_prose():
    page = measured(f"<h4>{PROSE} {PROSE}</h4><h4>On the quay</h4><h2>{PROSE} {PROSE}</h2>")
    assert [block.is_prose for block in page.blocks] == [True, False, False]


def test_a_text_that_waits_for_scripts_to_be_shown_is_seen():
    page = measured(f"<div style='display:none'>{f'<p>{PROSE}</p>' * 6}</div><p>Loading</p>")
    assert sum(block.is_prose for block in page.blocks) == 6


def test_the_words_of_a_declarative_shadow_root_are_read():
    root = (
        f"<x-text><template shadowrootmode=open><p>{PROSE}</p></template></x-text><template><p>{PROSE}</p></template>"
    )
    assert [text for text, _ in blocks(root)] == [PROSE]


def test_the_same_words_linked_twice_are_told_apart_by_their_place():
    page = measured(
        "<p>the pier and the pier and <a href='/x'>the pier</a></p><p>the pier, <a href='/y'>the pier</a></p>"
    )
    found = [(one.href, one.start, one.end) for block in page.blocks for one in block.anchors]
    assert found == [("/x", 26, 34), ("/y", 10, 18)]


@pytest.mark.parametrize(
    ("before", "after", "stands", "between"),
    [
        (f"<p>{PROSE}</p>", f"<p>{PROSE}</p>", True, True),
        (f"<p>{PROSE}</p>", "<p>Short.</p>", True, False),
        (f"<p>{PROSE}</p>", "", True, False),
        ("", f"<p>{PROSE}</p>", False, False),
        (f"<p>{PROSE}</p><div> </div>", "<h2>On the quay</h2>", True, True),
        (f"<p>{PROSE}</p>", "<h2><a href=/x>On the quay</a></h2>", True, False),
        (f"<p><a href=/x>{PROSE}</a></p>", f"<p>{PROSE}</p>", False, False),
        (f"<div><p>{PROSE}</p></div>", f"<blockquote>{PROSE}</blockquote>", True, True),
    ],
)
def test_what_has_paragraphs_beside_it_stands_in_the_text(before: str, after: str, stands: bool, between: bool):
    page = measured(f"<main>{before}<div><ul id=x><li>One</ul></div>{after}</main>")
    box = next(node for node in page.nodes if node.element.get("id") == "x")
    assert (in_text(page, box), in_text(page, box, both=True)) == (stands, between)


def test_what_shares_its_wrapper_with_other_text_does_not_stand_where_the_wrapper_does():
    page = measured(f"<p>{PROSE}</p><div><ul id=x><li>One</ul><span>{PROSE}</span></div><p>{PROSE}</p>")
    assert not in_text(page, next(node for node in page.nodes if node.element.get("id") == "x"))


def test_a_page_that_was_read_leaves_no_circles_to_look_for():
    gc.collect()
    gc.disable()
    try:
        extract(f"<html><body><h1>Ferries</h1><div><p>{PROSE}</p></div></body></html>", "https://velm.example/ferries")
        left = [one for one in gc.get_objects() if isinstance(one, Node)]
    finally:
        gc.enable()
    assert left == []


def test_an_element_opens_with_the_words_before_its_first_child():
    page = measured("<p> Ferries \n and <b>tides</b> of Velm</p><div> <span>Boats</span></div>")
    assert [node.opening for node in page.nodes[1:]] == ["", "Ferries and", "tides", "", "Boats"]
