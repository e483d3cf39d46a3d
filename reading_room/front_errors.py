"""Mistakes and faults are answered in the style of the house; a fault is logged, once, without the values at hand."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Generator
from http import HTTPStatus
from typing import Any

from datasette import Request, Response, hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from markupsafe import Markup

_OLDER = (
    "An earlier version of Vestnik made it, and it lacks something that this page shows ({})."
    " Any crawl into it brings it up to date, after a backup."
)
_log = logging.getLogger(__name__)


@hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator]  # Datasette ships no types
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Generator[None, Any, None]:
    """Take the place of Datasette's own handler, which prints every mistake in an address with a stack of calls."""
    outcome = yield
    status, title, sentence = told(exception)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s failed", request.path, exc_info=exception)
    outcome.force_result([_answer(datasette, request, status, title, sentence)])


def told(exception: Exception) -> tuple[int, str | None, str | Markup]:
    """Status, title and sentence of a mistake; 500 and its own words for what is a fault of ours."""
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
    said = {"ok": False, "error": sentence, "status": status, "title": title}

    async def answer() -> Response:
        if request.path.endswith(".json"):
            return Response.json(said, status=status)
        template = datasette.jinja_env.select_template([f"{status}.html", "error.html"])
        shown = await template.render_async({**said, "urls": datasette.urls, "menu_links": list})
        return Response.html(shown, status=status)

    return answer
