"""Lists of addresses that people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Candidate, Source
from crawler.discovery.listing import ListingError
from crawler.spiders.urls import parse_url_list

A, B = "https://www.example.com/a", "http://www.example.com/b"


def urls(text: str) -> list[str]:
    return [one.url for one in parse_url_list(text, "addresses.txt").candidates]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (A, [A]),
        (f"{A},{B}", [A, B]),
        (f"{A}, {B},\n", [A, B]),
        (f"{A} {B}", [A, B]),
        (f"{A}\r\n\r\n  {B}\t", [A, B]),
        (f"'{A}', \"{B}\"", [A, B]),
        (f"\ufeff{A}", [A]),
        (f"{A},{A}", [A]),
        (f"{A}/opinion,-analysis/1,2,3", [f"{A}/opinion,-analysis/1,2,3"]),
        (f"{A}?tags=x,y,{B}", [f"{A}?tags=x,y", B]),
        (f"https://archive.example.org/2024/{A}", [f"https://archive.example.org/2024/{A}"]),
        (f"{A}?next={B}", [f"{A}?next={B}"]),
        ("HTTPS://WWW.EXAMPLE.COM/A", ["HTTPS://WWW.EXAMPLE.COM/A"]),
    ],
)
def test_addresses_are_split_only_before_the_next_one(text, expected):
    assert urls(text) == expected


def test_candidates_name_where_they_are_from():
    assert parse_url_list(A, "-a urls").candidates == (Candidate(A, Source.LIST, "-a urls"),)


@pytest.mark.parametrize(
    ("text", "line", "offending"),
    [
        ("www.example.com/a", 1, "www.example.com/a"),
        (f"{A}\nexample\n{B}", 2, "example"),
        (f"{A} and more", 1, "and more"),
        (f"first {A}", 1, "first"),
        (f"{A}\n\nftp://x.example.com/\n", 3, "ftp://x.example.com/"),
        ("https://[broken/", 1, r"https://\[broken/"),
        ("https:///path", 1, "https:///path"),
    ],
)
def test_what_is_no_address_is_named_with_its_line(text, line, offending):
    with pytest.raises(ListingError, match=rf"^addresses\.txt, line {line}: '{offending}' is no address"):
        urls(text)


@pytest.mark.parametrize("text", ["", "\n \n", ",,"])
def test_a_list_without_an_address_is_refused(text):
    with pytest.raises(ListingError, match=r"addresses\.txt: empty"):
        urls(text)


@given(st.lists(st.text(alphabet="abc,;=?&/-%20", max_size=20), min_size=1, max_size=8))
def test_every_address_comes_back_however_they_are_parted(paths):
    wanted = list(dict.fromkeys(f"https://www.example.com/{path}".rstrip(",;") for path in paths))
    for separator in ("\n", ",", " ", ", "):
        assert urls(separator.join(wanted)) == wanted
