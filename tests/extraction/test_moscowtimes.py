"""An invented page in the layout of The Moscow Times, with every type of block, and every field checked."""

# ruff: noqa: E501 - the page is written as such pages are

from __future__ import annotations

import pickle
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from crawler.article import Article, Kind, Moment
from crawler.extraction.extract import EXTRACTOR, extract
from crawler.profiles import load_profiles

SITES = load_profiles().sites
URL = "https://www.themoscowtimes.com/2031/05/12/lighthouse-keepers-of-lake-velm-get-a-choir-a91001"
FETCHED = datetime(2031, 5, 12, 18, 0, tzinfo=UTC)

PAGE = """<!doctype html><html lang="en"><head>
<base href="https://www.themoscowtimes.com/">
<meta charset="utf-8"><title>Lighthouse Keepers of Lake Velm Get a Choir - The Moscow Times</title>
<link rel="canonical" href="2031/05/12/lighthouse-keepers-of-lake-velm-get-a-choir-a91001">
<link rel="amphtml" href="2031/05/12/lighthouse-keepers-of-lake-velm-get-a-choir-a91001?amp=1">
<meta name="author" content="Olga Birch"><meta name="keywords" content="Lake Velm,lighthouses, choirs">
<meta name="news_keywords" content="Lake Velm,lighthouses, choirs">
<meta name="description" content="Opinion | Eleven keepers, one harmonium and a winter of rehearsals.">
<meta property="og:title" content="Lighthouse Keepers of Lake Velm Get a Choir - The Moscow Times">
<meta property="og:description" content="Opinion | Eleven keepers, one harmonium and a winter of rehearsals.">
<meta property="og:image" content="https://static.themoscowtimes.com/image/1360/choir.jpg">
<meta property="article:published_time" content="2031-05-12T11:05:00+03:00">
<meta property="article:modified_time" content="2031-05-12T15:40:00+03:00">
<meta property="article:section" content="opinion"><meta property="article:content_tier" content="free">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsMediaOrganization","name":"The Moscow Times"}</script>
<script type="application/ld+json">{"@type":"WebSite","url":"https://www.themoscowtimes.com/","name":"The Moscow Times"}</script>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Lighthouse Keepers of Lake Velm Get a Choir",
"description":"Eleven keepers, one harmonium and a winter of rehearsals.","datePublished":"2031-05-12T11:05:00+03:00",
"dateModified":"2031-05-12T15:40:00+03:00","keywords":["Lake Velm","lighthouses","choirs"],"articleSection":"opinion",
"author":{"@type":"Person","name":"Olga Birch"},"isAccessibleForFree":true,"image":"https://static.themoscowtimes.com/image/1360/choir.jpg"}</script>
<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","name":"Opinion"}]}</script>
</head><body>
<div class="container"><div class="col"><article class="article article--opinion">
<header class="article__header"><span class="label">Opinion</span>
<h1><a href="2031/05/12/lighthouse-keepers-of-lake-velm-get-a-choir-a91001">LIVE | Lighthouse Keepers of Lake Velm Get a Choir</a></h1>
<h2>Eleven keepers, one harmonium and a winter of rehearsals.</h2></header>
<div class="article__byline"><div class="byline__author">By <a class="byline__author__name" href="author/olga-birch">Olga Birch</a>,
<a class="byline__author__name" href="author/ivan-pestle">Ivan Pestle</a> and <a class="byline__author__name" href="author/may-tarn">May Tarn</a></div>
<span>Updated:</span> <time class="byline__datetime" datetime="2031-05-12T15:40:00+03:00">May 12, 2031</time></div>
<div class="social"><a href="https://social.example/share">Share this on Social</a></div>
<figure class="article__featured-image"><img src="https://static.themoscowtimes.com/image/1360/choir.jpg">
<figcaption><span class="article__featured-image__caption">The choir at the north light.</span>
<span class="article__featured-image__credits">Pyotr Lantern / Velm Press</span></figcaption></figure>
<div class="article__content">
<div class="article__block article__block--html">
<p>The eleven keepers of Lake Velm have sung together <a href="https://lakes.example/report?utm_source=x">since the thaw</a>, and nobody sleeps.</p>
<p>Their foghorn is tuned to <em>B flat</em>, says <a href="/2031/04/01/foghorns-retuned-a90800">an earlier report</a>.</p></div>
<div class="article__block article__block--article"><aside class="article__related-article">
<a class="related-article__inner" href="2031/05/12/harmonium-sinks-off-velm-island" title="Harmonium Sinks Off Velm Island">
<span class="label">news</span><h3>Harmonium Sinks Off Velm Island</h3><span>Read more</span></a></aside></div>
<div class="article__block article__block--header"><h2>A winter of scales</h2></div>
<div class="article__block article__block--html"><p>Rehearsals began when the ice closed the harbor.</p></div>
<div class="article__block article__block--image"><figure><img src="x.jpg"><figcaption>Sheet music, frozen. Velm Press</figcaption></figure></div>
<div class="article__block article__block--images"><div class="slider">Slide one of nine</div></div>
<div class="article__block article__block--quote"><blockquote>We sing so that the ships know where not to go.</blockquote><cite>Head keeper Rurik Salt</cite></div>
<div class="article__block article__block--article"><aside class="article__related-article">
<a class="related-article__inner" href="2031/05/12/salt-price-falls" title="Salt Price Falls"><h3>Salt Price Falls</h3></a></aside></div>
<div class="article__block article__block--aside"><aside><p>Lake Velm has four lights and one jetty.</p></aside></div>
<div class="article__block article__block--embed"><iframe src="https://video.example/1"></iframe><p>A post shared by the choir</p></div>
<div class="article__block article__block--link"><div class="article__link"><a href="https://tickets.example/">Tickets for the concert</a></div></div>
<div class="article__block article__block--newsletter"><form>Sign up for our free weekly newsletter <select><option>Albania</option></select>
<span>Afghanistan Albania Algeria Andorra</span></form></div>
<div class="article__block article__block--html"><ul><li>Sopranos: four</li><li>Basses: seven</li></ul>
<p>The first concert is on Sunday.</p><p><em>AFP contributed reporting.</em></p></div>
<div class="article__block article__block--article"><aside class="article__related-article">
<a class="related-article__inner" href="2031/05/12/ferry-captain-asks-for-silence" title="Ferry Captain Asks for Silence">
<h3>Ferry Captain Asks for Silence</h3><span>Read more</span></a></aside></div>
</div>
<div class="article__disclaimer">The views expressed in opinion pieces do not necessarily reflect the position of The Moscow Times.</div>
<div class="article__author-box"><a href="author/olga-birch">Olga Birch</a> writes about water.</div>
<div class="article__tags">Read more about: <a class="article__tags__tag" href="tag/lake-velm">Lake Velm</a>, <a class="article__tags__tag" href="tag/choirs">choirs</a></div>
<div class="contribute-banner"><p>Dear readers, we have a small favor to ask.</p></div>
<div class="social">Share</div></article></div>
<div class="sidebar"><h4>Most read</h4><a class="article-excerpt-tiny" href="2031/05/11/mayor-buys-a-tuba-a90990">Mayor Buys a Tuba</a></div>
<section class="cluster"><h3>Read more</h3>
<div class="article-excerpt-default" data-url="https://www.themoscowtimes.com/2031/05/10/island-votes-on-curfew-a90970"
 data-title="Island Votes on Curfew"><a href="2031/05/10/island-votes-on-curfew-a90970"><h5>Island Votes on Curfew</h5><time>2 days ago</time></a></div>
<div class="article-excerpt-default" data-url="https://www.themoscowtimes.com/2031/05/09/tenor-found-in-attic-a90950"
 data-title="Tenor Found in Attic"><a href="2031/05/09/tenor-found-in-attic-a90950"><h5>Tenor Found in Attic</h5></a></div></section>
</div></body></html>"""

