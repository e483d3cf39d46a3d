"""Second looks at stored articles: when, and what it means that a page is not there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.article import Outcome
from pipelines.identity import revisits
from pipelines.identity.revisits import Policy, due, settle
from tests.make import MT, NOW, SITES, TEXT, article, fresh_archive, keep, visit

A, B = f"{MT}/2024/12/09/council-decides-a100", f"{MT}/2024/12/09/mayor-resigns-a101"
DAY = 24 * 60


@pytest.fixture
def db():
    db = fresh_archive()
    keep(db, visit(A))
    return db


def look(db, minutes, outcome=Outcome.GONE, reason="HTTP 404", article_id=1, policy=Policy()):  # noqa: B008  # frozen
    one = replace(visit(A, minutes=minutes), outcome=outcome, reason=reason, article=None, revisit=article_id)
    settle(db, one, article_id, None, policy, SITES.for_url(A))


def state(db, article_id=1):
    return tuple(db.execute("select status, gone_at, gone_reason from articles where id = ?", (article_id,)).fetchone())


def events(db):
    return [row[0] for row in db.execute("select kind from events order by id")]


def test_a_stored_article_is_due_after_a_while_and_not_before(db):
    assert due(db, "moscowtimes", NOW + timedelta(minutes=10), 10) == []
    (one,) = due(db, "moscowtimes", NOW + timedelta(hours=1), 10)
    assert (one.article_id, one.url) == (1, A)
    assert due(db, "demo", NOW + timedelta(hours=1), 10) == []


def test_a_look_at_an_unchanged_page_plans_the_next(db):
    look(db, 60, Outcome.STORED, None)
    assert due(db, "moscowtimes", NOW + timedelta(minutes=80), 10) == []
    assert tuple(db.execute("select last_checked_at, last_changed_at from articles").fetchone()) == (
        "2024-12-09T13:00:00Z",
        "2024-12-09T12:00:00Z",
    )


def test_an_article_is_gone_after_two_visits_a_day_apart_and_its_copy_stays(db):
    look(db, 60)
    look(db, 90)
    assert state(db) == ("live", None, None)
    look(db, 60 + DAY)
    assert state(db) == ("gone", "2024-12-09T13:00:00Z", "HTTP 404")
    assert events(db) == ["new", "gone"]
    assert db.execute("select text from articles").fetchone()[0] == "\n\n".join(TEXT)
    look(db, 60 + 3 * DAY)
    assert events(db) == ["new", "gone"]


def test_a_page_that_was_there_between_two_absences_is_not_gone(db):
    look(db, 60)
    look(db, 120, Outcome.STORED, None)
    look(db, 60 + DAY)
    assert state(db)[0] == "live"


def test_an_article_that_comes_back_is_live_again_and_that_is_recorded(db):
    look(db, 60)
    look(db, 60 + DAY)
    keep(db, replace(visit(A, minutes=60 + 2 * DAY), revisit=1))
    assert state(db) == ("live", None, None)
    assert events(db) == ["new", "gone", "returned"]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.BLOCKED, Outcome.NOT_ARTICLE])
def test_a_site_that_is_down_blocks_us_or_looks_otherwise_makes_nothing_disappear(db, outcome):
    for day in range(5):
        look(db, 60 + day * DAY, outcome, "HTTP 503")
    assert state(db)[0] == "live"
    assert events(db) == ["new"]


def test_a_redirect_to_an_unrelated_article_counts_as_absence_and_gives_it_no_address(db):
    other = {"title": "Mayor Resigns", "paragraphs": TEXT[::-1]}
    for minutes in (60, 60 + DAY):
        keep(db, replace(visit(B, requested=A, minutes=minutes, **other), revisit=1))
    assert state(db)[::2] == ("gone", "redirected to another article")
    assert db.execute("select count(*) from articles").fetchone()[0] == 2
    assert [
        row[0] for row in db.execute("select article_id from _address_keys where address_key = 'moscowtimes:100'")
    ] == [1]


def test_a_retitled_address_is_the_same_article(db):
    retitled = f"{MT}/2024/12/09/council-changes-its-mind-a100"
    keep(db, replace(visit(retitled, requested=A, minutes=60), revisit=1))
    assert state(db)[0] == "live"
    assert db.execute("select count(*) from _absences").fetchone()[0] == 0


def test_a_server_that_has_lost_everything_at_once_is_not_believed(db):
    for n in range(2, 12):
        keep(db, visit(f"{MT}/2024/12/09/story-{n}-a{n}", title=f"Story {n}", paragraphs=(f"Only {n} tells. " * 20,)))
    for minutes in (60, 60 + DAY):
        for n in range(1, 12):
            look(db, minutes, article_id=n)
    assert [row[0] for row in db.execute("select distinct status from articles")] == ["live"]
    for n in range(2, 12):
        look(db, 120 + DAY, Outcome.STORED, None, article_id=n)
    look(db, 60 + 2 * DAY)
    assert state(db)[0] == "gone"


def test_how_much_absence_it_takes_can_be_set(db):
    strict = Policy(min_visits=3, min_apart=timedelta(hours=1))
    look(db, 60, policy=strict)
    look(db, 200, policy=strict)
    assert state(db)[0] == "live"
    look(db, 210, policy=strict)
    assert state(db)[0] == "gone"


def test_a_look_at_a_stored_article_leaves_the_ledger_alone(db):
    before = db.execute("select * from candidates").fetchall()
    look(db, 60)
    keep(db, replace(visit(A, minutes=90), revisit=1))
    assert [tuple(row) for row in db.execute("select * from candidates")] == [tuple(row) for row in before]
    assert revisits.due(db, "moscowtimes", NOW, 10) == []


def test_an_address_that_only_the_page_claimed_makes_nothing_disappear():
    db = fresh_archive()
    here, claimed = "https://mill.example/news/17-council", "https://mill.example/council-decides"
    keep(db, visit(here, canonical=claimed))
    (first,) = due(db, "mill.example", NOW + timedelta(days=1), 10)
    assert first.url == claimed
    look(db, DAY)
    (second,) = due(db, "mill.example", NOW + timedelta(days=1), 10)
    assert second.url == here
    keep(db, replace(visit(here, minutes=DAY + 5, canonical=claimed), revisit=1))
    look(db, 2 * DAY)
    assert state(db) == ("live", None, None)
    look(db, 4 * DAY)
    assert state(db)[0] == "gone"


def test_the_first_of_several_pages_is_as_before_whatever_counts_on_it(db):
    first, title = ("12 views", *TEXT[:2]), article(A).title
    assert revisits.begins_so(db, 1, title, TEXT[:2])
    assert revisits.begins_so(db, 1, title, first)
    assert not revisits.begins_so(db, 1, title, (*first, "The mayor resigned."))
    assert not revisits.begins_so(db, 1, "Another Title", TEXT[:2])
