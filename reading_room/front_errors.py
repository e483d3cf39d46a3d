"""Mistakes in an address are answered in the style of the house, and no stack of calls is printed for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from http import HTTPStatus
from typing import Any

from datasette import Request, Response, hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from markupsafe import Markup


@hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator]  # Datasette ships no types
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Generator[None, Any, None]:
    """Take the place of Datasette's own handler, which all others run beside, where the reader made the mistake."""
    outcome = yield
    mistake = told(exception)
    if mistake:
        outcome.force_result([_answer(datasette, request, *mistake)])


def told(exception: Exception) -> tuple[int, str | None, str | Markup] | None:
    """Status, title and sentence of a mistake; None for what is a fault of ours."""
    if isinstance(exception, Base400):
        return exception.status, None, str(exception.args[0] if exception.args else "")
    if isinstance(exception, DatasetteError):
        sentence = Markup(exception.message) if exception.message_is_html else str(exception.message)  # noqa: S704 - Datasette's own markup, in which it escapes
        # Datasette says 500 of an address that names a column which is not there.
        status = HTTPStatus.BAD_REQUEST if exception.status == HTTPStatus.INTERNAL_SERVER_ERROR else exception.status
        return int(status), exception.title, sentence
    return None


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
