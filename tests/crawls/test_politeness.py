"""What is decided about robots.txt, Retry-After and turns, on literals."""

import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scrapy import exceptions
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.article import Candidate, Fetch, Outcome, Source, Visit
from crawler.middlewares.resolver import PrivateAddressError
from crawler.middlewares.retry_after import AskedToWaitError, HostHeldError, seconds_to_wait
from crawler.middlewares.robots import LARGEST, Meaning, RobotsUnavailableError, bounded, meaning_of
from crawler.outcomes import of_error
from pipelines.archive import ledger, pace
from pipelines.archive.database import open_archive

NOON = datetime(2024, 12, 9, 12, 0, tzinfo=UTC)
NOW = NOON.timestamp()
HOST = "paper.example"


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("9" * 5_000, pace.LONGEST_HOLD),
        ("Mon, 09 Dec 2024 12:00:30 GMT", 30),
        ("Mon, 09 Dec 2024 12:00:30 -0000", 30),
        ("Mon, 09 Dec 2024 15:00:30 +0300", 30),
        ("Monday, 09-Dec-24 12:00:30 GMT", 30),
        ("Mon, 09 Dec 2024 11:00:00 GMT", 0),
        ("Sat, 09 Dec 2034 12:00:00 GMT", pace.LONGEST_HOLD),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("\u00b2", None),
        ("soon", None),
        ("Mon, 99 Dec 2024 99:99:99 GMT", None),
        ("Mon, 09 Dec 2024 12:00:30 +999999999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(told, seconds):
    for status, expected in ((429, seconds), (503, seconds), (200, None), (301, None), (500, None)):
        assert seconds_to_wait(Response("http://x/", status, {"Retry-After": told}), NOON) == expected


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, Meaning.RULES), (204, Meaning.RULES), (304, Meaning.OPEN), (302, Meaning.OPEN), (401, Meaning.OPEN),
     (403, Meaning.OPEN), (404, Meaning.OPEN), (410, Meaning.OPEN), (429, Meaning.CLOSED), (500, Meaning.CLOSED),
     (503, Meaning.CLOSED), (599, Meaning.CLOSED)],
)  # fmt: skip
def test_a_robots_txt_that_is_absent_opens_and_one_out_of_order_closes(status, meaning):
    assert meaning_of(status) is meaning


def test_a_vast_robots_txt_is_cut_between_two_lines():
    line = b"Disallow: /private/\n"
    cut = bounded(line * 40_000)
    assert LARGEST - len(line) <= len(cut) <= LARGEST
    assert set(cut.splitlines()) == {line.strip()}
    assert bounded(line) == line
    assert bounded(b"x" * (LARGEST + 1)) == b""


@pytest.mark.parametrize(
    ("cause", "outcome", "reason"),
    [
        (exceptions.DownloadTimeoutError(), Outcome.FAILED, "robots.txt could not be fetched: timed out"),
        (HttpError(Response("http://x/", status=429), ""), Outcome.FAILED, "robots.txt could not be fetched: HTTP 429"),
        (PrivateAddressError(), Outcome.BLOCKED, "a private address"),
        (HostHeldError(), Outcome.FAILED, "the host asked to wait"),
    ],
)
def test_a_page_without_rules_has_its_reason(cause, outcome, reason):
    assert of_error(RobotsUnavailableError(cause)) == (outcome, reason)


def test_turns_at_a_host_are_one_delay_apart_and_hosts_do_not_wait_for_each_other(db):
    turns = [pace.reserve(db, HOST, 2.0, NOW + late) for late in (0, 0, 0, 1, 10)]
    assert [turn - NOW for turn in turns] == [0, 2, 4, 6, 10]
    assert pace.reserve(db, "other.example", 2.0, NOW) == NOW


@pytest.mark.parametrize(
    ("seconds_since_the_last_turn", "waits"),
    [(0, 2), (1.5, 2), (3.5, 2), (4, 0), (60, 0)],
)
def test_a_crawl_leaves_a_pause_before_its_first_request_where_another_has_just_asked(
    db, seconds_since_the_last_turn, waits
):
    pace.reserve(db, HOST, 2.0, NOW)
    now = NOW + seconds_since_the_last_turn
    assert pace.reserve(db, HOST, 2.0, now, is_first=True) == now + waits
    assert pace.reserve(db, HOST, 2.0, now) == now + waits + 2


def test_the_first_crawl_at_a_host_waits_for_nobody(db):
    assert pace.reserve(db, HOST, 2.0, NOW, is_first=True) == NOW


