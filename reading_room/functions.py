"""SQL functions for the queries: addresses of our pages, hosts of links, words without their case."""

from __future__ import annotations

import json
import sqlite3
from functools import lru_cache
from urllib.parse import urlencode

from datasette import hookimpl

from crawler.addresses import host_of, without_www
from pipelines.archive.searching import read

_MAPPED = 1 << 30
"""Bytes of the file that are read as memory; what lies beyond is read as ever."""
_MARKS = ("⟪", "⟫")
"""What stands around found words in a snippet; cells.py makes <mark> of them, after escaping."""
_AROUND = 80
"""Characters of a text shown on either side of a found piece."""


def page(name: str, *pairs: object) -> str:
    """``/news/NAME?COLUMN=VALUE…``: a table's or query's page, limited by columns and values given in turn.

    NULL asks for rows without a value in that column.
    """
    limits = zip(pairs[::2], pairs[1::2], strict=True)
    query = urlencode([(f"{column}__isnull", 1) if value is None else (str(column), value) for column, value in limits])
    return f"/news/{name}?{query}"


@lru_cache(maxsize=4096)
def link_host(href: str | None) -> str | None:
    """The host that a link leads to, without ``www.``; None for what is not an http(s) address."""
    if href is None or not href.lower().startswith(("http://", "https://")):
        return None
    try:
        return without_www(host_of(href)) or None
    except ValueError:  # such as an unbalanced bracket in the host
        return None


def folded(text: str | None) -> str | None:
    """The text with its letters made alike whatever their case; SQLite's own ``lower`` knows A to Z alone."""
    return text and text.casefold()


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Make them known to SQLite, and let it read the archive as memory.

    Facets and rare sortings look at every row; mapped, they take half the time (measured with 40,000 articles).
    """
    if database == "news":
        conn.execute(f"pragma mmap_size = {_MAPPED}")
    conn.create_function("page", -1, page, deterministic=True)
    conn.create_function("folded", 1, folded, deterministic=True)
    conn.create_function("host_of", 1, link_host, deterministic=True)
    conn.create_function("search_match", 1, search_match, deterministic=True)
    conn.create_function("search_pieces", 1, search_pieces, deterministic=True)
    conn.create_function("piece_snippet", 2, piece_snippet, deterministic=True)


# Search in the reading room: the functions that its query calls.
#
# How words are understood is said in pipelines/archive/searching.py. Pieces of scripts without blanks are
# looked for in
# the newest articles: an index of pieces would take 3.3 times the bytes of the texts (a trigram index,
# measured); looking
# through the newest takes a fraction of a second, and nothing on disk beyond a partial index (see
# schema/search.py).


def search_match(typed: str | None) -> str | None:
    """SQL: the full-text query, or NULL where another way of searching, or none, is meant."""
    return read(typed or "").match


def search_pieces(typed: str | None) -> str | None:
    """SQL: the pieces that must occur, as a JSON list in lower case, or NULL where there are none."""
    pieces = read(typed or "").pieces
    return json.dumps([piece.lower() for piece in pieces]) if pieces else None


def piece_snippet(text: str, typed: str) -> str:
    """SQL: the surroundings of the first piece that occurs in the text, with the piece marked."""
    for piece in read(typed).pieces:
        start = text.lower().find(piece.lower())
        if start >= 0:
            end = start + len(piece)
            before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
            return f"{'…' * (start > _AROUND)}{before}{_MARKS[0]}{text[start:end]}{_MARKS[1]}{after}…"
    return text[: 2 * _AROUND]
