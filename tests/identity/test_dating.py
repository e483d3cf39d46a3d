"""The time that only a listing states: the last source, never an edit, never later than the first fetch."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crawler.article import Candidate, Moment, Source
from pipelines.archive import ledger
from pipelines.archive.ledger import Entry
from pipelines.identity import dating
from pipelines.identity.merge import Occasion, merge
from pipelines.store import reread, store
from tests.make import MT, NOW, SITES, fresh_archive, record, rows, visit

URL = f"{MT}/2024/12/09/ferry-a1"
LISTED = NOW - timedelta(hours=2)
WRITTEN = "Mon, 09 Dec 2024 13:00:00 +0300"
AT = "2024-12-09T10:00:00Z"
OWN = Moment(NOW - timedelta(days=3), 180)


@pytest.fixture
def db():
    return fresh_archive()


def look(minutes=0, url=URL, listed=None, capture=None, **fields):
    found = visit(url, minutes=minutes, **({"published": None} | fields))
    candidate = Candidate(url, Source.LIST) if listed is None else listed
    return replace(found, candidate=candidate, fetch=replace(found.fetch, capture=capture))


def named(url=URL, at=LISTED, **more):
    return Candidate(url, Source.FEED, f"{MT}/rss", "Ferry", at, **({"hinted_as": WRITTEN} | more))


def keep(db, one):
    return store(db, record(one), SITES.for_url(one.fetch.url), None)


def list_(db, *candidates, at=NOW):
    entries = [Entry(one, "moscowtimes", SITES.address_key(one.url)) for one in candidates]
    ledger.note(db, entries, at)
    return dating.date_stored(db, entries)


def dates(db):
    return rows(db, "select published_at, dated_at, date_basis from articles_flat")


def told(db):
    return rows(db, "select source, value from provenance where field = 'published_at'")


def test_the_listings_time_is_that_of_publication_in_its_own_words(db):
    keep(db, look(listed=named()))
    assert dates(db) == [(AT, AT, "listing")]
    assert told(db) == [("listing", WRITTEN)]


def test_the_ledger_knows_what_the_visit_does_not_such_as_at_a_second_look(db):
    list_(db, named())
    keep(db, look(minutes=1))
    keep(db, look(minutes=60, title="Another headline"))
    keep(db, look(minutes=90, title="Another headline"))
    assert dates(db) == [(AT, AT, "listing")]
    assert told(db) == [("listing", WRITTEN)]
    assert rows(db, "select changed from revisions") == [("title",)]


def test_a_listing_that_comes_after_the_article_dates_it(db):
    keep(db, look())
    db.execute("update articles set month = '2030-01'")
    assert list_(db, named()) == [1]
    assert dates(db) == [(AT, AT, "listing")]
    assert told(db) == [("listing", WRITTEN)]
    assert rows(db, "select month, published_precision from articles") == [("2024-12", "minute")]
    assert list_(db, named()) == []


@pytest.mark.parametrize("later", [timedelta(minutes=16), timedelta(days=1)])
def test_what_lies_after_the_first_fetch_is_a_change_and_dates_nothing(db, later):
    keep(db, look())
    assert list_(db, named(at=NOW + later), at=NOW + 2 * later) == []
    keep(db, look(minutes=60 * 24 * 4))
    assert dates(db)[0][2] == "seen"


def test_a_day_alone_stays_a_day_and_a_time_comes_before_it(db):
    keep(db, look(listed=named(at=None, hinted_day=date(2024, 12, 9), hinted_as="2024-12-09")))
    assert rows(db, "select published_at, published_precision from articles") == [("2024-12-09", "day")]
    other = f"{MT}/2024/12/09/tuba-a2"
    list_(db, named(other, at=None, hinted_day=date(2024, 12, 9), hinted_as="2024-12-09"))
    list_(db, named(other))
    assert rows(db, "select hinted_at, hinted_as from candidates where url like '%a2'") == [(AT, WRITTEN)]


@pytest.mark.parametrize("minutes", [0, 60])
def test_the_pages_own_time_comes_first_and_is_no_edit_when_it_comes_later(db, minutes):
    keep(db, look(listed=named()))
    keep(db, look(minutes=minutes, published=OWN))
    assert dates(db) == [(OWN.iso, OWN.iso, "page")]
    assert told(db) == []
    assert rows(db, "select count(*) from revisions") == [(0,)]
    assert rows(db, "select kind from events") == [("new",)]


def test_the_same_time_of_the_page_is_the_pages(db):
    keep(db, look(listed=named()))
    keep(db, look(minutes=60, published=Moment(LISTED, 180)))
    assert dates(db) == [(AT, AT, "page")]
    assert rows(db, "select published_offset from articles") == [(180,)]


def test_what_the_page_once_said_stands_when_it_says_nothing_more(db):
    keep(db, look(listed=named(), published=OWN))
    keep(db, look(minutes=60, listed=named(), title="Another headline"))
    keep(db, look(minutes=90, listed=named()))
    assert dates(db) == [(OWN.iso, OWN.iso, "page")]


def test_other_rules_lose_no_listings_time_and_make_no_edit_of_it(db):
    keep(db, look(listed=named()))
    keep(db, look(minutes=60, extractor="newer"))
    assert (dates(db), told(db)) == ([(AT, AT, "listing")], [("listing", WRITTEN)])
    keep(db, look(minutes=90, extractor="newest", published=OWN))
    assert dates(db) == [(OWN.iso, OWN.iso, "page")]
    assert rows(db, "select cause from revisions where cause = 'edit'") == []


def test_an_article_read_anew_from_its_capture_keeps_the_listings_time(db):
    keep(db, look(listed=named(), capture="a:1:x"))
    reread(db, record(look(capture="a:1:x", extractor="newer")), SITES.for_url(URL))
    assert (dates(db), told(db)) == ([(AT, AT, "listing")], [("listing", WRITTEN)])


def test_a_time_that_better_rules_no_longer_read_gives_way_to_the_listings(db):
    keep(db, look(listed=named(), capture="a:1:x", published=OWN))
    reread(db, record(look(capture="a:1:x", extractor="newer")), SITES.for_url(URL))
    assert dates(db) == [(AT, AT, "listing")]


@pytest.mark.parametrize("is_later_dated", [True, False])
def test_of_two_rows_that_are_one_the_pages_own_time_stays(db, is_later_dated):
    first, second = ({"listed": named()}, {"published": OWN})[:: 1 if is_later_dated else -1]
    keep(db, look(**first))
    other = f"{MT}/2024/12/09/tuba-a2"
    if "listed" in second:
        second = {"listed": named(other)}
    keep(db, look(minutes=5, url=other, **second))
    merge(db, 1, 2, "by hand", Occasion(AT))
    assert dates(db) == [(OWN.iso, OWN.iso, "page")]
    assert told(db) == []


def test_two_rows_that_only_listings_date_keep_that(db):
    keep(db, look(listed=named()))
    keep(db, look(minutes=5, url=f"{MT}/2024/12/09/tuba-a2", listed=named(f"{MT}/2024/12/09/tuba-a2")))
    merge(db, 1, 2, "by hand", Occasion(AT))
    assert (dates(db), told(db)) == ([(AT, AT, "listing")], [("listing", WRITTEN)])


def test_an_earlier_capture_leaves_the_basis(db):
    keep(db, look(listed=named()))
    keep(db, look(minutes=-30))
    assert rows(db, "select first_seen_at from articles") == [("2024-12-09T11:30:00Z",)]
    assert dates(db) == [(AT, AT, "listing")]


def test_equal_times_of_a_listing_are_no_second_sign(db):
    """Two pages that claim one address are one where text, title or time bear it out: their own time."""
    keep(db, look(listed=named(), title="A", paragraphs=("One. " * 40,)))
    slug = f"{MT}/2024/12/09/ferry"
    keep(db, look(url=slug, listed=named(slug), title="B", paragraphs=("Two. " * 40,)))
    assert len(dates(db)) == 2


def test_a_listing_that_gives_one_second_to_all_says_when_it_was_made(db):
    many = [named(f"{MT}/2024/12/09/piece-a{n}") for n in range(12)]
    list_(db, *many)
    assert rows(db, "select count(*) from candidates where hinted_at is not null") == [(0,)]
    list_(db, *many[:9])
    assert rows(db, "select count(*) from candidates where hinted_at is not null") == [(9,)]


def test_what_names_articles_says_more_of_one_than_a_page_that_links_to_it(db):
    section = Candidate(URL, Source.SECTION, f"{MT}/")
    list_(db, section)
    list_(db, named())
    (waiting,) = ledger.waiting(db, "moscowtimes", NOW, 10)
    assert (waiting.source, waiting.hinted_at, waiting.hinted_as) == (Source.FEED, LISTED, WRITTEN)
