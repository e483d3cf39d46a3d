"""The pages of single things: what their templates show, loaded in one go before Datasette draws them.

Each loader takes a connection and the row's key as it stands in the address, and returns the template's ``page``,
or None where there is nothing more to show than the row's own fields. ``LOADERS`` at the end names them all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Any

from datasette import Request, hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode
from markupsafe import Markup, escape

from pipelines.archive.fields import FIELDS
from pipelines.archive.searching import read
from pipelines.archive.words import forms_of
from reading_room.body import Marker, clean, language, marker, parts, wanted
from reading_room.cells import shorter
from reading_room.citing import cited
from reading_room.history import changes, paragraphs
from reading_room.lineage import lineage, summary
from reading_room.plots import Dot, timeline
from reading_room.rows import COPIES, REVISIONS, Row, by_number, cards, is_number, read_article, row, rows

Loader = Callable[[sqlite3.Connection, str], dict[str, Any] | None]
_MOST_ARTICLES = 500  # of a story
_MOST_FORMS = 40  # of a word that are marked
_WITNESSES = {
    "trafilatura": "trafilatura",
    "trafilatura-slow": "trafilatura, at its second and slower look",
    "densest": "the part of the page with the most prose",
    "layout": "the place that the site's profile names",
    "json-ld": "the part of the page that its JSON-LD repeats",
    "state": "the data for the page's scripts",
    "page": "all of the page, for want of a part that stands out",
}
"""Who said which part of a page is the text, in words for readers."""
_BY_AUTHOR = cards(
    "from article_authors x join articles a on a.id = x.article_id join article_facts f on f.article_id = a.id"
    " where x.author_id = ? order by f.dated_at desc, a.id desc limit 200"
)
_BY_TAG = cards(
    "from article_tags x join articles a on a.id = x.article_id join article_facts f on f.article_id = a.id"
    " where x.tag_id = ? order by f.dated_at desc, a.id desc limit 200"
)
_NEXT_REVISION = """
    select * from revisions where article_id = ? and coalesce(seen_until, seen_from, '') > ?
    order by coalesce(seen_until, seen_from) limit 1
"""
_STORY_ARTICLES = """
    select a.id, a.site, s.title as site_title, s.timezone, a.title, a.standfirst, a.kind, a.section, a.wire, a.status,
           a.language, a.duplicate_of, a.published_at, a.last_changed_at,
           (select f.dated_at from article_facts f where f.article_id = a.id) as at, a.first_seen_at, j.reason, j.score,
           j.with_id, w.title as with_title, c.origin_id
    from articles a left join sites s on s.name = a.site left join story_articles j on j.article_id = a.id
         left join articles w on w.id = j.with_id left join copies c on c.article_id = a.id
    where a.story_id = ? order by at, a.id limit 500
"""
_STORY_CHANGES = """
    select c.at, c.kind, c.reason, c.story_id, c.other_id, o.title as other_title, s.title as story_title
    from story_changes c left join stories o on o.id = c.other_id left join stories s on s.id = c.story_id
    where c.story_id = :id or c.other_id = :id order by c.at limit 50
"""
MOST_CHARACTERS = 100_000
"""Text that is compared for one page; copies beyond it, the later ones, are listed with their shares alone."""
MOST_SITES = 12
"""Rows of dots in the drawing of a story; of more sites none is drawn."""
_BY_SITE = cards(
    "from article_facts f join articles a on a.id = f.article_id where f.site = ? order by f.dated_at desc limit 15"
)
_SITE_CRAWLS = """
    select id, mode, started_at, finished_at, outcome, reason, requests, articles from crawls
    where site = ? order by id desc limit 8
