"""The text of pages of unknown layout: what stays, what goes, where links stand."""

# ruff: noqa: E501 - pages are written as they are

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.article import Article
from crawler.extraction.boilerplate import reason_to_drop
from crawler.extraction.extract import extract
from crawler.site import Site

URL = "https://velm.example/ferry-sings-again"
SITE = Site.without_profile("velm.example")
FETCHED = datetime(2031, 5, 12, 12, 0, tzinfo=UTC)
PROSE = (
    "The ferry left the north pier at six in the morning with four goats and a tuba on board, as it does on Mondays.",
    "By noon the captain had reported a sound that he described as a chord, and asked the coast guard what to do.",
    "Nobody on the pier could remember a quieter spring, and the harbour master said that he would not miss it.",
    "A second ferry is expected in the autumn; its builders promise that it will keep to the lower registers.",
)


def article(body: str, head: str = "", url: str = URL) -> Article:
    page = f"<html><head><title>Ferry Sings Again</title>{head}</head><body><article>{body}</article></body></html>"
    return extract(page.encode(), url, SITE, FETCHED)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_paragraphs_come_in_order_and_nothing_else_does():
    found = article(
        "<h1>Ferry Sings Again</h1><figure><img src=a><figcaption>A tuba.</figcaption></figure>"
        f"{paragraphs(*PROSE[:2])}<div class='newsletter-signup'><p>Sign up here for more of this.</p></div>"
        f"<script>var p = 'x'</script>{paragraphs(*PROSE[2:])}<div class='share-buttons'>Share Tweet</div>"
    )
    assert found.paragraphs == PROSE


def test_what_our_rules_take_out_is_told_with_its_place_and_reason():
    found = article(
        f"{paragraphs(*PROSE[:2])}<p>Advertisement</p><div class='promo'>Buy a tuba</div>{paragraphs(*PROSE[2:])}"
        "<p>The views expressed in this article are the author's own.</p>"
    )
    assert found.paragraphs == PROSE
    told = [(one.position, one.reason, one.text) for one in found.dropped]
    assert (2, "advertisement", "Buy a tuba") in told
    assert (4, "disclaimer", "The views expressed in this article are the author's own.") in told


def test_subheadings_quotes_and_lists_keep_their_place_and_kind():
    found = article(
        f"{paragraphs(*PROSE[:2])}<h2>The lower registers</h2>{paragraphs(PROSE[2])}"
        f"<blockquote><p>It was a chord, and I know chords.</p></blockquote><ul><li>Four goats on deck</li></ul>{paragraphs(PROSE[3])}"
    )
    kinds = {found.paragraphs[block.position]: block.kind for block in found.blocks}
    assert kinds == {
        "The lower registers": "heading",
        "It was a chord, and I know chords.": "quote",
        "Four goats on deck": "list",
    }


def test_a_box_with_one_link_is_related_and_stands_before_the_next_paragraph():
    box = (
        '<aside class="related-box"><h4>Related</h4><a href="/tuba-found-in-net">Tuba Found in Net off Velm</a></aside>'
    )
    found = article(paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:]))
    assert found.paragraphs == PROSE
    assert [(one.kind, one.position, one.href, one.anchor_text) for one in found.links] == [
        ("related", 2, "https://velm.example/tuba-found-in-net", "Tuba Found in Net off Velm")
    ]


def test_a_list_of_links_under_the_text_is_read_more_and_advertising_elsewhere_is_not():
    box = (
        '<div class="related-stories"><ul><li><a href="/goats-vote-on-ferry">Goats Vote on New Ferry</a></li>'
        '<li><a href="/pier-gets-a-roof">North Pier Gets a Roof</a></li><li><a href="/">Home</a></li>'
        '<li><a href="https://tubas.example/buy">Cheap tubas for everyone here</a></li></ul></div>'
    )
    found = article(paragraphs(*PROSE) + box)
    assert [(one.kind, one.position, one.anchor_text) for one in found.links] == [
        ("read_more", 4, "Goats Vote on New Ferry"),
        ("read_more", 4, "North Pier Gets a Roof"),
    ]


def test_several_boxes_under_the_text_are_one_list_to_read_more_from():
    teasers = "".join(
        f'<div class="teaser"><a href="/{slug}">{slug.replace("-", " ").title()}</a></div>'
        for slug in ("goats-vote-on-ferry", "pier-gets-a-roof", "tuba-found-in-net")
    )
    found = article(paragraphs(*PROSE) + teasers)
    assert [(one.kind, one.position) for one in found.links] == [("read_more", 4)] * 3


