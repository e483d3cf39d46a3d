"""An address at which another article stands each day: each is a row of its own, and none was edited into the next."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.address_forms import AddressPattern
from crawler.article import Candidate, Moment, Source
from crawler.site import Site, Sites
from pipelines.archive import ledger
from pipelines.archive.ledger import Entry
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted
from pipelines.identity import rekey
from pipelines.store import store
from tests.make import NOW, TEXT, fresh_archive, rows, visit

URL = "https://paper.example/column"
SITE = Site(
    "paper", "Paper", ("paper.example",), "https://paper.example/",
    articles=(AddressPattern(re.compile(r"/(?P<slug>[^/?]+)$")),),
)  # fmt: skip
SITES = Sites.of([SITE])
DAY = timedelta(days=1)
TITLES = ("The ferry and I", "What goats want", "A bridge too many")


def look(day, *, text=None, title=None, published=None, revisit=None, hours=0):
    """The column of a day, as it answers then."""
    at = NOW + day * DAY + timedelta(hours=hours)
    paragraphs = text or tuple(f"{line} {TITLES[day]}, number {n}." for n, line in enumerate(reversed(TEXT)))
    one = visit(URL, title=title or TITLES[day], paragraphs=paragraphs, published=published or Moment(at - DAY / 8, 0))
    assert one.article is not None
    article = replace(one.article, site="paper")
    return replace(one, article=article, fetch=replace(one.fetch, at=at), revisit=revisit)


def keep(db, one):
    return store(db, fingerprinted(canonicalise(one, one.article, SITES)), SITE, None)


def listed(db, day):
    at = NOW + day * DAY
    candidate = Candidate(URL, Source.FEED, "https://paper.example/rss", TITLES[day], at)
    return ledger.note(db, [Entry(candidate, "paper", SITES.address_key(URL))], at)


@pytest.fixture
def db():
    return fresh_archive()


@pytest.mark.parametrize("is_second_look", [True, False])
def test_a_page_whose_title_text_and_time_change_at_once_is_another_article(db, is_second_look):
    for day in range(3):
        keep(db, look(day, revisit=day if is_second_look and day else None))
    assert rows(db, "select title, url, status from articles order by id") == [
        (TITLES[0], URL, "gone"),
        (TITLES[1], URL, "gone"),
        (TITLES[2], URL, "live"),
    ]
    assert rows(db, "select kind, count(*) from events group by 1") == [("new", 3)]
    assert rows(db, "select count(*) from revisions") == [(0,)]
    assert rows(db, "select next_check_at is null from articles order by id") == [(1,), (1,), (0,)]
    assert rows(db, "select article_id, outcome from candidates") == [(3, "stored")]
    again = keep(db, look(2, hours=1))
    assert (again.article_id, again.reason) == (3, "unchanged")
    assert keep(db, look(2, hours=2, title="What goats really want")).article_id == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"title": TITLES[0]},
        {"text": look(0).article.paragraphs},
        {"published": look(0).article.published},
        {"published": Moment(NOW - 9 * DAY, 0)},
    ],
)
def test_where_one_of_the_three_stays_it_is_an_edit(db, fields):
    keep(db, look(0))
    keep(db, look(1, **fields))
    assert rows(db, "select count(*) from articles") == [(1,)]
    assert len(rows(db, "select * from events where kind <> 'new'")) == 1


def test_new_rules_for_addresses_leave_each_where_it_is(db):
    for day in range(2):
        keep(db, look(day))
    before = rows(db, "select id, address_key, url, status from articles")
    rekey.rekey(db, SITES, NOW + 3 * DAY)
    db.execute("update _address_rules set fingerprint = ''")
    rekey.rekey(db, SITES, NOW + 3 * DAY)
    assert rows(db, "select id, address_key, url, status from articles") == before
    assert rows(db, "select * from merges") == []


def test_a_listing_that_dates_it_anew_brings_the_next_look_forward_once(db):
    listed(db, 0)
    keep(db, look(0))
    db.execute("update articles set next_check_at = '2030-01-01T00:00:00Z'")
    listed(db, 1)
    assert rows(db, "select next_check_at from articles") == [("2024-12-10T12:00:00Z",)]
    keep(db, look(1, hours=1))
    db.execute("update articles set next_check_at = '2030-01-01T00:00:00Z' where status = 'live'")
    listed(db, 1)
    assert rows(db, "select next_check_at from articles where status = 'live'") == [("2030-01-01T00:00:00Z",)]
