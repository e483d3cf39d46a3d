"""A text as the words that copies share, and the few numbers by which its copies are found again. Pure.

Typography, case and punctuation do not count. In scripts without spaces each character is a word, and a shingle is
longer. A number is one word, however its thousands are parted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rensa import CMinHash

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
_SEED = 20_241_209  # any number, but always the same: what is stored is looked up by it
_INDEXED = 4  # words: three are too often a phrase of the language
_COMPARED = 3
_UNSPACED_FACTOR = 2  # characters that stand for a word
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_WORD = re.compile(rf"\d+(?:[.,]\d+)*|[{_UNSPACED}]|(?:(?![{_UNSPACED}\d_])[\w\u0900-\u0dff])+")
_INVISIBLE = re.compile("[\u00ad\u0591-\u05c7\u0640\u064b-\u0652\u200b-\u200f\u2060\ufeff]|[\u0964\u0965]")
_PARTED = re.compile("[.,]")


@dataclass(frozen=True)
class Words:
    """The words of a text: ``said`` as printed, ``folded`` as compared; ``width`` is a shingle's length in words."""

    said: tuple[str, ...]
    folded: tuple[str, ...]
    width: int = _COMPARED

    def __len__(self) -> int:
        return len(self.folded)

    @cached_property
    def shingles(self) -> dict[tuple[str, ...], list[int]]:
        """Each run of ``width`` words, and the positions where it begins."""
        found: dict[tuple[str, ...], list[int]] = {}
        for position, shingle in enumerate(_runs(self.folded, self.width)):
            found.setdefault(shingle, []).append(position)
        return found


def words(text: str) -> Words:
    """The words of a text."""
    said = tuple(_WORD.findall(_INVISIBLE.sub("", plain(text))))
    folded = tuple(_PARTED.sub("", word).casefold() if word[0].isdigit() else word.casefold() for word in said)
    unspaced = sum(len(word) == 1 and word >= "\u0e00" for word in said) > len(said) / 2
    return Words(said, folded, _COMPARED * _UNSPACED_FACTOR if unspaced else _COMPARED)


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


def _runs(of: tuple[str, ...], width: int) -> zip[tuple[str, ...]]:
    return zip(*(of[n:] for n in range(min(width, len(of)))), strict=False)
