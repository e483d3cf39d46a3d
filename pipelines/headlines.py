"""Does a headline say that the page is no article: that nothing is here, or that something stands before it? Pure.

Pages that answer 200 for what is missing, and walls that answer 200 for everything, are known by their whole headline,
never by words in it: "Lost painting not found after all" is news. The words are data, in ``languages/`` of extraction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from crawler.extraction.vocabulary import any_of

LONGEST = 200
"""Characters of a headline that are looked at; systems' own are short."""
_SHORTEST, _MOST_WORDS = 4, 4  # letters of a name that may be a part of another, and words of a part that is one
_CODES = {"not_found": "404|410", "wall": "403|429|503"}
_PARTS = re.compile(r"(?<!\.)\.++(?=\s|$)|[|:·•,!?¡¿;()\[\]{}<>\"“”„«»…–—。、，！？：；]+|\s-+\s|\s{2,}")


def is_not_found(title: str, *names: str) -> bool:
    """Return whether a headline says that there is no such page; ``names`` of the site may stand in it."""
    return _says(title, names, "not_found")


def is_wall(title: str, *names: str) -> bool:
    """Return whether a headline is that of a page which stands in front of others: bot check, consent, maintenance."""
    return _says(title, names, "wall")


def is_apology(title: str, *names: str) -> bool:
    """Return whether a headline only says that something is amiss, such as "Oops!": where the page is strange besides,
    that is none of an article.
    """
    parts, (_, others) = _parts(title, names), _patterns("not_found")
    return any(map(str.isalpha, "".join(parts))) and all(map(others.fullmatch, parts))


def _says(title: str, names: tuple[str, ...], topic: str) -> bool:
    """Return whether one part of the headline says it, and no part says anything else."""
    parts, (says, others) = _parts(title, names), _patterns(topic)
    matched = [says.fullmatch(part) is not None for part in parts]
    return any(matched) and all(
        hit or others.fullmatch(part) is not None for hit, part in zip(matched, parts, strict=True)
    )


def _parts(title: str, names: tuple[str, ...]) -> list[str]:
    """Return the parts of a headline that are no name of the site."""
    parts = (part for each in _PARTS.split(_plain(title[:LONGEST])) if (part := each.strip(" -")))
    return [part for part in parts if not _is_a_name(part, names)]


def _is_a_name(part: str, names: Iterable[str]) -> bool:
    """Return whether a part of a headline is what the site is called, in full or in short: "Courier" for
    courier.example, "Harbour Post" for The Harbour Post.
    """
    written = _squashed(part)
    for name in names:
        known = _squashed(name.partition(".")[0] if " " not in name else name)
        if written == known or (len(written) >= _SHORTEST and written in known):
            return True
        if len(known) >= _SHORTEST and known in written and len(part.split()) <= _MOST_WORDS:
            return True
    return False


def _squashed(text: str) -> str:
    return "".join(filter(str.isalnum, _plain(text)))


@cache
def _patterns(topic: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what says it, and what may stand beside that: an apology, a status code, the number of an incident."""
    sorry, error = any_of("pages", "sorry"), any_of("pages", "error")
    codes = _CODES[topic]
    code = rf"(?:{error}\s?#?)?(?:{codes})(?:\s?{error})?"
    said = rf"(?:(?:{code}|{sorry})\s)?{any_of('pages', topic)}(?:\s(?:{codes}))?"
    return re.compile(f"{said}|{code}"), re.compile(f"{sorry}|{error}|[\\d -]+")


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").replace("`", "'").split())
