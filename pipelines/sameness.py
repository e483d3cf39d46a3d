"""Whether two pages that one of them claims to be one article are one: the second sign. Pure.

A redirect, a declared canonical address, an AMP form, a slug each say so and each may be wrong: systems claim one
address for all their pages, and lead from yesterday's column to today's. Text, title and time have to agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from crawler.article import words
from pipelines.fingerprint import plain

_SHARED = 0.5
"""Share of the shorter text's words that stand in paragraphs of the other: an edit leaves more, a template less."""
_DAY = len("2024-12-09")


@dataclass(frozen=True, slots=True)
class Face:
    """What of a page tells it from others. ``published`` is as in the archive: a time, a plain date or None.

    ``title`` is None where it says nothing, as that of a column, which all its articles share with their slug.
    """

    title: str | None
    published: str | None
    text: str


def is_same(one: Face, other: Face) -> bool:
    """Whether what the two say bears out that they are one article."""
    titled = one.title is not None and other.title is not None and plain(one.title) == plain(other.title)
    timed = one.published == other.published and one.published is not None and len(one.published) > _DAY
    if not one.text or not other.text:
        return titled and timed
    if plain(one.text) == plain(other.text):
        return titled or timed
    return (timed or (titled and _may_be_of_one_time(one, other))) and shared(one.text, other.text) >= _SHARED


def shared(one: str, other: str) -> float:
    """The share of the shorter text's words that stand in paragraphs which both have, in the same order; 0 to 1."""
    here, there = ([plain(paragraph) for paragraph in text.split("\n\n")] for text in (one, other))
    found = SequenceMatcher(None, here, there, autojunk=False).get_matching_blocks()
    common = sum(_words(here[block.a : block.a + block.size]) for block in found)
    least = min(_words(here), _words(there))
    return common / least if least else 0.0


def _may_be_of_one_time(one: Face, other: Face) -> bool:
    """Whether a time is missing, or is only that of a day which both share."""
    if one.published is None or other.published is None:
        return True
    is_day = min(len(one.published), len(other.published)) == _DAY
    return is_day and one.published[:_DAY] == other.published[:_DAY]


def _words(paragraphs: Sequence[str]) -> int:
    return sum(map(words, paragraphs))
