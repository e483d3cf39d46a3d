"""Small plots as SVG, made from numbers. Pure; no script, no network, colours from the style sheet.

Each plot is an image with a name; the numbers stand beside it as a table, for who cannot see it or wants them exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

COLOURS = 6
"""Series with a colour of their own (``.s0`` … ``.s5``); the rest is drawn as one."""
_WIDTH, _HEIGHT, _FLOOR, _HEAD = 600, 150, 18, 14
_DOT = 5
_ROW, _LINE = 32, 23
"""Height of a row of a timeline, and where in it its line is: on a phone its letters are twice as high."""

Ticks = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Series:
    """A name and a number for each place on the axis."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, and what it shows as a table: the names of the series, and a row for each place."""

    title: str
    svg: Markup
    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def total(self) -> int:
        """Return the sum of all in the plot."""
        return sum(sum(values) for _, values in self.rows)


@dataclass(frozen=True, slots=True)
class Dot:
    """One thing at a moment (0 is the left end, 1 the right) in a row."""

    row: int
    at: float
    title: str
    href: str


def columns(title: str, places: Sequence[str], series: Sequence[Series], ticks: Ticks) -> Plot:
    """Return stacked columns, a place on the axis each; ``ticks`` names some of the places."""
    drawn = _few(series)
    sums = [sum(each.values[place] for each in drawn) for place in range(len(places))]
    top = max([1, *sums])
    step = _WIDTH / max(1, len(places))
    bars = Markup("").join(
        _column(place, name, [(n, each.name, each.values[place]) for n, each in enumerate(drawn)], step, top)
        for place, name in enumerate(places)
    )
    marks = Markup("").join(
        Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
            min(max(step * (place + 0.5), 0), _WIDTH), _HEIGHT - 3, _anchor(place, len(places)), name
        )
        for place, name in ticks
    )
    label = f"{title}. Most on one: {top if any(sums) else 0}. In all: {sum(sums)}."
    svg = _frame(label, _HEIGHT, _axis(top if any(sums) else 0) + bars + marks)
    return Plot(title, svg, tuple(each.name for each in drawn), tuple(_table(places, drawn)))


def timeline(title: str, rows: Sequence[str], dots: Sequence[Dot], ends: tuple[str, str]) -> Markup:
    """Return rows with dots at their moments, each a link; the names of both ends below."""
    height = _ROW * len(rows) + _FLOOR + 6
    lines = Markup("").join(
        Markup('<line class="axis" x1="0" x2="{0}" y1="{1}" y2="{1}"/><text x="0" y="{2}">{3}</text>').format(
            _WIDTH, _ROW * n + _LINE, _ROW * n + _LINE - 7, name
        )
        for n, name in enumerate(rows)
    )
    marks = Markup("").join(
        Markup('<a href="{}"><circle class="s{}" cx="{:.1f}" cy="{}" r="{}"><title>{}</title></circle></a>').format(
            dot.href, dot.row % COLOURS, _DOT + dot.at * (_WIDTH - 2 * _DOT), _ROW * dot.row + _LINE, _DOT, dot.title
        )
        for dot in dots
    )
    foot = Markup('<text x="0" y="{0}">{2}</text><text x="{1}" y="{0}" text-anchor="end">{3}</text>').format(
        height - 2, _WIDTH, *ends
    )
    # Not an image: its links are to be reached.
    return Markup('<svg class="plot timeline" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}{}</svg>').format(
        _WIDTH, height, title, lines, marks, foot
    )


def _few(series: Sequence[Series]) -> list[Series]:
    """Return the first ones, and the sum of the others where there are too many for the colours."""
    if len(series) <= COLOURS:
        return list(series)
    rest = tuple(map(sum, zip(*(each.values for each in series[COLOURS - 1 :]), strict=True)))
    return [*series[: COLOURS - 1], Series(f"{len(series) - COLOURS + 1} others", rest)]


def _column(place: int, name: str, parts: Sequence[tuple[int, str, int]], step: float, top: int) -> Markup:
    bottom, drawn = float(_HEIGHT - _FLOOR), Markup("")
    words = ", ".join(f"{label} {value}" for _, label, value in parts if value)
    for n, _, value in parts:
        tall = value / top * (_HEIGHT - _FLOOR - _HEAD)
        if value:
            bottom -= tall
            drawn += Markup('<rect class="s{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                n, place * step + step * 0.1, bottom, step * 0.8, tall
            )
    return Markup("<g><title>{}: {}</title>{}</g>").format(name, words, drawn) if words else drawn


def _axis(top: int) -> Markup:
    floor = _HEIGHT - _FLOOR
    return Markup(
        '<line class="axis" x1="0" x2="{0}" y1="{1}" y2="{1}"/><line class="axis" x1="0" x2="{0}" y1="{2}" y2="{2}"/>'
        '<text x="0" y="{3}">{4}</text>'
    ).format(_WIDTH, floor, _HEAD, _HEAD - 3, top)


def _anchor(place: int, places: int) -> str:
    if place > places * 0.94:
        return "end"
    return "start" if place < places * 0.06 else "middle"


def _frame(label: str, height: int, inside: Markup) -> Markup:
    return Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, height, label, inside
    )


def _table(places: Sequence[str], series: Sequence[Series]) -> list[tuple[str, tuple[int, ...]]]:
    return [(name, tuple(each.values[n] for each in series)) for n, name in enumerate(places)]
