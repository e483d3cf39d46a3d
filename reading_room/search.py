"""The search: the query behind its page, the SQL functions that this calls, and what the page shows around the results.

There are three ways to find articles, of which one applies, under the same filters. Best first: the hits that pass the
filters are ranked, and only those of the page get a snippet. Newest first: the articles are walked by time and each is
looked up among the hits. In scripts without blanks: the newest texts are searched for pieces. An index of pieces would
take 3.3 times the bytes of the texts (a trigram index, measured); looking through the newest takes a fraction of a
second, and nothing on disk beyond a partial index. How words are understood is said in pipelines/archive/searching.py.

A page is OFFSET rows down a list that ``upto``, the newest article when the reader began, keeps from growing at its
head; equal times follow the number, so that no article stands on two pages or on none.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from datasette import Request, hookimpl
from datasette.app import Datasette

from pipelines.archive.searching import UNSPACED_TITLE, read
from reading_room.queries import SEARCH, load_queries

PAGE = 50
"""Results on a page."""
RANKED = 20_000
"""Of more hits than this, where no filter is set, only those of the latest stored articles are put in order of rank."""
LOOKED_THROUGH = 20_000
"""Articles in scripts without blanks that a search looks through, newest first."""
_MATCH = """articles_fts match coalesce(search_match(:q), '""')"""
_PAGE = f"limit {PAGE} offset {PAGE} * max(cast(coalesce(nullif(:page, ''), 1) as integer) - 1, 0)"
_ANY_FILTER = "(:site || :section || :kind || :wire || :from || :to || :gone || :changed || :author) <> ''"
_FIRST_RANKED = f"""coalesce((
        select rowid from articles_fts where not {_ANY_FILTER} and {_MATCH}
        order by rowid desc limit 1 offset {RANKED - 1}), 0)"""  # noqa: S608 - put together from constants of ours
_MARKS = ("⟪", "⟫")
"""What stands around found words in a snippet; cells.py makes <mark> of them, after escaping."""
_AROUND = 80
"""Characters of a text shown on either side of a found piece."""


def _filters(number: str) -> str:
    """Return the conditions on the article of this number: each a list read once off an index."""
    return f"""
      (:site = '' or {number} in (select id from articles where site = :site))
      and (:section = '' or {number} in (select id from articles where section = :section))
      and (:kind = '' or {number} in (select id from articles where kind = :kind))
      and (:wire = '' or {number} in (select id from articles where wire = :wire))
      and (:from = '' or {number} in (select id from articles where published_at >= :from))
      and (:to = '' or {number} in (select id from articles where published_at <= :to || '~'))
      and (:gone = '' or ({number} in (select id from articles where status = 'gone')) = (:gone = 'yes'))
      and (:changed = '' or {number} in (select article_id from revisions where cause = 'edit'))
      and (:author = '' or {number} in (
        select x.article_id from authors w join article_authors x on x.author_id = w.id
        where instr(folded(w.name), folded(:author)) > 0))
      and (:upto = '' or {number} <= cast(:upto as integer))"""  # noqa: S608 - the names are constants of ours


SQL = f"""
with ranked as (
    select rowid as id, bm25(articles_fts, 8.0, 3.0, 1.0) as place
    from articles_fts
    where search_match(:q) is not null and :order <> 'newest'
      and {_MATCH} and rowid >= {_FIRST_RANKED}
      and {_filters("articles_fts.rowid")}
    order by place, id {_PAGE}
),
newest as (
    select a.id from articles a
    where search_pieces(:q) is null
      and (search_match(:q) is null and {_ANY_FILTER} or search_match(:q) is not null and :order = 'newest')
      and (search_match(:q) is null or a.id in (select rowid from articles_fts where {_MATCH}))
      and {_filters("a.id")}
    order by a.published_at desc, a.id {_PAGE}
),
in_pieces as (
    select a.id from articles a
    where search_pieces(:q) is not null and a.id in (
        select n.id from articles n where n.{UNSPACED_TITLE} order by n.published_at desc limit {LOOKED_THROUGH})
      and {_filters("a.id")}
      and not exists (
        select 1 from json_each(search_pieces(:q)) p where instr(lower(a.title || ' ' || a.text), p.value) = 0)
    order by a.published_at desc, a.id {_PAGE}
),
found as materialized (
    select id, place from ranked
    union all select id, row_number() over () from newest
    union all select id, row_number() over () from in_pieces
),
-- One pass over the hits: looking up each article of the page by itself would read all hits of a prefix every time.
words as materialized (
    select rowid as id, snippet(articles_fts, -1, '⟪', '⟫', '…', 28) as snippet
    from articles_fts where {_MATCH} and +rowid in (select id from found)
)
select a.id as article_id, a.title, a.site, a.published_at, a.kind, a.section, a.wire, a.status,
       coalesce(words.snippet, iif(search_pieces(:q) is null, a.standfirst, piece_snippet(a.text, :q))) as snippet
from found join articles a on a.id = found.id left join words on words.id = found.id
order by found.place, found.id
""".strip()  # noqa: S608 - put together from constants of ours


def _values(column: str, most: int) -> str:
    """Return the SQL for the values of a column, each found by one step through its index, not by a walk along it."""
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
def canned_queries(database: str) -> dict[str, dict[str, Any]]:
    """Offer the search on the archive."""
    return {SEARCH: load_queries()[SEARCH] | {"sql": SQL}} if database == "news" else {}


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Make the functions of the search known to SQLite."""
    conn.create_function("search_match", 1, search_match, deterministic=True)
    conn.create_function("search_pieces", 1, search_pieces, deterministic=True)
    conn.create_function("piece_snippet", 2, piece_snippet, deterministic=True)


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def extra_template_vars(
    request: Request | None, datasette: Datasette
) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """Hand ``search`` to the template of the search page."""
    if request is None or not request.path.endswith("/news/search"):
        return None

    async def load() -> dict[str, Any]:
        archive = datasette.get_database("news")
        given = {name: request.args.get(name) or "" for name in load_queries()[SEARCH]["params"]}
        lists = {name: (await archive.execute(sql)).rows for name, sql in _LISTS.items()}
        newest = (await archive.execute(_NEWEST)).first()
        return {"search": context(given, lists, str((newest and newest[0]) or ""), datasette.urls.path("/news/search"))}

    return load


def context(given: Mapping[str, str], lists: Mapping[str, list[Any]], newest: str, path: str) -> dict[str, Any]:
    """Return what the template needs, from the parameters, the values of each filter, the newest article's number."""
    choices: dict[str, dict[str, str]] = load_queries()[SEARCH]["choices"]
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
    """Return the page that is asked for; the first for anything but a number."""
    return max(int(given), 1) if given.isdecimal() and len(given) < 10 else 1


def search_match(typed: str | None) -> str | None:
    """Return the full-text query, or NULL where another way of searching, or none, is meant."""
    return read(typed or "").match


def search_pieces(typed: str | None) -> str | None:
    """Return the pieces that must occur, as a JSON list in lower case, or NULL where there are none."""
    pieces = read(typed or "").pieces
    return json.dumps([piece.lower() for piece in pieces]) if pieces else None


def piece_snippet(text: str, typed: str) -> str:
    """Return the surroundings of the first piece that occurs in the text, with the piece marked."""
    for piece in read(typed).pieces:
        start = text.lower().find(piece.lower())
        if start >= 0:
            end = start + len(piece)
            before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
            return f"{'…' * (start > _AROUND)}{before}{_MARKS[0]}{text[start:end]}{_MARKS[1]}{after}…"
    return text[: 2 * _AROUND]