PARAGRAPHS = (
    "The eleven keepers of Lake Velm have sung together since the thaw, and nobody sleeps.",
    "Their foghorn is tuned to B flat, says an earlier report.",
    "A winter of scales",
    "Rehearsals began when the ice closed the harbor.",
    "We sing so that the ships know where not to go.",
    "Head keeper Rurik Salt",
    "Lake Velm has four lights and one jetty.",
    "Sopranos: four",
    "Basses: seven",
    "The first concert is on Sunday.",
    "AFP contributed reporting.",
)


@pytest.fixture(scope="module")
def article() -> Article:
    return extract(PAGE.encode(), URL, SITES.for_url(URL), FETCHED, "utf-8")


def moment(hour: int, minute: int) -> Moment:
    return Moment(datetime(2031, 5, 12, hour, minute, tzinfo=UTC), 180)


EXPECTED = {
    "site": "moscowtimes",
    "url": URL,
    "title": "Lighthouse Keepers of Lake Velm Get a Choir",
    "canonical": URL,
    "alternates": (("amp", URL + "?amp=1"),),
    "kind": Kind.OPINION,
    "standfirst": "Eleven keepers, one harmonium and a winter of rehearsals.",
    "byline": "By Olga Birch, Ivan Pestle and May Tarn",
    "authors": ("Olga Birch", "Ivan Pestle", "May Tarn"),
    "published": moment(8, 5),
    "modified": moment(12, 40),
    "section": "Opinion",
    "tags": ("Lake Velm", "choirs"),
    "language": "en",
    "wire": "AFP",
    "paywalled": False,
    "image_url": "https://static.themoscowtimes.com/image/1360/choir.jpg",
    "image_caption": "The choir at the north light.",
    "image_credit": "Pyotr Lantern / Velm Press",
    "paragraphs": PARAGRAPHS,
    "extractor": EXTRACTOR,
    "pages": None,
    "is_list": None,
}


