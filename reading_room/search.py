# ruff: noqa: S608 - all SQL here is put together from constants of ours
"""The search: the query behind its page, the SQL functions that this calls, and what the page shows around the results.

What words mean is said in ``pipelines.archive.searching``. Best first: what holds them as they were typed, by rank,
then what holds other forms of them, then what held them once. Newest first: the articles are walked by time, and each
is looked up among the hits. Every way passes the same filters, each a list read once off an index.

A page is OFFSET rows down a list that ``upto``, the newest article when the reader began, keeps from growing at its
head; equal times follow the number, so that no article stands on two pages or on none.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette import Request, hookimpl
from datasette.app import Datasette

from pipelines.archive.searching import EXPLAINED, NOTHING, Match, around_piece, expressions, read
from reading_room.queries import SEARCH, load_queries
from reading_room.watching import saving

PAGE = 50
"""Results on a page."""
RANKED = 20_000
"""Of more hits than this, where no filter is set, only those of the latest stored articles are put in order of rank."""
LATEST_LOST = 5_000
"""Earlier states, the latest, among which a page looks for words that were taken out: of 30,000 that all had them, the
count alone takes 60 ms, and more with each. The page says so; a download looks at all."""
SEVERAL = ("site", "language", "country")
"""Filters that take several values, with commas between them."""
_FILTERS = (
    "site", "section", "author", "tag", "language", "country", "kind", "wire", "from", "to", "changed", "gone",
)  # fmt: skip
_PAGE = f"limit {PAGE} offset {PAGE} * (search_page(:page) - 1)"
_UP_TO_HERE = f"{PAGE} * search_page(:page)"
_ANY_FILTER = f"({' || '.join(f':{name}' for name in _FILTERS)}) <> ''"
_NOW, _LOST = ":words <> 'deleted'", ":words <> 'now'"
_Application = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]
_MARKS = ("⟪", "⟫")
"""What stands around found words in a snippet; cells.py makes <mark> of them, after escaping."""


def _filters(number: str) -> str:
    """Return the conditions on the article of this number."""
    among = "(select value from json_each(listed(:{})))"
    return f"""
      (:site = '' or {number} in (select id from articles where site in {among.format("site")}))
      and (:country = '' or {number} in (select id from articles where site in (
        select name from sites where country in {among.format("country")})))
      and (:language = '' or {number} in (select id from articles where language in {among.format("language")}))
      and (:section = '' or {number} in (select id from articles where section = :section))
      and (:tag = '' or {number} in (
        select x.article_id from tags t join article_tags x on x.tag_id = t.id where folded(t.name) = folded(:tag)))
      and (:kind = '' or {number} in (select id from articles where kind = :kind))
      and (:wire = '' or {number} in (select id from articles where wire = :wire))
      and (:from = '' or {number} in (select article_id from article_facts where dated_at >= :from))
      and (:to = '' or {number} in (select article_id from article_facts where dated_at <= :to || '~'))
      and (:gone = '' or ({number} in (select id from articles where status = 'gone')) = (:gone = 'yes'))
      and (:changed = '' or {number} in (select article_id from revisions where cause = 'edit'))
      and (:author = '' or {number} in (
        select x.article_id from authors w join article_authors x on x.author_id = w.id
        where instr(folded(w.name), folded(:author)) > 0))
      and (:upto = '' or {number} <= cast(:upto as integer))"""


SQL = f"""
with
-- Hits whose words stand there as they were typed; where they fill the page, nothing else is looked at.
exact as materialized (
    select rowid as id, bm25(articles_fts, 8.0, 3.0, 1.0) as place from articles_fts
    where {_NOW} and :order <> 'newest' and articles_fts match search_exact(:q)
      and rowid >= coalesce((
        select rowid from articles_fts where not {_ANY_FILTER} and articles_fts match search_exact(:q)
        order by rowid desc limit 1 offset {RANKED - 1}), 0)
      and {_filters("articles_fts.rowid")}
    order by place, id limit {_UP_TO_HERE}
),
in_pieces as materialized (
    select rowid as id, bm25(_pieces, 8.0, 3.0, 1.0) as place from _pieces
    where {_NOW} and :order <> 'newest' and _pieces match search_pieces(:q)
      and {_filters("_pieces.rowid")}
    order by place, id limit {_UP_TO_HERE}
),
is_short as materialized (
    select (select count(*) from exact) + (select count(*) from in_pieces) < {_UP_TO_HERE} as yes
),
in_other_forms as materialized (
    select rowid as id, bm25(articles_fts, 8.0, 3.0, 1.0) as place from articles_fts
    where {_NOW} and :order <> 'newest' and (select yes from is_short) and articles_fts match search_forms(:q)
      and rowid not in (select id from exact) and rowid not in (select id from in_pieces)
      and {_filters("articles_fts.rowid")}
    order by place, id limit {_UP_TO_HERE}
),
-- Articles that lost the words; the latest state that had them counts.
lost as materialized (
    select r.article_id as id, max(r.id) as revision_id, max(r.seen_until) as until from revisions r
    where {_LOST} and (:order = 'newest' or :words = 'deleted' or (select yes from is_short))
      and r.id in (select rowid from revisions_fts where revisions_fts match search_lost(:q)
                   order by rowid desc limit {LATEST_LOST})
    group by 1
),
now as materialized (
    select rowid as id from articles_fts where :order = 'newest' and {_NOW} and articles_fts match search_wide(:q)
    union select rowid from _pieces where :order = 'newest' and {_NOW} and _pieces match search_pieces(:q)
),
newest as (
    select f.article_id as id from article_facts f
    where (:order = 'newest' and trim(:q) <> '' or trim(:q) = '' and {_ANY_FILTER})
      and (trim(:q) = '' or f.article_id in (select id from now union select id from lost))
      and {_filters("f.article_id")}
    order by f.dated_at desc, f.article_id limit {_UP_TO_HERE}
),
found as materialized (
    select id, row_number() over (order by tier, place, id) as place from (
        select 0 as tier, id, place from exact
        union all select 0, id, place from in_pieces where id not in (select id from exact)
        union all select 1, id, place from in_other_forms
        union all select 2, id, -revision_id from lost
            where :order <> 'newest' and {_filters("lost.id")}
              and not exists (select 1 from exact e where e.id = lost.id)
              and not exists (select 1 from in_pieces p where p.id = lost.id)
              and not exists (select 1 from in_other_forms o where o.id = lost.id)
        union all select 0, id, row_number() over () from newest
    ) order by place {_PAGE}
),
-- One pass over the hits: looking up each article of the page by itself would read all hits of a prefix every time.
words as materialized (
    select rowid as id, snippet(articles_fts, -1, '⟪', '⟫', '…', 28) as snippet
    from articles_fts where {_NOW} and articles_fts match search_wide(:q) and +rowid in (select id from found)
    union all
    select p.rowid, piece_snippet(a.text, :q) from _pieces p join articles a on a.id = p.rowid
    where {_NOW} and _pieces match search_pieces(:q) and p.rowid in (select id from found)
      and p.rowid not in (select rowid from articles_fts where articles_fts match search_wide(:q))
)
select a.id as article_id, a.title, a.site, a.published_at, f.dated_at, a.kind, a.section, a.wire, a.status,
       iif(words.id is null, lost.until, null) as until, iif(words.id is null, lost.revision_id, null) as revision_id,
       coalesce(words.snippet,
                (select coalesce(nullif(piece_snippet(text, :q), ''), snippet(revisions_fts, -1, '⟪', '⟫', '…', 28))
                 from revisions_fts where rowid = lost.revision_id and revisions_fts match search_lost(:q)),
                a.standfirst) as snippet