@pytest.mark.parametrize(
    "line",
    [
        '<p>Read more: <a href="/tuba-found-in-net">Tuba Found in Net off Velm</a></p>',
        '<p><a href="/tuba-found-in-net">Tuba Found in Net off Velm</a></p>',
        '<p><b>WATCH |</b> <a href="/tuba-found-in-net">Tuba Found in Net off Velm</a></p>',
        '<p>Lesen Sie auch: <a href="/tuba-found-in-net">Tuba Found in Net off Velm</a></p>',
    ],
)
def test_a_line_that_only_leads_elsewhere_becomes_a_related_link(line: str):
    found = article(paragraphs(*PROSE[:2]) + line + paragraphs(*PROSE[2:]))
    assert found.paragraphs == PROSE
    related = [one for one in found.links if one.kind == "related"]
    assert [(one.position, one.anchor_text) for one in related] == [(2, "Tuba Found in Net off Velm")]


def test_inline_links_point_at_their_words():
    linked = PROSE[1].replace("the captain", '<a href="/captain?utm_source=feed">the <em>captain</em></a>')
    linked = linked.replace("coast guard", '<a href="https://guard.example/">coast guard</a>').replace(
        "asked", '<a href="#x">asked</a>'
    )
    repeated = '<a href="/a">Nobody</a>' + PROSE[2].removeprefix("Nobody")
    found = article(paragraphs(PROSE[0], linked, repeated, PROSE[3]))
    inline = [one for one in found.links if one.kind == "inline"]
    assert [(one.position, one.href, one.anchor_text) for one in inline] == [
        (1, "https://velm.example/captain", "the captain"),
        (1, "https://guard.example/", "coast guard"),
        (2, "https://velm.example/a", "Nobody"),
    ]
    for one in inline:
        assert found.paragraphs[one.position][one.start : one.end] == one.anchor_text


def test_a_page_whose_text_is_only_in_its_json_ld_gives_that():
    node = {"@type": "NewsArticle", "headline": "x", "articleBody": "\n\n".join(PROSE)}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert article('<div id="app"></div>', head).paragraphs == PROSE


def test_of_a_page_without_paragraphs_the_prose_is_kept_and_not_the_menus():
    menu = "".join(f"<span>{word}</span><br>" for word in ("Home", "Weather", "Tubas", "Goats", "Piers", "Lakes"))
    page = f"<html><body><b>{menu}</b>{'<br><br>'.join(PROSE)}<b>{menu}</b></body></html>"
    assert extract(page.encode(), URL, SITE, FETCHED).paragraphs == PROSE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ADVERTISEMENT", "advertisement"),
        ("Advertisement for a tuba was the first clue.", None),
        ("READ MORE: Tuba Found in Net", "read more"),
        ("Related research shows that tubas float better than expected.", None),
        ("Sign up for our newsletter and never miss a ferry.", "newsletter"),
        ("Follow us on Social", "share"),
        ("© 2031 The Velm Courier. All rights reserved.", "copyright"),
        ("Foto: Anna Erle/dpa", "caption"),
        ("Читайте также: Тромбон нашли в сети", "read more"),
        ("3 comments", "comments"),
        ("Comments by the captain were not recorded, he said.", None),
        ("AFP contributed reporting.", None),
        ("News at noon and a goat a day: Abonniere den Whatsapp-Kanal des Kuriers.", "newsletter"),
        ("Folgst du schon dem Kurier auf Telegram?", "newsletter"),
        ("The captain told Telegram to follow up, and to join WhatsApp in court over the ferry.", None),
        ("Do goats vote near you? Get in touch at desk@velm.example", "share"),
        ("Should the goats get in touch with the mayor? He did not say.", None),
        ("Hat Ihnen das gefallen? Dann unterstützen Sie uns mit einer Spende.", "favour"),
    ],
)
def test_boilerplate_is_known_by_its_words_and_sentences_that_only_begin_alike_stay(text: str, reason: str | None):
    assert reason_to_drop(text) == reason


def test_a_page_of_boilerplate_alone_keeps_what_it_has():
    assert article("<p>Foto: Anna Erle/dpa</p>").paragraphs == ("Foto: Anna Erle/dpa",)
