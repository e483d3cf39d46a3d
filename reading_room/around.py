# ruff: noqa: S608 - the SQL is put together from constants of ours
"""What a search found, counted: over time, by paper and by language. A part of its page that is fetched by itself, so
that the results never wait for it.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response, hookimpl
from datasette.app import Datasette

from reading_room.front import day_and_month, days_until
from reading_room.internals import render
from reading_room.plots import Plot, Series, columns
from reading_room.queries import SEARCH
from reading_room.search import FOUND, asked, hits_of

_SHORT = 62
"""Days between the first and the last article up to which each day has a column of its own; else each month."""
_MOST_PLACES = 240
"""Columns of the drawing, the latest: twenty years of months."""
_MOST_VALUES = 12
_TICKS = 5
# Each from an index that has all it needs: no row of an article is read.
_DAYS = f"""
    with hit as materialized ({FOUND})
    select site, substr(dated_at, 1, 10) as day, count(*) as n from article_facts indexed by article_facts_site
    where article_id in (select id from hit) group by 1, 2
"""
_LANGUAGES = f"""
    with hit as materialized ({FOUND})
    select language, count(*) as n from articles indexed by articles_language
    where id in (select id from hit) and language > '' group by 1 order by 2 desc
"""
_TITLES = "select name, coalesce(title, name) from sites"


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Answer beside the search."""
    return [(r"^/news/search-around$", _answer)]


async def _answer(request: Request, datasette: Datasette) -> Response:
    await datasette.ensure_permissions(request.actor, [("view-query", ("news", SEARCH)), "view-instance"])
    given = asked(request)
    counted = await datasette.get_database("news").execute_fn(lambda db: around(db, given))
    return Response.html(await render(datasette, ("_around.html",), {"around": counted}))


def around(db: sqlite3.Connection, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the drawing over time, and the counts by paper and language with the search that each leads to."""
    values = hits_of(given)
    days = db.execute(_DAYS, values).fetchall()
    titles = dict(map(tuple, db.execute(_TITLES)))
    papers: Counter[str] = Counter()
    for site, _, n in days:
        papers[site] += n
    languages = [(code, code, n) for code, n in db.execute(_LANGUAGES, values)]
    return {
        "plot": over_time([(titles.get(site, site), day, n) for site, day, n in days]),
        "lists": [
            (label, name, [(words, n, _narrowed(given, name, value)) for value, words, n in listed[:_MOST_VALUES]])
            for label, name, listed in (
                ("Papers", "site", [(site, titles.get(site, site), n) for site, n in papers.most_common()]),
                ("Languages", "language", languages),
            )
            if len(listed) > 1
        ],
    }


def over_time(days: Sequence[tuple[str, str, int]]) -> Plot | None:
    """Return columns by day or month, stacked by paper, those with most articles first; None for less than two.

    ``days``: a paper, a day such as ``2024-12-09``, and how many articles it has of that day.
    """
    known = sorted({day for _, day, _ in days})
    if len(known) < 2:
        return None
    first, last = date.fromisoformat(known[0]), date.fromisoformat(known[-1])
    by_day = (last - first).days <= _SHORT
    places = days_until(known[-1], (last - first).days + 1) if by_day else _months(first, last)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for paper, day, n in days:
        counts[paper][day if by_day else day[:7]] += n
    names = sorted(counts, key=lambda paper: (-counts[paper].total(), paper))
    series = [Series(paper, tuple(counts[paper][place] for place in places)) for paper in names]
    step = max(1, len(places) // _TICKS)
    ticks = [(n, day_and_month(place) if by_day else place) for n, place in enumerate(places) if n % step == 0]
    return columns("Articles a day" if by_day else "Articles a month", places, series, ticks)


def _months(first: date, last: date) -> list[str]:
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers[-_MOST_PLACES:]]


def _narrowed(given: Mapping[str, str], name: str, value: str) -> str:
    kept = {other: said for other, said in given.items() if said and other not in ("page", "upto")}
    return "?" + urlencode(kept | {name: value})
