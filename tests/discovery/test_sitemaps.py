"""Sitemaps: plain, news, indexes, gzip, text; and what they may not do."""

import gzip
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import is_web_address
from crawler.article import Candidate, Source
from crawler.discovery import listing, sitemaps
from crawler.discovery.listing import Listing, ListingError, Nested
from crawler.discovery.sitemaps import parse_sitemap

URL = "https://static.example.com/sitemap/2024-12.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SCHEMAS = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


ONE = "<url><loc>https://herald.example/a</loc></url>"


def urlset(entries: str) -> bytes:
    return f"{HEAD}<urlset {SCHEMAS}>{entries}</urlset>".encode()


def urls(found: Listing) -> list[str]:
    return [one.url for one in found.candidates]


def test_a_sitemap_gives_addresses_and_takes_no_modification_for_publication():
    body = urlset("<url><loc>\n https://www.example.com/a/1 </loc><lastmod>2024-12-09T14:02:00Z</lastmod></url>")
    modified = datetime(2024, 12, 9, 14, 2, tzinfo=UTC)
    assert parse_sitemap(body, URL).candidates == (
        Candidate("https://www.example.com/a/1", Source.SITEMAP, URL, hinted_modified_at=modified),
    )


def test_a_news_sitemap_gives_title_and_publication():
    body = urlset(
        "<url><news:news><news:publication><news:name>Herald</news:name></news:publication>"
        "<news:title>Tom &amp;amp; Jane\n sail</news:title>"
        "<news:publication_date>2024-12-09T14:02:00+03:00</news:publication_date></news:news>"
        "<loc>https://www.example.com/a/1</loc><lastmod>2024-12-11T00:00:00Z</lastmod>"
        "<image:image><image:loc>https://i.example.com/1</image:loc></image:image></url>"
        "<url><loc>https://www.example.com/about</loc></url>"
    )
    at, modified = datetime(2024, 12, 9, 11, 2, tzinfo=UTC), datetime(2024, 12, 11, tzinfo=UTC)
    assert parse_sitemap(body, URL).candidates == (
        Candidate(
            "https://www.example.com/a/1",
            Source.NEWS_SITEMAP,
            URL,
            "Tom & Jane sail",
            at,
            modified,
            hinted_as="2024-12-09T14:02:00+03:00",
        ),
        Candidate("https://www.example.com/about", Source.SITEMAP, URL),
    )


def test_a_plain_day_of_publication_is_no_moment():
    body = urlset(
        "<url><loc>https://www.example.com/a/1</loc>"
        "<news:news><news:publication_date>2024-12-09</news:publication_date></news:news></url>"
    )
    (found,) = parse_sitemap(body, URL).candidates
    assert (found.hinted_at, found.hinted_day, found.hinted_as) == (None, date(2024, 12, 9), "2024-12-09")


def test_an_index_gives_further_sitemaps():
    body = (
        f"{HEAD}<sitemapindex {SCHEMAS}><sitemap><loc>2024-11.xml</loc><lastmod>2024-11-30</lastmod></sitemap>"
        "<sitemap><loc>https://static.example.com/2024-12.xml</loc><lastmod>2024-12-09T10:00:00+03:00</lastmod></sitemap>"
        "<sitemap><loc>https://static.example.com/x.xml</loc></sitemap></sitemapindex>"
    )
    assert parse_sitemap(body.encode(), URL).nested == (
        Nested("https://static.example.com/sitemap/2024-11.xml", datetime(2024, 11, 30, 23, 59, 59, tzinfo=UTC)),
        Nested("https://static.example.com/2024-12.xml", datetime(2024, 12, 9, 7, tzinfo=UTC)),
        Nested("https://static.example.com/x.xml"),
    )


