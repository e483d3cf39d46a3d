"""What became of each listing, over crawls."""

from datetime import timedelta

import pytest

from crawler.article import Candidate, Source
from pipelines.archive import crawls, ledger, listing_states
from pipelines.archive.listing_states import Asked, State
from tests.make import MT, NOW, rows

FEED = f"{MT}/rss"


@pytest.fixture
def asked(db):
    """Asks for the feed once an hour; gives what is known of it then."""
    hours = iter(range(99))

    def ask(state, articles=None, reason=None):
        at = NOW + timedelta(hours=next(hours))
        listing_states.write(db, "moscowtimes", [Asked(FEED, "feed", state, reason, articles)], at)
        return listing_states.load(db, "moscowtimes")[FEED]

    return ask


def test_a_state_lasts_until_another_one(asked):
    assert (asked(State.READ, 20).in_a_row, asked(State.READ, 20).in_a_row) == (1, 2)
    failed = [asked(State.FAILED, reason="HTTP 403") for _ in range(3)][-1]
    assert (failed.in_a_row, failed.since, failed.reason) == (3, "2024-12-09T14:00:00Z", "HTTP 403")
    assert (failed.articles, failed.was_read, failed.has_named) == (20, True, True)
    assert asked(State.UNCHANGED).reason is None


def test_one_that_never_answered_was_never_read(asked):
    assert not asked(State.FAILED, reason="timed out").was_read
    empty = asked(State.EMPTY, 0)
    assert (empty.was_read, empty.has_named, empty.articles) == (True, False, 0)


def test_a_listing_that_an_earlier_version_has_read_is_known(db):
    assert listing_states.known(db, "moscowtimes", [FEED]) == {}
    ledger.note(db, [ledger.Entry(Candidate(f"{MT}/a", Source.FEED, FEED), "moscowtimes", "k")], NOW)
    assert listing_states.known(db, "moscowtimes", [FEED])[FEED].was_read


def test_the_monitor_is_told_which_listings_are_silent(db, asked):
    crawls.begin(db, "moscowtimes", "crawl", "0", NOW)
    asked(State.FAILED, reason="HTTP 403")
    assert crawls.past(db, "moscowtimes", NOW).listings == ""
    asked(State.FAILED, reason="HTTP 403")
    assert crawls.past(db, "moscowtimes", NOW).listings == f"{FEED} HTTP 403 (2 in a row)"


def test_what_a_first_reading_names_is_marked(db):
    for url, was_there in (("a", True), ("b", False)):
        candidate = Candidate(f"{MT}/{url}", Source.FEED, FEED)
        for later in (was_there, False):
            ledger.note(db, [ledger.Entry(candidate, "moscowtimes", url, was_there=later)], NOW)
    assert rows(db, "select was_there from candidates order by url") == [(1,), (0,)]
