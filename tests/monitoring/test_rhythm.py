"""When a site is crawled next."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.article import span
from crawler.monitoring.monitor import JITTER, Rhythm, longest_pause, next_start, pause_after
from crawler.profiles import load_profiles
from pipelines.archive.crawls import PERIOD, Past

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEN = timedelta(minutes=10)


def rhythm(every: timedelta = TEN, quiet: tuple[time, time] | None = None, zone: str = "UTC") -> Rhythm:
    return Rhythm(every, quiet, ZoneInfo(zone))


def test_a_site_that_was_never_crawled_is_crawled_at_once():
    assert next_start(rhythm(), Past(), NOW, 0.0) == NOW


@pytest.mark.parametrize(
    ("articles_a_week", "minutes"),
    [(0, 80), (7, 80), (63, 80), (504, 10), (1008, 5), (100_000, 5)],
)
def test_much_published_means_often_crawled(articles_a_week, minutes):
    assert pause_after(rhythm(), Past(published=articles_a_week)) == timedelta(minutes=minutes)


def test_a_burst_shows_before_the_week_does():
    assert pause_after(rhythm(), Past(published=63, lately=9)) == timedelta(minutes=10)
    assert pause_after(rhythm(), Past(published=63, lately=1)) == timedelta(minutes=80)


def test_failures_in_a_row_double_the_pause_up_to_six_hours():
    pauses = [pause_after(rhythm(), Past(published=504, failures=n)) for n in range(8)]
    assert pauses == [timedelta(minutes=m) for m in (10, 20, 40, 80, 160, 320, 320, 320)]
    assert pause_after(rhythm(timedelta(hours=1)), Past(published=84, failures=9)) == timedelta(hours=6)
    assert pause_after(rhythm(timedelta(days=1)), Past(published=1, failures=9)) == timedelta(days=3.5)


def test_the_pause_counts_from_the_start_and_varies_by_a_tenth():
    past = Past(started=NOW - timedelta(minutes=4), published=504)
    assert [next_start(rhythm(), past, NOW, jitter) - NOW for jitter in (-1, 0, 1)] == [
        timedelta(minutes=5), timedelta(minutes=6), timedelta(minutes=7),
    ]  # fmt: skip
    assert pytest.approx(0.1) == JITTER


def test_a_missed_time_is_made_up_for_once():
    past = Past(started=NOW - timedelta(days=3), published=504)
    assert next_start(rhythm(), past, NOW, 0.0) == NOW
    assert next_start(rhythm(), Past(started=NOW, published=504), NOW, 0.0) == NOW + TEN


@pytest.mark.parametrize(
    ("local", "start"),
    [("22:59", "22:59"), ("23:00", "06:00"), ("03:30", "06:00"), ("05:59", "06:00"), ("06:00", "06:00")],
)
def test_quiet_hours_are_those_of_the_site_and_may_span_midnight(local, start):
    zone = ZoneInfo("Europe/Moscow")
    at = datetime.combine(NOW.date(), time.fromisoformat(local), zone).astimezone(UTC)
    found = next_start(rhythm(quiet=(time(23), time(6)), zone="Europe/Moscow"), Past(), at, 0.0)
    assert found.astimezone(zone).strftime("%H:%M") == start
    assert timedelta(0) <= found - at <= timedelta(hours=7)


def test_quiet_hours_within_a_day():
    lunch = rhythm(quiet=(time(12), time(13, 30)))
    assert next_start(lunch, Past(), NOW, 0.0) == NOW + timedelta(minutes=90)
    assert next_start(lunch, Past(), NOW + timedelta(hours=2), 0.0) == NOW + timedelta(hours=2)


@pytest.mark.parametrize("written", ["", "10", "0 min", "10 moments", "-1 h", "1.5 h"])
def test_a_span_that_is_none_is_told(written):
    with pytest.raises(ValueError, match="expected a span such as"):
        span(written)


def test_a_week_is_what_the_pace_is_taken_from():
    assert timedelta(days=7) == PERIOD


@pytest.mark.parametrize(
    ("line", "is_right"),
    [
        ('quiet = "23:00-06:00"', True), ('quiet = "12:00-12:00"', False), ('quiet = "24:00-06:00"', False),
        ('quiet = "night"', False), ('every = "0 min"', False), ('every = "2 h"', True),
    ],
)  # fmt: skip
def test_a_profile_says_when_in_words_that_are_checked(tmp_path, line, is_right):
    profile = f'name = "gazette"\ntitle = "G"\nhome = "https://g.example/"\nhosts = ["g.example"]\n{line}\n'
    (tmp_path / "gazette.toml").write_text(profile, "utf-8")
    profiles = load_profiles(tmp_path)
    assert ("gazette" in profiles.sites.by_name) is is_right
    assert is_right or line.partition(" ")[0] in str(profiles.broken["gazette"])


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=1), timedelta(days=400)], ids=str)
def test_a_last_crawl_that_is_still_to_come_keeps_no_site_waiting(ahead):
    assert next_start(rhythm(), Past(NOW + ahead, "done", published=504), NOW, 0.0) == NOW


@pytest.mark.parametrize(
    ("utc", "start"),
    [
        # In Berlin, where the clock goes from two to three: there is no half past two, so they last as long as ever.
        ("2026-03-29T00:10", "2026-03-29T01:30"),
        ("2026-03-28T23:30", "2026-03-29T01:30"),
        ("2026-03-29T01:00", "2026-03-29T01:00"),  # three o'clock
        ("2026-10-24T23:10", "2026-10-25T00:30"),  # 01:10; half past two is there twice: at the first it is over
        ("2026-10-25T00:40", "2026-10-25T00:40"),
    ],
)
def test_quiet_hours_end_once_where_the_clock_is_changed(utc, start):
    quiet = rhythm(quiet=(time(0), time(2, 30)), zone="Europe/Berlin")
    at = datetime.fromisoformat(f"{utc}+00:00")
    found = next_start(quiet, Past(), at, 0.0)
    assert found >= at
    assert found - at <= timedelta(hours=2, minutes=30)
    assert (found.isoformat()[:16], found.utcoffset()) == (start, timedelta(0))


def test_the_longest_pause_holds_failures_and_quiet_hours():
    assert longest_pause(rhythm()) == timedelta(hours=6) * (1 + JITTER)
    assert longest_pause(rhythm(timedelta(hours=3))) == timedelta(hours=24) * (1 + JITTER)
    assert longest_pause(rhythm(quiet=(time(23), time(6)))) == timedelta(hours=6) * (1 + JITTER) + timedelta(hours=7)
