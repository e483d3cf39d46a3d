"""The rules by which a site is looked at, one by one."""

from datetime import UTC, datetime

import pytest

from crawler.discovery.listing import ListingError, Nested
from crawler.probing.front_page import is_same_site, read_front_page
from crawler.probing.listings import Sort, paged, read_feed, read_sitemap, worth_reading
from crawler.probing.zones import country_of, stated_times, zone_of

HOME = "https://www.example.at/"
WINTER, SUMMER = datetime(2025, 1, 20, 8, 0, tzinfo=UTC), datetime(2025, 7, 20, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "language", "stated", "zone", "sure"),
    [
        ("AT", "de", [(WINTER, 60)], "Europe/Vienna", True),
        ("AT", "de", [(WINTER, 60), (SUMMER, 120)], "Europe/Vienna", True),
        (None, "de", [(WINTER, 60)], "Europe/Berlin", False),
        (None, "en", [(WINTER, 180)], "Europe/Moscow", False),
        (None, "en", [(WINTER, -300)], "America/New_York", False),
        ("US", "en", [(WINTER, -480), (SUMMER, -420)], "America/Los_Angeles", True),
        ("IN", "en", [(SUMMER, 330)], "Asia/Kolkata", True),
        ("GB", "en", [(WINTER, 0)], "Europe/London", True),
        ("GB", "en", [(SUMMER, 0)], "UTC", False),
        ("AT", "de", [(WINTER, 0)], "UTC", False),
        ("AT", "de", [(WINTER, 0), (WINTER, 60)], "Europe/Vienna", True),
        ("AT", "de", [], "Europe/Vienna", False),
        (None, "ja", [], "Asia/Tokyo", False),
        (None, None, [], "UTC", False),
        (None, None, [(WINTER, 17)], "UTC", False),
    ],
)
def test_the_zone_is_the_one_whose_clocks_say_what_the_paper_says(country, language, stated, zone, sure):
    found = zone_of(country, language, stated)
    assert (found.name, found.sure) == (zone, sure)


def test_that_only_utc_is_stated_is_said():
    assert "stated in UTC" in zone_of("AT", "de", [(WINTER, 0)]).why


@pytest.mark.parametrize(
    ("tag", "host", "country"),
    [
        ("de-AT", "news.example", "AT"),
        ("en_GB", "news.example.com", "GB"),
        ("zh-Hant-TW", "news.example.com", "TW"),
        ("de", "www.example.ch", "CH"),
        ("en", "www.example.co.uk:8000", "GB"),
        ("en", "127.0.0.1:80", None),
        (None, "example.com", None),
    ],
)
def test_the_country_is_that_of_the_language_tag_else_of_the_host(tag, host, country):
    assert country_of(tag, host) == country


def test_times_are_read_with_their_offsets_as_feeds_write_them():
    body = b"""<published>2025-01-20T09:00:00+01:00</published> <x>2025-01-20T08:00:00.123Z</x>
        <pubDate>Mon, 20 Jan 2025 03:00:00 -0500</pubDate> <lastmod>2025-01-20</lastmod> <y>2025-99-99T09:00:00Z</y>"""
    assert stated_times(body) == ((WINTER, 60), (WINTER, 0), (WINTER, -300))


@pytest.mark.parametrize(
    ("links", "paging", "first", "step"),
    [
        (["?page=2", "?page=3", "?page=118"], "?page={offset}", 2, 1),
        (["?page=1"], "?page={offset}", 1, 1),  # counted from 0
        (["/page/2"], "/page/{offset}", 2, 1),
        (["/seite/2/", "/seite/9/"], "/seite/{offset}/", 2, 1),
        (["/20", "/200"], "/{offset}", 20, 20),
        (["/seite-2.html", "/seite-3.html"], "/seite-{offset}.html", 2, 1),
        (["/18"], "/{offset}", 18, 18),
        (["/20", "/40", "/60"], "/{offset}", 20, 20),
        (["/2024", "/archive-of-2024", "/a-title-123", "/12/an-article"], None, 0, 1),
        (["?from=menu", "?id=1234567", "#2"], None, 0, 1),
        ([], None, 0, 1),
    ],
)
def test_the_form_of_further_pages_is_read_off_the_links_to_them(links, paging, first, step):
    url = f"{HOME}politik"
    found = paged(url, [url, f"{HOME}sport/2", "https://elsewhere.example/politik/2", *(url + link for link in links)])
    assert (found.paging, found.first, found.step) == (paging and url + paging, first, step)


