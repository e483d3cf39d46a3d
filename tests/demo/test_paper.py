"""The demo paper: faithful to the layout it imitates, and true to its manuscripts."""

import json
from datetime import datetime, timedelta

import feedparser
import pytest
from lxml import html

from crawler.article import Kind
from demo.clock import PRESENT
from demo.feeds import FEEDS
from demo.paper import ORIGIN, Paper
from demo.truth import truth

PAPER = Paper()
TRUTH = truth(PAPER)
TRAM = "2024/12/10/tram-line-3-to-run-until-midnight-a87004"


def _get(path, now=PRESENT, paper=PAPER):
    return paper.respond(path.removeprefix(paper.origin), now)


def _page(path, now=PRESENT):
    reply = _get(path, now)
    assert reply.status == 200
    return html.fromstring(reply.body.decode())


def _article(number, now=PRESENT):
    return _page(truth(PAPER, now)[number].url, now)


def _followed(url, now=PRESENT):
    """The address and status at the end of the redirects."""
    for _ in range(3):
        reply = _get(url, now)
        if "Location" not in reply.headers:
            break
        url = reply.headers["Location"]
    return url, reply.status


def _text(element):
    return " ".join(element.text_content().split())


def _data(page):
    return [json.loads(script.text) for script in page.xpath("//script[@type='application/ld+json']")]


def test_there_is_enough_to_read_and_each_text_is_its_own():
    assert len(TRUTH) >= 40
    assert {told.kind for told in TRUTH.values()} == set(Kind)
    assert len({told.paragraphs for told in TRUTH.values()}) == len(TRUTH)
    later = truth(PAPER, PRESENT + timedelta(days=30))
    assert all(3 < len(told.paragraphs) < 20 for told in (TRUTH | later).values())


@pytest.mark.parametrize("told", TRUTH.values(), ids=lambda told: str(told.id))
def test_page_and_truth_agree(told):
    page = _page(told.url)
    body = page.cssselect(".article__intro p, .article__block--html p, .article__block--aside p")
    body += page.cssselect(".article__block--header h2, .article__block--quote blockquote, .article__block--quote cite")
    assert sorted(map(_text, body)) == sorted(told.paragraphs)
    assert _text(page.cssselect("article h1 a")[0]).removeprefix("LIVE | ") == told.title
    assert _text(page.cssselect("article header h2")[0]) == (told.standfirst or "")
    assert tuple(map(_text, page.cssselect(".article__tags__tag"))) == told.tags
    article = _data(page)[2]
    assert datetime.fromisoformat(article["datePublished"]) == told.published_at
    assert datetime.fromisoformat(article["dateModified"]) == told.modified_at
    boxes = page.cssselect("aside.article__related-article > a.related-article__inner")
    assert [_followed(box.get("href"))[0] for box in boxes] == [TRUTH[target].url for _, target in told.related]
    for position, href, words in told.inline:
        assert words in told.paragraphs[position]
        assert not href.startswith(ORIGIN) or _followed(href)[1] == 200


@pytest.mark.parametrize(
    "kind", ["html", "article", "image", "images", "header", "quote", "aside", "embed", "link", "newsletter"]
)
def test_every_type_of_block_occurs(kind):
    assert any(_page(told.url).cssselect(f".article__content > .article__block--{kind}") for told in TRUTH.values())


def test_metadata_names_the_first_author_and_the_byline_all():
    page = _article(87004)
    assert page.xpath("//meta[@name='author']/@content") == ["Pavo Trennell"]
    assert _text(page.cssselect(".byline__author")[0]) == "By Pavo Trennell and Mirel Dastan"
    assert [block["@type"] for block in _data(page)][1:] == ["WebSite", "NewsArticle", "BreadcrumbList"]
    assert page.xpath("//base/@href") == [f"{ORIGIN}/"]
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{ORIGIN}/{TRAM}"]
    assert page.xpath("//meta[@property='article:published_time']/@content") == ["2024-12-10T14:05:00+03:00"]
    assert len(page.cssselect(".article__block--newsletter option")) > 190
    assert len(page.cssselect(".cluster .article-excerpt-default[data-url][data-title]")) == 4
    assert list(map(_text, page.cssselect(".sidebar__title"))) == ["Most read", "Just in"]
    assert "small favor to ask" in _text(page.cssselect(".contribute-banner")[0])


def test_an_updated_piece_shows_the_update_and_not_its_publication():
    page = _article(87015)
    assert "Updated:" in _text(page.cssselect(".article__byline")[0])
    assert page.cssselect("time.byline__datetime")[0].get("datetime") == "2024-12-16T12:30:00+03:00"
    assert "Updated:" not in _text(_article(87004).cssselect(".article__byline")[0])


