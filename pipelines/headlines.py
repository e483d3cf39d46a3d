"""Does a headline say that the page is no article: that nothing is here, or that something stands before it? Pure.

Pages that answer 200 for what is missing, and walls that answer 200 for everything, are known by their whole headline,
never by words in it: "Lost painting not found after all" is news. The words are data, in ``languages/`` of extraction.
"""

from __future__ import annotations

import re
from functools import cache

from crawler.extraction.vocabulary import any_of

LONGEST = 200
"""Characters of a headline that are looked at; systems' own are short."""
_CODES = {"not_found": "404|410", "wall": "403|429|503"}
_PARTS = re.compile(r"[|:·•.,!?¡¿;()\[\]{}<>\"“”„«»…–—。、，！？：；]+|\s-+\s|\s{2,}")


def is_not_found(title: str, *names: str) -> bool:
    """Return whether a headline says that there is no such page; ``names`` of the site may stand in it."""
    return _says(title, names, "not_found")


def is_wall(title: str, *names: str) -> bool:
    """Return whether a headline is that of a page which stands in front of others: bot check, consent, maintenance."""
    return _says(title, names, "wall")


def _says(title: str, names: tuple[str, ...], topic: str) -> bool:
    """Return whether one part of the headline says it, and no part says anything else."""
    known = {_plain(name) for name in names}
    parts = [part for each in _PARTS.split(_plain(title[:LONGEST])) if (part := each.strip(" -"))]
    parts = [part for part in parts if part not in known]
    says, others = _patterns(topic)
    matched = [says.fullmatch(part) is not None for part in parts]
    return any(matched) and all(
        hit or others.fullmatch(part) is not None for hit, part in zip(matched, parts, strict=True)
    )


@cache
def _patterns(topic: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what says it, and what may stand beside that: an apology, a status code."""
    sorry, error = any_of("pages", "sorry"), any_of("pages", "error")
    codes = _CODES[topic]
    code = rf"(?:{error}\s?#?)?(?:{codes})(?:\s?{error})?"
    said = rf"(?:(?:{code}|{sorry})\s)?{any_of('pages', topic)}(?:\s(?:{codes}))?"
    return re.compile(f"{said}|{code}"), re.compile(f"{sorry}|{error}")


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").replace("`", "'").split())
