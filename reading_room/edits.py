# ruff: noqa: S608 - the SQL is put together from constants of ours
"""What papers changed after publication, as it was noticed: each edit as its word diff, newest first; and any two
states of an article compared.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response, hookimpl
from datasette.app import Datasette
from markupsafe import Markup

from pipelines.archive.searching import expressions, read
from pipelines.diff import ADDED, REMOVED, Piece
from reading_room.body import clean, language
from reading_room.feeds import EPOCH, Entry, Feed, atom, origin_of
from reading_room.history import LABELS, Change, Paragraph, change, steps
from reading_room.rows import BESIDE, Row, row, rows

PAGE, FEED = 20, 50
"""Edits on a page, and in the feed."""
_FILTERS = ("site", "silent", "field", "number", "q")
_NUMBER = re.compile("[0-9]{1,18}")
SILENT = {"": "any", "1": "silent", "0": "stated", "unknown": "the page states no time"}
FIELDS = {"": "any", **{name: label.lower() for name, label in LABELS.items()}, "text": "text"}
# Down the index by time. What comes next of the same article is looked up for the page alone.
_STREAM = f"""
    select r.*, {BESIDE},
           a.site, a.title as now_title, a.language, s.title as site_title, s.timezone, s.language as site_language
    from revisions r join articles a on a.id = r.article_id left join sites s on s.name = a.site
    where r.cause = 'edit' and (:site = '' or a.site = :site)
      and (:silent = '' or r.silent is case :silent when 'unknown' then null else cast(:silent as integer) end)
      and (:field = '' or instr(', ' || r.changed || ',', ', ' || :field || ','))
      and (:number = '' or instr(r.summary, 'a number changed'))
      and (:q = '' or r.id in (select rowid from revisions_fts where revisions_fts match :lost))
      and (:before = '' or (r.seen_until, r.id) < (substr(:before, 1, 20), cast(substr(:before, 22) as integer)))
    order by r.seen_until desc, r.id desc limit :most
"""
_STATE = "coalesce(seen_until, seen_from, '')"
_NEXT = f"""
    select * from revisions where article_id = :article_id and ({_STATE}, id) > (:until, :id)
    order by {_STATE}, id limit 1
"""
_ARTICLE = """
    select a.*, s.title as site_title, s.timezone, s.language as site_language
    from articles a left join sites s on s.name = a.site where a.id = ?
