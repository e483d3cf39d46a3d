"""Section pages and fragments: which links count, under which title."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Source
from crawler.discovery import sections
from crawler.discovery.listing import Listing, ListingError
from crawler.discovery.sections import MOST_LINKS, parse_section
from crawler.profiles import load_profiles
from crawler.site import Site

HOME = "https://www.themoscowtimes.com/"
URL = f"{HOME}news"
SITE = load_profiles().sites.by_name["moscowtimes"]


def found(page: str | bytes, site: Site = SITE) -> list[tuple[str, str | None]]:
    body = page.encode() if isinstance(page, str) else page
    listing = parse_section(body, URL, site)
    assert all((one.source, one.listing_url) == (Source.SECTION, URL) for one in listing.candidates)
    return [(one.url.removeprefix(HOME), one.hinted_title) for one in listing.candidates]


def test_articles_come_in_the_order_of_the_page_and_nothing_else_does():
    page = """<nav><a href="/news">News</a><a href="/author/jane-doe">Jane</a></nav>
        <a href="/2024/12/09/ferry-reopens-a87268">Ferry  line
        reopens</a> <a href="https://elsewhere.example.com/2024/12/09/x-a1">Elsewhere</a>
        <a href="https://www.themoscowtimes.com/2024/12/08/bridge-a87260">Bridge</a><a>no address</a>
        <a href="javascript:void(0)">Menu</a><a href="https://[x/2024/12/09/y-a2">broken</a>"""
    assert found(page) == [
        ("2024/12/09/ferry-reopens-a87268", "Ferry line reopens"),
        ("2024/12/08/bridge-a87260", "Bridge"),
    ]


def test_an_article_under_several_addresses_is_one_candidate_with_the_best_title():
    page = """<a href="/2024/12/09/ferry-a87268?utm_source=top"><img src="x.jpg"></a>
        <a href="/all/87268">Read more</a>
        <h3><a href="/2024/12/09/ferry-a87268">Ferry line reopens</a></h3>
        <a href="/2024/12/09/ferry-a87268#comments"><h4>12 comments</h4></a>"""
    assert found(page) == [("2024/12/09/ferry-a87268?utm_source=top", "Ferry line reopens")]


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        (
            "<span>Opinion</span><h3>Why <em>ferries</em> matter</h3><p>By Jane Doe. A long standfirst.</p>",
            "Why ferries matter",
        ),
        ("Plain <b>words</b>", "Plain words"),
        ("Tom &amp; Jane", "Tom & Jane"),
        ("What &lt;b&gt; means", "What <b> means"),
        ("<style>a{}</style><script>x()</script>Words<!-- no -->", "Words"),
        ("<h3> </h3><p>Words</p>", "Words"),
        ("", "From the attribute"),
    ],
)
def test_the_hinted_title_is_the_heading_else_the_words_else_the_attribute(inner, title):
    assert found(f'<a title="From the attribute" href="/2024/12/09/ferry-a1">{inner}</a>') == [
        ("2024/12/09/ferry-a1", title)
    ]


def test_a_base_address_counts_and_only_the_first():
    page = """<head><base href="https://www.themoscowtimes.com/2024/"><base href="https://elsewhere.example.com/"></head>
        <a href="12/09/ferry-a1">Ferry</a>"""
    assert found(page) == [("2024/12/09/ferry-a1", "Ferry")]


@pytest.mark.parametrize("body", [b"", b" \n\t ", b"<!-- nothing -->", b"<div></div>"])
def test_a_fragment_past_the_end_is_an_empty_listing(body):
    assert parse_section(body, URL, SITE) == Listing()


@pytest.mark.parametrize("body", [b'{"items": []}', b"no such page", b"\0\0\0"])
def test_what_is_no_html_is_refused(body):
    with pytest.raises(ListingError, match="not HTML"):
        parse_section(body, URL, SITE)


def test_the_charset_of_the_server_then_of_the_page_then_utf_8_is_used():
    link = '<a href="/2024/12/09/ferry-a1">Паром</a>'
    meta = '<meta charset="windows-1251">'
    title = "Паром"
    assert parse_section(link.encode("koi8-r"), URL, SITE, "koi8-r").candidates[0].hinted_title == title
    assert parse_section((meta + link).encode("windows-1251"), URL, SITE).candidates[0].hinted_title == title
    assert parse_section(link.encode(), URL, SITE).candidates[0].hinted_title == title


def test_a_site_without_patterns_takes_its_own_pages():
    site = Site.without_profile("www.themoscowtimes.com")
    assert found('<a href="/">Home</a><a href="/any/page">Any</a><a href="//x.example.com/a">X</a>', site) == [
        ("any/page", "Any")
    ]


def test_half_a_million_links_are_bounded():
    page = b"".join(b'<a href="/all/%d">x</a>' % n for n in range(1, 500_001))
    assert len(parse_section(page, URL, SITE).candidates) == MOST_LINKS


def test_an_unclosed_link_does_not_take_the_page_for_its_title(monkeypatch):
    monkeypatch.setattr(sections, "MOST_TEXTS", 3)
    assert found('<a href="/all/1">' + "<i>word</i>" * 500) == [("all/1", "word word word")]


def test_nesting_without_end_does_no_harm():
    assert parse_section(b"<div>" * 60_000 + b'<a href="/all/1">x</a>', URL, SITE).nested == ()


@given(st.binary(max_size=300))
def test_any_bytes_give_a_listing_or_a_reason(noise):
    for body in (noise, b'<a href="/all/1">One</a><' + noise):
        with suppress(ListingError):
            assert all(SITE.is_article(one.url) for one in parse_section(body, URL, SITE).candidates)


@pytest.mark.parametrize(
    "page",
    [
        '<a href="/2024/12/09/ferry-a1#comments">12</a><a href="/2024/12/09/ferry-a1">Ferry reopens</a>',
        '<a href="/2024/12/09/ferry-a1">Read more</a><a href="/2024/12/09/ferry-a1">Ferry reopens</a>',
        '<a href="/2024/12/09/ferry-a1"><img alt="Ferry reopens"></a>',
        '<a href="/2024/12/09/ferry-a1" aria-label="Ferry reopens"></a>',
    ],
)
def test_words_that_only_lead_on_are_no_headline(page):
    assert [title for _, title in found(page)] == ["Ferry reopens"]


@pytest.mark.parametrize(
    "fragment",
    [
        {"html": '<p><a href="/2024/12/09/ferry-a1">Ferry &amp; bridge</a></p>', "more": True},
        [{"id": 1, "url": "/2024/12/09/ferry-a1", "title": "Ferry & bridge"}],
        {"data": {"items": [{"headline": "Ferry <b>&amp;</b> bridge", "link": f"{HOME}2024/12/09/ferry-a1"}]}},
    ],
)
def test_a_fragment_of_json_is_read_for_its_markup_or_its_addresses(fragment):
    assert found(json.dumps(fragment)) == [("2024/12/09/ferry-a1", "Ferry & bridge")]


def test_json_after_the_last_fragment_is_an_empty_listing():
    assert found('{"html": "", "more": false}') == []