def test_namespaces_may_be_absent_or_wrong():
    for opening in ("<urlset>", "<urlset xmlns='http://www.example.com/wrong'>", "<s:urlset xmlns:s='urn:s'>"):
        prefix = "s:" if opening.startswith("<s:") else ""
        entry = f"<{prefix}url><{prefix}loc>https://www.example.com/a/1</{prefix}loc></{prefix}url>"
        assert urls(parse_sitemap((opening + entry).encode(), URL)) == ["https://www.example.com/a/1"]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://www.example.com/?a=1&amp;b=2", "https://www.example.com/?a=1&b=2"),
        ("<![CDATA[https://www.example.com/?a=1&b=2]]>", "https://www.example.com/?a=1&b=2"),
        ("/a/1", "https://static.example.com/a/1"),
        ("ftp://www.example.com/a", None),
        ("javascript:void(0)", None),
        ("", None),
    ],
)
def test_the_address_of_an_entry(written, url):
    found = parse_sitemap(urlset(f"<url><loc>{written}</loc></url>"), URL)
    assert urls(found) == ([url] if url else [])


def test_a_gzipped_sitemap_is_read_whatever_it_is_called():
    body = urlset("<url><loc>https://www.example.com/a/1</loc></url>")
    assert urls(parse_sitemap(gzip.compress(body), URL)) == ["https://www.example.com/a/1"]


