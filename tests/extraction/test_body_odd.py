"""The text of pages of any build: whatever the markup, what comes out keeps its bounds."""

from __future__ import annotations

import string
import time
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.charsets import as_text
from crawler.extraction.document import read
from crawler.extraction.extract import extract
from crawler.site import Site

URL = "https://velm.example/ferry-sings-again"
SITE = Site.without_profile("velm.example")
FETCHED = datetime(2031, 5, 12, 12, 0, tzinfo=UTC)
TAGS = (
    *(
        "p",
        "div",
        "ul",
        "li",
        "a href='/a-goat-on-the-ferry'",
        "blockquote",
        "table",
        "tr",
        "td",
        "h2",
        "h3",
        "span",
        "br",
    ),
    *("time datetime='2031-05-12T09:05:00Z'", "div class='live'", "div class='related'", "article", "main", "section"),
    *(
        "nav",
        "aside",
        "figure",
        "figcaption",
        "a href='https://[x'",
        "b",
        "pre",
        "script",
        "svg",
        "form",
        "p class='byline'",
    ),
)
WORDS = st.sampled_from(
    (
        "The ferry left the north pier at six in the morning with four goats and a tuba on board.",
        "Tuba",
        "",
        "ferry 9:05",
    )
)
TEXT = st.one_of(WORDS, st.text(alphabet=string.printable + "é\u00ad\u200bж漢\x00<&", max_size=60))


def closed(parts: tuple[str, list[str], bool]) -> str:
    tag, children, closes = parts
    return f"<{tag}>{''.join(children)}{f'</{tag.split()[0]}>' if closes else ''}"


MARKUP = st.recursive(
    TEXT,
    lambda inner: st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=6), st.booleans()).map(closed),
    max_leaves=40,
)


@settings(max_examples=150, deadline=None)
@given(MARKUP)
def test_no_markup_makes_extraction_fail_or_point_outside_its_text(markup: str):
    found = extract(f"<html><body><article>{markup}".encode("utf-8", "surrogatepass"), URL, SITE, FETCHED)
    last = len(found.paragraphs)
    assert all(text == text.strip() and text for text in found.paragraphs)
    assert all(0 <= block.position < last for block in found.blocks)
    assert [block.position for block in found.blocks] == sorted({block.position for block in found.blocks})
    assert all((block.at is None) or block.kind == "post" for block in found.blocks)
    assert all(0 <= one.position <= last and one.text for one in found.dropped)
    for link in found.links:
        assert 0 <= link.position <= last
        if link.kind == "inline":
            assert found.paragraphs[link.position][link.start : link.end] == link.anchor_text


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "windows-1251", "shift_jis", "no-such"]))
def test_any_bytes_are_text_in_some_charset(page: bytes, charset: str | None):
    assert isinstance(as_text(page, charset), str)


def test_of_a_page_of_endless_elements_the_end_is_cut_and_told_and_a_long_line_takes_no_minutes():
    page = b"<article><p>" + b"goats <i>on</i> piers " * 40_000
    started = time.process_time()
    found = extract(page, URL, SITE, FETCHED)
    assert time.process_time() - started < 15.0  # the allowance is for a busy machine
    told = [one for one in found.dropped if one.reason == "page too large"]
    assert [(one.position, one.text) for one in told] == [(1, "10004 elements at its end")]
    assert 0 < found.word_count < 120_000


def test_a_long_page_is_not_cut():
    page = b"<article>" + b"<p>Goats are counted on the pier before the ferry leaves.</p>" * 5_000
    assert read(page, URL).cut == 0
