"""What keeps a reader safe from what the web put into the archive, and the machine from what a reader asks or breaks.

Everything stored is escaped where it is shown; these headers hold should that ever fail: a page runs no script but
Datasette's own, loads nothing from elsewhere, sends forms nowhere else and is framed by nobody. Mistakes and faults are
answered with one sentence in the style of the house; a fault is logged, once, without the values at hand.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Generator, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any

from datasette import Request, Response, hookimpl
from datasette.app import Datasette
from markupsafe import Markup

from reading_room.internals import Base400, DatasetteError, inline_scripts, render

_LONGEST = 50_000_000
"""Bytes of the longest value that SQL may make: ``zeroblob(400000000)`` alone would take gigabytes as text."""
_HEAP = 1 << 30
"""Bytes of memory that all of SQLite may take here; a query that wants more fails instead."""

_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_Application = Callable[[MutableMapping[str, Any], Any, _Send], Awaitable[None]]
_OLDER = (
    "An earlier version of Vestnik made it, and it lacks something that this page shows ({})."
    " Any crawl into it brings it up to date, after a backup."
)
_log = logging.getLogger(__name__)


def policy(scripts: Iterable[str]) -> str:
    """Return the content security policy of every page: scripts run from files of ours, and these inline ones."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def asgi_wrapper() -> Callable[[_Application], _Application]:
    """Send the headers with every answer."""
    headers = (
        (b"content-security-policy", policy(inline_scripts()).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    )
    names = {name for name, _ in headers}

    def wrap(app: _Application) -> _Application:
        async def guarded(scope: MutableMapping[str, Any], receive: Any, send: _Send) -> None:
            async def send_guarded(event: MutableMapping[str, Any]) -> None:
                if event["type"] == "http.response.start":
                    others = [pair for pair in event.get("headers", ()) if pair[0].lower() not in names]
                    event = {**event, "headers": [*others, *headers]}
                await send(event)

            await app(scope, receive, send_guarded)

        return guarded

    return wrap


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Bound what a query may take."""
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    conn.execute(f"pragma hard_heap_limit = {_HEAP}")


@hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator]  # Datasette ships no types
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Generator[None, Any, None]:
    """Take the place of Datasette's own handler, which prints every mistake in an address with a stack of calls."""
    outcome = yield
    status, title, sentence = describe(exception)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s failed", request.path, exc_info=exception)
    outcome.force_result([_answer(datasette, request, status, title, sentence)])


def describe(exception: Exception) -> tuple[int, str | None, str | Markup]:
    """Return status, title and sentence of a mistake; 500 and its own words for what is a fault of ours."""
    if isinstance(exception, Base400):
        return exception.status, None, str(exception.args[0] if exception.args else "")
    if isinstance(exception, DatasetteError):
        sentence = Markup(exception.message) if exception.message_is_html else str(exception.message)  # noqa: S704 - Datasette's own markup, in which it escapes
        # Datasette says 500 of an address that names a column which is not there.
        status = HTTPStatus.BAD_REQUEST if exception.status == HTTPStatus.INTERNAL_SERVER_ERROR else exception.status
        return int(status), exception.title, sentence
    if isinstance(exception, sqlite3.OperationalError) and str(exception).startswith(
        ("no such table", "no such column")
    ):
        return int(HTTPStatus.INTERNAL_SERVER_ERROR), "This archive is older than Vestnik", _OLDER.format(exception)
    return int(HTTPStatus.INTERNAL_SERVER_ERROR), None, str(exception)


def _answer(
    datasette: Datasette, request: Request, status: int, title: str | None, sentence: str | Markup
) -> Callable[[], Awaitable[Response]]:
    error = {"ok": False, "error": sentence, "status": status, "title": title}

    async def answer() -> Response:
        if request.path.endswith(".json"):
            return Response.json(error, status=status)
        return Response.html(await render(datasette, (f"{status}.html", "error.html"), error), status=status)

    return answer
