"""Does a text consist of posts, each under its time of day, as a live blog does? Pure.

Not every page says that it is live, and what a paper makes of its blog afterwards has the blog's words, not its times.
"""

from __future__ import annotations

import re

_FEWEST = 3
"""Times at the least: a chronology of a few lines stands in many an article …"""
_PARAGRAPHS_TO_A_POST = 4
"""… and at the most so many paragraphs to each, on average."""
_TIME = r"\d{1,2}(?:[:.h时点時點]\d\d(?:[:.]\d\d)?|\s?[ap]\.?m\b)"
_UNDER_TIME = re.compile(rf"^[^\w\n]*{_TIME}(?![.,:/-]?\d)", re.MULTILINE | re.IGNORECASE)


def is_of_posts(text: str) -> bool:
    """Whether at least each fourth of its paragraphs, parted by an empty line, begins with a time of day."""
    times = len(_UNDER_TIME.findall(text))
    return times >= _FEWEST and times * _PARAGRAPHS_TO_A_POST > text.count("\n\n")
