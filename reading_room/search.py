"""Search in the reading room: the functions that its query calls.

How words are understood is said in pipelines/archive/searching.py. Pieces of scripts without blanks are looked for in
the newest articles: an index of pieces would take 3.3 times the bytes of the texts (a trigram index, measured); looking
through the newest takes a fraction of a second, and nothing on disk beyond a partial index (see schema/search.py).
"""

from __future__ import annotations

import json
import sqlite3

from datasette import hookimpl

from pipelines.archive.searching import read

_MARKS = ("⟪", "⟫")
"""What stands around found words in a snippet; cells.py makes <mark> of them, after escaping."""
_AROUND = 80
"""Characters of a text shown on either side of a found piece."""


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


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Make the functions known to SQLite."""
    conn.create_function("search_match", 1, search_match, deterministic=True)
    conn.create_function("search_pieces", 1, search_pieces, deterministic=True)
    conn.create_function("piece_snippet", 2, piece_snippet, deterministic=True)
