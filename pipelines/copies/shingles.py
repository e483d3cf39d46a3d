"""What are the words of a text that its copies share? Pure.

Typography, case and punctuation do not count. In scripts without spaces each character is a word, and a shingle is
longer. A number is one word, however its thousands are parted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from crawler.scripts import LETTERS_PER_WORD, UNSPACED, UNSPACED_LETTER

FEWEST = 12
"""Words below which a text is no evidence of anything: a caption, an invitation to subscribe."""
Shingle = tuple[str, ...]
WIDTH = 3
"""Words of a shingle where words have spaces between them."""
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # vowel signs are no letters to the regular expression, and belong to their word
_WORD = re.compile(rf"\d+|[^\W\d_{UNSPACED}{_INDIC}]+|[{_INDIC}]+|[{UNSPACED}]")
_STYLES = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "\u00ad": "",
}  # fmt: skip
"""Marks that editors and publishing systems exchange without changing a word."""
_INVISIBLE = re.compile("[\u00ad\u0307\u0591-\u05c7\u0640\u064b-\u0652\u200b-\u200f\u2060\ufeff]")
_BEFORE_SENTENCE = re.compile(r"(?:^|[.!?…:;])[\W_]{0,4}$")
_WITHIN_NUMBER = re.compile(r"(?<=\d)[.,](?=\d)")


@dataclass(frozen=True)
class Words:
    """The words of a text: ``text`` is without typography, ``folded`` are its words as they are compared.

    ``width`` is the length of a shingle in words.
    """

    text: str
    folded: tuple[str, ...]
    width: int = WIDTH

    def __len__(self) -> int:
        return len(self.folded)

    def scaled(self, count: int) -> int:
        """Return how many words of this text are as much as so many elsewhere: more, where each character is one."""
        return count * self.width // WIDTH

    @cached_property
    def shingles(self) -> frozenset[Shingle]:
        """Return each run of ``width`` words."""
        return frozenset(runs(self.folded, self.width))

    @cached_property
    def places(self) -> dict[Shingle, list[int]]:
        """Return where each shingle begins."""
        places: dict[Shingle, list[int]] = {}
        for position, shingle in enumerate(runs(self.folded, self.width)):
            places.setdefault(shingle, []).append(position)
        return places

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the words, folded, that always stand with a capital: names, in most scripts that have capitals."""
        written = set(_WORD.findall(self.text))
        capital = {word.casefold() for word in written if word[0].isupper()}
        return frozenset(capital - {word for word in written if not word[0].isupper()})

    @cached_property
    def called(self) -> frozenset[str]:
        """Return those of the names that stand within a sentence: the first word of one has a capital in any case."""
        capital = ((word.start(), word[0]) for word in _WORD.finditer(self.text) if word[0][0].isupper())
        within = {
            word.casefold() for at, word in capital if not _BEFORE_SENTENCE.search(self.text[max(0, at - 4) : at])
        }
        return self.names & within


def content_hash(text: str) -> str:
    """Return 32 hexadecimal digits that equal texts share, whatever their typography."""
    return blake2b(plain(text).encode("utf-8", "replace"), digest_size=16).hexdigest()


def plain(text: str) -> str:
    """Return a text without its typography: one style of marks, one space between words."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        for mark, common in _STYLES.items():  # a table for str.translate is asked for each letter: ten times as long
            text = text.replace(mark, common)
    return " ".join(text.split())


def words(text: str) -> Words:
    """Return the words of a text."""
    bare = _WITHIN_NUMBER.sub("", plain(text))
    folded = tuple(_WORD.findall(_INVISIBLE.sub("", bare.casefold())))
    unspaced = len(UNSPACED_LETTER.findall(bare)) if UNSPACED_LETTER.search(bare) else 0
    return Words(bare, folded, WIDTH * LETTERS_PER_WORD if 2 * unspaced > len(folded) else WIDTH)


def runs(of: Sequence[str], width: int) -> Iterator[Shingle]:
    """Return each run of so many words that follow each other; of a shorter text, the whole."""
    return zip(*(of[n:] for n in range(min(width, len(of)))), strict=False)
