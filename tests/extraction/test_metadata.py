"""Fields that have several sources: what each says, and who is believed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from crawler.article import Article, Kind, Moment
from crawler.extraction import suffixes
from crawler.extraction.extract import extract
from crawler.extraction.subjects import tags
from crawler.site import Site

URL = "https://velm.example/2031/05/12/ferry-sings"
FETCHED = datetime(2031, 5, 12, 12, 0, tzinfo=UTC)
SITE = Site("velm", "The Velm Courier", ("velm.example",), "https://velm.example/", "Europe/Moscow", language="en")


def page(head: str = "", body: str = "", *, type: str = "NewsArticle", **node: object) -> Article:  # noqa: A002
    block = json.dumps({"@type": type, **node}) if node else "{}"
    html = f'<html><head>{head}<script type="application/ld+json">{block}</script></head><body>{body}</body></html>'
    return extract(html.encode(), URL, SITE, FETCHED)


def chosen(article: Article, field: str) -> str | None:
    return next((row.source for row in article.provenance if row.field == field and row.chosen), None)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry Sings | The Velm Courier", "Ferry Sings"),
        ("Ferry Sings - velm.example", "Ferry Sings"),
        ("Ferry Sings – News – The Velm Courier", "Ferry Sings – News"),
        ("Ferry Sings - A Story of Salt", "Ferry Sings - A Story of Salt"),
        ("LIVE | Ferry Sings", "Ferry Sings"),
        ("Live music returns", "Live music returns"),
        ("The Velm Courier", "The Velm Courier"),
        ("x" * 501, ""),
    ],
)
def test_titles_lose_the_name_of_the_paper_and_the_mark_of_a_live_blog(title: str, expected: str):
    assert suffixes.clean(title, ["The Velm Courier", "velm.example"]) == expected


def test_the_headline_for_aggregators_is_believed_before_those_for_sharing_and_for_the_page():
    article = page(
        '<meta property="og:title" content="You Will Not Believe This Ferry">', "<h1>Ferry</h1>", headline="Ferry Sings"
    )
    assert (article.title, chosen(article, "title")) == ("Ferry Sings", "json-ld")


def test_publication_modification_and_expiry_are_kept_apart():
    article = page(
        '<meta property="article:modified_time" content="2031-05-12T11:00:00Z">'
        '<meta property="article:expiration_time" content="2031-05-10T11:00:00Z">',
        datePublished="2031-05-11T08:00:00+03:00",
    )
    assert article.published == Moment(datetime(2031, 5, 11, 5, tzinfo=UTC), 180)
    assert article.modified == Moment(datetime(2031, 5, 12, 11, tzinfo=UTC), 0)


def test_a_page_with_nothing_but_a_modification_time_was_published_on_the_day_in_its_address():
    article = page('<meta property="article:modified_time" content="2031-05-12T11:00:00Z">')
    assert (article.published, chosen(article, "published_at")) == (Moment(date(2031, 5, 12)), "address")


def test_a_time_later_than_the_fetch_is_told_but_not_believed():
    article = page(
        '<meta property="article:published_time" content="2031-05-12T10:00:00Z">', datePublished="2031-05-13T10:00:00Z"
    )
    assert chosen(article, "published_at") == "article:published_time"
    assert "2031-05-13T10:00:00Z" in {row.value for row in article.provenance if not row.chosen}


def test_a_source_with_the_time_of_day_completes_one_that_knows_the_day():
    article = page(
        '<meta property="article:published_time" content="2031-05-12T10:20:00+03:00">', datePublished="2031-05-12"
    )
    assert article.published == Moment(datetime(2031, 5, 12, 7, 20, tzinfo=UTC), 180)


def test_a_time_without_a_zone_is_in_the_zone_of_the_paper():
    assert page(datePublished="2031-05-12T12:00:00").published == Moment(datetime(2031, 5, 12, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("body", "published", "modified"),
    [
        ('<article><h1>x</h1><time datetime="2031-05-12T09:00:00Z">now</time></article>', 9, None),
        ('<article><span>Updated:</span> <time datetime="2031-05-12T09:00:00Z">now</time></article>', None, 9),
        ('<article><p>Aktualisiert am <time datetime="2031-05-12T09:00:00Z">heute</time></p></article>', None, 9),
    ],
)
def test_a_visible_time_is_of_the_update_where_words_say_so(body: str, published: int | None, modified: int | None):
    article = page(body=body)
    hours = [m.at.hour if m and isinstance(m.at, datetime) else None for m in (article.published, article.modified)]
    assert hours == [published, modified]


def test_a_date_in_words_is_read_when_no_machine_readable_one_is_there():
    html = b'<h1>Ferry</h1><p class="post-date">Posted: May 3, 2031</p><p>Text.</p>'
    article = extract(html, "https://velm.example/ferry", SITE, FETCHED)
    assert (article.published, chosen(article, "published_at")) == (Moment(date(2031, 5, 3)), "seen")


def test_people_named_beside_the_first_are_not_lost():
    article = page(
        '<meta name="author" content="Ann Alder, Ben Birch">', author={"@type": "Person", "name": "Ann Alder"}
    )
    assert (article.authors, chosen(article, "authors")) == (("Ann Alder", "Ben Birch"), "meta:author")


@pytest.mark.parametrize(
    "line",
    [
        "<div class='byline'>By Ann Alder and Ben Birch</div>",
        "<div class='article-byline'><div><span>Ann Alder</span> <span>Ben Birch</span></div></div>",
        "<p class='byline'>Words <a href='/a'>Ann Alder</a> <a href='/b'>Ben Birch</a></p>",
    ],
)
def test_a_page_that_names_its_authors_in_print_alone_is_read_there(line: str):
    article = page(body=f"<h1>Ferry</h1><figure><span class='byline'>Cy Cedar</span></figure>{line}")
    assert (article.authors, chosen(article, "authors")) == (("Ann Alder", "Ben Birch"), "seen")


def test_the_paper_as_its_own_author_gives_way_to_a_person():
    article = page('<meta name="author" content="Ann Alder">', author={"name": "The Velm Courier"})
    assert article.authors == ("Ann Alder",)
    assert page(author={"name": "The Velm Courier"}).authors == ("The Velm Courier",)


def test_a_publisher_as_its_own_author_gives_way_to_the_person_in_print():
    line = '<div class="authors"><ul><li><span>von</span> <span>Ann Alder</span></li></ul></div>'
    article = page(body=f"<h1>Ferry</h1>{line}", author={"@type": "Organization", "name": "Velm Publishing House"})
    assert (article.authors, chosen(article, "authors")) == (("Ann Alder",), "seen")
    called = page(body='<h1>Ferry</h1><p class="byline">Ben Birch</p>', author={"name": "The Velm Courier"})
    assert called.authors == ("Ben Birch",)


def test_a_name_that_two_sources_have_outvotes_one_that_nobody_else_has():
    article = page(
        '<meta property="article:author" content="Ann Alder"><meta name="author" content="Ann Alder; Ben Birch">',
        author={"name": "Desk Four"},
    )
    assert article.authors == ("Ann Alder", "Ben Birch")


def test_the_paper_is_no_author_beside_people():
    article = page('<meta name="author" content="Ann Alder, The Velm Courier">')
    assert article.authors == ("Ann Alder",)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["ferry, song; Lake Velm"], ("ferry", "song", "Lake Velm")),
        (["Birch, Ben", "ferry"], ("Birch, Ben", "ferry")),
        (["ferry", "Ferry", "#song", "topic/velm"], ("ferry", "song", "velm")),
        (["Section: News", "100312362", "_commerce", "ferry"], ("ferry",)),
        (["58", "2031", "ferry"], ("58", "2031", "ferry")),
        (["AERO", "INDS08", "CRSH"], ()),
        ([""], ()),
    ],
)
def test_tags_are_split_and_rid_of_codes(said: list[str], expected: tuple[str, ...]):
    assert tags(said) == expected


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        (page(), Kind.NEWS),
        (page(type="OpinionNewsArticle", headline="x"), Kind.OPINION),
        (page(articleSection="Analysis"), Kind.ANALYSIS),
        (page('<meta name="description" content="Podcast | How ferries learn.">'), Kind.PODCAST),
        (page(body="<h1>LIVE | Ferry Sings</h1>"), Kind.LIVE),
        (page(articleSection="Delivery"), Kind.NEWS),
        (page('<meta property="og:type" content="video.other">'), Kind.VIDEO),
    ],
)
def test_the_kind_is_told_by_label_type_and_section(article: Article, expected: Kind):
    assert article.kind is expected


def test_a_description_loses_its_rubric_and_one_that_repeats_the_text_is_no_standfirst():
    text = "The ferry sang for an hour before the harbour master found the switch, and then it sang again. " * 4
    rubric = page('<meta name="description" content="Opinion | Ferries should sing.">')
    assert rubric.standfirst == "Ferries should sing."
    copied = page(f'<meta name="description" content="{text[:60]}…">', f"<article><p>{text}</p></article>")
    assert copied.standfirst is None
    assert copied.paragraphs


@pytest.mark.parametrize(
    ("head", "node", "expected"),
    [
        ('<meta property="article:content_tier" content="locked">', {}, True),
        ('<meta property="article:content_tier" content="metered">', {}, None),
        ("", {"isAccessibleForFree": "False"}, True),
        ("", {"isAccessibleForFree": True}, False),
        ("", {"isAccessibleForFree": "https://schema.org/False"}, True),
        ("", {}, None),
    ],
)
def test_a_paywall_is_what_the_page_declares(head: str, node: dict[str, bool | str], expected: bool | None):
    assert page(head, "", type="NewsArticle", **node).paywalled is expected


def test_caption_and_credit_of_the_lead_picture_are_told_apart():
    figure = "<article><figure><img src=a.jpg><figcaption>A ferry at dawn. {}</figcaption></figure></article>"
    marked = page(body=figure.format('<span class="credit">Ann Alder</span>'))
    assert (marked.image_caption, marked.image_credit) == ("A ferry at dawn.", "Ann Alder")
    printed = page(body=figure.format("(Ann Alder/AP Photo)"))
    assert (printed.image_caption, printed.image_credit) == ("A ferry at dawn.", "Ann Alder/AP Photo")


def test_the_language_is_the_documents_and_the_profiles_where_it_has_none():
    assert page().language == "en"
    assert extract(b'<html lang="de-AT"><p>x</p>', URL, SITE, FETCHED).language == "de"
    assert extract(b'<html lang="{{lang}}"><p>x</p>', URL, SITE, FETCHED).language == "en"
