"""Who ran a text: every paper's copy beside the one that had it first, with what each kept, cut, added and changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from reading_room.article_history import MOST_CHARACTERS, paragraphs
from reading_room.article_lists import is_number
from reading_room.article_rows import COPIES, rows
from reading_room.diff import ADDED, CHANGED, REMOVED, Paragraph, texts


def syndication_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Every copy of the text of this article, in the order of publication, compared with it."""
    if not is_number(key):
        return None
    ran = rows(db, COPIES, {"origin": int(key)})
    if len(ran) < 2:
        return None
    stored = _texts(db, [one["article_id"] for one in ran])
    first, left = paragraphs(stored[ran[0]["article_id"]]), MOST_CHARACTERS
    copies = []
    for one in ran[1:]:
        left -= len(stored[one["article_id"]]) + len(stored[ran[0]["article_id"]])
        compared = texts(first, paragraphs(stored[one["article_id"]])) if left >= 0 else None
        copies.append({"row": one, "compared": compared, "told": told(compared or ())})
    return {"origin": ran[0], "copies": copies, "ran": ran}


def told(compared: Sequence[Paragraph]) -> str:
    """``2 paragraphs cut, 1 added, 3 changed``: what a copy did to a text; nothing where it left it as it was."""
    kinds = [one.kind for one in compared]
    counts = [(kinds.count(REMOVED), "cut"), (kinds.count(ADDED), "added"), (kinds.count(CHANGED), "changed")]
    named = [(n, done) for n, done in counts if n]
    return ", ".join(
        f"{n} paragraph{'s' * (n > 1)} {done}" if not place else f"{n} {done}" for place, (n, done) in enumerate(named)
    )


def _texts(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
    marks = ", ".join("?" * len(ids))
    return dict(db.execute(f"select id, text from articles where id in ({marks})", ids).fetchall())  # noqa: S608 - only marks