def test_a_sitemap_cut_short_yields_what_came():
    entries = "".join(f"<url><loc>https://www.example.com/a/{n}</loc></url>" for n in range(2_000))
    whole = urlset(entries)
    assert 900 < len(urls(parse_sitemap(whole[: len(whole) // 2], URL))) < 1_100
    zipped = gzip.compress(whole)
    assert 100 < len(urls(parse_sitemap(zipped[: len(zipped) // 2], URL))) < 2_000


def test_a_gzip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(listing, "MOST_BYTES", 1024 * 1024)
    with pytest.raises(ListingError, match="more than 1 MB"):
        parse_sitemap(gzip.compress(b" " * 3_000_000), URL)


@pytest.mark.parametrize(
    "text",
    [
        "https://www.example.com/a/1\nhttps://www.example.com/a/2\n",
        "\ufeffhttps://www.example.com/a/1\r\n\r\nnonsense\r\nhttps://www.example.com/a/2",
    ],
)
def test_plain_text_is_a_sitemap_too(text):
    found = parse_sitemap(text.encode(), URL)
    assert urls(found) == ["https://www.example.com/a/1", "https://www.example.com/a/2"]
    assert {one.source for one in found.candidates} == {Source.SITEMAP}


def test_a_feed_may_stand_in_for_a_sitemap():
    body = b"<rss version='2.0'><channel><item><link>https://www.example.com/a/1</link></item></channel></rss>"
    assert [one.source for one in parse_sitemap(body, URL).candidates] == [Source.FEED]


def test_utf_16_is_read():
    body = '<?xml version="1.0" encoding="utf-16"?><urlset><url><loc>https://www.example.com/é</loc></url></urlset>'
    assert urls(parse_sitemap(body.encode("utf-16"), URL)) == ["https://www.example.com/é"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "^empty$"),
        (gzip.compress(b"", mtime=0), "^empty$"),
        (b"<!doctype html><html><h1>Not found", "an HTML page, not a sitemap"),
        (b"<opml><body/></opml>", "XML with <opml>"),
        (b"nothing to see here", "plain text without an address"),
        (b"<", "not XML"),
        (b"\x1f\x8b rubbish", "damaged gzip"),
    ],
)
def test_what_is_no_sitemap_is_refused_with_a_reason(body, reason):
    with pytest.raises(ListingError, match=reason):
        parse_sitemap(body, URL)


def test_entities_neither_grow_nor_load(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    body = (
        f'<!DOCTYPE urlset [<!ENTITY a "{"x" * 1000}"><!ENTITY b "{"&a;" * 1000}">'
        f'<!ENTITY f SYSTEM "{secret.as_uri()}">]><urlset>'
        f"<url><loc>https://www.example.com/first</loc></url>"
        f"<url><loc>https://www.example.com/&f;</loc></url><url><loc>https://www.example.com/{'&b;' * 1000}</loc></url>"
    )
    found = urls(parse_sitemap(body.encode(), URL))
    assert found[0] == "https://www.example.com/first"
    assert not any("s3cret" in url or len(url) > 2_000 for url in found)


def test_entries_and_depth_are_bounded(monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST_ENTRIES", 3)
    entries = "".join(f"<url><loc>https://www.example.com/a/{n}</loc></url>" for n in range(10))
    assert len(urls(parse_sitemap(urlset(entries), URL))) == 3
    assert len(urls(parse_sitemap(f"<urlset>{entries}{'<a>' * 100_000}".encode(), URL))) == 3


@given(st.binary(max_size=300))
def test_any_bytes_give_a_listing_or_a_reason(noise):
    for body in (noise, b"<urlset><url><loc>https://www.example.com/" + noise, b"\x1f\x8b\x08\0" + noise):
        with suppress(ListingError):
            assert all(map(is_web_address, urls(parse_sitemap(body, URL))))


def test_an_ampersand_that_nobody_escaped_costs_nothing_of_the_address():
    body = urlset("<url><loc>https://herald.example/?a=1&b=2&amp;c=3&eacute;</loc></url>")
    assert [one.url for one in parse_sitemap(body, URL).candidates] == ["https://herald.example/?a=1&b=2&c=3é"]
    cdata = urlset("<url><loc><![CDATA[https://herald.example/?a=1&b=2]]></loc></url>")
    assert [one.url for one in parse_sitemap(cdata, URL).candidates] == ["https://herald.example/?a=1&b=2"]


def test_a_prefix_that_nobody_declared_is_understood():
    body = (
        b"<urlset><url><loc>https://herald.example/a</loc><lastmod>2024-12-10T08:00:00Z</lastmod><news:news>"
        b"<news:publication_date>2024-12-09T14:02:00+03:00</news:publication_date><news:title>Fish &ndash; and chips"
        b"</news:title></news:news></url></urlset>"
    )
    (one,) = parse_sitemap(body, URL).candidates
    assert (one.source, one.hinted_title) == (Source.NEWS_SITEMAP, "Fish – and chips")
    assert one.hinted_at == datetime(2024, 12, 9, 11, 2, tzinfo=UTC)
    assert one.hinted_modified_at == datetime(2024, 12, 10, 8, tzinfo=UTC)


def test_sitemaps_that_are_listed_as_pages_are_sitemaps():
    body = urlset(
        "<url><loc>https://herald.example/2024.xml.gz</loc></url><url><loc>https://herald.example/a</loc></url>"
    )
    found = parse_sitemap(body, URL)
    assert [one.url for one in found.nested] == ["https://herald.example/2024.xml.gz"]
    assert len(found.candidates) == 1


def test_files_that_are_zipped_in_members_or_twice_are_read_whole():
    body = urlset("<url><loc>https://herald.example/a</loc></url><url><loc>https://herald.example/b</loc></url>")
    members = gzip.compress(body[:70]) + gzip.compress(body[70:]) + b"\0\0"
    for packed in (members, gzip.compress(gzip.compress(body)), gzip.compress(members)):
        assert len(parse_sitemap(packed, URL).candidates) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"<br />\n<b>Notice</b>: Undefined index in <b>/www/map.php</b> on line <b>3</b><br />\n" + urlset(ONE),
        urlset(ONE).replace(b"urlset", b"URLSET").replace(b"<url>", b"<URL>").replace(b"</url>", b"</URL>"),
        b"\xef\xbb\xbf\n\xef\xbb\xbf" + urlset(ONE),
    ],
    ids=["a script's warning before it", "capitals", "two byte order marks"],
)
def test_a_sitemap_is_known_by_its_root(body):
    assert urls(parse_sitemap(body, URL)) == ["https://herald.example/a"]
