"""What a crawl with a wrong clock leaves behind is found, put back and told; and whose clock was wrong."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.article import Moment, Outcome, utc_text
from pipelines.archive import crawls, ledger, pace
from pipelines.identity import revisits
from pipelines.identity.revisits import Policy
from pipelines.watching import alerts, wrong_clock
from pipelines.watching.watches import Watch
from pipelines.watching.wrong_clock import OF_THE_PAPERS, PLANNED, PUT_BACK, PutRight
from tests.make import MT, NOW, SITES, TEXT, fresh_archive, keep, related, rows, visit

DAY = timedelta(days=1)
AHEAD = timedelta(days=10)
SITE = SITES.by_name["moscowtimes"]
_OURS = re.compile(r"(^|_)(at|from|until)$")


def number(n, minutes=0, **fields):
    """A fetch of an article of its own; all were published three hours before NOW."""
    distinct = tuple(f"{paragraph} This is number {n}." for paragraph in TEXT)
    return visit(
        f"{MT}/2024/12/09/story-a{n}", minutes=minutes, **({"title": f"Story {n}", "paragraphs": distinct} | fields)
    )


def minutes(span):
    return int(span / timedelta(minutes=1))


def put_right(db, now=NOW):
    return sum(wrong_clock.steps(db, lambda: now))


def crawl(db, at, articles=1):
    crawl_id = crawls.begin(db, "moscowtimes", "crawl", "test", at)
    crawls.finish(db, crawl_id, "done", "finished", at, {"articles": articles}, {})


def test_no_column_with_a_time_is_forgotten():
    """Each column of the schema that holds a time is put back, planned anew, or is the papers' own."""
    db = fresh_archive()
    columns = {
        (row["table"], row["name"])
        for row in db.execute(
            "select t.name as 'table', c.name from pragma_table_list t join pragma_table_info(t.name) c"
            " where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%'"
            " and t.name not like '_sqlite_%' and t.name not like '%_fts%'"
        )
        if _OURS.search(row["name"])
    }
    known = {
        (table, name) for part in (PUT_BACK, PLANNED, OF_THE_PAPERS) for table, names in part.items() for name in names
    }
    known |= {("crawls", "started_at"), ("crawls", "finished_at"), ("events", "at")}  # last, in their order
    known |= {("_pace", "next_at"), ("_pace", "held_until")}  # seconds
    known |= {("_batches", "ends_at")}  # seconds; a lease that ends too late to be true is over (handed_out.py)
    known |= {("_vectors", "at")}  # the hour of the article's publication, for neighbours in its story
    assert columns == known


def test_an_archive_without_times_in_the_future_is_left_alone():
    db = fresh_archive()
    keep(db, number(1))
    crawl(db, NOW)
    assert wrong_clock.farthest(db, NOW) is None
    before = list(db.iterdump())
    assert put_right(db) == 0
    assert list(db.iterdump()) == before


def test_all_that_lies_in_the_future_is_put_back_in_every_table(monkeypatch):
    monkeypatch.setattr(wrong_clock, "ROWS", 2)  # more rows than fit into one step
    db = fresh_archive()
    alerts.follow(db, [Watch(name="all", targets=("desk",))], complete=True)
    for n in range(1, 6):
        keep(db, number(n))
    crawl(db, NOW)
    late = minutes(AHEAD)
    for n in range(3, 8):  # known ones, edited, and new ones
        keep(db, number(n, late, title=f"Story {n}, told otherwise", links=related(f"{MT}/2024/12/09/story-a{n - 1}")))
    revisits.missing(db, 1, "HTTP 404", None, NOW + AHEAD, Policy(), SITE)
    pace.hold(db, "x.example", (NOW + AHEAD).timestamp() + 60, (NOW + AHEAD).timestamp())
    crawl(db, NOW + AHEAD)
    now = NOW + DAY
    assert wrong_clock.farthest(db, now) == utc_text(NOW + AHEAD)
    assert not wrong_clock.is_behind(db, now)
    assert put_right(db, now) > 20
    for table, columns in {**PUT_BACK, "events": ("at",), "crawls": ("started_at", "finished_at")}.items():
        for column in columns:
            (latest,) = db.execute(f"select coalesce(max({column}), '') from {table}").fetchone()  # noqa: S608 - constants
            assert latest <= utc_text(now), (table, column)
    assert pace.of_host(db, "x.example", now.timestamp()).held_until == 0
    assert wrong_clock.farthest(db, now) is None
    assert put_right(db, now) == 0


