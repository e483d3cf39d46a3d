"""The second paper keeps its layout, and its pages say what its truth says."""

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree, html

from demo.clock import PRESENT
from tests.material.gazette.issue import A_PAGE, SECTIONS
from tests.material.gazette.paper import Gazette
from tests.material.gazette.story import printed, slugged
from tests.material.gazette.truth import truth

PAPER = Gazette("http://bote.example")
TOLD = truth(PAPER)
NEWEST = TOLD[max(TOLD)]


def get(path, now=PRESENT, headers=None):
    return PAPER.respond(path, now, headers)


def page(url):
    answer = get(url.removeprefix(PAPER.origin))
    assert answer.status == 200, url
    return html.fromstring(answer.body)


def locs(path):
    return [element.text for element in etree.fromstring(get(path).body).iter("{*}loc")]


def test_there_are_about_forty_stories_each_with_words_of_its_own():
    assert 35 <= len(TOLD) <= 45
    paragraphs = [words for one in TOLD.values() for words in one.paragraphs if not words.startswith("Quelle: ")]
    assert len(set(paragraphs)) == len(paragraphs)
    assert min(sum(len(words.split()) for words in one.paragraphs) for one in TOLD.values()) >= 80


@pytest.mark.parametrize("number", sorted(TOLD))
def test_a_storys_page_says_what_its_truth_says(number):
    one = TOLD[number]
    root = page(one.url)
    assert root.findtext(".//h1") == one.title
    assert tuple(element.text_content() for element in root.xpath("//div[@class='fliesstext']/p")) == one.paragraphs
    assert tuple(element.text for element in root.xpath("//a[@rel='author']")) == one.authors
    assert printed(one.published_at) in root.text_content()
    related = [
        int(href.rpartition("-")[2]) for href in root.xpath("//section[contains(@class, 'weiterlesen')]//a/@href")
    ]
    assert related == [other for _, other in one.related]
    assert set(related) < set(TOLD)
    links = [(PAPER.origin + a.get("href"), a.text) for a in root.xpath("//div[@class='fliesstext']//a")]
    assert links == [(href, words) for _, href, words in one.inline]


def test_times_are_told_by_one_json_ld_graph_by_microdata_or_in_words_alone():
    styles = {"graph": 0, "microdata": 0, "words": 0}
    for one in TOLD.values():
        root = page(one.url)
        blocks = root.xpath("//script[@type='application/ld+json']/text()")
        stated = root.xpath("//meta[@itemprop='datePublished']/@content")
        styles["graph" if blocks else "microdata" if stated else "words"] += 1
        if blocks:
            (node,) = [node for node in json.loads(blocks[0])["@graph"] if node["@type"] == "NewsArticle"]
            stated = [node["datePublished"]]
        assert all(time.endswith("+01:00") for time in stated)
    assert min(styles.values()) >= len(TOLD) // 3


def test_dates_are_printed_as_austrians_write_them():
    assert printed(PRESENT) == "20. Jänner 2025, 13:00 Uhr"


def test_the_feed_and_the_news_sitemap_name_the_newest():
    feed = feedparser.parse(get("/feed/atom").body)
    assert (feed.version, feed.entries[0].link, len(feed.entries)) == ("atom10", NEWEST.url, 15)
    assert locs("/sitemap-news.xml")[0] == NEWEST.url


def test_the_index_leads_to_every_story_and_to_pages_that_are_none():
    stories, pages = (locs(urlsplit(url).path) for url in reversed(locs("/sitemap.xml")))
    assert sorted(stories) == sorted(one.url for one in TOLD.values())
    assert set(pages).isdisjoint(stories)
    assert all(get(urlsplit(url).path).status == 200 for url in pages)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_pages_of_a_section_hold_its_stories_once_each_and_then_end(name):
    found = []
    for number in range(1, 9):
        answer = get(f"/{name}/seite/{number}" if number > 1 else f"/{name}")
        if answer.status == 404:
            break
        found.append(re.findall(rf'<h2><a href="(/{name}/[^"]+)"', answer.body.decode()))
    assert [len(one) for one in found[:-1]] == [A_PAGE] * (len(found) - 1)
    paths = [path for one in found for path in one]
    assert sorted(paths) == sorted(urlsplit(one.url).path for one in TOLD.values() if one.section == SECTIONS[name])


def test_the_number_alone_leads_to_a_story():
    answer = get(f"/sport/ganz-ein-anderer-titel-{NEWEST.id}")
    assert (answer.status, answer.headers["Location"]) == (301, NEWEST.url)


@pytest.mark.parametrize(
    "path", ["/politik/gibt-es-nicht-9999999", "/politik/seite/99", "/thema/nichts", "/%ff", "/../x"]
)
def test_what_is_not_there_is_a_404_within_the_frame(path):
    answer = get(path)
    assert answer.status == 404
    assert "Seite nicht gefunden" in answer.body.decode()


def test_every_link_of_a_page_leads_somewhere():
    root = page(NEWEST.url)
    for href in {href for href in root.xpath("//a/@href") if href.startswith("/")}:
        assert get(href).status == 200, href


def test_the_print_version_names_the_story_as_its_canonical():
    root = page(f"{NEWEST.url}/druck")
    assert root.xpath("//link[@rel='canonical']/@href") == [NEWEST.url]


def test_a_story_is_not_out_before_its_time():
    before = NEWEST.published_at - timedelta(minutes=1)
    assert get(urlsplit(NEWEST.url).path, before).status == 404
    assert NEWEST.id not in truth(PAPER, before)


def test_an_unchanged_page_costs_no_transfer():
    tag = get("/").headers["ETag"]
    assert get("/", headers={"If-None-Match": tag}).status == 304


def test_tags_and_authors_have_pages_that_list_their_stories():
    for path in (f"/autor/{slugged(TOLD[2480911].authors[0])}", f"/thema/{slugged(TOLD[2480911].tags[0])}"):
        assert urlsplit(TOLD[2480911].url).path in get(path).body.decode()
