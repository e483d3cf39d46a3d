"""Hostile text costs time that grows as its length does, and its length is judged before anything reads it."""

import importlib
import pkgutil
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from time import thread_time
from zoneinfo import ZoneInfo

import pytest

import crawler
import pipelines
import reading_room
from crawler import address_forms, addresses
from crawler.article import Candidate, Source
from crawler.discovery import hints
from crawler.discovery.feeds import parse_feed
from crawler.discovery.listing import Nested, is_html, web_address
from crawler.discovery.period import Period
from crawler.discovery.sections import parse_section
from crawler.discovery.sitemaps import parse_sitemap
from crawler.middlewares.robots import rules_for
from crawler.profiles import load_profiles
from tests.growth import assert_linear

SITES = load_profiles().sites
PUMPS = [
    *(".", "..", "/", "/.", "/..", "//", ";", ",", ":", "-", "_", "a", "a-", "1", "1-", "A", "é", "語", " ", "\t"),
    *("%2e", "%2E%2E/", "%25", "%", "%20", "%28", "%29", "%E2%80%99", ")", "(", ").", "%29,", "'", '"', "[", "]", "@"),
    *("/amp", "/pdf", "/print/amp", ".amp", "/m", "m.", "www.", "/index.html", ";sid=1", "&", "&a=1", "&utm_a=1", "?"),
    *("&ref=", "#", "#!", "=", "+", "&amp;", "/2024/12", "2024-12-", "-a1", "/a1"),
]


@pytest.mark.parametrize("pump", PUMPS)
def test_reading_an_address_takes_time_as_its_length(pump):
    """All that the spiders, the ledger and the stages ask of an address, at the greatest length that is read at all."""

    def read(text):
        url = "https://www.themoscowtimes.com/" + text
        with suppress(ValueError):
            cleaned = addresses.clean(url)
            site = SITES.for_url(cleaned)
            site.address_key(cleaned), site.main_key(cleaned), site.is_article(cleaned), site.kind_of(cleaned)
            site.main_address(cleaned), site.is_other_form(cleaned), site.is_front_page(cleaned)
            plain = f"https://news.example/{text}"
            SITES.for_url(plain).address_key(plain)

    assert_linear(read, pump, tail="x")


@pytest.mark.parametrize("pump", PUMPS)
def test_no_part_of_it_relies_on_the_bound(pump):
    works: tuple[Callable[[str], object], ...] = (
        addresses.key_of,
        addresses.spelling,
        address_forms.main_form,
        address_forms.plain_form,
    )

    def read(work, text):
        return work(f"https://news.example/{text}")

    for work in works:
        assert_linear(partial(read, work), pump, tail="x", size=4_000)
    period = Period(date(2024, 1, 1), date(2024, 12, 31), ZoneInfo("UTC"))

    def look(text):
        period.may_hold(Candidate(f"https://news.example/{text}", Source.FEED))
        period.may_be_listed_in(Nested(f"https://news.example/{text}"))

    assert_linear(look, pump, tail="x")


