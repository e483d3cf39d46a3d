"""Feeds: what is read of them, what is refused, what they may not do."""

import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import is_web_address
from crawler.article import Candidate, Source
from crawler.discovery import feeds
from crawler.discovery.feeds import parse_feed
from crawler.discovery.listing import Listing, ListingError

URL = "https://www.example.com/rss/news"
TWO_IN_MOSCOW = datetime(2024, 12, 9, 11, 2, tzinfo=UTC)


def rss(items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel><title>Herald</title>{items}</channel></rss>'.encode()


def only(listing: Listing) -> Candidate:
    (candidate,) = listing.candidates
    return candidate


def test_rss_gives_address_title_and_time():
    body = rss(
        "<item><title>\n\t Ferry   line\treopens </title><link>https://www.example.com/a/1</link>"
        "<pubDate>Mon, 09 Dec 2024 14:02:00 +0300</pubDate></item>"
    )
    assert only(parse_feed(body, URL)) == Candidate(
        "https://www.example.com/a/1",
        Source.FEED,
        URL,
        "Ferry line reopens",
        TWO_IN_MOSCOW,
        hinted_as="Mon, 09 Dec 2024 14:02:00 +0300",
    )


def test_rdf_gives_the_dublin_core_date():
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://www.example.com/"><title>H</title></channel>
        <item rdf:about="https://www.example.com/a/1"><title>Ferry</title><link>https://www.example.com/a/1</link>
        <dc:date>2024-12-09T14:02:00+03:00</dc:date></item></rdf:RDF>"""
    found = only(parse_feed(body, URL))
    assert (found.url, found.hinted_title, found.hinted_at) == ("https://www.example.com/a/1", "Ferry", TWO_IN_MOSCOW)


def test_atom_gives_published_and_never_updated():
    entry = '<entry><title>Ferry</title><link href="a/{}"/>{}<updated>2024-12-10T00:00:00Z</updated></entry>'
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>H</title>'
        + entry.format(1, "<published>2024-12-09T11:02:00Z</published>")
        + entry.format(2, "")
        + "</feed>"
    )
    first, second = parse_feed(body.encode(), URL).candidates
    assert (first.url, first.hinted_at) == ("https://www.example.com/rss/a/1", TWO_IN_MOSCOW)
    assert (second.url, second.hinted_at) == ("https://www.example.com/rss/a/2", None)


@pytest.mark.parametrize(
    ("inner", "url"),
    [
        ("<id>https://www.example.com/a/1</id>", "https://www.example.com/a/1"),
        ('<id>https://www.example.com/g</id><link href="https://www.example.com/a/1"/>', "https://www.example.com/a/1"),
        ('<link rel="self" href="https://www.example.com/a/1"/>', "https://www.example.com/a/1"),
        ('<link rel="self" href="/api/1"/><link href="/a/1"/>', "https://www.example.com/a/1"),
        ('<link rel="enclosure" href="https://www.example.com/1.mp3"/>', None),
        ("<id>tag:example.com,2024:1</id>", None),
    ],
)
def test_the_address_of_an_atom_entry(inner, url):
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{inner}<title>A</title></entry></feed>'
    assert [one.url for one in parse_feed(body.encode(), URL).candidates] == ([url] if url else [])


def test_atom_keeps_angle_brackets_that_are_words():
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="text">What &lt;b&gt; means</title>
        <link href="https://www.example.com/a/1"/></entry></feed>"""
    assert only(parse_feed(body, URL)).hinted_title == "What <b> means"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/a/1</link>", "https://www.example.com/a/1"),
        ("<link> https://www.example.com/a/1\n</link>", "https://www.example.com/a/1"),
        ("<guid>https://www.example.com/a/1</guid>", "https://www.example.com/a/1"),
        ('<guid isPermaLink="true">https://www.example.com/a/1</guid>', "https://www.example.com/a/1"),
        ("<link>www.example.com/a/1</link>", "https://www.example.com/a/1"),
        ("<link>example.com/a/1</link>", "https://example.com/a/1"),
        ("<link>https:/www.example.com/a/1</link>", "https://www.example.com/a/1"),
        ("<link>https://www.example.comhttps://www.example.com/a/1</link>", "https://www.example.com/a/1"),
        ("<link>http://https://www.example.com/a/1</link>", "https://www.example.com/a/1"),
        ("<link>/a/1?back=/www.example.com/b</link>", "https://www.example.com/a/1?back=/www.example.com/b"),
        (
            "<guid>https://www.example.com/g</guid><link>https://www.example.com/a/1</link>",
            "https://www.example.com/a/1",
        ),
        (
            "<link>https://www.example.com/a/1</link><guid>https://www.example.com/g</guid>",
            "https://www.example.com/a/1",
        ),
        ('<guid isPermaLink="false">https://www.example.com/g</guid>', None),
        ("<guid>tag:example.com,2024:1</guid>", None),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>file:///etc/hostname</link>", None),
        ("<link>https://[broken/</link>", None),
        ("<title>no link at all</title>", None),
    ],
)
def test_the_address_of_an_item(item, url):
    assert [one.url for one in parse_feed(rss(f"<item>{item}</item>"), URL).candidates] == ([url] if url else [])


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Tom &amp; Jane", "Tom & Jane"),
        ("Tom &amp;amp; Jane", "Tom & Jane"),
        ("<![CDATA[Tom &amp; <b>Jane</b>]]>", "Tom & Jane"),
        ("&lt;i&gt;Hamlet&lt;/i&gt; opens", "Hamlet opens"),
        ("Caf&#233; L&#8217;Ours", "Café L’Ours"),
        ("3 < 4 degrees", "3 < 4 degrees"),
        ("", None),
        (" \n ", None),
    ],
)
def test_titles_lose_entities_and_markup(written, title):
    body = rss(f"<item><title>{written}</title><link>https://www.example.com/a/1</link></item>")
    assert only(parse_feed(body, URL)).hinted_title == title


