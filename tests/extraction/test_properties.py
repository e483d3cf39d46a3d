"""What holds for any page at all: extraction never fails, no date is in the future, a page with a title keeps one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import Article, Moment
from crawler.extraction import dates
from crawler.extraction.extract import extract
from crawler.extraction.json_ld import articles, parsed, strings
from crawler.extraction.words import squeezed
from crawler.site import Site

SITE = Site("velm", "The Velm Courier", ("velm.example",), "https://velm.example/", "Europe/Moscow", language="en")
URL = "https://velm.example/2031/05/12/ferry-sings"
FETCHED = datetime(2031, 5, 12, 12, 0, tzinfo=UTC)
FEW = settings(max_examples=60, deadline=None)  # a whole page each
MANY = settings(deadline=None)  # languages are loaded when they are first met

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
DAYS = st.datetimes(datetime(1960, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001 - pages leave the zone out
WRITTEN = st.builds(
    lambda day, form, zone: day.strftime(form) + zone,
    DAYS,
    st.sampled_from(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d %B %Y %H:%M", "%m/%d/%y", "%s000"]),
    st.sampled_from(["", "Z", "+03:00", "+0300", "-11:30", " GMT", "+99:99"]),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.sampled_from(["NewsArticle", URL]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "@graph", "headline", "author", "name", "datePublished", "keywords", "url"]
            )
            | st.sampled_from(
                ["image", "publisher", "mainEntityOfPage", "articleSection", "description", "inLanguage"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


def read(head: str, body: str = "") -> Article:
    return extract(f"<html><head>{head}</head><body>{body}</body></html>".encode(), URL, SITE, FETCHED)


def too_late(moment: Moment | None) -> bool:
    if moment is None:
        return False
    if isinstance(moment.at, datetime):
        return moment.at > FETCHED + timedelta(minutes=15)
    return moment.at > (FETCHED + timedelta(hours=14)).date()


@MANY
@given(WRITTEN | TEXT, st.sampled_from(["en", "de", "ru", "xx", None]))
def test_any_words_are_a_time_with_a_zone_a_day_or_nothing(text: str, language: str | None):
    found = dates.moment(text, ZoneInfo("Europe/Moscow"), language)
    assert found is None or (found.at.tzinfo is not None if isinstance(found.at, datetime) else type(found.at) is date)


@FEW
@given(WRITTEN, WRITTEN, WRITTEN, WRITTEN)
def test_no_page_gives_a_date_in_the_future(first: str, second: str, third: str, fourth: str):
    node = json.dumps({"@type": "NewsArticle", "datePublished": first, "dateModified": second})
    article = read(
        f'<script type="application/ld+json">{node}</script><meta property="article:published_time" content="{third}">',
        f'<article><h1>Ferry</h1><time datetime="{fourth}">{fourth}</time><p class="date">{third}</p></article>',
    )
    assert not too_late(article.published)
    assert not too_late(article.modified)


@MANY
@given(TEXT | JSON.map(json.dumps), TEXT)
def test_a_block_of_anything_is_read_or_left(text: str, more: str):
    for block in (text, text + more, more + text, text[: len(text) // 2]):
        assert all(isinstance(node, dict) for node in articles([block], URL))
        assert all(isinstance(said, str) and said.strip() for one in parsed(block) for said in strings(one))


@FEW
@given(JSON)
def test_a_page_with_any_json_ld_is_read(value: Any):
    block = json.dumps(value).replace("</", "<\\/")
    article = read(f'<script type="application/ld+json">{block}</script>', "<h1>Ferry Sings</h1>")
    assert article.title.strip()
    assert all(tag.strip() for tag in article.tags)
    assert all(author.strip() for author in article.authors)


@FEW
@given(TEXT.filter(lambda text: squeezed(text) != "" and not set(text) & set("<>&")), st.sampled_from(["h1", "title"]))
def test_a_page_with_any_title_has_one(words: str, tag: str):
    printable = "".join(one for one in words if one.isprintable() and one != "\ufeff")
    title = read("", f"<{tag}>Ferry {printable}</{tag}>").title
    assert title.startswith("Ferry")


WRITINGS = st.sampled_from(["", " ", "\t\n", "a", " a b ", "0", "javascript:", "%", "[", "\u0000", "é\u202e"])
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["class", "id", "rel", "itemprop", "datetime", "href", "src", "type", "property", "content", "role"]
    ),
    WRITINGS,
    max_size=4,
).map(lambda pairs: "".join(f' {name}="{value}"' for name, value in pairs.items()))
TAGS = st.sampled_from(
    ["div", "section", "article", "p", "ul", "li", "a", "h1", "h2", "time", "span", "figure", "table", "td", "nav"]
)


@given(st.lists(st.tuples(TAGS, ATTRIBUTES, TEXT), min_size=2, max_size=12), st.integers(1, 4))
@FEW
def test_no_writing_of_an_attribute_makes_extraction_fail(elements, times):
    prose = "<p>The ferry left the north pier at six in the morning with four goats on board, its captain said.</p>"
    built = "".join(f"<{tag}{attributes}>{text}{prose}{prose}</{tag}>" for tag, attributes, text in elements)
    read("<title>Ferry Sings</title>", built * times)


@given(st.binary(max_size=600))
@FEW
def test_no_bytes_make_extraction_fail(data):
    extract(data, URL, SITE, FETCHED)
    extract(b"<html><body><article><p>" + data + b"</p></article>", URL, SITE, FETCHED)
