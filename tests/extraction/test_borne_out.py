"""Every stored date stands in the words that it was read from."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from benchmarks.dates import is_borne_out, unborne
from crawler.article import Moment, Provenance
from crawler.extraction.extract import extract
from crawler.profiles import load_profiles
from tests.extraction.test_head import GALLERY, article_of
from tests.extraction.test_printed import ROWS

PAGES = sorted((Path(__file__).parent / "pages").rglob("*.html.gz"))


def test_dates_of_all_recorded_pages_are_borne_out():
    sites = load_profiles().sites
    articles = []
    for file in PAGES:
        known = json.loads(file.with_suffix("").with_suffix(".json").read_text("utf-8"))
        at = datetime.fromisoformat(known["fetched_at"])
        html = gzip.decompress(file.read_bytes())
        articles.append((file.name, extract(html, known["url"], sites.for_url(known["url"]), at)))
    assert len(articles) > 5
    assert list(unborne(articles)) == []


def test_dates_of_the_gallery_are_borne_out():
    assert list(unborne((case.name, article_of(case)) for case in GALLERY)) == []


@pytest.mark.parametrize(("printed", "meant"), [(printed, meant) for _, printed, meant in ROWS])
def test_every_printed_form_bears_out_what_it_means(printed: str, meant: str):
    at = datetime.fromisoformat(meant).astimezone(UTC) if "T" in meant else date.fromisoformat(meant)
    assert is_borne_out(Provenance("published_at", "seen", printed, chosen=True), Moment(at))


@pytest.mark.parametrize(
    "words",
    ["© 2031", "since May 2031", "2031-05", "3 May", "May 9, 2031", "3 June 2031", "3 May 2030", "1999999999"],
)
def test_words_without_day_month_and_year_bear_out_nothing(words: str):
    row = Provenance("published_at", "seen", words, chosen=True)
    assert not is_borne_out(row, Moment(date(2031, 5, 3)))
