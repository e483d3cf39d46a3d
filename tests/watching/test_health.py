"""What is ill and what is only usual, on literal histories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipelines.archive.listing_states import Known, State
from pipelines.watching.health import CRITICAL, WARNING, History, Run, Shape, examine, stale

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = Run(NOW, 30, "done", None, settled=40, failed=1, blocked=1, memory=110)


def runs(last: Run = WELL, before: int = 20, **usual: Any) -> list[Run]:
    """A last crawl, and those before it, an hour apart."""
    return [last, *(replace(WELL, at=last.at - n * HOUR, **usual) for n in range(1, before + 1))]


def kinds(history: History, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(one.kind, one.subject) for one in examine(history, now).findings]


def each(span: timedelta, days: int, until: datetime = NOW) -> list[datetime]:
    return [until - n * span for n in range(int(days * DAY / span), -1, -1)]


def test_what_goes_as_always_is_well():
    usual = Shape(200, {"author": 0.95, "section": 1.0}, 420)
    latest = Shape(20, {"author": 0.8, "section": 1.0}, 380)
    history = History(runs(), each(2 * HOUR, 28), {"https://a.example/rss": [19, 20, 20, 21, 18, 20]}, latest, usual)
    assert examine(history, NOW).findings == ()


def test_a_site_that_is_new_here_is_not_judged():
    assert examine(History(), NOW).findings == ()
    assert examine(History(runs(before=2), each(HOUR, 1), {"x": [0, 30]}), NOW).findings == ()


@pytest.mark.parametrize(("bad", "found"), [(2, []), (3, [("crawls fail", "")])])
def test_failed_crawls_in_a_row(bad, found):
    ended = [replace(WELL, outcome="failed", reason="every listing failed")] * bad
    assert kinds(History([*ended, *runs()])) == found


def test_failed_and_killed_crawls_are_critical_and_told_by_the_last_reason():
    ended = [
        replace(WELL, outcome=how, reason=why) for how, why in (("killed", None), ("failed", "a"), ("failed", "b"))
    ]
    (finding,) = examine(History([*ended, *runs()]), NOW).findings
    assert finding.level == CRITICAL
    assert finding.detail == "3 crawls in a row killed: the last left no word"


@pytest.mark.parametrize(
    ("last", "usual", "found"),
    [
        ({"failed": 12}, {}, [("addresses failed", "")]),
        ({"failed": 8}, {}, []),  # a fifth: papers have dead links
        ({"failed": 12}, {"failed": 11}, []),  # as always on this site
        ({"blocked": 40}, {}, [("addresses blocked", "")]),
        ({"settled": 4, "failed": 4}, {}, []),  # too few to say
    ],
)
def test_shares_of_addresses(last, usual, found):
    assert kinds(History(runs(replace(WELL, **last), **usual))) == found


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ({"seconds": 900}, [("slow", "")]),
        ({"seconds": 500}, []),  # much more than usual, but nobody minds
        ({"memory": 400}, [("memory", "")]),
        ({"memory": 200}, []),
        ({"memory": 400, "outcome": "failed"}, []),
    ],
)
def test_time_and_memory(last, found):
    assert kinds(History(runs(replace(WELL, **last)))) == found


def test_a_silence_longer_than_any_before():
    daily = [at for at in each(2 * HOUR, 28, NOW - 30 * HOUR) if 6 <= at.hour <= 20]
    assert kinds(History(runs(), daily)) == [("silence", "")]
    assert kinds(History(runs(), daily), NOW - 20 * HOUR) == []


def test_a_weekly_paper_is_not_ill_on_tuesday_nor_a_weekday_paper_on_sunday():
    weekly = [NOW - n * 7 * DAY - minutes * timedelta(minutes=1) for n in range(8, 0, -1) for minutes in (40, 20, 0)]
    assert kinds(History(runs(), weekly), NOW - 1 * DAY) == []
    assert kinds(History(runs(), weekly), NOW + 5 * DAY) == [("silence", "")]
    weekdays = [at for at in each(3 * HOUR, 28, NOW - DAY) if at.weekday() < 5]
    sunday = datetime(2026, 3, 29, 20, 0, tzinfo=UTC)
    assert kinds(History(runs(), [at for at in weekdays if at < sunday]), sunday) == []


def test_a_short_past_needs_a_longer_silence():
    young = each(HOUR, 4, NOW - 2 * DAY)
    assert kinds(History(runs(), young)) == []
    assert kinds(History(runs(), young), NOW + 2 * DAY) == [("silence", "")]


def test_a_crawl_that_failed_says_nothing_about_silence():
    long_ago = each(HOUR, 28, NOW - 9 * DAY)
    assert kinds(History(runs(replace(WELL, outcome="failed")), long_ago)) == []


@pytest.mark.parametrize(
    ("lengths", "levels"),
    [
        ([20, 20, 19, 20, 20, 20], []),
        ([6, 20, 19, 20, 20, 20], ["warning"]),
        ([0, 20, 19, 20, 20, 20], ["critical"]),
        ([0, 4, 5, 3, 4, 5], []),  # a short listing may be empty
        ([0, 20, 20], []),
        ([7, 20, 1, 8, 30, 12], []),
    ],
)
def test_listings_that_shrink(lengths, levels):
    found = examine(History(runs(), listings={"https://a.example/rss": lengths}), NOW).findings
    assert [(one.subject, one.level) for one in found] == [("https://a.example/rss", level) for level in levels]


@pytest.mark.parametrize(
    ("now", "before", "found"),
    [
        ({"author": 0.1}, {"author": 0.95}, [("field", "author")]),
        ({}, {"author": 0.95}, [("field", "author")]),
        ({"author": 0.5}, {"author": 0.95}, []),
        ({"author": 0.0}, {"author": 0.5}, []),  # half of the pieces are unsigned anyway
        ({"author": 0.9, "image": 0.0, "tags": 0.2}, {"author": 0.9, "image": 1.0, "tags": 0.9},
         [("field", "image"), ("field", "tags")]),
    ],
)  # fmt: skip
def test_fields_that_stop_coming(now, before, found):
    assert kinds(History(runs(), latest=Shape(20, now, 400), usual=Shape(100, before, 400))) == found
    assert kinds(History(runs(), latest=Shape(19, now, 400), usual=Shape(100, before, 400))) == []


def test_texts_that_are_suddenly_short():
    assert kinds(History(runs(), latest=Shape(20, {}, 90), usual=Shape(100, {}, 400))) == [("short texts", "")]
    assert kinds(History(runs(), latest=Shape(20, {}, 200), usual=Shape(100, {}, 400))) == []


def test_a_site_that_is_no_longer_crawled():
    history = History(runs())
    assert list(stale(history, NOW + 5 * HOUR)) == []
    (finding,) = stale(history, NOW + 7 * HOUR)
    assert (finding.kind, finding.level) == ("not crawled", CRITICAL)
    assert finding.detail == "the last crawl began 7 hours ago; usually one begins every 60 minutes"
    daily = History([Run(NOW - n * DAY, 30, "done") for n in range(5)])
    assert list(stale(daily, NOW + 3 * DAY)) == []
    assert list(stale(History(), NOW)) == []


def test_a_crawl_that_could_not_tell_leaves_a_finding_as_it_is():
    few = examine(History(runs(replace(WELL, settled=3))), NOW)
    assert {"addresses failed", "addresses blocked"} <= few.undecided
    assert "crawls fail" not in few.undecided
    assert "silence" in examine(History(runs(replace(WELL, outcome="failed")), each(HOUR, 28)), NOW).undecided


def test_a_site_is_overdue_by_what_its_profile_asks_for():
    seldom = History([Run(NOW - n * 7 * DAY, 30, "done") for n in range(5)])
    later = NOW + 2 * DAY
    assert list(stale(seldom, later)) == []
    (finding,) = stale(seldom, later, longest=DAY)
    assert finding.detail == "the last crawl began 2 days ago; its profile asks for one at least every 24 hours"
    once = History(runs(before=0))
    assert list(stale(once, NOW + 5 * HOUR, longest=8 * HOUR)) == []
    assert [one.kind for one in stale(once, NOW + DAY, longest=8 * HOUR)] == ["not crawled"]
    assert [one.kind for one in stale(once, NOW + 8 * DAY)] == ["not crawled"]


def test_a_crawl_that_is_still_to_come_does_not_hide_that_there_was_none():
    history = History([Run(NOW + 300 * DAY, 30, "done"), *runs()])
    assert [one.kind for one in stale(history, NOW)] == ["clock"]
    ill = list(stale(history, NOW + 2 * DAY))
    assert [(one.kind, one.level) for one in ill] == [("clock", CRITICAL), ("not crawled", CRITICAL)]
    assert "2027-01-24 12:00 UTC, which is still to come" in ill[0].detail


def listing(state, in_a_row=3, *, has_named=True, url="https://a.example/rss"):
    return {url: Known(url, state, "HTTP 403" if state is State.FAILED else None, in_a_row, "2026-03-29T12:00:00Z",
                       has_named=has_named)}  # fmt: skip


@pytest.mark.parametrize(
    ("states", "found"),
    [
        (listing(State.FAILED), [("listing failed", "https://a.example/rss")]),
        (listing(State.FAILED, 2), []),
        (listing(State.EMPTY), [("listing empty", "https://a.example/rss")]),
        (listing(State.EMPTY, has_named=False), []),
        (listing(State.UNCHANGED, 90), []),
        (listing(State.TOO_LARGE), [("listing too large", "https://a.example/rss")]),
    ],
)
def test_a_listing_that_fails_or_falls_silent_beside_others_is_named(states, found):
    assert kinds(History(runs(), states=states)) == found
    assert "listing failed" in examine(History([replace(WELL, outcome="failed")], states=states), NOW).undecided


def test_one_trouble_of_a_listing_is_one_finding():
    sizes = {"https://a.example/rss": [0, 0, 0, 20, 20, 20]}
    assert kinds(History(runs(), listings=sizes, states=listing(State.EMPTY))) == [("listing", "https://a.example/rss")]


def test_a_site_that_never_worked_is_told_at_once():
    failed = replace(WELL, outcome="failed", reason="none of the site's listings could be read")
    (finding,) = examine(History([failed]), NOW).findings
    assert (finding.kind, finding.level) == ("never worked", WARNING)
    assert "none of the site's listings" in finding.detail
    assert kinds(History([failed, *runs()])) == []
