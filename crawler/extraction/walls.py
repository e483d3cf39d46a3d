"""Does a page print a wall? The words that ask for a subscription where the text breaks off."""

from __future__ import annotations

from functools import cache
from itertools import accumulate

from crawler.extraction import vocabulary
from crawler.extraction.page import Page

_LONGEST, _LONGEST_TEXT, _BEHIND = 400, 4_000, 16
"""Characters of a wall's line and of a text that breaks off, and the blocks behind the text among which a wall stands.

A page whose text goes on only carries the words of a wall, for readers who have used up their free articles.
"""


def is_walled(page: Page) -> bool:
    """Return whether right behind a short text the page asks for a subscription to read on."""
    headline = page.head.headline
    start, end = headline.last if headline is not None else 0, len(page.survey.blocks)
    if page.survey.prose_between(start, end) > 2 * _LONGEST_TEXT:
        return False
    blocks = [block for block in page.survey.blocks[start:] if block.unseen is None]
    prose = [0, *accumulate(len(block.text) if block.is_prose else 0 for block in blocks)]
    lines = [
        block.text
        for place, block in enumerate(blocks)
        if len(block.text) <= _LONGEST
        and 0 < prose[place] <= _LONGEST_TEXT
        and prose[min(place + 1 + _BEHIND, len(blocks))] - prose[place + 1] < prose[place]
    ]
    words = _wall().among(vocabulary.folded("\n".join(lines)))
    return any(words.is_in(line, vocabulary.folded(line)) for line in lines)


def asks(line: str) -> bool:
    """Return whether a line asks for a subscription to read on."""
    return len(line) <= _LONGEST and _wall().is_in(line, vocabulary.folded(line))


@cache
def _wall() -> vocabulary.Finder:
    return vocabulary.finder("texts", "wall")