"""
_LISTINGS = """
    select listing_url, form, state, reason, articles, in_a_row, since, last_asked_at, last_new_at from listings_state
    where site = ? order by state = 'failed' desc, state in ('empty', 'too large') desc, form, listing_url limit 60"""
_AS_USUAL = ("read", "unchanged")
"""States of a listing that is well."""
_SITE_FINDINGS = """
    select level, detail, started_at, ended_at from findings where site = ?
    order by ended_at is not null, started_at desc limit 12"""
_COVERAGE = "select outcome, count(*) as n from candidates where site = ? group by outcome order by n desc"
_SITE_FIGURES = """
    select count(*) as articles, min(dated_at) as first, max(dated_at) as last,
           (select count(*) from articles where site = :site and status = 'gone') as gone,
           (select count(*) from edits where site = :site) as edits,
           (select count(*) from edits where site = :site and silent) as silent
    from article_facts where site = :site"""
_FORMS = """
    select k.pattern, k.last_seen_at, count(*) as articles, max(s.article_id) as article_id
    from _skeletons k join _sentences s on s.site = k.site and s.skeleton = k.skeleton
    where k.site = ? group by k.skeleton order by articles desc, k.last_seen_at desc limit 20"""
"""Sentences that a site fills in again and again, with how many of its latest articles have them, and an example."""
_IDLE = """
    select name, contrary is not null as is_refuted, pairs ->> '$[0][0]' as one, pairs ->> '$[0][1]' as other,
           json_array_length(pairs) as pages, contrary ->> '$[0]' as against, contrary ->> '$[1]' as to_it, at
    from _idle_params where site = ? order by is_refuted, name limit 30"""
"""Parameters that select nothing, or were found to select something, each with two addresses that show it."""
_CRAWL_OUTCOMES = (
    "select outcome, reason, n from crawl_outcomes where crawl_id = ? order by n desc, outcome, reason limit 300"
)
_CRAWL_EVENTS = cards(
    "from events e join articles a on a.id = e.article_id where e.crawl_id = ? order by e.id limit 100",
    "e.kind as event, e.detail, e.at,",
)


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def extra_template_vars(
    view_name: str, database: str | None, table: str | None, request: Request | None, datasette: Datasette
) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """Hand ``page`` to the templates of rows, of syndication limited to one origin, and of the list of articles."""
    if database != "news" or request is None or table is None:
        return None
    if view_name == "row":
        loader, key = LOADERS.get(table), tilde_decode(request.url_vars["pks"])
    else:
        loader, key = LIST_LOADERS.get(table), request.args.get("origin_id") or ""
    if loader is None:
        return None
    searched = request.args.get("q") or ""  # opened from a search
    if loader is article_page:
        copy = datasette.absolute_url(request, datasette.urls.row("news", table, key))
        loader = partial(article_page, searched=searched, with_dropped=bool(request.args.get("dropped")), copy=copy)
    elif loader is revision_page:
        loader = partial(revision_page, searched=searched)

    async def load() -> dict[str, Any]:
        return {"page": await datasette.get_database("news").execute_fn(lambda db: loader(db, key))}

    return load


def article_page(
    db: sqlite3.Connection, key: str, searched: str = "", *, with_dropped: bool = False, copy: str = ""
) -> dict[str, Any] | None:
    """Return everything around an article, and its text as parts, in which the words of a search are marked.

    ``with_dropped``: with what was taken out of it, where that stood. ``copy`` is the address of this page.
    """
    if not is_number(key):
        return None
    known = read_article(db, int(key))
    if not known["article"]:
        return None
    article = known["article"][0]
    present = [link for link in known["links"] if not link["past"]]
    steps = changes(known["revisions"], article)
    return {
        **known,
        "article": article,
        "zone": article["timezone"],
        "shown": [field.shown.format(article[field.name]) for field in FIELDS if field.shown and article[field.name]],
        "lang": language(article["language"] or article["site_language"]),
        "parts": parts(
            paragraphs(article["text"]),
            known["blocks"],
            present,
            _marker(db, searched),
            known["dropped"] if with_dropped else (),
        ),
        "with_dropped": with_dropped,
        "witness": next(
            (
                _WITNESSES.get(one["source"], one["source"])
                for one in known["provenance"]
                if one["field"] == "text" and one["chosen"]
            ),
            None,
        ),
        "cited": cited(article, [author["name"] for author in known["authors"]], copy),
        "captures": [kept.rsplit(":", 2)[:2] for kept in (article["capture"] or "").split() if kept.count(":") > 1],
        "facts": known["facts"][0] if known["facts"] else {},
        "more": [link for link in present if link["kind"] == "read_more"],
        "past": [link for link in known["links"] if link["past"]],
        "changes": [step for step in steps if step.cause != "rules"],
        "rules": [step for step in steps if step.cause == "rules"],
        "silent": sum(step.silent is True for step in steps if step.cause != "rules"),
        "story": known["story"][0] if known["story"] else None,
        "original": known["original"][0] if known["original"] else None,
        "origin": known["copies"][0] if known["copies"] else None,
    }


def _marker(db: sqlite3.Connection, searched: str) -> Marker:
    query = read(searched).query
    return marker(wanted(query, lambda word: forms_of(db, word, _MOST_FORMS))) if query else escape


def revision_page(db: sqlite3.Connection, key: str, searched: str = "") -> dict[str, Any] | None:
    """Return an earlier state of an article, in which the words of a search are marked, and the step to the next."""
    revision = by_number(db, REVISIONS, "r.id", key)
    article = revision and row(
        db,
        "select a.*, s.timezone, s.language as site_language from articles a left join sites s on s.name = a.site"
        " where a.id = ?",
        [revision["article_id"]],
    )
    if revision is None or article is None:
        return None
    until = revision["seen_until"] or revision["seen_from"] or ""
    later = row(db, _NEXT_REVISION, [revision["article_id"], until]) or article
    mark = _marker(db, searched)
    return {
        "revision": revision,
        "article": article,
        "zone": article["timezone"],
        "lang": language(article["language"] or article["site_language"]),
        "change": changes([revision], later)[0],
        "paragraphs": [mark(clean(paragraph)) for paragraph in paragraphs(revision["text"])],
        "is_searched": bool(searched),
    }


def story_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Return the story, its articles by day, and a drawing of them by site."""
    if not is_number(key):
        return None
    story = row(db, "select * from stories where id = ?", [int(key)])
    if story is None:
        return None
    articles = rows(db, _STORY_ARTICLES, [int(key)])
    sites = list(dict.fromkeys(_site_of(article) for article in articles))
    return {
        "story": story,
        "days": [(day, list(of_day)) for day, of_day in groupby(articles, lambda article: (article["at"] or "")[:10])],
        "sites": sites,
        "articles": len(articles),
        "more": len(articles) == _MOST_ARTICLES,
        "drawing": drawing(articles, sites),
        "changes": rows(db, _STORY_CHANGES, {"id": int(key)}),
    }


