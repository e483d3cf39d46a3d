"""Watches from the page: a search is saved as a watch, what it would have sent is shown, and a target is tried.

Only somebody at this machine may: the room has a file of watches (see ``__main__.py``), the request names this machine
and comes through no proxy, and a form carries the token that Datasette has put into it. That token is compared here:
Datasette lets a request without any cookie pass, which is what a form on another site sends.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from datasette import Forbidden, NotFound, Request, Response, hookimpl

from crawler.article import Kind, utc_time
from pipelines.archive.searching import EXPLAINED
from pipelines.watching import alerts
from pipelines.watching.watches import (
    EVENTS,
    Watch,
    WatchError,
    describe,
    read_watches,
    save,
    watch_of,
    with_watch,
    without_watch,
)
from reading_room.public import ASKED_HOST

_PATH = "/watch"
_FIELDS = {
    "name": "name", "q": "query", "site": "sites", "section": "sections", "author": "authors", "kind": "kinds",
    "event": "events", "target": "targets", "digest": "digest",
}  # fmt: skip
"""The key of a watch for each field of the form; the search calls what it has of these by the same names."""
_SINGLE = ("name", "q", "digest")
_LEFT_OUT = ("tag", "language", "country", "wire", "from", "to", "changed", "gone", "words")
"""Filters of a search that a watch has none of."""
_LOOKED_BACK = timedelta(days=7)
_SHOWN = 30
_PATIENCE = 20.0
"""Seconds for a target to take a test."""
_PROXIES = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via")
_LATEST = "select max(at) from events"
_SITES = "select name, coalesce(title, name) from sites order by 2 limit 500"

Fields = Mapping[str, Sequence[str]]
"""What a form gives: values by name."""


@dataclass(frozen=True, slots=True)
class File:
    """The file of watches as it is now, and what is wrong with it.

    ``text`` is None where it cannot be read. ``targets`` are all that it names; ``addresses`` those of them that can be
    used here, where the environment may lack a secret that the monitor's has.
    """

    path: Path
    text: str | None = None
    watches: tuple[Watch, ...] = ()
    targets: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    trouble: tuple[str, ...] = ()


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Answer at an address of its own."""
    return [(rf"^{_PATH}$", _answer)]


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """Offer it where it is open."""
    return [{"href": datasette.urls.path(_PATH), "label": "Watches"}] if datasette.watches else []


def saving(datasette: Any, given: Mapping[str, str]) -> str | None:
    """Return where a search is made a watch; None where the page is closed."""
    if datasette.watches is None:
        return None
    return f"{datasette.urls.path(_PATH)}?{urlencode({name: value for name, value in given.items() if value})}"


async def _answer(request: Request, datasette: Any) -> Response:
    if datasette.watches is None:
        raise NotFound("Watches are saved where the reading room is open to its own machine alone")
    if not from_here(request.scope):
        raise Forbidden("Watches can be seen and saved from the machine alone on which the reading room runs")
    if request.method != "POST":
        return await _page(request, datasette, _values(request.query_string))
    given = _values((await request.post_body()).decode("utf-8", "replace"))
    if not secrets.compare_digest(first(given, "csrftoken").encode(), request.scope["csrftoken"]().encode()):
        raise Forbidden("This form is too old, or another page sent it: load the page again")
    try:
        said = await _done(first(given, "do"), given, read_file(datasette.watches))
    except WatchError as error:
        return await _page(request, datasette, given, str(error))
    datasette.add_message(request, said)
    return Response.redirect(datasette.urls.path(_PATH))


def from_here(scope: Mapping[str, Any]) -> bool:
    """Return whether a request names this machine, and no proxy says that it was handed on.

    A page of another site that has its own name lead to this machine (DNS rebinding) names itself.
    """
    host = urlsplit(f"//{scope.get(ASKED_HOST, '')}").hostname or ""
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    return is_loopback and not any(name.lower() in _PROXIES for name, _ in scope["headers"])


async def _done(what: str, given: Fields, file: File) -> str:
    """Do what a button asks for, and return what to say of it. Raises WatchError where it cannot be done."""
    if file.text is None:
        raise WatchError(file.trouble[0])
    if what == "ping":
        return await _pinged(first(given, "target"), file)
    if what == "remove":
        save(file.path, without_watch(file.text, first(given, "was")))
        return f"“{first(given, 'was')}” is removed. What waits to be sent is still sent."
    watch = watch_of(entry(given), file.targets)
    was = first(given, "was")
    if watch.name != was and watch.name in {other.name for other in file.watches}:
        raise WatchError(f"name: {watch.name!r} is the name of another watch")
    save(file.path, with_watch(file.text, watch, was or None))
    return f"“{watch.name}” is saved in {file.path.name}. It counts for what crawls find from now on."