@pytest.mark.parametrize(
    "written", ["Mon, 09 Dec 2024 14:02:00", "2024-12-09", "yesterday", "Mon, 39 Dec 2024 14:02:00 +0300", ""]
)
def test_a_time_without_zone_or_sense_is_none(written):
    body = rss(f"<item><link>https://www.example.com/a/1</link><pubDate>{written}</pubDate></item>")
    assert only(parse_feed(body, URL)).hinted_at is None


def test_text_in_the_declared_encoding_is_read():
    head = '<?xml version="1.0" encoding="windows-1251"?>'
    text = f"{head}<rss version='2.0'><channel><item><title>Паром</title><link>/a/1</link></item></channel></rss>"
    assert only(parse_feed(text.encode("windows-1251"), URL)).hinted_title == "Паром"


@pytest.mark.parametrize("before", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_what_stands_before_the_declaration_does_no_harm(before):
    assert only(parse_feed(before + rss("<item><link>/a/1</link></item>"), URL)).url == "https://www.example.com/a/1"


@pytest.mark.parametrize(
    "tail", ["<item><link>/a/2", "& </channel>", "<item><title>A & B</title><link>/a/2</link></item>"]
)
def test_a_malformed_feed_yields_what_it_holds(tail):
    body = rss("<item><link>/a/1</link><title>One</title></item>").replace(b"</channel></rss>", tail.encode())
    assert parse_feed(body, URL).candidates[0].hinted_title == "One"


def test_an_empty_feed_is_an_empty_listing():
    assert parse_feed(rss(""), URL) == Listing()


def test_an_address_that_stands_twice_is_one_candidate():
    body = rss("<item><link>/a/1</link><title>One</title></item><item><link>/a/1</link><title>Two</title></item>")
    assert only(parse_feed(body, URL)).hinted_title == "One"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<!DOCTYPE html><html><title>Gone</title></html>", "an HTML page, not a feed"),
        (b"<!-- cached --><HTML><body>", "an HTML page, not a feed"),
        (b"<urlset><url><loc>https://www.example.com/</loc></url></urlset>", "not a feed"),
        (b'{"items": []}', "not a feed"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a feed"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(body, reason):
    with pytest.raises(ListingError, match=reason):
        parse_feed(body, URL)


def test_a_body_is_never_taken_for_a_file_or_an_address(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_bytes(rss("<item><link>/a/1</link></item>"))
    for body in (str(file).encode(), file.as_uri().encode(), b"http://127.0.0.1:9/feed"):
        with pytest.raises(ListingError):
            parse_feed(body, URL)


def test_entities_neither_grow_nor_load(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    doctype = (
        f'<!DOCTYPE rss [<!ENTITY a "{"x" * 1000}"><!ENTITY b "{"&a;" * 1000}"><!ENTITY f SYSTEM "{secret.as_uri()}">]>'
    )
    body = rss("<item><link>/a/1</link><title>" + "&b;" * 1000 + "&f;</title></item>", head=doctype)
    assert not any("s3cret" in str(one) or len(str(one)) > 2_000 for one in parse_feed(body, URL).candidates)


def test_entries_are_bounded(monkeypatch):
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 3)
    body = rss("".join(f"<item><link>/a/{n}</link></item>" for n in range(10)))
    assert len(parse_feed(body, URL).candidates) == 3


def test_tags_are_bounded(monkeypatch):
    monkeypatch.setattr(feeds, "MOST_TAGS", 50)
    body = rss("<item><link>/a/1</link></item>" + "<a>" * 100 + "<item><link>/a/2</link></item>")
    assert [one.url[-4:] for one in parse_feed(body, URL).candidates] == ["/a/1", "/a/2"], "both ends are read"
    monkeypatch.setattr(feeds, "MOST_TAGS", 4)
    assert len(parse_feed(rss("<item><link>/a/1</link></item>" + "<a>" * 100), URL).candidates) <= 1


def dated(n):
    return f"<item><link>/a/{n}</link><pubDate>Mon, {n:02} Dec 2024 14:02:00 GMT</pubDate></item>"


@pytest.mark.parametrize(
    ("order", "kept"), [(range(1, 9), [5, 6, 7, 8]), (range(8, 0, -1), [8, 7, 6, 5]), ([5] * 8, [5])]
)
def test_of_a_long_feed_the_newest_entries_are_read_at_whichever_end_they_stand(monkeypatch, order, kept):
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 4)
    found = parse_feed(rss("".join(map(dated, order))), URL).candidates
    assert [int(one.url[-1]) for one in found] == kept


ORIGIN = '<feedburner:origLink xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">{}</feedburner:origLink>'


@pytest.mark.parametrize(
    ("channel", "item", "url"),
    [
        ("", "<link>https://count.example/9</link>" + ORIGIN.format("https://www.example.com/a"), "https://www.example.com/a"),
        ("<link>https://www.example.com/</link>",
         '<link>https://count.example/9</link><guid isPermaLink="true">https://www.example.com/a</guid>',
         "https://www.example.com/a"),
        ("<link>https://www.example.com/</link>",
         '<link>https://www.example.com/a</link><guid isPermaLink="false">https://www.example.com/?p=9</guid>',
         "https://www.example.com/a"),
        ("", "<link>https://count.example/9</link><guid>https://www.example.com/a</guid>", "https://count.example/9"),
        ("<link>https://paper.example/</link>", "<link>/2024/a</link>", "https://paper.example/2024/a"),
        ("<link>https://example.com/</link>", "<link>/2024/a</link>", "https://www.example.com/2024/a"),
    ],
)  # fmt: skip
def test_an_entry_leads_to_the_articles_own_address(channel, item, url):
    assert only(parse_feed(rss(f"{channel}<item>{item}</item>"), URL)).url == url


@pytest.mark.parametrize("changed", ["atom:updated", "a10:updated", "dcterms:modified"])
def test_the_time_of_a_change_within_rss_is_none_of_publication(changed):
    names = "".join(
        f' xmlns:{prefix}="{url}"'
        for prefix, url in (
            ("atom", "http://www.w3.org/2005/Atom"),
            ("a10", "http://www.w3.org/2005/Atom"),
            ("dcterms", "http://purl.org/dc/terms/"),
        )
    )
    item = f"<item><link>https://www.example.com/a/1</link><{changed}>2024-12-09T14:02:00+03:00</{changed}></item>"
    body = rss(item).replace(b"<rss", f"<rss{names}".encode(), 1)
    assert only(parse_feed(body, URL)).hinted_as is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Mon, 09 Dec 2024 14:02:00", 9),
        ("2024-12-09T14:02:00", 9),
        ("2024-12-09", 9),
        ("9 décembre 2024", 9),
        ("9 vendémiaire 2024", None),
        ("yesterday", None),
    ],
)
def test_a_time_without_a_zone_is_a_day(written, day):
    found = only(
        parse_feed(rss(f"<item><link>https://www.example.com/a</link><pubDate>{written}</pubDate></item>"), URL)
    )
    assert (found.hinted_at, found.hinted_day and found.hinted_day.day) == (None, day)