"""
_STATES = f"select * from revisions where article_id = ? order by {_STATE}, id limit 400"
_SITES = "select name, coalesce(title, name) from sites order by 2 limit 500"


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit as it is shown: ``row`` is the state before it with its article's columns, ``minutes`` its delay."""

    row: Row
    change: Change
    minutes: int | None


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Answer at addresses of their own."""
    return [(r"^/edits$", _page), (r"^/edits\.atom$", _feed), (r"^/compare$", _compare)]


async def _page(request: Request, datasette: Datasette) -> Response:
    await _allowed(request, datasette)
    given = {name: request.args.get(name) or "" for name in (*_FILTERS, "before")}
    archive = datasette.get_database("news")
    found = await archive.execute_fn(lambda db: stream(db, given, PAGE + 1))
    sites = [("", "any"), *(await archive.execute_fn(lambda db: list(map(tuple, db.execute(_SITES)))))]
    kept = {name: value for name, value in given.items() if value and name != "before"}
    edits, more = found[:PAGE], found[PAGE:]
    place = f"{edits[-1].row['seen_until']} {edits[-1].row['id']}" if edits else ""
    shown = {
        "edits": edits,
        "given": given,
        "options": {"site": sites, "silent": list(SILENT.items()), "field": list(FIELDS.items())},
        "note": read(given["q"]).note,
        "after": f"?{urlencode(kept | {'before': place})}" if more else None,
        "feed": datasette.urls.path(f"/edits.atom?{urlencode(kept)}"),
        "language": language,
        "delay": delay,
    }
    return Response.html(await datasette.render_template("edits.html", shown, request=request, view_name="edits"))


async def _feed(request: Request, datasette: Datasette) -> Response:
    await _allowed(request, datasette)
    given = {name: request.args.get(name) or "" for name in _FILTERS}
    archive = datasette.get_database("news")
    edits = await archive.execute_fn(lambda db: stream(db, given, FEED))
    origin = f"vestnik {await origin_of(datasette)} edits"
    listed = [
        Entry(
            id=f"urn:vestnik:{origin.replace(' ', ':')}:{edit.row['id']}",
            title=f"{edit.row['site_title'] or edit.row['site']}: {edit.row['now_title'] or 'Untitled'}",
            updated=edit.change.seen_next or edit.change.seen_until or EPOCH,
            published=None,
            link=datasette.absolute_url(request, datasette.urls.row("news", "revisions", edit.row["id"])),
            via=None,
            author=edit.row["site_title"] or edit.row["site"],
            summary=markup(edit),
        )
        for edit in edits
    ]
    page = datasette.absolute_url(request, datasette.urls.path("/edits"))
    feed = Feed(
        id=f"{origin} {request.query_string}",
        title="Edits" + "".join(f", {name} {value}" for name, value in given.items() if value),
        updated=max((entry.updated for entry in listed), default=EPOCH),
        self=datasette.absolute_url(request, request.full_path),
        page=f"{page}?{request.query_string}" if request.query_string else page,
        entries=tuple(listed),
    )
    return Response(atom(feed), content_type="application/atom+xml; charset=utf-8")


async def _compare(request: Request, datasette: Datasette) -> Response:
    await _allowed(request, datasette)
    asked = {name: request.args.get(name) or "" for name in ("article", "from", "to")}
    shown = await datasette.get_database("news").execute_fn(
        lambda db: comparison(db, asked["article"], asked["from"], asked["to"])
    )
    if shown is None:
        return Response.html(
            await datasette.render_template("404.html", {"error": "There is no such article."}, request=request), 404
        )
    return Response.html(await datasette.render_template("compare.html", shown, request=request, view_name="compare"))


async def _allowed(request: Request, datasette: Datasette) -> None:
    await datasette.ensure_permissions(
        request.actor, [("view-table", ("news", "revisions")), ("view-database", "news"), "view-instance"]
    )


def stream(db: sqlite3.Connection, given: Mapping[str, str], most: int) -> list[Edit]:
    """Return the edits that pass the filters, the latest noticed first; compared as long as there is not too much."""
    values = {name: given.get(name, "") for name in (*_FILTERS, "before")}
    lost = expressions(db, read(values["q"])).lost
    found = rows(db, _STREAM, {**values, "lost": lost, "most": most})
    pairs = [(before, following(db, before)) for before in found]
    return [
        Edit(before, step, _minutes(db, before["published_at"] or after["published_at"], step.seen_next))
        for (before, after), step in zip(pairs, steps(pairs), strict=True)
    ]


def following(db: sqlite3.Connection, revision: Row) -> Row:
    """Return the state after a revision of an article, which may be the present one."""
    until = revision["seen_until"] or revision["seen_from"] or ""
    later = row(db, _NEXT, {"article_id": revision["article_id"], "until": until, "id": revision["id"]})
    return later or row(db, _ARTICLE, [revision["article_id"]]) or revision


def comparison(db: sqlite3.Connection, article: str, first: str, last: str) -> dict[str, Any] | None:
    """Return two states of an article compared, the first and the present one unless others are named; None where there
    is no such article. A state is named by the number of its revision, or ``now``.
    """
    present = row(db, _ARTICLE, [int(article)]) if _NUMBER.fullmatch(article) else None
    if present is None:
        return None
    states = [*rows(db, _STATES, [present["id"]]), present]
    names = [*(str(state["id"]) for state in states[:-1]), "now"]
    here = names.index(first) if first in names else 0
    there = names.index(last) if last in names else len(names) - 1
    options = [(name, _when(state), state) for name, state in zip(names, states, strict=True)]
    return {
        "article": present,
        "lang": language(present["language"] or present["site_language"]),
        "states": [(name, words) for name, words, _ in options],
        "from": names[here],
        "to": names[there],
        "change": change(states[here], states[there]) if here != there else None,
    }


def delay(minutes: int) -> str:
    """Return minutes in words, ``90 minutes``, ``5 hours``, ``3 days``; in the larger unit from two of it on."""
    for size, unit in ((1440, "days"), (60, "hours")):
        if minutes >= 2 * size:
            return f"{round(minutes / size):,} {unit}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def _when(state: Row) -> str:
    until = state.get("seen_until")
    if "seen_until" not in state:
        return f"now, since {_short(state['last_changed_at'])}"
    by_rules = " (as we read it then)" if state["cause"] == "rules" else ""
    return f"{_short(state['seen_from'])} to {_short(until)}{by_rules}"


def _short(time: str | None) -> str:
    return f"{time[:10]} {time[11:16]}" if time else "?"


def _minutes(db: sqlite3.Connection, published: str | None, noticed: str | None) -> int | None:
    if not published or not noticed or len(published) <= len("2024-12-09"):
        return None
    (minutes,) = db.execute("select round(1440 * (julianday(?) - julianday(?)))", (noticed, published)).fetchone()
    return None if minutes is None else int(minutes)


# An edit as HTML for feed readers, which know no style sheet of ours.


def markup(edit: Edit) -> Markup:
    """Return the fields and paragraphs that changed, with ``<ins>`` and ``<del>``."""
    step = edit.change
    kind = {True: "silent edit", False: "stated edit", None: "the page states no time"}[step.silent]
    after = f", {delay(edit.minutes)} after publication" if edit.minutes is not None else ""
    head = Markup("<p>{}{}. {}</p>").format(kind, after, clean(step.summary))
    if step.fields is None:
        return head
    runs = (*step.fields, *(step.beside or ()))
    fields = [Markup("<p><b>{}</b> {}</p>").format(label, _pieces(run)) for label, run in runs]
    return Markup("").join([head, *fields, *_paragraphs(step.text or ())])


def _paragraphs(text: Sequence[Paragraph | int]) -> Iterator[Markup]:
    for one in text:
        if isinstance(one, int):
            yield Markup("<p>…</p>")
        else:
            yield Markup("<p>{}</p>").format(_pieces(one.pieces))


def _pieces(run: Sequence[Piece]) -> Markup:
    tags = {ADDED: Markup("<ins>{}</ins>"), REMOVED: Markup("<del>{}</del>")}
    return Markup("").join(tags.get(piece.kind, Markup("{}")).format(clean(piece.text)) for piece in run)