from found join articles a on a.id = found.id join article_facts f on f.article_id = a.id
     left join words on words.id = found.id left join lost on lost.id = found.id
order by found.place
""".strip()


def _values(column: str, most: int) -> str:
    """Return the SQL for the values of a column, each found by one step through its index, not by a walk along it."""
    return (
        f"with recursive found(value) as (select min({column}) from articles where {column} > '' union all"
        f" select (select min({column}) from articles where {column} > found.value) from found where value is not null)"
        f" select value, value from found where value is not null limit {most}"
    )


_LISTS = {
    "site": "select name, coalesce(title, name) from sites order by 2 limit 500",
    "language": _values("language", 100),
    "country": "select distinct country, upper(country) from sites where country > '' order by 1",
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

    def understood(typed: str | None) -> Match:
        return expressions(conn, read(typed or ""))

    def in_other_forms(typed: str | None) -> str:
        found = understood(typed)
        return found.wide if found.wide != found.exact else NOTHING

    functions: dict[str, Callable[[str | None], str | int]] = {
        "search_exact": lambda typed: understood(typed).exact,
        "search_wide": lambda typed: understood(typed).wide,
        "search_forms": in_other_forms,
        "search_pieces": lambda typed: understood(typed).pieces,
        "search_lost": lambda typed: understood(typed).lost,
        "search_page": page_number,
        "listed": listed,
    }
    for name, expression in functions.items():
        conn.create_function(name, 1, expression, deterministic=True)
    conn.create_function("piece_snippet", 2, partial(around_piece, marks=_MARKS), deterministic=True)


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def asgi_wrapper(datasette: Datasette) -> Callable[[_Application], _Application]:
    """Join several values of one filter, of which Datasette would take the first; and put a feed newest first."""
    path = f"{datasette.urls.path('/news/search')}"

    def wrap(app: _Application) -> _Application:
        async def joined(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["path"].startswith(path) and scope.get("query_string"):
                query = as_one_each(scope["query_string"].decode("latin-1"), scope["path"].endswith(".atom"))
                scope = {**scope, "query_string": query.encode("latin-1")}
            await app(scope, receive, send)

        return joined

    return wrap


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def extra_template_vars(
    request: Request | None, datasette: Datasette
) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """Hand ``search`` to the template of the search page."""
    if request is None or not request.path.endswith("/news/search"):
        return None

    async def load() -> dict[str, Any]:
        archive = datasette.get_database("news")
        given = asked(request)
        lists = {name: (await archive.execute(sql)).rows for name, sql in _LISTS.items()}
        newest = (await archive.execute(_NEWEST)).first()
        path = datasette.urls.path("/news/search")
        found = await archive.execute_fn(lambda db: counted(db, given))
        more_lost = (await archive.execute(_MORE_LOST, {"q": given["q"], "words": given["words"]})).single_value()
        shown = context(given, lists, str((newest and newest[0]) or ""), path)
        kept = {name: value for name, value in given.items() if name not in ("order", "page", "upto")}
        return {
            "search": shown
            | {"found": found, "more_lost": more_lost, "latest_lost": LATEST_LOST, "watch": saving(datasette, kept)}
        }

    return load


def asked(request: Request) -> dict[str, str]:
    """Return every parameter of the search as a page gives it, empty ones too."""
    return {name: request.args.get(name) or "" for name in load_queries()[SEARCH]["params"]}


def as_one_each(query: str, is_feed: bool) -> str:
    """Return a query string with each filter's values in one, and for a feed the newest first, from the first page."""
    given: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        given[name] = ",".join(filter(None, (given.get(name), value))) if name in SEVERAL else given.get(name, value)
    if is_feed:
        given |= {"order": "newest", "page": "", "upto": ""}
    return urlencode(given)


