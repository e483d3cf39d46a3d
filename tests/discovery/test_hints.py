"""Titles and times as listings write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import hints
from crawler.discovery.feeds import parse_feed
from crawler.extraction import extract


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("Mon, 09 Dec 2024 14:02:00 +0300", "2024-12-09T11:02:00"),
        ("Mon, 09 Dec 2024 14:02:00 GMT", "2024-12-09T14:02:00"),
        ("Mon, 09 Dec 2024 14:02:00 -0000", "2024-12-09T14:02:00"),
        ("09 Dec 2024 14:02 EST", "2024-12-09T19:02:00"),
        ("2024-12-09T14:02+03:00", "2024-12-09T11:02:00"),
        ("2024-12-09T14:02:00.123456789Z", "2024-12-09T14:02:00"),
        ("2024-12-09 14:02:00 +0300", "2024-12-09T11:02:00"),
        (" 2024-12-09t14:02:00z\n", "2024-12-09T14:02:00"),
        ("Mon, 09 Dec 2024 14:02:00 MSK", "2024-12-09T11:02:00"),
        ("Mon, 09 Dec 2024 14:02:00 NPT", "2024-12-09T08:17:00"),
        ("Mon, 09 Dec 2024 14:02:00 IST", None),
        ("lun. 9 déc. 2024 14:02:00 +01:00", "2024-12-09T13:02:00"),
        ("Montag, 09 Dezember 2024 14:02:00 MEZ", "2024-12-09T13:02:00"),
        ("пн, 9 декабря 2024 14:02:00 +0300", "2024-12-09T11:02:00"),
        ("Mon, 09 Dec 2024 14:02:00 GMT+3", None),
        ("Mon, 09 Brumaire 2024 14:02:00 +0300", None),
        ("Mon, 09 Dec 2024 14:02:00 GMT+0300", "2024-12-09T11:02:00"),
        ("Mon, 09 Dec 2024 14:02:00 UTC+03:00", "2024-12-09T11:02:00"),
        ("Mon, 09 Dec 2024 14:02:00 +03", "2024-12-09T11:02:00"),
        ("2024-12-09T14:02:00+03", "2024-12-09T11:02:00"),
        ("2024-12-09 14:02:00 CET", "2024-12-09T13:02:00"),
        ("2024-12-09 14:02:00 GMT", "2024-12-09T14:02:00"),
        ("2024/12/09 14:02 +0300", "2024-12-09T11:02:00"),
        ("2024/12/9 14:02 \u22120300", None),
        ("Dec 9 2024 2pm EST", "2024-12-09T19:00:00"),
        ("Monday, December 9, 2024 12:02 a.m. PST", "2024-12-09T08:02:00"),
        ("9 Dec 2024 12:02:30 PM GMT", "2024-12-09T12:02:30"),
        ("Δευ, 9 Δεκεμβρίου 2024 14:02:00 +0200", "2024-12-09T12:02:00"),
        ("poniedziałek, 9 listopada 2024 14:02:00 +0100", None),
        ("2024-12-09T14:02:00 XYZ", None),
        ("2024-12-09T14:02:00", None),
        ("2024-12-09", None),
        ("2024-02-30T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("9999-12-31T23:59:59-10:00", None),
        ("now", None),
        ("", None),
        (None, None),
    ],
)
def test_a_moment_is_read_or_none_but_never_guessed(written, iso):
    assert hints.moment(written) == (datetime.fromisoformat(iso).replace(tzinfo=UTC) if iso else None)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001 the zone follows
def test_every_moment_survives_being_written(at):
    at = at.replace(tzinfo=UTC, microsecond=0)
    assert hints.moment(at.isoformat()) == hints.moment(at.strftime("%a, %d %b %Y %H:%M:%S +0000")) == at


def test_a_plain_day_of_modification_counts_to_its_end():
    assert hints.last_moment("2024-12-09") == datetime(2024, 12, 9, 23, 59, 59, tzinfo=UTC)
    assert hints.last_moment("2024-12-09T10:00:00+03:00") == datetime(2024, 12, 9, 7, tzinfo=UTC)
    assert hints.last_moment("2024-12-32") is None
    assert hints.last_moment(None) is None


@pytest.mark.parametrize(
    "written",
    ["2024/12/09", "2024-12-9", "Dec 9 2024 2pm", "9 декабря 2024", "2024-12-09 14:02 XYZ", "December 9, 2024"],
)
def test_the_day_is_taken_where_the_hour_or_its_zone_is_not_stated(written):
    assert (hints.published(written).at, hints.published(written).day) == (None, date(2024, 12, 9))


def test_a_title_is_bounded():
    assert len(hints.title("word " * 1_000_000) or "") <= hints.MOST_CHARACTERS


@given(st.text())
def test_a_title_is_one_line_or_none(written):
    found = hints.title(written)
    assert found is None or (found and found == " ".join(found.split()))


@given(st.text())
def test_any_text_is_a_moment_in_utc_or_none(written):
    found = hints.moment(written)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("number", ["9" * 5_000, "0" * 5_000 + "65", "1" * 21])
def test_a_number_without_end_names_no_character_and_costs_no_listing(number):
    assert hints.title(f"A &#{number}; and a &amp; b &#8364;") == "A \ufffd and a & b €"
    feed = f"<rss version='2.0'><channel><item><title>A &#{number};</title><link>/a</link></item></channel></rss>"
    (entry,) = parse_feed(feed.encode(), "https://news.example/feed").candidates
    assert (entry.url, entry.hinted_title) == ("https://news.example/a", "A \ufffd")
    article = extract(f"<title>A &amp;#{number};</title><p>Text.</p>".encode(), "https://news.example/a")
    assert article.url == "https://news.example/a"