@pytest.mark.parametrize("field", EXPECTED)
def test_every_field_is_read_from_the_page(article: Article, field: str):
    assert getattr(article, field) == EXPECTED[field]


def test_no_field_is_left_unchecked():
    checked_below = {"blocks", "links", "dropped", "provenance"}
    assert {field.name for field in fields(Article)} == set(EXPECTED) | checked_below


def test_headings_quotes_and_lists_are_told_apart(article: Article):
    kinds = {block.position: block.kind for block in article.blocks}
    assert kinds == {2: "heading", 4: "quote", 5: "quote", 7: "list", 8: "list"}


def test_related_boxes_stand_before_the_paragraph_that_follows_them(article: Article):
    base = "https://www.themoscowtimes.com/"
    assert [(one.position, one.href, one.anchor_text) for one in article.links if one.kind == "related"] == [
        (2, base + "2031/05/12/harmonium-sinks-off-velm-island", "Harmonium Sinks Off Velm Island"),
        (6, base + "2031/05/12/salt-price-falls", "Salt Price Falls"),
        (11, base + "2031/05/12/ferry-captain-asks-for-silence", "Ferry Captain Asks for Silence"),
    ]


def test_the_cluster_under_the_text_is_read_more(article: Article):
    assert [(one.position, one.href, one.anchor_text) for one in article.links if one.kind == "read_more"] == [
        (11, "https://www.themoscowtimes.com/2031/05/10/island-votes-on-curfew-a90970", "Island Votes on Curfew"),
        (11, "https://www.themoscowtimes.com/2031/05/09/tenor-found-in-attic-a90950", "Tenor Found in Attic"),
    ]


def test_inline_links_carry_their_paragraph_and_characters(article: Article):
    inline = [one for one in article.links if one.kind == "inline"]
    assert [(one.position, one.href, one.anchor_text) for one in inline] == [
        (0, "https://lakes.example/report", "since the thaw"),
        (1, "https://www.themoscowtimes.com/2031/04/01/foghorns-retuned-a90800", "an earlier report"),
    ]
    assert all(article.paragraphs[one.position][one.start : one.end] == one.anchor_text for one in inline)


def test_what_the_layout_drops_is_told_with_its_selector(article: Article):
    dropped = {one.reason: (one.position, one.text) for one in article.dropped}
    assert dropped[".article__block--embed"] == (7, "A post shared by the choir")
    assert dropped[".article__block--link"] == (7, "Tickets for the concert")
    assert dropped[".article__block--newsletter"][1].startswith("Sign up for our free weekly newsletter")


def test_the_visible_time_of_an_update_is_not_taken_for_publication(article: Article):
    published = {row.source: row for row in article.provenance if row.field == "published_at"}
    assert published["json-ld"].chosen
    assert "time" not in published
    assert {row.source for row in article.provenance if row.field == "modified_at"} >= {"json-ld", "time"}


def test_provenance_has_one_row_for_each_field_and_source_and_one_winner(article: Article):
    rows = article.provenance
    keys = [(row.field, row.source) for row in rows]
    assert len(keys) == len(set(keys))
    assert {row.field for row in rows} == {
        *("title", "authors", "published_at", "modified_at", "section", "tags", "standfirst", "language", "image_url"),
        *("kind", "text"),
    }
    for field in {row.field for row in rows}:
        assert sum(row.chosen for row in rows if row.field == field) == 1, field
    assert {row.source: row.value for row in rows if row.field == "authors"}["json-ld"] == "Olga Birch"
    assert all(len(row.value) <= 500 for row in rows)


def test_the_article_survives_the_way_between_processes(article: Article):
    assert pickle.loads(pickle.dumps(article)) == article  # noqa: S301 - our own bytes


def test_without_its_profile_nothing_leaks_either():
    url = "https://velm.example/2031/05/12/lighthouse-keepers"
    page = PAGE.replace("https://www.themoscowtimes.com/", "https://velm.example/")
    article = extract(page.encode(), url, SITES.for_url(url), FETCHED)
    assert article.title == "Lighthouse Keepers of Lake Velm Get a Choir"
    for leak in ("favor", "Afghanistan", "north light", "Sheet music", "Read more", "expressed in opinion", "Tuba"):
        assert leak not in article.text, leak
    assert "Harmonium Sinks Off Velm Island" in [one.anchor_text for one in article.links if one.kind == "related"]