def listed(values: str | None) -> str:
    """Return the values of a filter, which stand in one text with commas between them, as JSON."""
    return json.dumps([value for value in (values or "").split(",") if value])


def context(given: Mapping[str, str], lists: Mapping[str, list[Any]], newest: str, path: str) -> dict[str, Any]:
    """Return what the template needs, from the parameters, the values of each filter, the newest article's number."""
    choices: dict[str, dict[str, str]] = load_queries()[SEARCH]["choices"]
    options = {"order": list(choices["order"].items()), "words": list(choices["words"].items())}
    for name, rows in lists.items():
        options[name] = [("", "any"), *((str(row[0]), str(row[1])) for row in rows)]
    options |= {name: list(choices[name].items()) for name in ("changed", "gone")}
    page = page_number(given["page"])
    here = {name: value for name, value in given.items() if value} | {"upto": given["upto"] or newest}
    limits = {name: value for name, value in given.items() if value and name not in ("page", "upto", "order")}
    return {
        "options": {
            name: values[1:] if name in SEVERAL else values for name, values in options.items() if len(values) > 1
        },
        "several": SEVERAL,
        "chosen": {name: set(given[name].split(",")) if name in SEVERAL else {given[name]} for name in options},
        "site_titles": {str(name): str(title) for name, title in lists.get("site", ())},
        "explained": EXPLAINED,
        "note": read(given["q"]).note,
        "asked": any(value for name, value in given.items() if name not in ("order", "upto", "page", "words")),
        "filtered": any(value for name, value in given.items() if name not in _PLACE) or given["order"],
        "page": page,
        "size": PAGE,
        "before": f"{path}?{urlencode(here | {'page': page - 1})}" if page > 1 else None,
        "after": f"{path}?{urlencode(here | {'page': page + 1})}",
        "around": f"{path}-around?{urlencode(limits)}",
        "downloads": f"{path}-download?{urlencode(limits)}",
    }


def page_number(given: str | None) -> int:
    """Return the page that is asked for; the first for anything but a number."""
    return max(int(given), 1) if given and given.isdecimal() and len(given) < 10 else 1


# What is counted: in statements of their own, so that the results need not wait for it.

EVERY = f"""
    select rowid as id from articles_fts where {_NOW} and trim(:q) <> '' and articles_fts match search_wide(:q)
        and {_filters("articles_fts.rowid")}
    union select rowid from _pieces where {_NOW} and _pieces match search_pieces(:q) and {_filters("_pieces.rowid")}
    union select r.article_id from revisions r where {_LOST} and r.id in (
        select rowid from revisions_fts where revisions_fts match search_lost(:q)) and {_filters("r.article_id")}
    union select a.id from articles a where trim(:q) = '' and {_ANY_FILTER} and {_filters("a.id")}"""
"""The articles that a search finds."""
FOUND = EVERY.replace("match search_lost(:q)", f"match search_lost(:q) order by rowid desc limit {LATEST_LOST}")
"""The same, of the latest states alone where words were taken out of very many."""
_MORE_LOST = f"""
    select count(*) > {LATEST_LOST} from (
        select 1 from revisions_fts where {_LOST} and revisions_fts match search_lost(:q) limit {LATEST_LOST + 1})"""
_COUNT = f"select count(*) from ({FOUND})"


def counted(db: sqlite3.Connection, given: Mapping[str, str]) -> int:
    """Return how many articles a search finds."""
    (n,) = db.execute(_COUNT, hits_of(given)).fetchone()
    return int(n)


def hits_of(given: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters for :data:`FOUND` of a search as a page gives it."""
    return {name: given.get(name, "") for name in ("q", "words", "upto", *_FILTERS)}
