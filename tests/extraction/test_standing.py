"""How much text elements hold, and whether they stand among paragraphs."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement, document_fromstring

from crawler.extraction.standing import Standing

PROSE = "The ferry to Ostermole left an hour late because the tide had taken the lower half of the landing stage."


def measured(body: str) -> tuple[Standing, HtmlElement]:
    root = document_fromstring(f"<html><body>{body}</body></html>")
    return Standing(root), root


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
    standing, root = measured(f"before <div id=x>{inner}</div> after")
    assert standing.length(root.get_element_by_id("x")) == length


def test_text_in_paragraphs_is_told_from_other_text():
    standing, root = measured("<div id=x>label <p>four</p> and <section><p>seven w</p></section></div><p>outside</p>")
    assert standing.in_paragraphs(root.get_element_by_id("x")) == len("four") + len("seven w")


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
    standing, root = measured(f"<main>{before}<div><ul id=x><li>One</ul></div>{after}</main>")
    box = root.get_element_by_id("x")
    assert (standing.in_text(box), standing.in_text(box, both=True)) == (stands, between)


def test_what_shares_its_wrapper_with_other_text_does_not_stand_where_the_wrapper_does():
    standing, root = measured(f"<p>{PROSE}</p><div><ul id=x><li>One</ul><span>{PROSE}</span></div><p>{PROSE}</p>")
    assert not standing.in_text(root.get_element_by_id("x"))


def test_several_alike_after_the_last_paragraph_end_the_text():
    card = "<div class=card>One</div>"
    standing, root = measured(f"<p>{PROSE}</p>{card}{card}<div class=card id=x>One</div>")
    assert standing.ends_text(root.get_element_by_id("x"))
    standing, root = measured(f"<p>{PROSE}</p><div>Other</div>{card}<div class=card id=x>One</div>")
    assert not standing.ends_text(root.get_element_by_id("x"))
