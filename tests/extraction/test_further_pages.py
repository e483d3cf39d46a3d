"""Which links of an article lead to further pages of it: by the form of their address, and by what they say."""

import pytest

from crawler.extraction.document import read
from crawler.extraction.pages import pages

HOST = "https://www.example.com"
URL = f"{HOST}/2026/harbour"


def found(body, url=URL):
    named = pages(read(f"<html><body>{body}</body></html>".encode(), url))
    return named and (dict(named.named), named.following, named.whole)


@pytest.mark.parametrize(
    ("body", "url", "second"),
    [
        ("<a href='?page=2'>2</a>", URL, f"{URL}?page=2"),
        ("<a href='/2026/harbour?seite=2'>Seite 2</a>", URL, f"{URL}?seite=2"),
        ("<a href='/2026/harbour/2'>2</a>", URL, f"{URL}/2"),
        ("<a href='/2026/harbour/page/2/'>Page 2 of 3</a>", f"{URL}/", f"{URL}/page/2/"),
        ("<a href='harbour_2.html'>2</a>", f"{URL}_1.html", f"{HOST}/2026/harbour_2.html"),
        ("<a href='harbour-2.html'>2</a>", f"{URL}.html", f"{HOST}/2026/harbour-2.html"),
        ("<a href='harbour,2.html'>2</a>", f"{URL}.html", f"{HOST}/2026/harbour,2.html"),
        ("<a href='?id=77&page=1'>2</a>", f"{HOST}/story?id=77", f"{HOST}/story?id=77&page=1"),
        ("<a href='/2026/harbour/seite-2'>Seite 2: Der Hafen</a>", URL, f"{URL}/seite-2"),
        ("<a href='?page=2'>2. The cranes arrive</a>", URL, f"{URL}?page=2"),
        ("<a href='?p=2' aria-label='Page 2'><svg></svg></a>", URL, f"{URL}?p=2"),
    ],
)
def test_a_page_is_named_by_its_number(body, url, second):
    assert found(body, url) == ({2: second}, None, None)


@pytest.mark.parametrize(
    "body",
    [
        "<a href='?page=2'>Next page ›</a>",
        "<a href='?page=2'>»</a>",
        "<a href='?page=2'>Continue reading</a>",
        "<a href='?page=2'>Nächste Seite</a>",
        "<a href='?page=2'>Page suivante</a>",
        "<a href='?page=2'>Читать далее</a>",
        "<a href='?page=2'>下一页</a>",
        "<a href='?page=2'>次ページ：港の朝</a>",
        "<a href='?page=2' rel='next'><img src='arrow.png'></a>",
        "<link rel='next' href='/2026/harbour?page=2'>",
    ],
)
def test_a_page_is_named_as_the_next(body):
    assert found(body) == ({}, f"{URL}?page=2", None)


@pytest.mark.parametrize(
    "address", ["?page=all", "?singlepage=1", "/2026/harbour/komplettansicht", "/2026/harbour/all"]
)
def test_a_page_that_shows_all_is_known_by_its_address(address):
    named = found(f"<a href='{address}'>View all on one page</a>")
    assert named is not None
    assert named[2] is not None


@pytest.mark.parametrize(
    "body",
    [
        "<link rel='next' href='/2026/ferry'><a rel='next' href='/2026/ferry'>Next</a>",
        "<link rel='next' href='/2026/harbour-2'>",
        "<div class='comments'><ul><li><a href='?page=2'>2</a></li></ul></div>",
        "<a href='/2026/harbour-2'>The harbour, a year later</a>",
        "<a href='/2026/harbour/2'>Two men and a boat</a>",
        "<a href='/news?page=2'>2</a><a href='https://elsewhere.example/2026/harbour?page=2'>2</a>",
        "<a href='?page=2026'>2</a><a href='?comment=2'>2</a><a href='#2'>2</a><a href='/2026/harbour'>1</a>",
        "<a href='http://[?page=2'>2</a>",
    ],
)
def test_other_articles_comments_and_lists_are_no_pages(body):
    assert found(body) is None


def test_a_later_page_knows_its_number():
    named = pages(
        read(b"<html><body><a href='/2026/harbour'>1</a><a href='?page=3'>3</a></body></html>", f"{URL}?page=2")
    )
    assert named is not None
    assert (named.number, named.named) == (2, ((3, f"{URL}?page=3"),))
