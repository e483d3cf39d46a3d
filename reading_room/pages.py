"""The pages of single things: what their templates show, loaded in one go before Datasette draws them.

Each loader takes a connection and the row's key as it stands in the address, and gives the template's ``page``,
or None where there is nothing more to show than the row's own fields.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from datasette import Request, hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode
from markupsafe import Markup

from pipelines.copies.lineage import compare
from reading_room import lists
from reading_room.body import clean, language, parts
from reading_room.cells import shorter
from reading_room.history import ADDED, CHANGED, REMOVED, SAME, Paragraph, Piece, changes, paragraphs, texts, words
from reading_room.lists import is_number
from reading_room.plots import Dot, timeline
from reading_room.rows import COPIES, Row, read, row, rows

Loader = Callable[[sqlite3.Connection, str], dict[str, Any] | None]
_MOST, _MOST_ROWS = 500, 12
_ARTICLES = """
    select a.id, a.site, s.title as site_title, s.timezone, a.title, a.standfirst, a.kind, a.section, a.wire, a.status,
           a.language, a.duplicate_of, a.published_at, a.last_changed_at,
           coalesce(a.published_at, a.first_seen_at) as at, a.first_seen_at, j.reason, j.score,
           j.with_id, w.title as with_title, c.origin_id
    from articles a left join sites s on s.name = a.site left join story_articles j on j.article_id = a.id
         left join articles w on w.id = j.with_id left join copies c on c.article_id = a.id
    where a.story_id = ? order by at, a.id limit 500
"""
_CHANGES = """
    select c.at, c.kind, c.reason, c.story_id, c.other_id, o.title as other_title, s.title as story_title
    from story_changes c left join stories o on o.id = c.other_id left join stories s on s.id = c.story_id
    where c.story_id = :id or c.other_id = :id order by c.at limit 50
"""
MOST_CHARACTERS = 100_000
"""Text that is compared for one page; copies beyond it, the later ones, are listed with their shares alone."""
_MOST_PARAGRAPHS, _LONGEST = 80, 2_500


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def extra_template_vars(
    view_name: str, database: str | None, table: str | None, request: Request | None, datasette: Datasette
) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """Hand ``page`` to the templates of rows, of syndication limited to one origin, and of the list of articles."""
    if database != "news" or request is None or table is None:
        return None
    if view_name == "row":
        loader, key = _ROWS.get(table), tilde_decode(request.url_vars["pks"])
    else:
        loader, key = _TABLES.get(table), request.args.get("origin_id") or ""
    if loader is None:
        return None

    async def load() -> dict[str, Any]:
        return {"page": await datasette.get_database("news").execute_fn(lambda db: loader(db, key))}

    return load


def article_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Everything around an article, and its text as parts."""
    if not lists.is_number(key):
        return None
    found = read(db, int(key))
    if not found["article"]:
        return None
    article = found["article"][0]
    present = [link for link in found["links"] if not link["past"]]
    steps = changes(found["revisions"], article)
    return {
        **found,
        "article": article,
        "zone": article["timezone"],
        "lang": language(article["language"] or article["site_language"]),
        "parts": parts(paragraphs(article["text"]), found["blocks"], present),
        "more": [link for link in present if link["kind"] == "read_more"],
        "past": [link for link in found["links"] if link["past"]],
        "changes": [step for step in steps if step.cause != "rules"],
        "rules": [step for step in steps if step.cause == "rules"],
        "silent": sum(step.silent is True for step in steps if step.cause != "rules"),
        "story": found["story"][0] if found["story"] else None,
        "original": found["original"][0] if found["original"] else None,
        "origin": found["copies"][0] if found["copies"] else None,
    }


# A story: its articles in time, by site, with the reason why each is in it.


def story_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """The story, its articles by day, and a drawing of them by site."""
    if not is_number(key):
        return None
    story = row(db, "select * from stories where id = ?", [int(key)])
    if story is None:
        return None
    articles = rows(db, _ARTICLES, [int(key)])
    sites = list(dict.fromkeys(one["site_title"] or one["site"] for one in articles))
    return {
        "story": story,
        "days": [(day, list(of_day)) for day, of_day in groupby(articles, lambda one: (one["at"] or "")[:10])],
        "sites": sites,
        "articles": len(articles),
        "more": len(articles) == _MOST,
        "drawing": drawing(articles, sites),
        "changes": rows(db, _CHANGES, {"id": int(key)}),
    }