def test_a_turn_after_a_clock_was_set_back_is_not_waited_for(db):
    pace.reserve(db, HOST, 2.0, NOW + 86_400)
    assert pace.reserve(db, HOST, 2.0, NOW) == NOW
    pace.hold(db, HOST, NOW + 30 * 86_400, NOW + 29 * 86_400)
    assert pace.of_host(db, HOST, NOW).held_until == 0


def test_the_longest_hold_counts_and_leaves_turns_and_delay_alone(db):
    pace.slow_down(db, HOST, 7.5)
    pace.reserve(db, HOST, 2.0, NOW)
    for seconds in (60, 3_600, 30):
        pace.hold(db, HOST, NOW + seconds, NOW)
    assert pace.of_host(db, HOST, NOW) == pace.HostPace(NOW + 3_600, 7.5)
    assert pace.reserve(db, HOST, 2.0, NOW) == NOW + 2


def test_two_connections_never_take_the_same_turn(tmp_path):
    taken: list[float] = []

    def take() -> None:
        with closing(open_archive(tmp_path / "news.db")) as db:
            for _ in range(50):
                db.execute("begin immediate")
                taken.append(pace.reserve(db, HOST, 1.0, NOW))
                db.execute("commit")

    open_archive(tmp_path / "news.db").close()
    takers = [threading.Thread(target=take) for _ in range(2)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert sorted(taken) == [NOW + n for n in range(100)]


def visit(status: int | None, error: Exception) -> Visit:
    url = f"http://{HOST}/a"
    return Visit(Candidate(url, Source.LIST), Fetch(url, url, NOON, status), *of_error(error))


def settled(db, one: Visit):
    ledger.settle(db, one, HOST, f"{HOST}/a")
    return tuple(db.execute("select outcome, reason, attempts, next_try_at from candidates").fetchone())


def test_an_answer_that_names_a_time_is_an_attempt_and_the_next_is_not_before_that_time(db):
    answered = visit(429, AskedToWaitError(Response("http://x/", status=429)))
    pace.hold(db, HOST, NOW + 3_600.4, NOW)
    assert settled(db, answered) == ("failed", "HTTP 429: the host asked to wait", 1, "2024-12-09T13:00:01Z")


def test_an_address_of_a_held_host_that_was_not_asked_for_keeps_its_attempts(db):
    pace.hold(db, HOST, NOW + 3_600, NOW)
    for _ in range(20):
        kept = settled(db, visit(None, HostHeldError()))
    assert kept == ("failed", "the host asked to wait", 0, "2024-12-09T13:00:00Z")


def test_a_hold_that_is_over_or_shorter_than_the_pause_changes_nothing(db):
    pace.hold(db, HOST, NOW + 60, NOW)
    late = replace(visit(503, ValueError()), fetch=Fetch("", f"http://{HOST}/a", NOON + timedelta(hours=1), 503))
    assert settled(db, late)[2:] == (1, "2024-12-09T13:10:00Z")
    assert settled(db, visit(503, ValueError()))[2:] == (2, "2024-12-09T12:20:00Z")


def refusals(db, *statuses, apart=0.0):
    """How long a host rests after each of these answers, ``apart`` seconds after the last rest is over."""
    now, rests = NOW, []
    for status in statuses:
        rests.append(pace.refused(db, HOST, status, now))
        now += rests[-1] + apart
    return rests


def test_a_host_that_says_too_many_rests_at_once_and_twice_as_long_each_time(db):
    assert refusals(db, *[429] * 8, apart=1) == [60, 120, 240, 480, 960, 1920, 1920, 1920]
    pace.accepted(db, HOST)
    assert pace.of_host(db, HOST, NOW + 90_000) == pace.HostPace()
    assert pace.refused(db, HOST, 429, NOW + 90_000) == 60


def test_a_wave_is_the_hosts_and_one_closed_page_is_not(db):
    assert refusals(db, 403, 403, 403, 403, 403, 403, apart=1) == [0, 0, 0, 0, 60, 120]
    pace.accepted(db, HOST)
    assert pace.refused(db, HOST, 503, NOW + 9_000) == 0
    pace.accepted(db, HOST)
    assert pace.refused(db, HOST, 503, NOW + 9_000) == 0
    assert pace.refused(db, HOST, 404, NOW + 9_000) == 0


def test_what_was_under_way_when_a_host_began_to_rest_does_not_prolong_it(db):
    assert pace.refused(db, HOST, 429, NOW) == 60
    assert pace.refused(db, HOST, 429, NOW + 1) == 59
    assert pace.of_host(db, HOST, NOW + 1).held_until == NOW + 60


def test_what_a_wave_refused_is_tried_again_within_the_hour(db):
    assert settled(db, visit(403, HttpError(Response("http://x/", status=403))))[2:] == (1, "2024-12-09T12:30:00Z")
