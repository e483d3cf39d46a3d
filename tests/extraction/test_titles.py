"""Which of a page's titles is believed, and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Article
from crawler.extraction import suffixes, titles
from crawler.extraction.extract import extract
from crawler.extraction.trust import Answer, in_order
from crawler.extraction.words import squeezed
from crawler.site import Site

SITE = Site("velm", "The Velm Courier", ("velm.example",), "https://velm.example/")
FOUND = "Velm ferry: what is known about the singing boat"
WRITTEN = "The boat that sings at night"


def page(*, json_ld: str = "", og: str = "", twitter: str = "", title: str = "", body: str = "") -> Article:
    block = json.dumps({"@type": "NewsArticle", "headline": json_ld}) if json_ld else "{}"
    metas = [("og:title", og), ("twitter:title", twitter)]
    head = "".join(f'<meta name="{name}" content="{words}">' for name, words in metas if words)
    html = (
        f"<html><head><title>{title}</title>{head}"
        f'<script type="application/ld+json">{block}</script></head><body>{body}</body></html>'
    )
    return extract(html.encode(), "https://velm.example/ferry", SITE, datetime(2031, 5, 12, tzinfo=UTC))


def source(article: Article) -> str:
    return next(row.source for row in article.provenance if row.field == "title" and row.chosen)


def test_a_title_copied_everywhere_gives_way_to_the_one_that_readers_find_printed():
    article = page(
        json_ld=FOUND, og=WRITTEN, title=f"{FOUND} | The Velm Courier", body=f"<h1>{FOUND}</h1><h2>{WRITTEN}</h2>"
    )
    assert (article.title, source(article)) == (WRITTEN, "og:title")


def test_the_headline_that_readers_see_is_the_title_whatever_the_cards_for_sharing_say():
    article = page(json_ld=FOUND, og=WRITTEN, twitter=WRITTEN, title=FOUND, body=f"<h1>{FOUND}</h1>")
    assert article.title == FOUND


@pytest.mark.parametrize(
    ("og", "twitter", "title"),
    [
        (WRITTEN, "", FOUND),  # no second witness
        (WRITTEN, FOUND, FOUND),
        (WRITTEN, WRITTEN, "Singing boats and where to find them"),  # not copied everywhere
        (f"Night life: {FOUND}", f"Night life: {FOUND}", FOUND),  # a kicker more
    ],
)
def test_a_wording_for_sharing_alone_is_not_the_title(og: str, twitter: str, title: str):
    assert page(json_ld=FOUND, og=og, twitter=twitter, title=title, body=f"<h1>{FOUND}</h1>").title == FOUND


def test_a_headline_of_another_piece_gives_way_to_what_the_rest_of_the_page_says():
    article = page(json_ld="Council buys seven goats", og=WRITTEN, title=WRITTEN, body=f"<h1>{WRITTEN}</h1>")
    assert article.title == WRITTEN


def test_a_headline_cut_short_is_made_whole():
    whole = "The boat that sings at night has learnt a second and much longer song"
    assert page(json_ld="The boat that sings at night has learnt…", og=whole).title == whole
    assert page(json_ld="The boat sings, but...", og="The boat sings, but not today").title == "The boat sings, but..."


def test_the_name_of_the_paper_is_the_title_only_of_a_page_without_another():
    assert page(json_ld="The Velm Courier", body=f"<h1>{WRITTEN}</h1>").title == WRITTEN
    assert page(json_ld="The Velm Courier").title == "The Velm Courier"


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)
NAMES = st.lists(WORDS, max_size=3)


@given(st.lists(st.tuples(st.sampled_from(["json-ld", "og:title", "twitter:title", "seen", "title"]), WORDS)), NAMES)
def test_where_any_source_has_a_title_the_best_is_one_of_them(said: list[tuple[str, str]], names: list[str]):
    answers = in_order("title", [Answer(name, words, suffixes.clean(words, names) or None) for name, words in said])
    best = titles.best(names, answers)
    assert (best is not None) == any(answer.value for answer in answers)
    assert best is None or (best in answers and best.value)


@given(WORDS.filter(str.strip), NAMES)
def test_cleaning_keeps_some_of_a_title_and_adds_nothing(words: str, names: list[str]):
    assert suffixes.clean(words, names) in squeezed(words)


@pytest.mark.parametrize("joint", [" | ", " - ", " – ", " — ", " · ", " :: ", " >> ", " » ", "|", "_", " ~ "])
def test_the_name_of_the_paper_goes_whatever_joins_it(joint: str):
    assert suffixes.clean(f"{WRITTEN}{joint}The Velm Courier", ["The Velm Courier"]) == WRITTEN
    assert suffixes.clean(f"The Velm Courier{joint}{WRITTEN}", ["The Velm Courier"]) == WRITTEN


@pytest.mark.parametrize(
    "words",
    [
        "Goats - and what they vote for",
        "Goats | Ferries | Tubas",
        "Goats :: a love story",
        "A/B",
        "Boat_Song",
        "Goats >> ferries",
    ],
)
def test_marks_within_a_title_stay(words: str):
    assert suffixes.clean(words, ["The Velm Courier"]) == words


def test_a_name_that_the_page_nowhere_explains_is_known_by_the_headline_without_it():
    article = page(og=f"{WRITTEN} - Ο Ταχυδρόμος", body=f"<h1>{WRITTEN}</h1>")
    assert (article.title, source(article)) == (WRITTEN, "seen")
    assert page(og=f"{WRITTEN} - a review", body="<h1>The boat</h1>").title == f"{WRITTEN} - a review"
