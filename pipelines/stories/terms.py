"""By which words do articles on one event know each other? Those of title, standfirst and beginning, names above all.

No language is known here. A word is cut to its first letters, which does for inflection about what a stemmer does
(McNamee and Mayfield, Character N-Gram Tokenization for European Language Text Retrieval, 2004); scripts without spaces
give pairs of letters. Which words mean nothing shows in how many articles have them: see ``scoring.py``. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from zlib import crc32

from crawler.scripts import UNSPACED

READ = 1500
"""Characters of a text that are read: who, what and where stand in the first paragraphs."""
SPACE = 1 << 22
"""How many different terms there are; two words that share a number look more common than they are, no worse."""
_STEM = 6  # letters
_DIGITS = 3  # a number of fewer stands in every second article
_NAME = 1.5
_NUMBER = 0.5
_NAMED = 2.0
"""Times as much does a name say of an article as another word, wherever in it it stands: who and where tell two strikes
apart that are reported in the same words. A cosine sees the square of it.
"""
_TITLE, _STANDFIRST, _LEAD, _TEXT = 3.0, 2.0, 1.5, 1.0
_TITLE_CASE = 0.6  # share of capitalised words from which capitals are a headline's style and name nobody
_PAIRED = re.compile(rf"[{UNSPACED}\uac00-\ud7af]+")
"""What gives pairs of letters. Hangul as well: Korean has spaces, but hangs its particles on its words, and pairs find
those all the same."""
_FIRST_PAIRED = "\u0e00"
_TOKEN = re.compile(rf"{_PAIRED.pattern}|(?:(?!{_PAIRED.pattern})[^\W_])+")
_DATED = re.compile(r"(?:\b[^\W\d]{1,40}[ .]{1,2})?\d[\d.,:/-]*(?:[ .]{1,2}[^\W\d]+)?")
_ENDS = frozenset('.!?…:;"“”«»„\n')
_QUOTES = " '’‘(["


@dataclass(frozen=True, slots=True)
class Terms:
    """How much each term says of an article, by its number, and how the text writes it."""

    weights: dict[int, float]
    shown: dict[int, str]


def terms(title: str, standfirst: str | None, text: str) -> Terms:
    """Return the terms of an article: words, numbers, and neighbours among its names."""
    lead, _, rest = text[:READ].partition("\n\n")
    weights: dict[int, float] = {}
    shown: dict[int, str] = {}
    names: set[int] = set()
    for part, weight in ((title, _TITLE), (standfirst or "", _STANDFIRST), (lead, _LEAD), (rest, _TEXT)):
        for term, written, says, is_name in _words(part):
            number = crc32(term.encode("utf-8", "replace")) % SPACE
            weights[number] = weights.get(number, 0.0) + weight * says
            shown.setdefault(number, written)
            if is_name:
                names.add(number)
    weighed = {number: sqrt(weight) * (_NAMED if number in names else 1.0) for number, weight in weights.items()}
    return Terms(weighed, shown)


def title_term(site: str, title: str) -> int:
    """Return the number, none of a word's, that titles of one site share which differ in figures, and in the words on
    either side of them: ``Letters of March 3``, ``Letters of April 10``.
    """
    skeleton = " ".join(_TOKEN.findall(_DATED.sub(" ", title.casefold())))
    return SPACE + crc32(f"{site}\n{skeleton or title}".encode("utf-8", "replace")) % SPACE


def _words(part: str) -> Iterator[tuple[str, str, float, bool]]:
    """Yield each term, how it is written, how much it says, and whether it names somebody or something."""
    tokens = [(token[0], token.start()) for token in _TOKEN.finditer(part)]
    has_names = sum(token[:1].isupper() for token, _ in tokens) < _TITLE_CASE * len(tokens)
    last: tuple[str, int, int] | None = None  # the capitalised word just before: its stem, where it begins and ends
    for token, start in tokens:
        end = start + len(token)
        if token >= _FIRST_PAIRED and _PAIRED.match(token):
            yield from ((token[i : i + 2], token[i : i + 2], 1.0, False) for i in range(max(1, len(token) - 1)))
            continue
        stem, capital = token.casefold()[:_STEM], has_names and token[0].isupper()
        if token[0].isdigit():
            if len(token) >= _DIGITS:
                yield stem, token, _NUMBER, False
        elif len(token) > 1:
            is_name = capital and not _begins_sentence(part, start)
            yield stem, token, _NAME if is_name else 1.0, is_name
        if capital and last and start == last[2] + 1:
            yield f"{last[0]} {stem}", part[last[1] : end], 1.0, True
        last = (stem, start, end) if capital else None


def _begins_sentence(part: str, start: int) -> bool:
    """Return whether a sentence begins here, so that a capital says nothing."""
    before = part[max(0, start - 4) : start].rstrip(_QUOTES)
    return not before or before[-1] in _ENDS
