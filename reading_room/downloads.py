"""Downloads that hold the whole result, whatever page is looked at: ``.xlsx``, ``.jsonl`` and ``.parquet`` of every
table, view and query, and ``search-download`` for what a search found, an article a row with its names joined.

Rows go from the archive into a file as they are read, and the file to the reader in pieces: memory holds one row, or a
group of Parquet. Strangers get the rows of the page, or of a search the newest thousand, and the file's name says so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import parse_qsl, quote, urlencode

from datasette import Request, Response, hookimpl
from datasette.app import Datasette
from jinja2 import Environment

from crawler.errors import SetupError
from crawler.tabular import WRITERS
from reading_room.feeds import label_of, refused
from reading_room.queries import SEARCH
from reading_room.search import EVERY, asked, hits_of

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_BY_PAGE = ("xlsx", "jsonl", "parquet")
"""Forms that Datasette offers beside every page; CSV is its own."""
_MOST_FOR_STRANGERS = 1_000
_PIECE = 1 << 16
_IDS = f"select article_id from article_facts where article_id in ({EVERY}) order by dated_at desc, article_id"  # noqa: S608 - of ours
Row = Sequence[Any]


class FileResponse(Response):  # type: ignore[misc]  # Datasette ships no types
    """A response whose body is a file, sent in pieces and closed at the end."""

    def __init__(self, file: IO[bytes], form: str, name: str) -> None:
        """``name`` is that of the file without its ending."""
        attached = f"attachment; filename*=UTF-8''{quote(name)}.{form}"
        super().__init__(b"", headers={"content-disposition": attached}, content_type=_TYPES[form])
        self.file = file

    async def asgi_send(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        """Send all of it."""
        headers = [
            (b"content-type", self.content_type.encode()),
            *((k.encode(), v.encode()) for k, v in self.headers.items()),
        ]
        with self.file as file:
            size = file.seek(0, 2)
            file.seek(0)
            headers.append((b"content-length", str(size).encode()))
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while piece := file.read(_PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_output_renderer() -> list[dict[str, Any]]:
    """Offer them wherever there are rows."""
    return [
        {"extension": form, "render": _renderer(form), "can_render": lambda columns: bool(columns)} for form in _BY_PAGE
    ]


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Answer beside the search."""
    return [(r"^/news/search-download$", _search)]


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def prepare_jinja2_environment(env: Environment) -> None:
    """Let templates write ``renderers.xlsx|whole``."""
    env.filters["whole"] = whole


def whole(address: str, **more: str) -> str:
    """Return the address of a page's rows from the first one on, whatever page is looked at."""
    path, _, query = str(address).partition("?")
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in ("_next", "page", "upto")]
    asked_for = urlencode([*kept, *more.items()])
    return f"{path}?{asked_for}" if asked_for else path


def _unlimited(sql: str) -> str:
    """Return the SQL of a table's page without its limit."""
    rest, _, number = sql.rpartition(" limit ")
    return rest if rest and number.strip().isdecimal() else sql


def _renderer(form: str) -> Callable[..., Awaitable[Any]]:
    async def render(
        datasette: Datasette,
        request: Request,
        columns: Sequence[str],
        rows: Sequence[Any],
        sql: str | None,
        table: str | None,
        query_name: str | None,
        data: Mapping[str, Any],
    ) -> Any:
        if data.get("error"):
            return refused(data["error"])
        if query_name == SEARCH:
            return await _found(datasette, request, form)
        name = table or query_name or "query"
        if datasette.public or not sql:
            cells = ([label_of(value) for value in row] for row in rows)
            return _answer(form, columns, cells, f"{name}-page" if datasette.public else name)
        values = (data.get("query") or {}).get("params") or {}
        statement = _unlimited(sql) if table else sql
        return await datasette.get_database("news").execute_fn(
            lambda db: _answer(form, columns, map(tuple, db.execute(statement, values)), name)
        )

    return render


async def _search(request: Request, datasette: Datasette) -> Any:
    form = request.args.get("format") or "csv"
    if form not in WRITERS:
        return Response.text(f"There is no form {form[:40]!r}; there are: {', '.join(WRITERS)}.", status=400)
    return await _found(datasette, request, form)


async def _found(datasette: Datasette, request: Request, form: str) -> Any:
    await datasette.ensure_permissions(request.actor, [("view-query", ("news", SEARCH)), "view-instance"])
    values = hits_of(asked(request))
    most = _MOST_FOR_STRANGERS if datasette.public else None

    def write(db: sqlite3.Connection) -> Any:
        ids = [row[0] for row in db.execute(_IDS, values)]
        columns = [row[0] for row in db.execute("select name from pragma_table_info('articles_flat')")]
        some = most is not None and len(ids) > most
        return _answer(form, columns, _flat(db, ids[:most]), f"search-newest-{most}" if some else "search")

    return await datasette.get_database("news").execute_fn(write)


def _flat(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[Row]:
    for article_id in ids:
        row = db.execute("select * from articles_flat where id = ?", (article_id,)).fetchone()
        if row is not None:
            yield tuple(row)


def _answer(form: str, columns: Sequence[str], rows: Iterable[Row], name: str) -> Any:
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        WRITERS[form](columns, rows, file)
    except SetupError as error:  # what the form needs is not installed
        file.close()
        return Response.text(str(error), status=501)
    except BaseException:
        file.close()
        raise
    return FileResponse(file, form, name)
