"""What the search page shows around its results: the lists to choose from, how the words were understood, the pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from datasette import Request, hookimpl
from datasette.app import Datasette

from pipelines.archive.searching import read
from reading_room.queries import PAGE, load_queries


def _values(column: str, most: int) -> str:
    """SQL: the values of a column of articles, each found by one step through its index instead of a walk along it."""
    return (
        f"with recursive found(value) as (select min({column}) from articles where {column} > '' union all"  # noqa: S608 - a constant
        f" select (select min({column}) from articles where {column} > found.value) from found where value is not null)"
        f" select value, value from found where value is not null limit {most}"
    )


_LISTS = {
    "site": "select name, coalesce(title, name) from sites order by 2 limit 500",
    "section": _values("section", 200),
    "kind": _values("kind", 50),
    "wire": _values("wire", 100),
}
"""For each filter, its values and what they are called."""
_NEWEST = "select max(id) from articles"
_PLACE = frozenset({"q", "order", "upto", "page"})
"""Parameters of the search that limit nothing."""


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def extra_template_vars(
    request: Request | None, datasette: Datasette
) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """Hand ``search`` to the template of the search page."""
    if request is None or not request.path.endswith("/news/search"):
        return None

    async def load() -> dict[str, Any]:
        archive = datasette.get_database("news")
        given = {name: request.args.get(name) or "" for name in load_queries()["search"]["params"]}
        lists = {name: (await archive.execute(sql)).rows for name, sql in _LISTS.items()}
        newest = (await archive.execute(_NEWEST)).first()
        return {"search": context(given, lists, str((newest and newest[0]) or ""), datasette.urls.path("/news/search"))}

    return load


def context(given: Mapping[str, str], lists: Mapping[str, list[Any]], newest: str, path: str) -> dict[str, Any]:
    """What the template needs, from the parameters, the values of each filter and the number of the newest article."""
    choices: dict[str, dict[str, str]] = load_queries()["search"]["choices"]
    options = {"order": list(choices["order"].items())}
    for name, rows in lists.items():
        options[name] = [("", "any"), *((str(row[0]), str(row[1])) for row in rows)]
    options |= {name: list(choices[name].items()) for name in ("changed", "gone")}
    page = page_number(given["page"])
    here = {name: value for name, value in given.items() if value} | {"upto": given["upto"] or newest}
    return {
        "options": options,
        "site_titles": {str(name): str(title) for name, title in lists.get("site", ())},
        "note": read(given["q"]).note,
        "asked": any(value for name, value in given.items() if name not in ("order", "upto", "page")),
        "filtered": any(value for name, value in given.items() if name not in _PLACE) or given["order"],
        "page": page,
        "size": PAGE,
        "before": f"{path}?{urlencode(here | {'page': page - 1})}" if page > 1 else None,
        "after": f"{path}?{urlencode(here | {'page': page + 1})}",
    }


def page_number(given: str) -> int:
    """The page that is asked for; the first for what is no number."""
    return max(int(given), 1) if given.isdecimal() and len(given) < 10 else 1