def test_a_change_is_told_apart_from_publication():
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/a"/>'
        "<published>2024-12-09T14:02:00+03:00</published>"
        "<updated>2024-12-10T14:02:00+03:00</updated></entry></feed>"
    )
    one = only(parse_feed(atom.encode(), URL))
    assert (one.hinted_at, one.hinted_modified_at) == (TWO_IN_MOSCOW, TWO_IN_MOSCOW.replace(day=10))


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_feed_in_wide_characters_is_read(codec):
    body = rss("<item><title>Паром</title><link>/a/1</link></item>", '<?xml version="1.0" encoding="utf-16"?>')
    assert only(parse_feed(body.decode().encode(codec), URL)).hinted_title == "Паром"


def test_a_packed_feed_is_read_and_its_relative_links_are_the_channels():
    body = gzip.compress(rss("<link>https://www.example.com/</link><item><link>a/1</link></item>"))
    assert only(parse_feed(body, URL)).url == "https://www.example.com/a/1"


def as_json(*items, **feed):
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items} | feed).encode()


def test_a_json_feed_gives_address_title_and_times():
    item = {"id": "7", "url": "/a/1", "title": "Ferry & more", "date_published": "2024-12-09T14:02:00+03:00",
            "date_modified": "2024-12-10T14:02:00+03:00"}  # fmt: skip
    assert only(parse_feed(as_json(item), URL)) == Candidate(
        "https://www.example.com/a/1",
        Source.FEED,
        URL,
        "Ferry & more",
        TWO_IN_MOSCOW,
        TWO_IN_MOSCOW.replace(day=10),
        hinted_as="2024-12-09T14:02:00+03:00",
    )
    elsewhere = parse_feed(
        as_json({"url": "/b"}, 7, {"id": "https://paper.example/c"}, home_page_url="https://paper.example/"), URL
    )
    assert [one.url for one in elsewhere.candidates] == ["https://paper.example/b", "https://paper.example/c"]


@pytest.mark.parametrize("body", [b"{", b'{"version": 1}', b'{"items": []}', b"[" * 100_000, b"{" * 100_000])
def test_json_that_is_no_feed_is_told(body):
    with pytest.raises(ListingError, match="not a feed"):
        parse_feed(body, URL)


def test_half_a_character_in_a_title_is_left_out():
    cut = only(
        parse_feed(
            b'{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/a", "title": "Sun \\ud83c"}]}', URL
        )
    )
    assert cut.hinted_title == "Sun \ufffd"


@given(st.binary(max_size=300))
def test_any_bytes_give_a_listing_or_a_reason(noise):
    with suppress(ListingError):
        found = parse_feed(b"<rss version='2.0'><channel><item>" + noise, URL)
        assert all(is_web_address(one.url) for one in found.candidates)