async def _pinged(target: str, file: File) -> str:
    from crawler.monitoring.sending import SendError, ping  # knows a hundred kinds of targets, which takes its time

    if target not in file.addresses:
        wrong = (trouble for trouble in file.trouble if f"targets.{target}:" in trouble)
        raise WatchError(next(wrong, f"{file.path.name} has no target {target!r}"))
    try:
        await asyncio.to_thread(ping, file.addresses[target], target, _PATIENCE)
    except SendError as error:
        raise WatchError(f"{target} did not take the test: {error}") from error
    return f"{target} took the test."


async def _page(request: Request, datasette: Any, given: Fields, trouble: str = "") -> Response:
    file = read_file(datasette.watches)
    archive = datasette.get_database("news")
    known = next((watch for watch in file.watches if watch.name == first(given, "was")), None)
    if known is not None and "name" not in given:
        given = {**_as_fields(known), "was": [known.name]}
    tried = None
    if first(given, "q") or "event" in given or known:
        try:
            tried = await archive.execute_fn(lambda db: past_week(db, watch_of(entry(given, "this watch"), ("-",))))
        except WatchError as error:
            trouble = trouble or str(error)
    sites = [tuple(row) for row in (await archive.execute(_SITES)).rows]
    shown = {
        "given": given,
        "first": lambda name: first(given, name),
        "file": file,
        "listed": [(watch, describe(watch)) for watch in file.watches],
        "options": {"site": sites, "kind": [(kind.value, kind.value) for kind in Kind]},
        "events": list(EVENTS),
        "left_out": [name for name in _LEFT_OUT if first(given, name)],
        "explained": EXPLAINED,
        "trouble": trouble,
        "tried": tried,
        "most": _SHOWN,
    }
    page = await datasette.render_template("watch.html", shown, request=request, view_name="watch")
    return Response.html(page, status=400 if trouble and request.method == "POST" else 200)


def read_file(path: Path) -> File:
    """Return the file as it is now; an empty one where there is none."""
    path = path.resolve()  # what a link leads to is written, not the link
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        read = read_watches(text, path.name, os.environ)
    except (WatchError, OSError, UnicodeDecodeError) as error:
        return File(path, trouble=(str(error),))
    said = tomllib.loads(text)
    targets = tuple(said.get("targets", {}))
    watches = []
    for entry in said.get("watch", []):
        with suppress(WatchError):  # which is among the errors already
            watches.append(watch_of(entry, targets))
    return File(path, text, tuple(watches), targets, read.targets, read.errors)


def entry(given: Fields, name: str = "") -> dict[str, Any]:
    """Return the keys of the watch that a form describes; with a ``name``, that one, and a target of no account."""
    made: dict[str, Any] = {}
    for named, key in _FIELDS.items():
        values = [value.strip() for value in given.get(named, ())]
        if named not in _SINGLE:
            values = [part.strip() for value in values for part in value.split(",")]
        values = [value for value in values if value]
        if values:
            made[key] = values[0] if named in _SINGLE else values
    made.setdefault("targets", [])
    return made | ({"name": name, "targets": ["-"]} if name else {"name": made.get("name", "")})


def _as_fields(watch: Watch) -> dict[str, list[str]]:
    """Return what the form shows of a watch."""
    values = {named: getattr(watch, key) for named, key in _FIELDS.items()}
    return {
        named: [value] if isinstance(value, str) else [str(one) for one in value]
        for named, value in values.items()
        if value
    }


def past_week(db: sqlite3.Connection, watch: Watch) -> dict[str, Any]:
    """Return what a watch would have sent in the last week that the archive knows of, the latest first."""
    (latest,) = db.execute(_LATEST).fetchone()
    until: datetime | None = utc_time(latest) if latest else None
    found = alerts.past(db, watch, until - _LOOKED_BACK) if until else []
    return {"items": found[::-1][:_SHOWN], "number": len(found), "until": latest}


def first(given: Fields, name: str) -> str:
    """Return the first value of a field; an empty text where it has none."""
    return next(iter(given.get(name, ())), "")


def _values(query: str) -> dict[str, list[str]]:
    return parse_qs(query, keep_blank_values=True)