@pytest.mark.parametrize("pump", [".", "%2e", ";", "..", "/", "é", "&a=1"])
def test_an_address_without_end_is_told_at_once(pump):
    url = "http://news.example/" + pump * (200_000 // len(pump)) + "x"
    began = thread_time()
    with pytest.raises(ValueError, match="too long an address"):
        addresses.clean(url)
    assert web_address("http://news.example/", url) is None
    feed = f"<rss version='2.0'><channel><item><link>{url}</link></item><item><link>/b</link></item></channel></rss>"
    sitemap = f"<urlset><url><loc>{url}</loc></url><url><loc>http://news.example/b</loc></url></urlset>"
    section = f"<a href='{url}'>Endless</a><a href='http://news.example/b'>Fine</a>"
    for listing in (
        parse_feed(feed.replace("&a", "&amp;a").encode(), "http://news.example/"),
        parse_sitemap(sitemap.replace("&a", "&amp;a").encode(), "http://news.example/"),
        parse_section(section.encode(), "http://news.example/", SITES.for_url("http://news.example/")),
    ):
        assert [one.url for one in listing.candidates] == ["http://news.example/b"]
    assert thread_time() - began < 5


def test_an_address_that_grows_beyond_the_bound_when_it_is_cleaned_is_told_too():
    with pytest.raises(ValueError, match="too long an address"):
        addresses.clean("https://news.example/" + "語" * 2_000)


def test_what_is_remembered_of_addresses_is_bounded_by_their_length():
    calls = []
    counted = addresses.remembered(lambda url: calls.append(url))
    for url in ("https://news.example/a", "https://news.example/" + "a" * 2_000):
        counted(url)
        counted(url)
    assert [len(url) for url in calls] == [22, 2_021, 2_021]


@pytest.mark.parametrize("pump", ["<!---->", "<!-- -->\n", "<!--", " ", "<?xml", "<?xml>", "<", "\n\t"])
def test_looking_for_a_page_in_place_of_a_listing_takes_time_as_its_length(pump):
    assert_linear(lambda text: is_html(text.encode()), pump, size=500)


@pytest.mark.parametrize(
    "pump", ["<a", "<a b='", "</", "&", "&#", "&#9", "&amp;", "9", "Mon, ", "2024-", ".", "+", "("]
)
def test_reading_a_hint_takes_time_as_its_length(pump):
    assert_linear(hints.title, pump)
    assert_linear(hints.moment, pump)
    assert_linear(hints.last_moment, pump)


def test_a_robots_txt_of_many_names_over_many_rules_keeps_what_is_for_us():
    names = "".join(f"User-agent: bot{n}\n" for n in range(12_000))
    rules = "".join(f"Disallow: /{n}\n" for n in range(12_000))
    began = thread_time()
    kept = rules_for("Vestnik/1 (+a@b.example)", f"{names}User-agent: *\n{rules}".encode())
    assert kept.count(b"\n") == 12_000
    assert kept.count(b"User-agent") == 1
    assert thread_time() - began < 5


ELSEWHERE = {
    "crawler.extraction": "pages are read in workers, whose time is bounded by the kernel",
    "crawler.discovery.listing._HTML": "is matched at the beginning of a body; its test stands above",
    "crawler.probing.shapes._TAIL": "reads parts of addresses of at most 300 characters",
    "crawler.housekeeping.captures": "reads what we have written ourselves",
}
"""Patterns that this test leaves out, by the beginning of their names, and why."""
USUAL = [
    " ",
    "a",
    "A",
    "1",
    "-",
    ".",
    ",",
    "/",
    "(",
    ")",
    "<",
    ">",
    "\n",
    '"',
    "'",
    "\\",
    ":",
    ";",
    "=",
    "*",
    "_",
    "a ",
    "é",
]


def patterns():
    """Every regular expression that a module of ours holds, by its name."""
    for package in (crawler, pipelines, reading_room):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                for name, value in vars(importlib.import_module(module.name)).items():
                    if isinstance(value, re.Pattern):
                        yield f"{module.name}.{name}", value


READ_HERE = {
    name: pattern for name, pattern in patterns() if not name.startswith(tuple(ELSEWHERE)) and not name.isupper()
}


def literals(pattern):
    """The letters and short words that stand in a pattern: what it goes on reading is made of them."""
    written = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    return re.findall(r"(?<![\\\[(?])[^\W_]{1,12}|[^\w\s\\^$?+*|(){}\[\]]", written)[:30]


@pytest.mark.parametrize("name", sorted(READ_HERE))
def test_a_pattern_takes_time_as_the_length_of_the_text(name):
    pattern = READ_HERE[name]
    is_text = isinstance(pattern.pattern, str)

    def search(text):
        given = text if is_text else text.encode("latin-1", "replace")
        pattern.search(given), pattern.fullmatch(given)

    for pump in dict.fromkeys([*USUAL, *literals(pattern)]):
        for tail in ("\0", "a!"):
            assert_linear(search, pump, tail=tail)
