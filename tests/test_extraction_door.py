"""The public door of extraction: one import, one call, plain values."""

import doctest
import gzip
import json
import pickle
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import crawler.extraction
from crawler.article import Article, Block, Dropped, Kind, Link, Moment, Provenance, utc_time
from crawler.extraction import extract
from crawler.profiles import load_profiles
from tests.crawling import ROOT

URL = "https://harbour.example/news/ferry"
PAGE = b"<html><head><title>Ferry reopens</title></head><body><article><h1>Ferry reopens</h1></article></body></html>"
RECORDED = Path(__file__).parent / "extraction/pages/moscowtimes/2025-01-20-a-winter-with-the-lock-keepers.json"


def test_the_documented_lines_hold():
    tried = doctest.testmod(crawler.extraction)
    assert (tried.attempted, tried.failed) == (5, 0)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "import crawler.extraction.extract",
        "from crawler.extraction.extract import extract as f",
        "import crawler.extraction.tasks, crawler.extraction.document",
    ],
)
def test_it_is_the_same_whatever_was_imported_before(before):
    lines = (
        before,
        "from crawler.extraction import extract",
        "import crawler.extraction.extract as module",
        "from crawler.extraction.extract import extract as function, EXTRACTOR",
        f"told = [one({PAGE!r}, {URL!r}).title for one in (extract, module.extract, function)]",
        "assert told == ['Ferry reopens'] * 3, told",
        "assert module.EXTRACTOR == EXTRACTOR",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=ROOT, check=True)


def test_the_package_alone_imports_no_parser():
    line = "import sys, crawler.extraction; assert not {'lxml', 'trafilatura', 'scrapy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", line], cwd=ROOT, check=True)


def test_it_can_be_sent_to_another_process():
    assert pickle.loads(pickle.dumps(extract))(PAGE, URL).title == "Ferry reopens"  # noqa: S301 - our own


def test_the_site_is_by_default_the_shipped_one_for_the_address_and_the_time_now():
    known = json.loads(RECORDED.read_text("utf-8"))
    page = gzip.decompress(RECORDED.with_suffix(".html.gz").read_bytes())
    site = load_profiles().sites.by_name["moscowtimes"]
    assert extract(page, known["url"]) == extract(page, known["url"], site, datetime.now(UTC))
    assert extract(PAGE, URL).site == "harbour.example"


def test_a_time_after_the_fetch_is_not_believed():
    page = PAGE.replace(b"<title>", b'<meta property="article:published_time" content="2024-12-09T11:02:00Z"><title>')
    at = "2024-12-09T11:02:00Z"
    assert extract(page, URL, fetched_at=datetime(2024, 12, 9, 12, tzinfo=UTC)).to_dict()["published_at"] == at
    assert extract(page, URL, fetched_at=datetime(2024, 12, 8, 12, tzinfo=UTC)).to_dict()["published_at"] != at


def test_text_in_place_of_bytes_is_read_as_it_is():
    page = '<html><head><meta charset="latin-1"><title>Fähre fährt wieder</title></head><body></body></html>'
    assert extract(page, URL).title == extract(page.encode("utf-8"), URL).title == "Fähre fährt wieder"


def test_a_time_without_a_zone_and_an_address_that_is_none_are_refused_with_a_sentence():
    with pytest.raises(ValueError, match=r"fetched_at = .* expected a time with a zone"):
        extract(PAGE, URL, fetched_at=datetime(2024, 12, 9))  # noqa: DTZ001 - the mistake
    with pytest.raises(ValueError, match="not a web address: 'ferry'"):
        extract(PAGE, "ferry")


def test_a_dictionary_has_every_field_in_values_that_json_has():
    known = json.loads(RECORDED.read_text("utf-8"))
    page = gzip.decompress(RECORDED.with_suffix(".html.gz").read_bytes())
    article = extract(page, known["url"], fetched_at=utc_time(known["fetched_at"]))
    plain = article.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert {field.name for field in fields(Article)} - {"published", "modified"} <= plain.keys()
    assert plain["text"] == article.text
    assert plain["paragraphs"] == list(article.paragraphs)
    assert plain["published_at"] == known["expected"]["published_at"]
    assert [one["anchor_text"] for one in plain["links"]] == [link.anchor_text for link in article.links]


def test_a_dictionary_names_times_as_the_archive_does():
    at = datetime(2024, 12, 9, 11, 2, tzinfo=UTC)
    article = Article(
        site="harbour",
        url=URL,
        kind=Kind.LIVE,
        alternates=(("amp", f"{URL}/amp"),),
        published=Moment(at, 180),
        modified=Moment(date(2024, 12, 10)),
        paragraphs=("One.", "Two."),
        blocks=(Block(1, "post", at),),
        links=(Link("inline", 0, f"{URL}/more", "One", 0, 3),),
        dropped=(Dropped(2, "share buttons", "Share"),),
        provenance=(Provenance("kind", "page", "live", chosen=True),),
    )
    assert {name: value for name, value in article.to_dict().items() if value not in (None, [], "")} == {
        "site": "harbour",
        "url": URL,
        "alternates": [["amp", f"{URL}/amp"]],
        "kind": "live",
        "paragraphs": ["One.", "Two."],
        "blocks": [{"position": 1, "kind": "post", "at": "2024-12-09T11:02:00Z"}],
        "links": [{"kind": "inline", "position": 0, "href": f"{URL}/more", "anchor_text": "One", "start": 0, "end": 3}],
        "dropped": [{"position": 2, "reason": "share buttons", "text": "Share"}],
        "provenance": [{"field": "kind", "source": "page", "value": "live", "chosen": True}],
        "published_at": "2024-12-09T11:02:00Z",
        "published_precision": "minute",
        "published_offset": 180,
        "modified_at": "2024-12-10",
        "word_count": 2,
        "text": "One.\n\nTwo.",
    }
    assert type(article.to_dict()["kind"]) is str


def test_a_page_that_says_nothing_of_its_times_gives_none():
    plain = extract(PAGE, URL).to_dict()
    assert [plain[name] for name in ("published_at", "published_precision", "published_offset", "modified_at")] == [
        None
    ] * 4
