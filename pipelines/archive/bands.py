"""Looking up which articles may have nearly the same text, at a cost that does not grow with the archive.

To be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

MOST = 8
"""Candidates whose texts are compared."""
_FEW = 8
"""Holders of a band that are looked at from either end: copies are published together, and follow a first one."""
_WHOLE = 4
_OF_MANY = 1
"""What a band counts, and what one that more articles hold: a phrase alone makes no candidate, a much-run text does."""


def keep(db: sqlite3.Connection, article_id: int, bands: Iterable[int]) -> None:
    """Let the article be found by these."""
    db.executemany(
        "insert into _bands(band, article_id) values (?, ?) on conflict do nothing",
        [(band, article_id) for band in sorted(set(bands))],
    )


def forget(db: sqlite3.Connection, article_id: int, bands: Iterable[int]) -> None:
    """Let the article no longer be found by these."""
    db.executemany(
        "delete from _bands where band = ? and article_id = ?", [(band, article_id) for band in sorted(set(bands))]
    )


def candidates(db: sqlite3.Connection, article_id: int, bands: Iterable[int]) -> list[int]:
    """The articles that share most of these, the likeliest first; at most :data:`MOST`."""
    shared, weights = Counter[int](), Counter[int]()
    for band in set(bands):
        holders, weight = _holders(db, band)
        for holder in holders - {article_id}:
            shared[holder] += 1
            weights[holder] += weight
    likely = sorted((-count, -holder) for holder, count in shared.items() if weights[holder] >= _WHOLE)
    return [-holder for _, holder in likely[:MOST]]


def _holders(db: sqlite3.Connection, band: int) -> tuple[set[int], int]:
    """The first and the latest articles that hold a band, and what each of them counts for it."""
    held = "select article_id from _bands where band = ? order by article_id"
    first = {row[0] for row in db.execute(f"{held} limit ?", (band, _FEW + 1))}
    if len(first) <= _FEW:
        return first, _WHOLE
    return first | {row[0] for row in db.execute(f"{held} desc limit ?", (band, _FEW))}, _OF_MANY
