"""Times as pages write them, and which of them can be true."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.article import Moment
from crawler.extraction import dates

MOSCOW = ZoneInfo("Europe/Moscow")
NOON = datetime(2031, 5, 12, 9, 0, tzinfo=UTC)
FETCHED = datetime(2031, 5, 12, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("2031-05-12T12:00:00+03:00", None, Moment(NOON, 180)),
        ("2031-05-12T12:00:00.123+0300", None, Moment(NOON, 180)),
        ("2031-05-12T09:00:00Z", None, Moment(NOON, 0)),
        ("2031-05-12 04:30 -04:30", None, Moment(NOON, -270)),
        ("2031-05-12T12:00", None, Moment(NOON)),  # the site's zone; the page gave none
        ("2031-05-12T00:00:00", None, Moment(date(2031, 5, 12))),  # filled in by a system
        ("2031-05-12T00:00:00+03:00", None, Moment(datetime(2031, 5, 11, 21, tzinfo=UTC), 180)),
        ("2031-05-12", None, Moment(date(2031, 5, 12))),
        ("2031/05/12 12:00", None, Moment(NOON)),
        ("20310512T090000Z", None, Moment(NOON, 0)),
        ("2031-05-12T12:00:00+3:00", None, Moment(NOON, 180)),
        ("2031-05-12T12:00:00+03", None, Moment(NOON, 180)),
        ("2031-05-12T12:00:00&#43;03:00", None, Moment(NOON, 180)),
        ("2031-05-12T12:00:00%2B03:00", None, Moment(NOON, 180)),
        ("2031-05-12T06:00:00\u221203:00", None, Moment(NOON, -180)),
        ("2031-05-12 11:00:00 CEST", None, Moment(NOON, 120)),
        ("2031-05-12 12:00 PM", "en", Moment(NOON)),
        ("Mon, 12 May 2031 12:00:00 GMT+0300", None, Moment(NOON, 180)),
        ("1936342800.0", None, Moment(NOON, 0)),
        ("20310512", None, Moment(date(2031, 5, 12))),
        ("1936342800", None, Moment(NOON, 0)),
        ("1936342800000", None, Moment(NOON, 0)),
        ("Mon, 12 May 2031 12:00:00 +0300", None, Moment(NOON, 180)),
        ("May 12, 2031", "en", Moment(date(2031, 5, 12))),
        ("12.05.2031, 12:00 Uhr", "de", Moment(NOON)),
        ("12 мая 2031", "ru", Moment(date(2031, 5, 12))),
        ("12 mai 2031 à 12:00", "fr", Moment(NOON)),
        ("Published: May 12, 2031 12:00", "en", Moment(NOON)),
        ("2574-05-12T12:00:00+03:00", "th", Moment(NOON, 180)),  # the Buddhist calendar
        ("12 พฤษภาคม 2574", "th", Moment(date(2031, 5, 12))),
        ("1410-02-22 12:00", "fa", Moment(NOON)),  # the Iranian one
        ("۱۴۱۰/۰۲/۲۲", "fa", Moment(date(2031, 5, 12))),
        ("1408-12-30", "fa", Moment(date(2030, 3, 20))),  # the leap day
        ("1410-08-31", "fa", None),
        ("12 מאי 2031", "he", Moment(date(2031, 5, 12))),
        ("3 hours ago", "en", None),
        ("May 12", "en", None),
        ("2031-13-45", None, None),
        ("2031-05-12T99:99", None, None),
        ("99999999999999999999", None, None),
        ("not a date", "en", None),
        ("May 12, 2031", "xx", Moment(date(2031, 5, 12))),
        ("", None, None),
    ],
)
def test_a_time_is_understood_in_the_forms_that_pages_use(text: str, language: str | None, expected: Moment | None):
    assert dates.moment(text, MOSCOW, language) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Moment(FETCHED), True),
        (Moment(FETCHED + timedelta(minutes=15)), True),
        (Moment(FETCHED + timedelta(minutes=16)), False),
        (Moment(date(2031, 5, 12)), True),
        (Moment(date(2031, 5, 13)), True),  # begun already where the date line is
        (Moment(date(2031, 5, 14)), False),
        (Moment(date(1990, 1, 1)), True),
        (Moment(date(1989, 12, 31)), False),
        (Moment(datetime(1970, 1, 1, tzinfo=UTC)), False),
        (None, False),
    ],
)
def test_no_page_is_written_after_it_was_fetched_or_before_the_web(said: Moment | None, expected: bool):
    assert dates.possible(said, FETCHED) is expected


def test_an_unknown_zone_counts_as_utc():
    assert dates.zone_of("Nowhere/Velm") is UTC


@pytest.mark.parametrize(
    ("written", "language", "day"),
    [
        ("Dec09,2024", "en", date(2024, 12, 9)),
        ("09DEC2024", "en", date(2024, 12, 9)),
        ("9 Ọ̀pẹ̀ 2024", "yo", date(2024, 12, 9)),
    ],
)
def test_what_is_written_in_other_ways_is_read_as_dateparser_does(written, language, day):
    assert dates.moment(written, UTC, language) == Moment(day)


@pytest.mark.parametrize(
    "written",
    [
        "Dec 2024",
        "since 2016",
        "2024",
        "December 9",
        "the 2024 edition of May",
        "31DEC1024",
        "yesterday, 2024",
        "9 Xyz 2024",
    ],
)
def test_what_lacks_a_day_a_month_or_a_year_is_no_date_in_any_other_way(written):
    assert dates.moment(written, UTC, "en") is None
