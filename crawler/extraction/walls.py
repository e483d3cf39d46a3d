"""Does a page print a wall? The words that ask for a subscription where the text breaks off."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from crawler.extraction import vocabulary
from crawler.extraction.page import Page

_LONGEST, _LONGEST_TEXT, _BEHIND = 400, 4_000, 16
"""Characters of a wall's line and of a text that breaks off, and the blocks behind the text among which a wall stands.

A page whose text goes on only carries the words of a wall, for readers who have used up their free articles.
"""


_SIGN = re.compile(
    r"subscri|member|abonn|abo\b|plus|premium|mitglied|regist|suscri|soci|assin|iscri|riserv|réserv|exclu|exkl|prenum"
    r"|tilaa|předpl|zaloguj|subskr|sign up|log ?in|logg|acced|word |neem |bliv |bli |køb|kjøp|weiterl|connect|identif"
    r"|подпис|доступ|会員|有料|残り|유료|订阅|訂閱|会员|會員|付费|付費"
)
"""One of these is, in small letters, in every phrase of a wall; the phrases themselves are looked for only then."""


def is_walled(page: Page) -> bool:
    """Return whether right behind a short text the page asks for a subscription to read on."""
    headline = page.head.headline
    start, end = headline.last if headline is not None else 0, len(page.survey.blocks)
    if page.survey.prose_between(start, end) > 2 * _LONGEST_TEXT:
        return False
    blocks = page.survey.blocks[start:]
    prose, found = 0, None
    for place, block in enumerate(blocks):
        if block.unseen:
            continue
        if asks(block.text):
            found = place
            break
        prose += len(block.text) if block.is_prose else 0
        if prose > _LONGEST_TEXT:
            return False
    if found is None or not prose:
        return False
    behind = islice((block for block in blocks[found + 1 :] if block.unseen is None), _BEHIND)
    return sum(len(block.text) for block in behind if block.is_prose) < prose


def asks(line: str) -> bool:
    """Return whether a line asks for a subscription to read on."""
    folded = line.casefold() if len(line) <= _LONGEST else ""
    return _SIGN.search(folded) is not None and _wall().is_in(line, folded)


@cache
def _wall() -> vocabulary.Finder:
    return vocabulary.finder("texts", "wall")
