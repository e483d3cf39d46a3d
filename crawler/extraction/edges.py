"""Lines that pages print at the head of a text, before it begins: its title again, who wrote it, and when."""

from __future__ import annotations

import re
from collections.abc import Collection

from crawler.extraction.bylines import begins_with_by
from crawler.extraction.words import essence

_LONGEST_LINE = 100
_LONGEST_KICKER = 60
_SHORTEST_TITLE = 15
_MOST_WORDS = 4
"""Beside a date: ``Published``, ``Last updated on``; a sentence has more."""
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}|\d{1,2}\.? [^\W\d]+\.?,? \d{4}|[^\W\d]+\.? \d{1,2},? \d{4}"
    r"|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}[:.h]\d\d\b"
)


def head_line(text: str, kind: str | None, said: Collection[str]) -> str | None:
    """Why a line over a text is none of it. ``said`` is what the page has as title and byline, in letters alone."""
    if _repeats(text, said):
        return "repeats the head"
    if kind is None and len(text) <= _LONGEST_LINE and text[-1:] not in "!?":
        if _is_time(text):
            return "time"
        if begins_with_by(text) and text[-1:] != ".":
            return "byline"
    return None


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
