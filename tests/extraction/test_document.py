"""Bytes to text and tree: charsets, base addresses, metas, trees too deep to walk."""

from __future__ import annotations

import pytest

from crawler.charsets import as_text
from crawler.extraction.document import read
from crawler.extraction.dom import text_of

URL = "https://paper.example/a/page"


@pytest.mark.parametrize(
    ("page", "charset", "expected"),
    [
        ("Käse".encode(), None, "Käse"),
        ("Käse".encode(), "iso-8859-1", "Käse"),  # the header is wrong: the bytes are UTF-8
        ("Käse".encode("latin-1"), "iso-8859-1", "Käse"),
        ('<meta charset="windows-1251">Новость'.encode("cp1251"), None, '<meta charset="windows-1251">Новость'),
        ('<meta charset="utf-8">Новость'.encode("cp1251"), "windows-1251", '<meta charset="utf-8">Новость'),
        ("Новость".encode("utf-16"), "utf-8", "Новость"),  # a byte order mark says more than the header
        ("ニュース".encode("iso-2022-jp"), "iso-2022-jp", "ニュース"),
        (b"plain", "no-such-charset", "plain"),
    ],
)
def test_text_is_decoded_by_mark_then_as_utf8_then_by_header_then_by_meta(
    page: bytes, charset: str | None, expected: str
):
    assert as_text(page, charset) == expected


def test_a_page_that_names_no_charset_is_guessed():
    text = "Сегодня в городе открылась новая библиотека, и жители пришли за книгами. " * 20
    assert as_text(text.encode("cp1251")) == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Паром снова ходит между берегами, и у причала с утра стоит очередь. ", "windows-1251"),
        ("Паром снова ходит между берегами, и у причала с утра стоит очередь. ", "koi8-r"),
        ("Το πλοίο έφυγε το πρωί από την προβλήτα με τέσσερις κατσίκες. ", "windows-1253"),
    ],
)
def test_a_page_that_says_utf8_and_is_not_is_read_as_what_it_is(text: str, charset: str):
    page = f'<meta charset="utf-8"><p>{text * 20}</p>'
    assert as_text(page.encode(charset), "utf-8") == page


def test_a_page_in_utf8_with_some_broken_bytes_stays_utf8():
    page = ("Ответ жителей был краток. " * 200).encode().replace(b"\xd0\xb6", b"\xd0", 1)
    assert as_text(page).count("\ufffd") == 1


def test_a_page_cut_within_a_character_stays_utf8():
    page = ("Ответ жителей был краток. " * 100).encode()[:-2]
    assert as_text(page).startswith("Ответ жителей был краток.")


@pytest.mark.parametrize(
    ("base", "href", "expected"),
    [
        ("https://paper.example/", "2031/05/x-a1", "https://paper.example/2031/05/x-a1"),
        ("/deep/er/", "x", "https://paper.example/deep/er/x"),
        ("", "x", "https://paper.example/a/x"),
        ("http://[broken", "x", "https://paper.example/a/x"),
        ("javascript:alert(1)", "x", "https://paper.example/a/x"),
        ("https://paper.example/", "//other.example/y#part", "https://other.example/y"),
        ("https://paper.example/", "mailto:desk@paper.example", None),
        ("https://paper.example/", "http://[::1", None),
        ("https://paper.example/", "", None),
    ],
)
def test_addresses_resolve_against_base_and_only_web_ones_are_kept(base: str, href: str, expected: str | None):
    assert read(f'<base href="{base}"><p>x</p>'.encode(), URL).absolute(href) == expected


def test_metas_are_found_by_name_property_and_itemprop_without_the_empty_ones():
    page = b"""<meta name="Author" content=" A  Writer "><meta property="og:title" content="">
    <meta itemprop="datePublished" content="2031-01-02">
    <meta property="article:tag" content="one"><meta property="article:tag" content="two">"""
    assert read(page, URL).metas == {
        "author": ("A Writer",),
        "datepublished": ("2031-01-02",),
        "article:tag": ("one", "two"),
    }


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "table", "font"])
def test_what_is_nested_too_deep_becomes_one_text_and_what_follows_is_kept(tag: str):
    page = f"<p>first</p>{f'<{tag}>' * 500}deep words{f'</{tag}>' * 500}<p>last</p>"
    root = read(page.encode(), URL).root
    assert text_of(root) == "first deep words last"
    assert max(len(list(element.iterancestors())) for element in root.iter()) <= 205


def test_text_of_an_element_puts_a_space_where_a_block_ends_and_none_within_words():
    root = read(b"<h1><span>Topic</span><div>T<b>it</b>le<br>more</div><script>x()</script></h1>", URL).root
    assert text_of(next(root.iter("h1"))) == "Topic Title more"
