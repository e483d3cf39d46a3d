"""Lines that pages print at the head of a text, before it begins: its title again, who wrote it, and when."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile

from crawler.extraction.bylines import begins_with_by
from crawler.extraction.render import Piece
from crawler.extraction.words import essence

_HEAD = 6
"""Paragraphs in which such lines are looked for."""
_REPEATED = 4
_LONGEST_LINE = 100
_LONGEST_KICKER = 60
_SHORTEST_TITLE = 15
_MOST_WORDS = 4
"""Beside a date: ``Published``, ``Last updated on``; a sentence has more."""
_TITLES_IN_LIST = 3
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}|\d{1,2}\.? [^\W\d]+\.?,? \d{4}|[^\W\d]+\.? \d{1,2},? \d{4}"
    r"|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}[:.h]\d\d\b"
)


def head_lines(pieces: Sequence[Piece], known: Collection[str]) -> Mapping[int, str]:
    """The numbers of these paragraphs, with reasons. ``known`` is what the page says as title and byline."""
    said = {essence(text) for text in known} - {""}
    found = dict.fromkeys(_titles_of_others(pieces), "read more")
    for number, piece in enumerate(pieces[:_HEAD]):
        if number < _REPEATED and _repeats(piece.text, said):
            found[number] = "repeats the head"
        elif piece.kind is None and len(piece.text) <= _LONGEST_LINE and piece.text[-1:] not in "!?":
            if _is_time(piece.text):
                found[number] = "time"
            elif begins_with_by(piece.text) and piece.text[-1:] != ".":
                found[number] = "byline"
    return found


def _repeats(text: str, said: Collection[str]) -> bool:
    """Whether a line is the title or the byline, or a title with the rubric that stands over it."""
    bare = essence(text)
    return bare in said or any(
        len(one) >= _SHORTEST_TITLE and bare.endswith(one) and len(bare) <= len(one) + _LONGEST_KICKER for one in said
    )


def _is_time(text: str) -> bool:
    """Whether a line gives a time and hardly says more."""
    rest, count = _DATE.subn(" ", text)
    words = [word for word in re.findall(r"[^\W\d_]+", rest) if len(word) > 1]
    return count > 0 and len(words) <= _MOST_WORDS


def _titles_of_others(pieces: Sequence[Piece]) -> range:
    """Of a text that opens with several headings in a row, all but the last: they head no text here."""
    opening = sum(1 for _ in takewhile(lambda piece: piece.kind == "heading", pieces))
    return range(opening - 1) if opening >= _TITLES_IN_LIST else range(0)