@pytest.mark.parametrize(
    ("number", "label", "start"),
    [
        (87011, "Opinion", "Opinion | "),
        (87020, "News Analysis", ""),
        (87053, None, "Video | "),
        (87012, None, "Gallery | "),
        (87059, None, "Podcast | "),
        (87076, "Partner Content", ""),
    ],
)
def test_kinds_are_told_by_label_and_description(number, label, start):
    page = _article(number)
    assert [_text(one) for one in page.cssselect("article header .label")] == ([label] if label else [])
    (described,) = page.xpath("//meta[@name='description']/@content")
    assert described == start + (TRUTH[number].standfirst or "")
    assert bool(page.cssselect(".article__disclaimer")) == (label == "Opinion")


def test_a_live_blog_keeps_its_posts_off_the_page():
    page = _article(87095)
    assert _text(page.cssselect("article h1")[0]).startswith("LIVE | ")
    assert len(TRUTH[87095].posts) == 3
    assert not any(words in _text(page) for _, words in TRUTH[87095].posts)
    assert [_text(one) for one in _page("live/87095").cssselect(".live-post p")] == [w for _, w in TRUTH[87095].posts]
    assert len(truth(PAPER, PRESENT + timedelta(hours=8))[87095].posts) == 5


@pytest.mark.parametrize(
    "address",
    [
        "all/87004",
        "articles/an-older-title-87004",
        "news/tram-line-3-87004",
        "photogalleries/tram-87004",
        "2024/12/10/an-older-title-a87004",
        "2023/01/01/tram-line-3-to-run-until-midnight-a87004",
        "2024/12/10/tram-line-3-to-run-until-midnight",
        "2025/01/20/tram-line-3-to-run-until-midnight",
        "2024/12/11/an-older-title-a87004/pdf",
    ],
)
def test_old_forms_of_address_redirect_to_the_present_one(address):
    reply = _get(address)
    assert reply.status in (301, 302)
    assert reply.headers["Location"] == f"{ORIGIN}/{TRAM}"


@pytest.mark.parametrize("variant", [f"{TRAM}/pdf", f"{TRAM}?amp=1", f"{TRAM}?utm_source=x", f"/{TRAM}/"])
def test_variants_are_the_same_page(variant):
    assert _get(variant).body == _get(TRAM).body


def test_a_box_carries_the_day_of_rendering_and_a_bare_slug():
    tomorrow = PRESENT + timedelta(days=1)
    hrefs = [_article(87030, now).cssselect(".related-article__inner")[0].get("href") for now in (PRESENT, tomorrow)]
    assert hrefs == [f"{ORIGIN}/2025/01/{day}/tram-line-3-to-run-until-midnight" for day in (20, 21)]


def test_a_slug_of_two_articles_leads_by_the_day_and_else_to_the_newer():
    assert _followed("2024/12/13/the-week-in-pictures")[0] == TRUTH[87012].url
    assert _followed("2025/01/20/the-week-in-pictures")[0] == TRUTH[87025].url


def test_pages_of_the_old_archive_link_no_author():
    page = _page("archive/fifty-years-after-the-water")
    assert _text(page.cssselect(".byline__author")[0]) == "By Greta Osten"
    assert not page.cssselect("a.byline__author__name")


def test_sections_list_nineteen_then_eighteen_then_nothing():
    first = _page("news").cssselect(".listing .article-excerpt-default")
    further = html.fragments_fromstring(_get("news/18").body.decode(), no_leading_text=True)
    assert len(first) == 19
    assert further[0].get("data-url") == first[18].get("data-url")
    assert len(further) <= 18
    assert _get("news/180").body == b""
    assert _get("news/180").status == 200
    for place in ("videos", "galleries", "podcasts", "tag/city-hall", "author/nadine-sool"):
        assert _page(place).cssselect(".listing .article-excerpt-default")


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_are_rss_with_addresses_as_guids(name):
    body = _get(f"rss/{name}").body
    feed = feedparser.parse(body)
    assert not feed.bozo
    assert feed.feed.ttl == "600"
    assert feed.entries
    assert all(entry.guid == entry.link and entry.title and entry.published_parsed for entry in feed.entries)
    assert b"<description>\n\t\t\t\t" in body


def test_a_live_blog_is_told_in_cdata_and_reads_the_same():
    body = _get("rss/news").body
    assert body.count(b"<![CDATA[") == 2
    described = {entry.link: entry.summary.strip() for entry in feedparser.parse(body).entries}
    assert described[TRUTH[87095].url] == TRUTH[87095].standfirst
