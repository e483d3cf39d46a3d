"""Addresses: what cleaning takes and leaves, which two are the same, what is none."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler import addresses
from crawler.address_forms import AddressPattern
from crawler.site import Site, Sites
from tests.make import SITES


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("https://example.com/a", "https://example.com/a"),
        (" \thttps://example.com/a\n", "https://example.com/a"),
        ("HTTPS://WWW.Example.COM/A", "https://www.example.com/A"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("https://example.com/a#comments", "https://example.com/a"),
        ("https://example.com/a/", "https://example.com/a/"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://jane:secret@example.com/a", "https://example.com/a"),
        ("https://example.com/a;v=1", "https://example.com/a;v=1"),
        ("https://example.com/1,2,3", "https://example.com/1,2,3"),
        # ports
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:443/a", "http://example.com:443/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        # IPv6
        ("http://[::1]/a", "http://[::1]/a"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        # percent-encoding
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/é", "https://example.com/%C3%A9"),
        ("https://example.com/%c3%a9", "https://example.com/%C3%A9"),
        ("https://example.com/a%2Fb", "https://example.com/a%2Fb"),
        ("https://example.com/100%", "https://example.com/100%"),
        ("https://example.com/?q=%d0%bf&r=a+b", "https://example.com/?q=%d0%bf&r=a+b"),
        # names in other scripts
        ("https://пример.рф/a", "https://xn--e1afmkfd.xn--p1ai/a"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_cleaning(written, cleaned):
    assert addresses.clean(written) == cleaned


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("utm_source=x&utm_medium=y", ""),
        ("UTM_Source=x&a=1", "?a=1"),
        ("a=1&fbclid=x&b=2", "?a=1&b=2"),
        ("gclid=1&ysclid=2&_ga=3&mc_cid=4&xtor=5", ""),
        ("utm%5Fsource=x&a=1", "?a=1"),
        ("mtm_campaign=x&pk_kwd=y&hsa_ad=z", ""),
        ("b=2&a=1", "?b=2&a=1"),
        ("a=1&&b=&c&", "?a=1&b=&c"),
        ("id=7&page=2&amp=1&ref=home&session=9&source_id=3", "?id=7&page=2&amp=1&ref=home&session=9&source_id=3"),
        ("utmost=1&futm_x=2", "?utmost=1&futm_x=2"),
    ],
)
def test_only_tracking_goes_from_a_query(query, left):
    assert addresses.clean(f"https://example.com/a?{query}") == f"https://example.com/a{left}"


def test_a_profile_may_keep_some_parameters_alone():
    keep = frozenset({"id"})
    assert addresses.clean("https://example.com/a?amp=1&id=7&utm_source=x", keep) == "https://example.com/a?id=7"
    assert addresses.clean("https://example.com/a?amp=1", frozenset()) == "https://example.com/a"


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        " ",
        "example.com/a",
        "//example.com/a",
        "/a",
        "mailto:jane@example.com",
        "javascript:void(0)",
        "data:text/html,x",
        "ftp://example.com/a",
        "file:///etc/hostname",
        "http:/example.com",
        "http://",
        "http:///a",
        "http://./",
        "http://:80/",
        "http://@/",
        "http://?a=1",
        "http://#a",
        "http://two words/",
        "http://ex%61mple.com/",
        "http://[::1/",
        "http://[no-address]/",
        "http://example.com:http/",
        "http://example.com:99999/",
    ],
)
def test_rubbish_is_refused_with_a_sentence(rubbish):
    with pytest.raises(ValueError, match="not a web address"):
        addresses.clean(rubbish)


_PIECES = st.text(alphabet="aé.:/?#&=%[]@\\ 2F0;,-_+~\t\n", max_size=40)


@given(
    st.one_of(st.text(), _PIECES).flatmap(
        lambda tail: st.sampled_from([tail, f"http://{tail}", f"https://e.example/{tail}"])
    )
)
@example("http://:80/")
@example("https://example.com/%%3a")
@example("https://jane@@example.com/?a=%2&%&&b")
def test_cleaning_twice_is_cleaning_once(written):
    try:
        cleaned = addresses.clean(written)
    except ValueError:
        return
    assert addresses.clean(cleaned) == cleaned
    assert addresses.is_web_address(cleaned)
    assert addresses.host_of(cleaned)


@pytest.mark.parametrize(
    "other",
    [
        "http://example.com/a?b=1",
        "https://www.example.com/a/?b=1",
        "https://EXAMPLE.com:443/a?b=1#top",
        "https://example.com/a//?utm_source=x&b=1",
    ],
)
def test_addresses_with_one_key_are_one_page(other):
    assert addresses.key_of(addresses.clean(other)) == "example.com/a?b=1"


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/a?b=2",
        "https://example.com/A?b=1",
        "https://m.example.com/a?b=1",
        "https://example.com:8443/a?b=1",
    ],
)
def test_addresses_of_other_pages_have_other_keys(other):
    assert addresses.key_of(addresses.clean(other)) != "example.com/a?b=1"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Example.com:443/a", "www.example.com"),
        ("http://example.com:8080/a", "example.com:8080"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("https://пример.рф/a", "xn--e1afmkfd.xn--p1ai"),
        ("https://xn--e1afmkfd.xn--p1ai/a", "xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_a_host_is_what_a_site_is_known_by(url, host):
    assert addresses.host_of(url) == host


def test_www_says_nothing_and_www_within_a_name_does():
    assert addresses.without_www("www.example.com") == "example.com"
    assert addresses.without_www("wwwexample.com") == "wwwexample.com"
    assert addresses.without_www("news.www.example.com") == "news.www.example.com"


TRUTH = tomllib.loads((Path(__file__).parent / "addresses.toml").read_text("utf-8"))["styles"]


def sites_of(style) -> Sites:
    """The registry in which a style of the truth table is judged: its own paper, or the shipped profiles."""
    if "profile" not in style:
        return SITES
    profile = style["profile"]
    params = profile.get("content_params")
    paper = Site(
        "paper",
        "Paper",
        tuple(addresses.host_of(f"//{host}") for host in profile["hosts"]),
        f"https://{profile['hosts'][0]}/",
        articles=tuple(AddressPattern(re.compile(one["pattern"])) for one in profile["articles"]),
        content_params=None if params is None else frozenset(params),
    )
    return Sites.of([paper])


@pytest.mark.parametrize("style", TRUTH, ids=[style["name"] for style in TRUTH])
def test_every_address_of_the_truth_table_has_its_key(style):
    sites = sites_of(style)
    wrong = {
        url: (key, got) for key, urls in style["keys"].items() for url in urls if (got := sites.address_key(url)) != key
    }
    hinted = {
        url: (key, got)
        for key, urls in style.get("hints", {}).items()
        for url in urls
        if (got := sites.for_url(url).main_key(url) or "") != key
    }
    assert wrong | hinted == {}


def test_the_truth_table_is_wide():
    lists = [urls for style in TRUTH for part in ("keys", "hints") for urls in style.get(part, {}).values()]
    assert len(TRUTH) >= 10
    assert sum(map(len, lists)) >= 150


@given(
    st.one_of(st.text(), _PIECES.map(lambda tail: f"https://m.e.example/{tail}"), _PIECES.map(lambda h: f"http://{h}"))
)
@example("https://[::1/a")
@example("https://e.example:99999999/")
def test_an_address_has_a_key_or_is_refused_with_a_value_error(written):
    try:
        site = SITES.for_url(written)
        key = site.address_key(written)
    except ValueError:
        return
    assert site.address_key(site.clean(written)) == key
    assert SITES.for_url(site.clean(written)).name == site.name
    assert site.main_key(written) != key
    assert site.slug_key(written) is None
    assert site.is_front_page(site.home)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("partner=rss&emc=rss", ""),
        ("partner=harbour", "?partner=harbour"),
        ("cmp=newsletter_daily", ""),
        ("cmp=gallery", "?cmp=gallery"),
        ("rss=1", ""),
        ("sessionid=00ff00ff00ff00ff00ff", ""),
        ("sessionid=5", "?sessionid=5"),
        ("taid=7ab3&s=09", ""),
        ("s=09", "?s=09"),
        ("gift=TOKEN&_rsc=8x1&__cf_chl_rt_tk=9", ""),
        ("mbid=synd_rss&ncid=txt1", ""),
        ("mod=rss_front", ""),
        ("mod=sport", "?mod=sport"),
        ("_=1733745720123", ""),
        ("_=2", "?_=2"),
    ],
)
def test_what_only_tells_by_which_way_somebody_came_is_left_out(query, left):
    assert addresses.clean(f"https://example.com/a?{query}") == f"https://example.com/a{left}"


def test_a_percent_sign_that_escapes_nothing_is_one():
    one, other = (addresses.clean(f"https://example.com/{path}") for path in ("90%+of", "90%25+of"))
    assert addresses.key_of(one) == addresses.key_of(other)


@pytest.mark.parametrize(
    "other",
    ["a&utm_source=rss&utm_medium=feed", "(S(abcdefghijklmnopqrstuvwx))/a", "a?CFID=1&CFTOKEN=2", "a/&utm_id=7"],
)
def test_a_campaign_without_a_question_mark_and_a_session_are_no_part_of_the_key(other):
    assert addresses.key_of(addresses.clean(f"https://example.com/{other}")) == "example.com/a"
