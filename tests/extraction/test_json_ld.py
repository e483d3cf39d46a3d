"""JSON-LD as papers write it: whole, broken, nested, or about something else."""

from __future__ import annotations

import json

import pytest

from crawler.extraction.json_ld import articles, parsed, strings

URL = "https://paper.example/2031/bridge-opens"
ARTICLE = {"@type": "NewsArticle", "headline": "Bridge Opens", "datePublished": "2031-01-02T03:04:05Z"}
SITE = {"@type": "WebSite", "name": "Paper", "datePublished": "1999-01-01"}


@pytest.mark.parametrize(
    "blocks",
    [
        [ARTICLE],
        [SITE, ARTICLE],
        [[SITE, ARTICLE]],
        [{"@graph": [SITE, ARTICLE]}],
        [{"@type": "WebPage", "mainEntity": ARTICLE}],
        [{**ARTICLE, "@type": ["Article", "https://schema.org/NewsArticle"]}],
        [{"@type": "ItemList", "itemListElement": [{**ARTICLE, "headline": "Another"}]}, ARTICLE],
        [{**ARTICLE, "headline": "A neighbour"}, {**ARTICLE, "url": URL}],
    ],
)
def test_the_article_is_found_wherever_it_stands(blocks: list[object]):
    assert articles([json.dumps(block) for block in blocks], URL)[0]["headline"] == "Bridge Opens"


def test_nodes_with_another_headline_say_nothing_about_the_article():
    found = articles(
        [json.dumps([{**ARTICLE, "url": URL}, {**ARTICLE, "headline": "Elsewhere", "keywords": "x"}])], URL
    )
    assert [node["headline"] for node in found] == ["Bridge Opens"]


def test_a_page_without_an_article_node_is_told_by_its_web_page():
    page = {"@type": "WebPage", "datePublished": "2031-01-02"}
    assert articles([json.dumps([SITE, page])], URL) == (page,)


def test_references_are_replaced_by_what_they_name():
    graph = {
        "@graph": [{**ARTICLE, "author": {"@id": "#who"}}, {"@id": "#who", "@type": "Person", "name": "A. Writer"}]
    }
    assert strings(articles([json.dumps(graph)], URL)[0]["author"]) == ["A. Writer"]


@pytest.mark.parametrize(
    "text",
    [
        '{"@type":"NewsArticle","headline":"Bridge Opens",}',
        '{"@type":"NewsArticle","tags":["a","b",],"headline":"Bridge Opens"}',
        '<!-- {"@type":"NewsArticle","headline":"Bridge Opens"} -->',
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"Bridge Opens"}\n//]]>',
        '{"@type":"NewsArticle","headline":"Bridge Opens"};',
        "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;headline&quot;:&quot;Bridge Opens&quot;}",
        '{"@type":"NewsArticle","description":"tab\there\nline","headline":"Bridge Opens"}',
        '{"@type":"NewsArticle","description":"it\\\'s","headline":"Bridge Opens"}',
        '{"@type":"WebSite"}{"@type":"NewsArticle","headline":"Bridge Opens"}',
        '{"@type":"NewsArticle","headline":"Bridge Opens","description":"a "quoted" word"}',
        '{"@type":"NewsArticle","headline":"Bridge Opens","image":[{"url":',
    ],
)
def test_broken_blocks_still_give_the_headline(text: str):
    assert articles([text], URL)[0]["headline"] == "Bridge Opens"


NAMED = {
    "@type": "NewsArticle",
    "headline": 'Velm\'s "Old" Bridge',
    "author": {"name": "Ann Alder"},
    "dateCreated": "x",
}


@pytest.mark.parametrize(
    "text",
    [
        """{'@type':'NewsArticle','headline':'Velm's "Old" Bridge','author':{'name':'Ann Alder'},'dateCreated':'x'}""",
        """{'@type':'NewsArticle','headline':'Velm\\'s \\"Old\\" Bridge','author':{'name':'Ann Alder'},
        'dateCreated':'x',}""",
        """{"@type":"NewsArticle",headline:"Velm's "Old" Bridge",author:{name:"Ann Alder"},dateCreated:"x"}""",
        """{“@type”:“NewsArticle”,“headline”:“Velm's "Old" Bridge”,“author”:{“name”:“Ann Alder”},“dateCreated”:“x”}""",
        """{"@type":"NewsArticle", // of /* what */ sort
        "headline":"Velm's "Old" Bridge"
        "author":{"name":"Ann Alder",},,"dateCreated":"x"}""",
        """{"@type":"NewsArticle","headline":"Velm's "Old" Bridge","image":[{"url":}],"author":{"name":"Ann Alder"},
        "dateCreated":"x","wordCount":undefined,"articleBody":"The "goats" of""",
        """{"publisher":{"name":"The "Velm" Courier","logo":},"@type":"NewsArticle","headline":"Velm's "Old" Bridge",
        "description":"She said "no", and "yes".","author":{"name":"Ann Alder"},"dateCreated":"x"""
        + '"',
        """{"name":"The "Velm" Courier"}{"@type":"NewsArticle","headline":"Velm's \\x22Old\\u0022 Bridge","image":None,
        "url":"https://velm.example/a
        "author":{"name":"Ann Alder"},"dateCreated":"x"}""",
    ],
)
def test_all_that_stands_before_and_behind_a_break_is_read(text: str):
    found = articles([text], URL)[0]
    assert {key: found[key] for key in NAMED} == NAMED


def test_a_comma_within_a_string_is_not_taken_for_a_stray_one():
    assert parsed('{"a":"one, }","b":[1,],}') == [{"a": "one, }", "b": [1]}]


@pytest.mark.parametrize("text", ["", "{", "[" * 50_000, "null", "17", '"x"', '{"@type":', '"\\' * 50_000])
def test_hopeless_blocks_give_nothing(text: str):
    assert articles([text], URL) == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A", ["A"]),
        (["A", {"name": "B"}, None, "", 3, True], ["A", "B", "3"]),
        ({"@value": "A"}, ["A"]),
        ({"name": ["A", "B"]}, ["A", "B"]),
        (None, []),
    ],
)
def test_a_field_is_read_as_string_thing_or_list(value: object, expected: list[str]):
    assert strings(value) == expected
