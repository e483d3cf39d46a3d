"""A text as the words that copies share, and the few numbers by which its copies are found again. Pure.

Typography, case and punctuation do not count. In scripts without spaces each character is a word, and a shingle is
longer. A number is one word, however its thousands are parted.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rensa import CMinHash

from crawler.scripts import LETTERS_PER_WORD, UNSPACED, UNSPACED_LETTER
from pipelines.fingerprint import plain

BANDS = 16
"""Rows of the signature of a whole text. A text of which another is a part ``p`` shares each with the probability p:
of 16, some are shared in 99 of 100 cases where a paper ran but a quarter of the agency's text."""
LEAD_BANDS = 4
"""Further rows for the opening alone: papers cut from the end, and these find even the shortest rest."""
LEAD = 60
"""Words of the opening."""
FEWEST = 12
"""Words below which a text is no evidence of anything: a caption, an invitation to subscribe."""
Shingle = tuple[str, ...]
_SEED = 20_241_209  # any number, but always the same: what is stored is looked up by it
_INDEXED = 4  # words: three are too often a phrase of the language
_COMPARED = 3
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # vowel signs are no letters to the regular expression, and belong to their word
_WORD = re.compile(rf"\d+|[^\W\d_{UNSPACED}{_INDIC}]+|[{_INDIC}]+|[{UNSPACED}]")
_INVISIBLE = re.compile("[\u00ad\u0307\u0591-\u05c7\u0640\u064b-\u0652\u200b-\u200f\u2060\ufeff]")
_WITHIN_NUMBER = re.compile(r"(?<=\d)[.,](?=\d)")
MOST = 8
"""Candidates whose texts are compared."""
_FEW = 8
"""Holders of a band that are looked at from either end: copies are published together, and follow a first one."""
_WHOLE = 4
_OF_MANY = 1
"""What a band counts, and what one that more articles hold: a phrase alone makes no candidate, a much-run text does."""


@dataclass(frozen=True)
class Words:
    """The words of a text: ``text`` is without typography, ``folded`` are its words as they are compared.

    ``width`` is the length of a shingle in words.
    """

    text: str
    folded: tuple[str, ...]
    width: int = _COMPARED

    def __len__(self) -> int:
        return len(self.folded)

    def scaled(self, count: int) -> int:
        """As much text as so many words have elsewhere, in this one's: where each character is one, they are more."""
        return count * self.width // _COMPARED

    @cached_property
    def shingles(self) -> frozenset[Shingle]:
        """Each run of ``width`` words."""
        return frozenset(_runs(self.folded, self.width))

    @cached_property
    def places(self) -> dict[Shingle, list[int]]:
        """Where each shingle begins."""
        found: dict[Shingle, list[int]] = {}
        for position, shingle in enumerate(_runs(self.folded, self.width)):
            found.setdefault(shingle, []).append(position)
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """Words, folded, that stand with a capital and never without: names, in most scripts that have capitals."""
        said = set(_WORD.findall(self.text))
        capital = {word.casefold() for word in said if word[0].isupper()}
        return frozenset(capital - {word for word in said if not word[0].isupper()})


def words(text: str) -> Words:
    """The words of a text."""
    bare = _WITHIN_NUMBER.sub("", plain(text))
    folded = tuple(_WORD.findall(_INVISIBLE.sub("", bare.casefold())))
    unspaced = len(UNSPACED_LETTER.findall(bare)) if UNSPACED_LETTER.search(bare) else 0
    return Words(bare, folded, _COMPARED * LETTERS_PER_WORD if 2 * unspaced > len(folded) else _COMPARED)


def bands(text: Words) -> tuple[int, ...]:
    """The numbers, signed and of 48 bits, of which articles with nearly the same text share some. None for a caption.

    Each is one row of a MinHash signature (Broder 1997), so that a part of a text is found by the whole: bands of
    several rows, as is usual, find only texts of about the same length.
    """
    if len(text) < FEWEST:
        return ()
    width = text.width * _INDEXED // _COMPARED
    lead = LEAD * text.width // _COMPARED
    whole = [" ".join(run) for run in _runs(text.folded, width)]
    opening = whole[: lead - width + 1]
    return (*_rows(whole, BANDS, 0), *_rows(opening, LEAD_BANDS, BANDS))


def _rows(shingles: list[str], rows: int, first: int) -> tuple[int, ...]:
    (signature,) = CMinHash.digests64_from_token_sets([shingles], rows, _SEED + first)
    return tuple(_mixed(value, first + nth) for nth, value in enumerate(signature))


def _mixed(value: int, nth: int) -> int:
    """Spread over 48 bits: minima are small numbers, and those of different rows must not meet."""
    return ((value + nth * 0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93 % 2**64 >> 16) - 2**47


def _runs(of: tuple[str, ...], width: int) -> zip[Shingle]:
    return zip(*(of[n:] for n in range(min(width, len(of)))), strict=False)


# Looking up which articles may have nearly the same text, at a cost that does not grow with the archive.
#
# To be called inside a transaction.


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
