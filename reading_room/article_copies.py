"""Who ran a text: every paper's copy beside the one that had it first, with what each kept, cut, added and changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.copies.lineage import compare
from reading_room.diff import ADDED, CHANGED, REMOVED, SAME, Paragraph, Piece, texts, words
from reading_room.history import paragraphs
from reading_room.lists import is_number
from reading_room.rows import COPIES, rows

MOST_CHARACTERS = 100_000
"""Text that is compared for one page; copies beyond it, the later ones, are listed with their shares alone."""

_MOST_PARAGRAPHS, _LONGEST = 80, 2_500


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