def drawing(articles: Sequence[Row], sites: Sequence[str]) -> Markup | None:
    """A row of dots for each site, from the first article to the last; None where there is no time between them."""
    moments = [_seconds(one["at"]) for one in articles]
    known = [moment for moment in moments if moment is not None]
    if not known or max(known) == min(known) or len(sites) > _MOST_ROWS:
        return None
    first, last = min(known), max(known)
    dots = [
        Dot(
            row=sites.index(one["site_title"] or one["site"]),
            at=(moment - first) / (last - first),
            title=f"{clean(one['title'])}, {shorter(one['at'])}",
            href=f"/news/articles/{one['id']}",
        )
        for one, moment in zip(articles, moments, strict=True)
        if moment is not None
    ]
    ends = [datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M") for moment in (first, last)]
    return timeline("The story's articles by site and time", sites, dots, (ends[0], ends[1]))


def _seconds(time: str | None) -> float | None:
    try:
        at = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


# Who ran a text: every paper's copy beside the one that had it first, with what each kept, cut, added and
# changed.


def syndication_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Every copy of the text of this article, in the order of publication, compared with it."""
    if not is_number(key):
        return None
    ran = rows(db, COPIES, {"origin": int(key)})
    if len(ran) < 2:
        return None
    stored = _texts(db, [one["article_id"] for one in ran])
    first, left = stored[ran[0]["article_id"]], MOST_CHARACTERS
    copies = []
    for one in ran[1:]:
        text = stored[one["article_id"]]
        left -= len(text) + len(first)
        compared = tuple(lineage(paragraphs(first), paragraphs(text))) if left >= 0 else None
        copies.append({"row": one, "compared": compared, "told": told(compared or ())})
    return {"origin": ran[0], "copies": copies, "ran": ran}


def lineage(origin: Sequence[str], copy: Sequence[str]) -> Iterator[Paragraph]:
    """The copy paragraph by paragraph, with what it cut where that stood; long texts in their order alone."""
    if not is_small(origin) or not is_small(copy):
        yield from texts(origin, copy)
        return
    passages = compare(origin, copy).passages
    told_of = {one.copy for one in passages if one.fate != "joined"}
    for one in passages:
        note = "moved" if one.is_moved else ""
        if one.fate == "cut" and one.origin is not None:
            yield Paragraph(REMOVED, (Piece(REMOVED, origin[one.origin]),))
        elif one.copy is None or (one.fate == "joined" and one.copy in told_of):
            continue  # words of the origin that stand in a paragraph of the copy which is told of by itself
        elif one.fate == "changed" and one.origin is not None:
            yield Paragraph(CHANGED, words(origin[one.origin], copy[one.copy]), note)
        elif one.fate == "added":
            yield Paragraph(ADDED, (Piece(ADDED, copy[one.copy]),))
        else:
            told_of.add(one.copy)
            joined = "part of a longer paragraph there" if one.fate == "joined" else note
            yield Paragraph(SAME, (Piece(SAME, copy[one.copy]),), joined)


def is_small(paragraphs: Sequence[str]) -> bool:
    """Whether every paragraph can be compared with every other one in some hundredths of a second."""
    return len(paragraphs) <= _MOST_PARAGRAPHS and max(map(len, paragraphs), default=0) <= _LONGEST


def told(compared: Sequence[Paragraph]) -> str:
    """``2 paragraphs cut, 1 added, 3 changed``: what a copy did to a text; nothing where it left it as it was."""
    kinds = [one.kind for one in compared]
    counts = [(kinds.count(REMOVED), "cut"), (kinds.count(ADDED), "added"), (kinds.count(CHANGED), "changed")]
    counts.append((sum(one.note == "moved" for one in compared), "moved"))
    named = [(n, done) for n, done in counts if n]
    return ", ".join(
        f"{n} paragraph{'s' * (n > 1)} {done}" if not place else f"{n} {done}" for place, (n, done) in enumerate(named)
    )


def _texts(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
    marks = ", ".join("?" * len(ids))
    return dict(db.execute(f"select id, text from articles where id in ({marks})", ids).fetchall())  # noqa: S608 - only marks


_ROWS: dict[str, Loader] = {
    "articles": article_page,
    "stories": story_page,
    "authors": lists.author_page,
    "tags": lists.tag_page,
    "sites": lists.site_page,
    "crawls": lists.crawl_page,
    "revisions": lists.revision_page,
}
_TABLES: dict[str, Loader] = {
    "syndication": syndication_page,
    "articles": lists.site_titles,
}
