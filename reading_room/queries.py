"""The canned queries, read from queries.yaml; the SQL of the search is put together in search_sql.py."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from datasette import hookimpl
from datasette.utils import parse_metadata

from pipelines.archive.searching import UNSPACED_TITLE

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


@cache
def load_queries() -> dict[str, dict[str, Any]]:
    """Every query by name, as Datasette takes them: title, description, sql, params and whether the SQL is hidden.

    With it come ``labels``, ``defaults`` and ``choices`` of its parameters, and ``empty``, what no rows mean: for
    query-news.html.
    """
    found: dict[str, dict[str, Any]] = parse_metadata((files("reading_room") / "queries.yaml").read_text("utf-8"))
    found["search"]["sql"] = SEARCH
    return found


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def canned_queries(database: str) -> dict[str, dict[str, Any]]:
    """Offer them on the archive."""
    return load_queries() if database == "news" else {}


# The query behind the search page: three ways to find articles, of which one applies, under the same filters.
#
# Best first: the hits that pass the filters are ranked, and only those of the page get a snippet. Newest
# first: the
# articles are walked by time and each is looked up among the hits. In scripts without blanks: the newest
# texts are
# searched for pieces. A page is OFFSET rows down a list that ``upto``, the newest article when the reader
# began, keeps
# from growing at its head; equal times follow the number, so that no article stands on two pages or on none.


def _filters(number: str) -> str:
    """The conditions on the article of this number: each a list read once off an index, never a look at an article."""
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


SEARCH = f"""
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
