"""A charset is a hint: what names none, or one that does not fit, costs no page and no listing."""

import encodings
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.charsets import as_text
from crawler.discovery.feeds import parse_feed
from crawler.discovery.sections import parse_section
from crawler.discovery.sitemaps import parse_sitemap
from crawler.extraction import extract
from crawler.site import Site

SITE = Site.without_profile("news.example")
ODD = ["undefined", "zlib", "hex", "idna", "punycode", "rot13", "base64", "unicode_escape", "utf-7", "\0", "none such"]
PYTHONS = sorted(one.name for one in pkgutil.iter_modules(encodings.__path__))
WORDS = "Die Fähre fährt über den Fluß"
PAGE = f'<html><head><title>{WORDS}</title></head><body><a href="/2024/faehre">{WORDS}</a></body></html>'


@pytest.mark.parametrize("charset", ODD)
def test_a_page_with_no_charset_at_all_is_read_by_what_else_is_known(charset):
    assert WORDS in as_text(PAGE.encode(), charset)
    assert WORDS in as_text(PAGE.encode("cp1252").replace(b"<title>", b'<meta charset="cp1252"><title>'), charset)
    assert WORDS in as_text(PAGE.encode().replace(b"<title>", f'<meta charset="{charset}"><title>'.encode()), None)
    assert extract(PAGE.encode("cp1252"), "https://news.example/2024/faehre").url


@pytest.mark.parametrize("charset", PYTHONS)
def test_no_codec_of_python_raises_at_a_page(charset):
    for body in (PAGE.encode(), PAGE.encode("cp1252"), b"\xff\xfe\x00", bytes(range(256))):
        assert isinstance(as_text(body, charset), str)
        assert isinstance(as_text(f'<meta charset="{charset}">'.encode() + body, None), str)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_under_no_name_raise(body, charset):
    assert isinstance(as_text(body, charset), str)
    assert isinstance(as_text(f"<meta charset='{charset}'>".encode() + body, charset), str)


@pytest.mark.parametrize("charset", [*ODD, "utf-16", "utf-32", "UTF-16LE", "cp037"])
def test_a_listing_that_declares_what_it_cannot_be_in_is_read(charset):
    link = "https://news.example/2024/faehre"
    declared = f'<?xml version="1.0" encoding="{charset}"?>\n'
    feed = f'<rss version="2.0"><channel><item><title>{WORDS}</title><link>{link}</link></item></channel></rss>'
    (entry,) = parse_feed((declared + feed).encode(), "https://news.example/feed").candidates
    assert (entry.url, entry.hinted_title) == (link, WORDS)
    (entry,) = parse_sitemap(
        f"{declared}<urlset><url><loc>{link}</loc></url></urlset>".encode(), "https://news.example/map"
    ).candidates
    assert entry.url == link
    (entry,) = parse_section(PAGE.encode(), "https://news.example/", SITE, charset).candidates
    assert (entry.url, entry.hinted_title) == (link, WORDS)