def drawing(articles: Sequence[Row], sites: Sequence[str]) -> Markup | None:
    """Return a row of dots for each site, from first article to last; None where no time lies between them."""
    moments = [_seconds(article["at"]) for article in articles]
    known = [moment for moment in moments if moment is not None]
    if not known or max(known) == min(known) or len(sites) > MOST_SITES:
        return None
    first, last = min(known), max(known)
    dots = [
        Dot(
            row=sites.index(_site_of(article)),
            at=(moment - first) / (last - first),
            title=f"{clean(article['title'])}, {shorter(article['at'])}",
            href=f"/news/articles/{article['id']}",
        )
        for article, moment in zip(articles, moments, strict=True)
        if moment is not None
    ]
    ends = [datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M") for moment in (first, last)]
    return timeline("The story's articles by site and time", sites, dots, (ends[0], ends[1]))


def _site_of(article: Row) -> str:
    return str(article["site_title"] or article["site"])


def _seconds(time: str | None) -> float | None:
    try:
        at = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def syndication_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Return every copy of the text of this article, in the order of publication, compared with it."""
    if not is_number(key):
        return None
    ran = rows(db, COPIES, {"origin": int(key)})
    if len(ran) < 2:
        return None
    stored = _texts(db, [copy["article_id"] for copy in ran])
    first, left = stored[ran[0]["article_id"]], MOST_CHARACTERS
    copies = []
    for copy in ran[1:]:
        text = stored[copy["article_id"]]
        left -= len(text) + len(first)
        compared = tuple(lineage(paragraphs(first), paragraphs(text))) if left >= 0 else None
        copies.append({"row": copy, "compared": compared, "told": summary(compared or ())})
    return {"origin": ran[0], "copies": copies, "ran": ran}


def _texts(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
    marks = ", ".join("?" * len(ids))
    return dict(db.execute(f"select id, text from articles where id in ({marks})", ids).fetchall())  # noqa: S608 - only marks


def author_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Return the author, what stands under the name, and the same name at other sites."""
    author = by_number(
        db, "select w.*, s.title as site_title from authors w left join sites s on s.name = w.site", "w.id", key
    )
    if author is None:
        return None
    others = "select id, site from authors where name = ? and id <> ? limit 20"
    return {
        "author": author,
        "articles": rows(db, _BY_AUTHOR, [author["id"]]),
        "elsewhere": rows(db, others, [author["name"], author["id"]]),
    }


def tag_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Return the tag, and the articles that have it."""
    tag = by_number(db, "select * from tags t", "t.id", key)
    return {"tag": tag, "articles": rows(db, _BY_TAG, [tag["id"]])} if tag else None


def site_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Return the site: its figures, what is wrong, what became of addresses, its listings and latest articles."""
    site = row(db, "select * from sites where name = ?", [key])
    if site is None:
        return None
    coverage, listings = rows(db, _COVERAGE, [key]), rows(db, _LISTINGS, [key])
    return {
        "site": site,
        "figures": row(db, _SITE_FIGURES, {"site": key}),
        "findings": rows(db, _SITE_FINDINGS, [key]),
        "coverage": coverage,
        "addresses": sum(one["n"] for one in coverage),
        "troubled": [one for one in listings if one["state"] not in _AS_USUAL],
        "as_usual": [one for one in listings if one["state"] in _AS_USUAL],
        "articles": rows(db, _BY_SITE, [key]),
        "crawls": rows(db, _SITE_CRAWLS, [key]),
        "forms": rows(db, _FORMS, [key]),
        "idle": rows(db, _IDLE, [key]),
    }


def crawl_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Return the crawl, how its addresses ended, and what it noticed."""
    crawl = by_number(
        db, "select c.*, s.title as site_title from crawls c left join sites s on s.name = c.site", "c.id", key
    )
    if crawl is None:
        return None
    outcomes = rows(db, _CRAWL_OUTCOMES, [crawl["id"]])
    return {
        "crawl": crawl,
        "outcomes": outcomes,
        "addresses": sum(outcome["n"] for outcome in outcomes),
        "events": rows(db, _CRAWL_EVENTS, [crawl["id"]]),
    }


def site_titles(db: sqlite3.Connection, _key: str) -> dict[str, Any]:
    """Return what each site is called, for lists that know its short name alone."""
    return {"site_titles": {site["name"]: site["title"] for site in rows(db, "select name, title from sites")}}


LOADERS: dict[str, Loader] = {
    "articles": article_page,
    "revisions": revision_page,
    "stories": story_page,
    "authors": author_page,
    "tags": tag_page,
    "sites": site_page,
    "crawls": crawl_page,
}
"""By table: the page of one of its rows."""
LIST_LOADERS: dict[str, Loader] = {"syndication": syndication_page, "articles": site_titles}
"""By table or view: what its list shows beside the rows; the key is the ``origin_id`` that it is limited to."""
