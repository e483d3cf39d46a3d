"""What is worked out of an article alone is the same wherever that is done, and is never that of another text."""

import subprocess
import sys
from dataclasses import replace

from crawler.article import Link
from crawler.spiders.base import _with_posts
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted, measure_page
from pipelines.record import UNMEASURED
from pipelines.store import store
from tests.crawling import ROOT
from tests.make import MT, SITES, fresh_archive, visit
from tests.material import articles

HREFS = (
    f"{MT}/2024/12/09/council-decides-a7",
    "https://themoscowtimes.com/2024/12/09/ferry-sinks-a8#top",
    f"https://web.archive.org/web/20241209/{MT}/2024/12/09/ferry-sinks-a9",
    "https://ru.themoscowtimes.com/2024/12/09/other-a10",
    "https://example.org/a?utm_source=x",
    "https://[broken/",
)


def with_measures(one, sites=SITES):
    return replace(one, measures=measure_page(one.article, one.fetch.url, sites.for_url(one.fetch.url)))


def test_the_keys_of_links_to_the_pages_own_host_are_those_that_all_profiles_together_give():
    url = f"{MT}/2024/12/09/story-a1"
    keys = SITES.for_url(url).own_keys(url, HREFS)
    assert keys == {href: SITES.address_key(href) for href in HREFS[:3]}


def test_an_archive_is_the_same_whether_workers_measured_what_is_stored_or_not():
    dumps = []
    for way in (lambda one, _: one, with_measures):
        db = fresh_archive()
        for number in range(213, 223):
            one = way(articles.visit(number), articles.SITES)
            record = fingerprinted(canonicalise(one, one.article, articles.SITES))
            store(db, record, articles.SITES.for_url(one.fetch.url), None)
        dumps.append(list(db.iterdump()))
    assert dumps[0] == dumps[1]


def test_a_record_is_measured_once_and_its_visit_goes_on_without():
    one = with_measures(visit(f"{MT}/2024/12/09/story-a1"))
    made = canonicalise(one, one.article, SITES)
    assert made.measures == UNMEASURED
    record = fingerprinted(made)
    assert (record.measures, record.visit.measures) == (one.measures, None)
    assert fingerprinted(record) is record


def test_posts_that_are_added_to_a_page_are_measured_with_it():
    one = with_measures(visit(f"{MT}/2024/12/09/story-a1", links=(Link("related", 1, HREFS[0], "Read"),)))
    grown = _with_posts(one, ())
    assert grown.measures is None


def test_workers_that_measure_load_no_scrapy():
    code = "import sys, pipelines.fingerprint; sys.exit('scrapy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
