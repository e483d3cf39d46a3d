"""Plots: what they draw, what they say to who cannot see them, and that names of sites stay words."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reading_room.front import articles_a_day, days_until, edits_a_day, hour_of_day
from reading_room.plots import COLOURS, Dot, Series, columns, timeline

NASTY = '"><script>alert(1)</script>'


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(str(svg))  # noqa: S314 - our own drawing, which must be well-formed


def test_columns_are_as_tall_as_their_numbers():
    plot = columns("Articles", ["a", "b"], [Series("x", (1, 4)), Series("y", (0, 4))], [(0, "a")])
    heights = [float(bar.get("height", 0)) for bar in drawn(plot.svg).iter("rect")]
    assert len(heights) == 3
    assert max(heights) == pytest.approx(4 * min(heights), rel=0.01)
    assert plot.rows == (("a", (1, 0)), ("b", (4, 4)))
    assert plot.total == 9
    assert "In all: 9" in drawn(plot.svg).get("aria-label", "")


def test_names_in_plots_are_words():
    plot = columns(NASTY, [NASTY], [Series(NASTY, (1,))], [(0, NASTY)])
    assert not list(drawn(plot.svg).iter("script"))
    dots = [Dot(0, 0.5, NASTY, "/news/articles/1")]
    drawing = timeline(NASTY, [NASTY], dots, (NASTY, NASTY))
    assert not list(drawn(drawing).iter("script"))
    assert [link.get("href") for link in drawn(drawing).iter("a")] == ["/news/articles/1"]


def test_many_series_become_few_and_lose_nothing():
    plot = columns("Sites", ["a"], [Series(f"site {n}", (n,)) for n in range(20)], [])
    assert len(plot.names) == COLOURS
    assert plot.names[0] == "site 0"
    assert plot.names[-1] == "15 others"
    assert plot.total == sum(range(20))


def test_nothing_to_draw_is_drawn_without_a_fault():
    assert columns("None", [], [], []).total == 0
    assert columns("Zeros", ["a"], [Series("x", (0,))], []).total == 0


HOURS: list[dict[str, Any]] = [
    {"name": "harbour", "title": "The Harbour Post", "timezone": "Europe/Moscow", "hour": "2024-12-08T22", "n": 3},
    {"name": "harbour", "title": "The Harbour Post", "timezone": "Europe/Moscow", "hour": "2024-12-09", "n": 2},
    {"name": "lost", "title": None, "timezone": "No/Where", "hour": "2024-12-09T05", "n": 1},
]


def test_articles_are_counted_by_day_and_site():
    plot = articles_a_day(HOURS, days_until("2024-12-09", 3))
    assert plot.names == ("The Harbour Post", "lost")
    assert dict(plot.rows) == {"2024-12-07": (0, 0), "2024-12-08": (3, 0), "2024-12-09": (2, 1)}


def test_the_hour_of_the_day_is_that_of_each_sites_clock_and_plain_days_have_none():
    plot = hour_of_day(HOURS)
    by_hour = dict(plot.rows)
    assert plot.names == ("The Harbour Post", "lost")
    assert [hour for hour, _ in plot.rows] == [f"{hour:02}:00" for hour in range(24)]
    assert by_hour["01:00"] == (3, 0)
    assert by_hour["05:00"] == (0, 1)
    assert sum(map(sum, by_hour.values())) == 4


def test_the_largest_site_comes_first_and_equal_ones_by_name():
    hours = [{"name": name, "title": None, "timezone": None, "hour": "2024-12-09T05", "n": n}
             for name, n in (("b", 1), ("a", 1), ("c", 2))]  # fmt: skip
    assert articles_a_day(hours, days_until("2024-12-09", 1)).names == ("c", "a", "b")
    assert hour_of_day(hours).names == ("c", "a", "b")


def test_one_day_in_seven_has_its_name_counted_back_from_the_last():
    labels = [text.text for text in drawn(articles_a_day(HOURS, days_until("2024-12-09", 30)).svg).iter("text")]
    assert labels[1:] == ["9 Dec", "2 Dec", "25 Nov", "18 Nov", "11 Nov"]


def test_the_clock_has_a_name_each_quarter_of_the_day():
    labels = [text.text for text in drawn(hour_of_day(HOURS).svg).iter("text")]
    assert labels[1:] == ["00:00", "06:00", "12:00", "18:00"]


def test_edits_are_counted_by_kind_and_day():
    edits = {"edited": [], "silent_edit": [{"day": "2024-12-08", "n": 2}], "gone": [{"day": "2024-12-01", "n": 9}]}
    plot = edits_a_day(edits, days_until("2024-12-09", 2))
    assert dict(plot.rows) == {"2024-12-08": (2, 0), "2024-12-09": (0, 0)}
    assert plot.names == ("silent edits", "disappeared")
