"""How much does a term say, by how rare it is? As the archive has counted it; a young one borrows how common words are.

On its first day an archive has met each name as seldom as the words of which all strikes are told. What share of
articles has a word in general is kept in ``borrowed.bin``, in seventeen languages at once (``borrowed.LICENSE.md`` says
from where); names of people and places of one week are in none, and so they stand out. It is read when a young archive
first asks, and by no other: 1.4 MB of memory. ``python -m tests.stories.borrowing`` makes the file.
"""

from __future__ import annotations

import sqlite3
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from math import log2

from pipelines.stories.scoring import Measure

YOUNG = 1500
"""Articles of an archive from which on it goes by its own words alone."""
_LENT = 1000
"""Articles that the shares stand for in an empty archive, less as it grows: in three generated first days F1 is 0.87 to
0.97 without, 0.92 to 0.99 with 300, 0.99 with 1,000."""
_KNOWN = 0.25
"""Share of an article's terms that must be known for its language to be one of those shipped: of another language one
in twelve meets the number of a known one by chance."""
_LEVELS = 16
"""Steps in which a share falls to its half: how exactly it is kept."""
_BITS = 8


class Weights(dict[int, float]):
    """How much terms say, by how rare they are; those of one article at once, others when they are asked for."""

    def __init__(self, db: sqlite3.Connection, terms: Collection[int]):
        """Look up the terms of the article by which all is measured."""
        counts = _counts(db, terms)
        (stored,) = db.execute("select max(id) from articles").fetchone()
        known = shares(terms) if (stored or 0) < YOUNG else {}
        self._lent = lent(stored or 0, len(known) / max(1, len(terms)))
        self.measure = Measure.of(counts.values(), stored or 0, self._lent)
        self._db = db
        self._weigh(terms, counts, known)

    def __missing__(self, term: int) -> float:
        """Look one up that the article has not."""
        self.learn([term])
        return self[term]

    def learn(self, terms: Iterable[int]) -> None:
        """Look up terms that the article has not, all at once."""
        if unknown := [term for term in terms if term not in self]:
            self._weigh(unknown, _counts(self._db, unknown), shares(unknown) if self._lent else {})

    def _weigh(self, terms: Collection[int], counts: Mapping[int, int], known: Mapping[int, float]) -> None:
        common: dict[int, float] = {**counts}
        for term, share in known.items():
            common[term] = blended(counts.get(term, 0), share, self._lent)
        weight = {count: self.measure.weight(count) for count in {0, *common.values()}}
        self.update((term, weight[common.get(term, 0)]) for term in terms)


def rarest(terms: Mapping[int, float], weights: Mapping[int, float]) -> list[int]:
    """Return the terms that say most, the first one most."""
    weighed = {term: tf * weights[term] for term, tf in terms.items()}
    return sorted(weighed, key=lambda term: (-weighed[term], term))


def _counts(db: sqlite3.Connection, terms: Collection[int]) -> dict[int, int]:
    """Return how many articles have each of these terms; one that was never counted is left out."""
    return dict(
        db.execute(
            "select term, articles from _term_counts where term in (select value from json_each(?))",
            (str(list(terms)),),
        )
    )


# What a young archive borrows.


def lent(stored: int, known: float) -> int:
    """Return for how many articles the shares stand beside so many that are stored, where so great a share of the terms
    of an article is ``known``: for none in a language that is not shipped.
    """
    return max(0, _LENT * (YOUNG - stored) // YOUNG) if known >= _KNOWN else 0


def blended(count: int, share: float, lent: int) -> float:
    """Return how many articles have a term: those counted, and its share of those that are lent."""
    return count + lent * share


def shares(terms: Collection[int]) -> dict[int, float]:
    """Return of these terms those that are known, with the share of articles that have each, 0 to 1."""
    numbers = _numbers()
    found: dict[int, float] = {}
    for term in terms:
        place = bisect_left(numbers, term << _BITS)
        if place < len(numbers) and numbers[place] >> _BITS == term:
            found[term] = 2 ** (-(numbers[place] % 2**_BITS) / _LEVELS)
    return found


def packed(shares: Mapping[int, float]) -> bytes:
    """Return the file of such shares: sorted numbers of 32 bits, the term's 22 and eight that say how rare it is."""
    levels = {term: min(2**_BITS - 1, round(-_LEVELS * log2(share))) for term, share in shares.items()}
    numbers = array("I", sorted(term << _BITS | level for term, level in levels.items()))
    return zlib.compress(_little(numbers).tobytes(), 9)


def unpacked(content: bytes) -> array[int]:
    """Return the numbers of such a file."""
    return _little(array("I", zlib.decompress(content)))


def _little(numbers: array[int]) -> array[int]:
    """Return numbers in the order of bytes that the file has: this machine's, or turned round."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


@cache
def _numbers() -> array[int]:
    return unpacked(files(__package__).joinpath("borrowed.bin").read_bytes())
