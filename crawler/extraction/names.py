"""Which words are a person's name, and which the name of a paper's desk? By their shape, in any script. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache

from crawler.extraction import vocabulary
from crawler.extraction.words import essence, squeezed

CASELESS = re.compile(
    r"[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u10a0-\u10ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# What stands before a surname and is not written large.
PARTICLES = frozenset([
    "de", "del", "dela", "della", "delle", "di", "da", "do", "dos", "das", "du", "des", "d", "von", "van", "der",
    "den", "ter", "ten", "te", "zu", "zur", "zum", "vom", "af", "av", "al", "el", "ul", "bin", "ibn", "ben",
    "bint", "la", "le", "les", "lo", "y", "e", "i", "und", "in", "st", "san", "santa", "o", "mac", "mc", "ó", "ní",
    "nic", "ap", "vel", "dei", "degli", "dal", "dalla", "abu", "umm", "ould", "'t",
])  # fmt: skip
# What no name holds: addresses, dates, buttons, credits of pictures.
# What no name holds: addresses, dates, buttons, credits of pictures.
_SIGNS = (
    *(
        r"https?:",
        r"www\.",
        "@",
        r"\d{2}",
        r"\b(?:hours?|minutes?|days?|mins?|hrs?) ago\b|منذ\s|לפני\s|πριν\s",
        r"\.com\b",
        r"[<>{}\[\]?!]",
    ),
    *("cookie", "newsletter", "updated", "published", r"\bread\b", "comments?$", "share", "subscribe", r"\btwitter\b"),
    *("facebook", "instagram", "linkedin", "whatsapp", r"e-?mail", "abonn"),
)
NOT_NAME = re.compile("|".join(_SIGNS), re.IGNORECASE)
NOBODY = frozenset(map(essence, [
    "null", "undefined", "none", "n/a", "unknown", "x", "bio", "follow", "threads", "author", "authors", "autor",
    "autoren", "by", "von", "par", "por", "di", "verified", "twitter", "facebook", "admin", "administrator",
    "webmaster", "editor", "guest", "anonymous", "staff", "news", "redaktion", "redaction", "newsroom",
    "editorial", "redazione", "redacción", "redaction", "rédaction", "redakcja", "redactie",
]))  # fmt: skip
LONGEST, MOST_WORDS = 60, 6
"""Characters and words of a name."""


def is_name(text: str) -> bool:
    """Whether words have the shape of a person's name: few, each written large but for particles; no role, no sign."""
    words = text.split()
    if (
        any(map(str.isdigit, text))
        or not 1 <= len(words) <= MOST_WORDS
        or len(text) > LONGEST
        or NOT_NAME.search(text)
        or is_desk(text)
    ):
        return False
    if CASELESS.search(text):
        letters = text.replace(" ", "")
        return len(letters) <= (12 if not _UNSPACED.search(text) or "・" in text else 8) or len(words) > 1
    large = [word for word in words if word.lower().strip("’'.") not in PARTICLES]
    return bool(large) and all(is_large(word) for word in large) and is_large(words[-1])


def written_large(name: str) -> str:
    """Return a name of two or more words that is written small, as accounts are, as people write it."""
    words = name.split()
    if not 1 < len(words) <= MOST_WORDS or not name.islower() or NOT_NAME.search(name):
        return name
    return " ".join(
        word if place and word in PARTICLES else _LETTER.sub(lambda first: first[0].upper(), word)
        for place, word in enumerate(words)
    )


_LETTER = re.compile(r"(?:^(?!d['’])|(?<=-)|(?<=^[do]['’])|(?<=^mc))[^\W\d_]")
"""The letters of a name that are large: the first, that behind a hyphen, "O'Birch", "d'Aulne"."""


def has_case(text: str) -> bool:
    """Whether a text is in a script that has capitals and parts words by spaces."""
    return CASELESS.search(text) is None


def is_large(word: str) -> bool:
    """Return whether a word begins with a large letter, or is of a script that has no other."""
    letter = next((sign for sign in word if sign.isalpha()), "")
    return bool(letter) and (letter.isupper() or unicodedata.category(letter) in ("Lt", "Lo"))


def is_desk(name: str, own: Collection[str] = ()) -> bool:
    """Whether a name is a part of a paper rather than a person's: "News Desk", "Redaktion", also with its name."""
    bare = name
    for title in sorted(own, key=len, reverse=True):
        if len(title) > 2 and title.casefold() in bare.casefold():
            bare = squeezed(re.sub(re.escape(title), " ", bare, flags=re.IGNORECASE))
    return not bare.strip(" .-|") or desk().fullmatch(bare.strip(" .,-|:")) is not None or essence(bare) in NOBODY


@cache
def desk() -> re.Pattern[str]:
    """Return the pattern of a desk's whole name."""
    return re.compile(rf"(?:by |the |from |von |der |die )?{vocabulary.any_of('names', 'desks')}", re.IGNORECASE)
