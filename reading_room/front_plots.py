"""The plots of the front page, from the numbers that were read for them. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from reading_room.article_times import day, hour_here
from reading_room.plots import Plot, Series, columns
from reading_room.rows import Row

_A_WEEK = 7
_DAY, _HOUR = 10, 13


def days_until(last: str, days: int) -> list[str]:
    """The days up to this one, it included, as ``2024-12-09``."""
    end = date.fromisoformat(last)
    return [(end - timedelta(days=n)).isoformat() for n in reversed(range(days))]


def articles_a_day(hours: Sequence[Row], days: Sequence[str]) -> Plot:
    """By site. ``hours`` have a site's name and title, an ``hour`` (``2024-12-09T11``, or a plain day) and ``n``."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in hours:
        counts[_site(row)][row["hour"][:_DAY]] += row["n"]
    series = [Series(name, tuple(counts[name][day] for day in days)) for name in _sites(hours)]
    return columns(f"Articles a day, to {day(days[-1])}", days, series, _weekly(days))


def hour_of_day(hours: Sequence[Row]) -> Plot:
    """When each site publishes, by its own clock. What has a plain day alone is left out."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for row in hours:
        if len(row["hour"]) == _HOUR:
            counts[_site(row)][hour_here(row["hour"], row["timezone"])] += row["n"]
    series = [Series(name, tuple(counts[name][hour] for hour in range(24))) for name in _sites(hours)]
    ticks = [(hour, f"{hour:02}:00") for hour in (0, 6, 12, 18)]
    return columns("Hour of publication, by each site's clock", [f"{hour:02}:00" for hour in range(24)], series, ticks)


def _sites(hours: Iterable[Row]) -> list[str]:
    """The largest first, in all plots alike: so that a site has one colour."""
    totals: Counter[str] = Counter()
    for row in hours:
        totals[_site(row)] += row["n"]
    return sorted(totals, key=lambda name: (-totals[name], name))


def _site(row: Row) -> str:
    return str(row["title"] or row["name"])


def edits_a_day(edits: Mapping[str, Iterable[Row]], days: Sequence[str]) -> Plot:
    """Changes by their kind."""
    names = {"edited": "stated edits", "silent_edit": "silent edits", "gone": "disappeared"}
    series = []
    for kind, found in edits.items():
        of_day = {row["day"]: row["n"] for row in found}
        if of_day:
            series.append(Series(names[kind], tuple(of_day.get(day, 0) for day in days)))
    return columns(f"Edits and disappearances a day, to {day(days[-1])}", days, series, _weekly(days))


def _weekly(days: Sequence[str]) -> list[tuple[int, str]]:
    """Names for one day in seven, the last one with its month."""
    marked = range(len(days) - 1, -1, -_A_WEEK)
    return [(n, f"{date.fromisoformat(days[n]).day} {date.fromisoformat(days[n]):%b}") for n in marked]
