"""A profile that is added or altered: the site's rows get its name and keys, and what is one article becomes one."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crawler.address_forms import AddressPattern
from crawler.article import Candidate, Moment, Source
from crawler.site import Site, Sites
from pipelines.archive import ledger
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted
from pipelines.identity import rekey
from pipelines.store import store
from tests.crawling import crawl
from tests.make import NOW, TEXT, fresh_archive, related, rows, visit
from tests.warc_recording import Recording

HOME = "https://www.lantern.example"
SLUG = r"/\d{4}/(?P<slug>[^/?]+)$"
NUMBER = r"/(\d{4}|all)/(?:(?P<slug>[^/?]+)-)?(?P<id>\d+)$"
NOBODY = Sites.of([])
OTHER: dict[str, Any] = {
    "title": "Snow",
    "paragraphs": tuple(f"Snow fell on hill number {n} of the uplands on Sunday night." for n in range(5)),
    "published": Moment(NOW - timedelta(hours=9), 0),
}
LATE = Moment(NOW.replace(month=11, day=30, hour=23), 0)


def paper(*patterns, timezone="Europe/Moscow"):
    known = tuple(AddressPattern(re.compile(pattern)) for pattern in patterns)
    return Sites.of([Site("lantern", "Lantern", ("www.lantern.example",), f"{HOME}/", timezone, articles=known)])


def keep(db, sites, url, **fields):
    one = visit(url, **fields)
    assert one.article is not None
    article = replace(one.article, site=sites.for_url(url).name)
    record = fingerprinted(canonicalise(one, article, sites))
    return store(db, record, sites.for_url(url), None)


@pytest.fixture
def db():
    db = fresh_archive()
    rekey.rekey(db, NOBODY, NOW)
    return db


def test_a_hosts_rows_become_the_sites_when_its_profile_is_added(db):
    keep(db, NOBODY, f"{HOME}/2024/snow-falls-7", authors=("Anna",), published=LATE)
    keep(db, NOBODY, "https://elsewhere.example/x", authors=("Anna",), links=related(f"{HOME}/all/7"), **OTHER)
    ledger.note(
        db, [ledger.Entry(Candidate(f"{HOME}/all/8", Source.FEED), "lantern.example", "lantern.example/all/8")], NOW
    )
    assert rows(db, "select site, address_key, month from articles where id = 1") == [
        ("lantern.example", "lantern.example/2024/snow-falls-7", "2024-11")
    ]
    assert rekey.rekey(db, paper(NUMBER), NOW) == 0
    assert rows(db, "select site, address_key, month from articles where id = 1") == [
        ("lantern", "lantern:7", "2024-12")
    ]
    assert rows(db, "select distinct address_key from article_urls where article_id = 1") == [("lantern:7",)]
    assert sorted(rows(db, "select address_key from _address_keys where article_id = 1")) == [
        ("lantern:7",),
        ("lantern~snow-falls",),
    ]
    assert rows(db, "select address_key, target_id from links") == [("lantern:7", 1)]
    assert sorted(rows(db, "select site, address_key from candidates where url like ?", f"{HOME}%")) == [
        ("lantern", "lantern:7"),
        ("lantern", "lantern:8"),
    ]
    assert sorted(rows(db, "select name, profile from sites")) == [("elsewhere.example", 0), ("lantern", 1)]
    assert sorted(rows(db, "select site, name from authors")) == [("elsewhere.example", "Anna"), ("lantern", "Anna")]
    assert rows(db, "select distinct site from _paragraphs where article_id = 1") == [("lantern",)]
    assert db.execute("pragma foreign_key_check").fetchall() == []


def test_rows_with_one_number_are_merged_and_their_links_with_them(db):
    keep(db, NOBODY, f"{HOME}/2024/snow-falls-7", links=related(f"{HOME}/2024/b-8", f"{HOME}/all/8"))
    keep(db, NOBODY, f"{HOME}/2025/snow-fell-7", minutes=9, title="Snow Fell", links=related(f"{HOME}/all/8"))
    keep(db, NOBODY, "https://elsewhere.example/x", links=related(f"{HOME}/2025/snow-fell-7"), **OTHER)
    assert rows(db, "select count(*) from articles") == [(3,)]
    assert rekey.rekey(db, paper(NUMBER), NOW) == 1
    assert rows(db, "select id, address_key, title from articles where site = 'lantern'") == [
        (1, "lantern:7", "Snow Fell")
    ]
    assert rows(db, "select old_id, into_id from merges") == [(2, 1)]
    assert rows(db, "select target_id from links where article_id = 3") == [(1,)]
    assert sorted(rows(db, "select address_key, nth from links where article_id = 1")) == [
        ("lantern:8", 0),
        ("lantern:8", 1),
    ], "two boxes stood there at once"


def test_slugs_merge_where_they_are_the_identity_and_not_where_there_are_numbers(db):
    for n, fields in enumerate(({}, OTHER)):
        keep(db, NOBODY, f"{HOME}/202{n}/week-in-brief", **fields)
    assert rekey.rekey(db, paper(NUMBER, SLUG), NOW) == 0
    assert rows(db, "select count(distinct address_key) from articles") == [(2,)]
    assert rekey.rekey(db, paper(SLUG), NOW) == 1
    assert rows(db, "select address_key from articles") == [("lantern~week-in-brief",)]


def test_an_altered_pattern_gives_new_keys_and_an_equal_one_is_no_work(db):
    keep(db, NOBODY, f"{HOME}/2024/snow-falls-7")
    for patterns, key in (
        ((SLUG,), "lantern~snow-falls-7"),
        ((NUMBER,), "lantern:7"),
        ((), "lantern.example/2024/snow-falls-7"),
    ):
        rekey.rekey(db, paper(*patterns), NOW)
        assert list(rekey.steps(db, paper(*patterns), NOW)) == []
        assert rows(db, "select address_key from articles") == [(key,)]
        assert keep(db, paper(*patterns), f"{HOME}/2024/snow-falls-7", minutes=5).article_id == 1
    changes = db.total_changes
    rekey.rekey(db, paper(), NOW)
    assert db.total_changes == changes


def test_a_number_that_one_row_only_claims_does_not_merge_it(db):
    keep(db, NOBODY, f"{HOME}/essay/one", canonical=f"{HOME}/2024/snow-falls-7")
    keep(db, NOBODY, f"{HOME}/all/7", **OTHER)
    assert rekey.rekey(db, paper(NUMBER), NOW) == 0
    assert rows(db, "select count(*) from articles") == [(2,)]
    assert rows(db, "select article_id from _address_keys where address_key = 'lantern:7' and proof = 2") == [(2,)]


def test_what_came_before_the_profile_and_after_it_is_what_came_after_it():
    """The archive of a site whose profile was there from the start, and of one that got it later, are the same."""
    pages: list[tuple[str, dict[str, Any]]] = [
        (f"{HOME}/2024/snow-falls-7", {"links": related(f"{HOME}/all/8"), "authors": ("Anna",)}),
        (f"{HOME}/2024/ice-melts-8", {"links": related(f"{HOME}/2024/snow-falls-7")} | OTHER),
        (f"{HOME}/2024/ice-melts-8", {"requested": f"{HOME}/all/8"} | OTHER),
    ]
    told = []
    for first in (NOBODY, paper(NUMBER)):
        db = fresh_archive()
        rekey.rekey(db, first, NOW)
        for url, fields in pages:
            keep(db, first, url, **fields)
        rekey.rekey(db, paper(NUMBER), NOW)
        told.append(
            (
                rows(db, "select site, url, address_key, title, month from articles order by id"),
                sorted(rows(db, "select url, address_key, article_id from article_urls")),
                sorted(rows(db, "select * from _address_keys")),
                sorted(rows(db, "select article_id, address_key, target_id from links")),
                sorted(rows(db, "select url, site, address_key, article_id from candidates")),
                sorted(rows(db, "select site, name from authors")),
                rows(db, "select name, title, timezone from sites"),
            )
        )
    for early, late in zip(*told, strict=True):
        assert early == late


def test_months_follow_the_sites_clock(db):
    keep(db, NOBODY, f"{HOME}/2024/snow-falls-7", published=LATE)
    for zone, month in (("Europe/Moscow", "2024-12"), ("America/Lima", "2024-11")):
        rekey.rekey(db, paper(NUMBER, timezone=zone), NOW)
        assert rows(db, "select month from articles") == [(month,)]


def test_many_rows_are_rekeyed_in_reasonable_time(db):
    for n in range(60):
        keep(
            db,
            NOBODY,
            f"{HOME}/2024/piece-number-{n}",
            title=f"T{n}",
            links=related(*(f"{HOME}/all/{m}" for m in range(9))),
        )
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    rekey.rekey(db, paper(NUMBER), NOW)
    db.set_trace_callback(None)
    assert rows(db, "select count(*) from links where target_id is not null") == [(540,)]
    assert len(statements) < 60 * 200


def test_the_next_crawl_rekeys_a_site_whose_profile_was_added(tmp_path):
    text = "".join(
        f"<p>{paragraph} The ferry sailed at noon with all its passengers on board.</p>" for paragraph in TEXT
    )
    page = (
        f"<html><head><title>Snow Falls</title></head><body><article><h1>Snow Falls</h1>{text}</article></body></html>"
    )
    recording = Recording(tmp_path / "capture.warc.gz")
    for path in ("/2024/snow-falls-7", "/2025/snow-fell-7"):
        recording.add(f"{HOME}{path}", page.replace("Snow Falls", path).encode())
    recording.save()
    sites = tmp_path / "sites"
    sites.mkdir()
    given = {"path": str(recording.path)}
    without = crawl("warc", tmp_path / "news.db", given)
    assert without.rows("select site, count(*) from articles group by 1") == [("lantern.example", 2)]
    (sites / "lantern.toml").write_text(
        f'name = "lantern"\ntitle = "Lantern"\nhome = "{HOME}/"\nhosts = ["www.lantern.example"]\n'
        f"[[articles]]\npattern = '{NUMBER}'\n",
        "utf-8",
    )
    with_it = crawl("warc", tmp_path / "news.db", given, SITES_DIR=sites)
    assert with_it.status == 0, with_it.said
    assert with_it.rows("select site, address_key from articles") == [("lantern", "lantern:7")]
    assert with_it.rows("select into_id, old_id from merges") == [(1, 2)]
