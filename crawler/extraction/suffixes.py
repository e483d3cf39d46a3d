"""Titles without what a paper adds to them: the mark of a live blog, its own name, the rubric. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from crawler.extraction.words import essence, squeezed

LIVE = re.compile(r"^\W*(?:LIVE|Live|В эфире|En direct|EN DIRECT|EN VIVO|AO VIVO|DIRETTA)\s*[|:–—-]\s*(?=\S)")
SEPARATOR = re.compile(r"\s+(?:[|–—―·•»›«‹~∣/⋆ㅣ-]|::|>>|--)\s+|\s*(?:[|｜ㅣ∣]|::|>>)\s*|_(?=[^_]+$)")
_BEFORE_RUBRIC = re.compile(
    r"\s*[|｜ㅣ∣]\s*(?=[^|｜ㅣ∣]{2,40}$)|\s[-–—·:»›]\s(?=[^-–—·:»›]{2,40}$)|-(?=[^\x00-\xff]{2,12}$)"
)
_BAR = re.compile(r"\s*[|｜ㅣ∣]\s*(?=\S)")
LONGEST_NAME, _LONGEST = 60, 500


def clean(title: str, names: Iterable[str]) -> str:
    """A title without ``LIVE |`` before it and, after it, what carries one of the paper's names."""
    title = LIVE.sub("", squeezed(title))
    if len(title) > _LONGEST:
        return ""  # a heading that holds half the page
    known = {essence(name) for name in names} - {""}
    while cut := _paper_at_end(title, known):
        title = title[:cut].rstrip()
    return title[_paper_at_beginning(title, known) :]


def without_rubric(title: str, rubrics: Collection[str]) -> str:
    """A title without the section that stands at its end or, parted by a bar, at its beginning.

    ``rubrics`` are the sections that the page names, in letters alone.
    """
    while (match := _BEFORE_RUBRIC.search(title)) and essence(title[match.end() :]) in rubrics:
        title = title[: match.start()].rstrip()
    match = _BAR.search(title)
    if match and essence(title[: match.start()]) in rubrics:
        return title[match.end() :]
    return title


def main_part(title: str) -> str:
    """The first part of a title between bars that is long enough for a headline; all of it where none is."""
    parts = [
        part for part in _BARS.split(title) if len(part.split()) > _WORDS_OF_NAME or _HEADLINE_UNSPACED.search(part)
    ]
    return parts[0] if parts else title


_BARS = re.compile(r"\s*[|｜ㅣ∣]\s*|\s[‹«»›]\s|(?<=[^\x00-\xff])_")
_WORDS_OF_NAME = 4
"""What a section or a paper is called has no more."""
_HEADLINE_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff][^|_]{7}")


def _paper_at_beginning(title: str, known: Collection[str]) -> int:
    """Where the title goes on after the paper's name and what joins it; 0 where it does not begin with that."""
    match = SEPARATOR.search(title)
    return match.end() if match and essence(title[: match.start()]) in known else 0


def _paper_at_end(title: str, known: set[str]) -> int:
    """Where the paper's name begins, with what joins it; 0 where the title does not end in it."""
    for match in reversed(list(SEPARATOR.finditer(title))):
        rest = title[match.end() :]
        if len(rest) > LONGEST_NAME:
            return 0
        said = essence(rest)
        if said in known or any(len(name) > 4 and said.endswith(name) for name in known):
            return match.start()
    return 0
