"""Recorded pages of every site: what a reader finds on each, field by field.

A recording is ``pages/SITE/DATE-NAME.html.gz``, the page as it was answered on that day, and ``.json`` beside it: its
``url``, ``fetched_at`` and what is ``expected``: what its author wrote or a reader sees, never the extractor's answer.
A field that is not named there is not compared. The folder's name is the site's.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from crawler.article import Article, utc_time
from crawler.extraction.extract import extract
from crawler.profiles import load_profiles

PAGES = Path(__file__).with_name("pages")
SITES = load_profiles().sites
RECORDINGS = sorted(PAGES.glob("*/*.json"))


def read(recording: Path) -> tuple[dict[str, Any], Article]:
    """What is expected of a recording, and what extraction makes of it."""
    known = json.loads(recording.read_text("utf-8"))
    page = gzip.decompress(recording.with_suffix(".html.gz").read_bytes())
    site = SITES.for_url(known["url"])
    return known["expected"], extract(page, known["url"], site, utc_time(known["fetched_at"]))


def told(article: Article) -> dict[str, Any]:
    """All fields that an expectation may name, in the form in which JSON can say them."""
    boxes = {
        kind: [[one.position, one.anchor_text] for one in article.links if one.kind == kind]
        for kind in ("related", "read_more")
    }
    return boxes | {
        "title": article.title,
        "kind": str(article.kind),
        "standfirst": article.standfirst,
        "byline": article.byline,
        "authors": list(article.authors),
        "published_at": article.published.iso if article.published else None,
        "modified_at": article.modified.iso if article.modified else None,
        "section": article.section,
        "tags": list(article.tags),
        "language": article.language,
        "wire": article.wire,
        "image_caption": article.image_caption,
        "image_credit": article.image_credit,
        "paragraphs": list(article.paragraphs),
        "inline": [[one.position, one.href, one.anchor_text] for one in article.links if one.kind == "inline"],
    }


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_page_is_read_as_a_reader_would_tell_it(recording: Path):
    expected, article = read(recording)
    found = told(article)
    assert article.site == recording.parent.name
    assert {field: found[field] for field in expected} == expected


def test_every_recorded_page_has_an_expectation():
    pages = {path.name.removesuffix(".html.gz") for path in PAGES.glob("*/*.html.gz")}
    assert pages == {path.stem for path in RECORDINGS}
    assert len(pages) >= 12
