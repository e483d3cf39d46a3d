"""The monitor's picture in a terminal: a line a site. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from rich.table import Table
from rich.text import Text

from crawler.errors import HELD
from crawler.monitoring.monitor import Line

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def board(lines: Iterable[Line], now: datetime) -> Table:
    """Every site with its last crawl, what that found, the next one, and what troubles it."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("site", "last crawl", "new", "changed", "week", "next"):
        table.add_column(name, justify="left" if name in ("site", "last crawl", "next") else "right", no_wrap=True)
    table.add_column("trouble", overflow="fold")
    for line in sorted(lines, key=lambda line: line.site):
        past = line.past
        table.add_row(
            line.site,
            f"{ago(now - past.started)} ago" if past.started else "never",
            f"{past.new:,}" if past.started else "",
            f"{past.changed:,}" if past.started else "",
            f"{past.published:,}" if past.started else "",
            Text("crawling now", "green") if line.is_running else ahead(line.next_at, now),
            Text(trouble(line), "red"),
        )
    return table


def trouble(line: Line) -> str:
    """What a person should know of a site; empty where all is well."""
    if line.status == HELD:
        return "another crawl of it is running"
    if not line.past.failures:
        return ""
    times = f" ({line.past.failures} in a row)" if line.past.failures > 1 else ""
    return f"{line.past.outcome or 'failed'}{times}: {line.past.reason or 'it left no word'}"


def ahead(at: datetime | None, now: datetime) -> str:
    """``in 4 min``; ``waiting for a place`` when the time has come and it is not crawled yet."""
    if at is None or at <= now:
        return "waiting for a place"
    return f"in {ago(at - now)}"


def ago(span: timedelta) -> str:
    """A duration as one says it: ``40 s``, ``12 min``, ``5 h``, ``3 d``."""
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if span >= unit:
            return f"{span // unit} {name}"
    return f"{max(int(span.total_seconds()), 0)} s"