def test_an_edit_after_a_crawl_with_a_wrong_clock_is_an_edit():
    db = fresh_archive()
    keep(db, number(1))
    keep(db, number(1, minutes(AHEAD)))
    crawl(db, NOW + AHEAD)
    put_right(db, NOW + DAY)
    stored = keep(db, number(1, minutes(DAY) + 60, title="Story 1, Corrected"))
    assert stored.reason == "edited"
    assert rows(db, "select title from articles") == [("Story 1, Corrected",)]


@pytest.mark.parametrize("ahead", [DAY, 10 * DAY, 400 * DAY])
def test_second_looks_are_planned_as_if_the_clock_had_been_right(ahead):
    db = fresh_archive()
    for n in (1, 2, 3):
        keep(db, number(n))
    keep(db, number(1, minutes(ahead)))
    revisits.troubled(db, 2, NOW + ahead)
    revisits.missing(db, 3, "HTTP 404", None, NOW + ahead, Policy(), SITE)
    crawl(db, NOW + ahead)
    now = NOW + timedelta(hours=2)
    put_right(db, now)
    latest = [at for (at,) in rows(db, "select next_check_at from articles order by id")]
    assert latest[0] <= utc_text(now + timedelta(hours=2))
    assert latest[1] <= utc_text(now + timedelta(hours=2))
    assert latest[2] <= utc_text(now + timedelta(hours=25))


def test_a_plan_that_a_right_clock_made_stays():
    db = fresh_archive()
    keep(db, number(1))
    keep(db, number(2, minutes(AHEAD)))
    crawl(db, NOW + AHEAD)
    (before,) = rows(db, "select next_check_at from articles where id = 1")
    put_right(db, NOW + timedelta(minutes=1))
    assert rows(db, "select next_check_at from articles where id = 1") == [before]


def test_an_address_that_failed_by_a_wrong_clock_is_tried_again():
    db = fresh_archive()
    url = f"{MT}/2024/12/09/story-a9"
    failed = replace(number(9, minutes(DAY)), outcome=Outcome.BLOCKED, reason="robots.txt", article=None)
    ledger.settle(db, failed, SITE.name, SITE.address_key(url))
    crawl(db, NOW + DAY)
    assert ledger.waiting(db, SITE.name, NOW, 10) == []
    put_right(db)
    assert [one.url for one in ledger.waiting(db, SITE.name, NOW, 10)] == [url]


def test_what_was_no_news_by_a_wrong_clock_is_told_once_it_is_right():
    db = fresh_archive()
    alerts.follow(db, [Watch(name="all", targets=("desk",))], complete=True)
    keep(db, number(1))
    keep(db, number(2, minutes(AHEAD)))
    crawl(db, NOW + AHEAD)
    assert rows(db, "select message from alerts") == [("new: Story 1",)]
    put_right(db, NOW + timedelta(hours=1))
    assert rows(db, "select message from alerts order by id") == [("new: Story 1",), ("new: Story 2",)]
    alerts.match(db)
    assert len(rows(db, "select 1 from deliveries")) == 2


def test_a_repair_that_was_broken_off_is_gone_on_with():
    db = fresh_archive()
    keep(db, number(1, minutes(AHEAD)))
    crawl(db, NOW + AHEAD)
    work = wrong_clock.steps(db, lambda: NOW)
    for _ in range(3):
        next(work)
    assert wrong_clock.farthest(db, NOW) is not None
    put_right(db)
    assert wrong_clock.farthest(db, NOW) is None


def test_the_papers_tell_that_the_clock_is_behind():
    db = fresh_archive()
    for n in range(1, 6):
        day = timedelta(days=n)
        keep(db, number(n, minutes(day), published=Moment(NOW + day - timedelta(hours=1), 180)))
    assert wrong_clock.is_behind(db, NOW)
    assert not wrong_clock.is_behind(db, NOW + 6 * DAY)


def test_one_date_of_a_paper_in_the_future_proves_nothing():
    db = fresh_archive()
    for n in range(1, 6):
        ahead = {"published": Moment(NOW + 2 * DAY, 180)} if n == 1 else {}
        keep(db, number(n, minutes(AHEAD), **ahead))
    assert not wrong_clock.is_behind(db, NOW)


def test_the_report_is_one_sentence():
    assert str(PutRight(1203, "2027-01-01T00:00:00Z")) == (
        "an earlier crawl ran with a clock that was ahead, up to 2027-01-01T00:00:00Z: the times of 1,203 rows lay in"
        " the future and were put back to now"
    )
