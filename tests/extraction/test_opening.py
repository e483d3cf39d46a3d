"""The first paragraph that stands apart from the text, and what is none."""

from lxml.html import document_fromstring

from crawler.extraction.opening import under_headline, with_opening
from crawler.extraction.render import Piece

OPENING = "Between the dam and the sea the river falls forty metres, and it takes ten locks to do so."
TEXT = [
    Piece("The first lock is the oldest of all, and its keeper the youngest."),
    Piece("The second is shut."),
]


def texts(before: str, said=()):
    body = "".join(f"<p>{piece.text}</p>" for piece in TEXT)
    page = f"<article><h1>Ten Locks</h1>{before}<div class='content'>{body}</div></article>"
    return [piece.text for piece in with_opening(document_fromstring(page), TEXT, said)]


def test_an_opening_in_a_box_of_its_own_comes_first():
    assert texts(f"<div class='intro'><p>{OPENING}</p></div><figure><p>A lock.</p></figure>")[0] == OPENING


def test_a_standfirst_that_the_page_describes_itself_with_is_none():
    assert texts(f"<div><p>{OPENING}</p></div>", [OPENING]) == [piece.text for piece in TEXT]


def test_captions_bylines_labels_and_asides_are_none():
    for before in (
        f"<figure><div><p>{OPENING}</p></div></figure>",
        f"<aside><div><p>{OPENING}</p></div></aside>",
        f"<header><div><p>{OPENING}</p></div></header>",
        "<div><p>By Anna Petrova in Velmora.</p></div>",
        f"<div><p>{OPENING} <a href='/x'>Subscribe.</a></p></div>",
        f"<div><b>Now</b><p>{OPENING}</p></div>",
    ):
        assert texts(before) == [piece.text for piece in TEXT], before


def test_what_stands_over_the_headline_or_is_long_is_another_text():
    page = document_fromstring(f"<div><p>{OPENING}</p></div><h1>Ten Locks</h1><div><p>{TEXT[0].text}</p></div>")
    assert with_opening(page, TEXT, ()) == TEXT
    many = "".join(f"<div><p>{n}. {OPENING}</p></div>" for n in range(4))
    assert texts(many) == [piece.text for piece in TEXT]


def test_a_text_whose_beginning_is_not_found_is_left_alone():
    page = document_fromstring(f"<h1>Ten Locks</h1><div><p>{OPENING}</p></div>")
    assert with_opening(page, TEXT, ()) == TEXT
    assert with_opening(page, [], ()) == []


def test_the_line_that_stands_with_the_headline_in_one_header_is_the_standfirst():
    line = "Never were there so many names on the ballot."
    site = "<header><nav><p>Home of the Herald since 1893</p></nav></header>"
    page = site + "<header><span>Politics</span><h1>Seven Lists</h1>{}</header>"
    assert under_headline(document_fromstring(page.format(f"<p>{line}</p>"))) == line
    assert under_headline(document_fromstring(page.format("<p>Short.</p>"))) is None
    byline = "<p>By <a href='/a'>Anna Petrova, our reporter</a></p>"
    assert under_headline(document_fromstring(page.format(byline))) is None
    assert under_headline(document_fromstring(f"<h1>Seven Lists</h1><p>{line}</p>")) is None
