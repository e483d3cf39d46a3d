"""The text of pages of unknown layout: what is told from it by its build, and what the engine leaves out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from crawler.article import Article
from crawler.extraction.boilerplate import reason_to_drop
from crawler.extraction.dropped import head_line
from crawler.extraction.extract import extract
from crawler.extraction.words import essence
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


def article(body: str) -> Article:
    page = f"<html><head><title>Ferry Sings Again</title></head><body><article>{body}</article></body></html>"
    return extract(page.encode(), URL, SITE, FETCHED)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def table(rows: Sequence[tuple[str, ...]]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def test_a_table_of_data_is_one_paragraph_of_its_kind_rows_by_line_feed_and_cells_by_tab():
    rows = [("Goat", "Weight", "Berth"), *((f"Goat {n}", f"{n * 20} kg", f"Deck\n {n}") for n in range(1, 4))]
    found = article(paragraphs(*PROSE[:2]) + table(rows) + paragraphs(*PROSE[2:]))
    assert found.prose == PROSE
    assert [(block.position, block.kind) for block in found.blocks] == [(2, "table")]
    assert found.paragraphs[2] == (
        "Goat\tWeight\tBerth\nGoat 1\t20 kg\tDeck 1\nGoat 2\t40 kg\tDeck 2\nGoat 3\t60 kg\tDeck 3"
    )
    assert found.word_count == sum(len(text.split()) for text in PROSE)


def test_a_table_that_only_places_paragraphs_keeps_them():
    found = article(table([(f"{text} {PROSE[0]}",) for text in PROSE]))
    assert all(any(text in paragraph for paragraph in found.paragraphs) for text in PROSE)


def test_a_list_in_the_text_whose_items_lead_to_the_same_site_is_taken_out_with_its_links():
    slugs = ("goats-vote-on-ferry", "pier-gets-a-roof", "tuba-found-in-net")
    items = "".join(f'<li><b>Velm:</b> <a href="/{slug}">{slug.replace("-", " ").title()}</a></li>' for slug in slugs)
    found = article(f"{paragraphs(*PROSE[:2])}<ul>{items}</ul>{paragraphs(*PROSE[2:])}")
    assert found.paragraphs == PROSE
    assert [(one.position, one.href.rpartition("/")[2]) for one in found.links] == [(2, slug) for slug in slugs]


def test_a_list_of_sources_elsewhere_stays_in_the_text():
    items = "".join(
        f'<li><a href="https://tubas.example/{n}">Of tubas at sea, volume {n}</a></li>' for n in range(1, 4)
    )
    found = article(f"{paragraphs(*PROSE[:2])}<ul>{items}</ul>{paragraphs(*PROSE[2:])}")
    assert "Of tubas at sea, volume 2" in found.paragraphs


LINKED = 'He <a href="https://guard.example/a">asked the guard</a>, <a href="https://cook.example/">and the cook</a>.'


def test_a_paragraph_of_links_is_text_where_its_sisters_are():
    before_advertising = f"<div>{paragraphs(*PROSE[:2], LINKED)}</div><div class='ad-slot'>Tubas!</div>"
    found = article(f"{before_advertising}<div>{paragraphs(*PROSE[2:])}</div>")
    assert found.paragraphs == (*PROSE[:2], "He asked the guard, and the cook.", *PROSE[2:])


def test_paragraphs_alone_in_wrappers_of_one_name_are_sisters_and_those_of_another_name_are_not():
    wrapped = [f'<div class="block"><p>{text}</p></div>' for text in PROSE]
    linked = f'<div class="block"><p>{LINKED}</p></div>'
    offer = '<div class="offer"><p><a href="https://tubas.example/">Tubas from 99 crowns</a></p></div>'
    found = article("".join([*wrapped[:2], linked, offer, *wrapped[2:]]))
    assert found.paragraphs == (*PROSE[:2], "He asked the guard, and the cook.", *PROSE[2:])


def test_a_heading_that_the_table_of_contents_links_to_is_no_line_that_leads_elsewhere():
    contents = '<ul><li><a href="#low">The lower registers</a></li></ul>'
    found = article(f'{contents}{paragraphs(*PROSE[:2])}<h2 id="low">The lower registers</h2>{paragraphs(*PROSE[2:])}')
    assert "The lower registers" in found.paragraphs[1:]


def test_the_first_paragraphs_are_text_though_the_page_calls_them_teaser():
    found = article(f'<div class="teaser-content"><div>{paragraphs(PROSE[0])}</div></div>{paragraphs(*PROSE[1:] * 3)}')
    assert found.paragraphs[0] == PROSE[0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Ferry Sings Again", "repeats the head"),
        ("VelmFerry Sings Again", "repeats the head"),
        ("Updated 12.05.2031, 11:02", "time"),
        ("May 12, 2031", "time"),
        ("2031年5月12日", "time"),
        ("By Nele Pier", "byline"),
        ("Von: Nele Pier", "byline"),
        ("By noon on 12.05.2031 the ferry had left the pier with four goats.", None),
        ("By six it had left.", None),
    ],
)
def test_lines_over_a_text_go_and_sentences_that_begin_alike_stay(line: str, reason: str | None):
    assert head_line(line, None, {essence("Ferry Sings Again")}) == reason


def test_what_looks_like_a_line_over_the_text_is_kept_further_down():
    found = article(paragraphs(*PROSE * 2, "By Nele Pier and her friends", "12.05.2031 and later"))
    assert found.paragraphs[-2:] == ("By Nele Pier and her friends", "12.05.2031 and later")


def test_of_several_headings_in_a_row_over_a_text_only_the_last_is_its_own():
    titles = "".join(f"<h3>Title {n} of another article</h3>" for n in range(4))
    assert article(titles + paragraphs(*PROSE)).paragraphs == ("Title 3 of another article", *PROSE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[button link=”/kit” type=”big”] Send us your tuba[/button]", "shortcode"),
        ("[gallery ids=1,2,3]", "shortcode"),
        ("[Laughs] The tuba [a brass instrument] floats.", None),
        ("Passer la publicité", "advertisement"),
        ("Kommentar abgeben", "comments"),
        ("KommentareDrucken", "comments"),
        ("Commenting on the tuba, he laughed.", None),
        ("Das könnte Sie auch interessieren", "read more"),
        ("Do you have a story to tell? Email: desk@velm.example", "share"),
        ("This slideshow requires JavaScript.", "player"),
    ],
)
def test_lines_of_publishing_systems_are_known_in_more_languages(text: str, reason: str | None):
    assert reason_to_drop(text) == reason