FRONT = b"""<html lang="de-AT"><head><title>Die Lage am Montag | Der Bote</title>
<link rel="alternate" type="application/rss+xml" href="/rss/alles"><link rel="alternate" hreflang="en" href="/en/">
<link rel="stylesheet" type="application/rss+xml" href="/no"></head><body>
<header><a href="/">Bote</a><nav><a href="/politik">Politik</a><a href="/sport/fussball">Fu\xc3\xdfball</a>
<a href="/politik/2025/01/20/x-12345">Wahl</a><a href="/abo">Abo</a><a href="https://shop.other.example/politik">Shop</a></nav></header>
<main><article><header><h2><a href="/politik/ein-titel-48213">Sieben Listen wollen hinein</a></h2></header></article>
<p><a href="/thema/budget">Budget und was dar\xc3\xbcber steht</a> <a href="/kurz-4711">Kurz</a></p></main>
<footer><a href="/impressum">Impressum</a><a href="/feeds/sport.xml">RSS</a></footer></body></html>"""


def test_a_front_page_tells_its_feeds_sections_and_headlines():
    front = read_front_page(FRONT, HOME, None)
    assert (front.language, front.title) == ("de-AT", "Der Bote")
    assert front.feeds == (f"{HOME}rss/alles", f"{HOME}feeds/sport.xml")
    assert front.sections == (f"{HOME}politik", f"{HOME}sport/fussball")
    assert front.headlines == (f"{HOME}politik/ein-titel-48213",)
    assert {f"{HOME}politik", f"{HOME}abo", f"{HOME}impressum", f"{HOME}thema/budget"} <= set(front.others)
    assert f"{HOME}kurz-4711" not in front.others


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<a href='http://['>x</a>", b"<html>" * 3000])
def test_no_page_at_all_gives_no_links(body):
    front = read_front_page(body, HOME, None)
    assert (front.sections, front.headlines, front.feeds) == ((), (), ())


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("https://example.at/a", True),
        ("https://sport.example.at/a", True),
        ("https://notexample.at/a", False),
        ("https://example.at.evil.example/a", False),
    ],
)
def test_a_site_is_its_host_and_those_below_it(address, same):
    assert is_same_site(address, HOME) is same


def rss(*links):
    items = "".join(f"<item><title>x</title><link>{HOME}{link}</link></item>" for link in links)
    return f'<rss version="2.0"><channel><language>de-at</language>{items}</channel></rss>'.encode()


@pytest.mark.parametrize(
    ("url", "links", "sort"),
    [
        ("feed", ["a-1", "b-2"], Sort.FEED),
        ("comments/feed", ["a-1", "b-2"], Sort.COMMENTS),
        ("feed2", ["a-1#comment-7", "b-2#comment-9", "c-3"], Sort.COMMENTS),
        ("feed3", ["a-1#comment-7", "b-2", "c-3"], Sort.FEED),
    ],
)
def test_a_feed_of_comments_is_told_from_one_of_articles(url, links, sort):
    found = read_feed(rss(*links), HOME + url)
    assert (found.sort, found.language) == (sort, "de-at")


def sitemap(root, *entries):
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    spaces = f'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="{news}"'
    return f"<{root} {spaces}>{''.join(entries)}</{root}>".encode()


NEWS = (
    f"<url><loc>{HOME}a</loc><n:news><n:publication_date>2025-01-20T09:00:00+01:00</n:publication_date></n:news></url>"
)
PLAIN = f"<url><loc>{HOME}b</loc><lastmod>2025-01-20T08:00:00Z</lastmod></url>"


@pytest.mark.parametrize(
    ("body", "sort", "times"),
    [
        (sitemap("urlset", NEWS), Sort.NEWS, ((WINTER, 60),)),
        (sitemap("urlset", PLAIN), Sort.PLAIN, ()),
        (sitemap("sitemapindex", f"<sitemap><loc>{HOME}1.xml</loc></sitemap>"), Sort.INDEX, ()),
    ],
)
def test_the_sorts_of_sitemaps_are_told_apart(body, sort, times):
    found = read_sitemap(body, f"{HOME}sitemap.xml")
    assert (found.sort, found.times) == (sort, times)


def test_an_html_page_is_no_listing():
    for read in (read_feed, read_sitemap):
        with pytest.raises(ListingError):
            read(FRONT, f"{HOME}feed")


def test_of_an_index_the_sitemaps_with_news_and_articles_are_read_and_the_newest_first():
    names = ("page-sitemap", "post-sitemap1", "post-sitemap12", "category-sitemap", "google-news", "2024-11", "2024-12")
    nested = [Nested(f"{HOME}{name}.xml") for name in names]
    told = [url.removeprefix(HOME).removesuffix(".xml") for url in worth_reading(nested, 5)]
    assert told == ["google-news", "post-sitemap12", "post-sitemap1", "2024-12", "2024-11"]


def test_of_sitemaps_by_their_dates_the_latest_change_is_first():
    nested = [Nested(f"{HOME}posts-{n}.xml", at) for n, at in ((1, SUMMER), (2, WINTER), (3, None))]
    assert [url[-5:-4] for url in worth_reading(nested, 9)] == ["1", "2", "3"]
