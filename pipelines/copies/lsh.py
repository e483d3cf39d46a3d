"""Which articles may have nearly the same text? Looked up by locality-sensitive hashing.

Each article is kept under a few numbers of which its copies share some, so that the cost of a look-up does not grow
with the archive. To be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from rensa import CMinHash

from pipelines.copies.shingles import FEWEST, WIDTH, Words, runs

BANDS = 16
"""Rows of the signature of a whole text. A text of which another is a part ``p`` shares each with the probability p:
of 16, some are shared in 99 of 100 cases where a paper ran but a quarter of the agency's text."""
LEAD_BANDS = 4
"""Further rows for the opening alone: papers cut from the end, and these find even the shortest rest."""
LEAD = 60
"""Words of the opening."""
_SEED = 20_241_209  # any number, but always the same: what is stored is looked up by it
_INDEXED = 4  # words: three are too often a phrase of the language
MOST = 8
"""Candidates whose texts are compared."""
_FEW = 8
"""Holders of a band that are looked at from either end: copies are published together, and follow a first one."""
_ANY = 2**63 - 1  # no article has a greater number
_WHOLE = 4
_OF_MANY = 1
"""What a band counts, and what one that more articles hold: a phrase alone makes no candidate, a much-run text does."""


def bands(text: Words) -> tuple[int, ...]:
    """Return the numbers, signed and of 48 bits, of which copies of a text share some; none for a caption.

    Each is one row of a MinHash signature (Broder 1997), so that a part of a text is found by the whole: bands of
    several rows, as is usual, find only texts of about the same length.
    """
    if len(text) < FEWEST:
        return ()
    width = text.width * _INDEXED // WIDTH
    lead = LEAD * text.width // WIDTH
    whole = [" ".join(run) for run in runs(text.folded, width)]
    opening = whole[: lead - width + 1]
    return (*_rows(whole, BANDS, 0), *_rows(opening, LEAD_BANDS, BANDS))


def keep(db: sqlite3.Connection, article_id: int, bands: Iterable[int]) -> None:
    """Let the article be found by these."""
    db.execute(
        "insert into _bands(band, article_id) select value, ? from json_each(?) where true on conflict do nothing",
        (article_id, str(sorted(set(bands)))),
    )


def forget(db: sqlite3.Connection, article_id: int, bands: Iterable[int]) -> None:
    """Let the article no longer be found by these."""
    db.execute(
        "delete from _bands where article_id = ? and band in (select value from json_each(?))",
        (article_id, str(sorted(set(bands)))),
    )


def candidates(db: sqlite3.Connection, article_id: int, bands: Iterable[int]) -> list[int]:
    """Return the articles that share most of these, the likeliest first; at most :data:`MOST`."""
    shared, weights = Counter[int](), Counter[int]()
    for holders, weight in _holders(db, set(bands)):
        for holder in holders - {article_id}:
            shared[holder] += 1
            weights[holder] += weight
    likely = sorted((-count, -holder) for holder, count in shared.items() if weights[holder] >= _WHOLE)
    return [-holder for _, holder in likely[:MOST]]


def _rows(shingles: list[str], rows: int, first: int) -> tuple[int, ...]:
    (signature,) = CMinHash.digests64_from_token_sets([shingles], rows, _SEED + first)
    return tuple(_mixed(value, first + nth) for nth, value in enumerate(signature))


def _mixed(value: int, nth: int) -> int:
    """Return it spread over 48 bits: minima are small numbers, and those of different rows must not meet."""
    return ((value + nth * 0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93 % 2**64 >> 16) - 2**47


def _holders(db: sqlite3.Connection, bands: Collection[int]) -> Iterator[tuple[set[int], int]]:
    """Yield the first and the latest articles that hold a band, and what each of them counts for it."""
    first: dict[int, set[int]] = {}
    for band, article_id in db.execute(
        "select asked.value, held.article_id from json_each(?) asked cross join _bands held on held.band = asked.value"
        " and held.article_id <= coalesce((select article_id from _bands where band = asked.value"
        " order by article_id limit 1 offset ?), ?)",
        (str(list(bands)), _FEW, _ANY),
    ):
        first.setdefault(band, set()).add(article_id)
    for band, holders in first.items():
        if len(holders) <= _FEW:
            yield holders, _WHOLE
        else:
            latest = "select article_id from _bands where band = ? order by article_id desc limit ?"
            yield holders | {row[0] for row in db.execute(latest, (band, _FEW))}, _OF_MANY
