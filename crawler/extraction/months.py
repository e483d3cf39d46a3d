"""What are the months called on pages? The names of CLDR, and those of papers that it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from crawler import months as cldr
from crawler.extraction import vocabulary
from crawler.months import folded

_LETTERS = re.compile(r"[^\W\d_]+")
_GLUED = ("ב", "ל")
"""Prepositions of Hebrew, which are written together with a name."""
# Regions whose names of months differ from those of the language as such.
_VARIANTS: Mapping[str, tuple[str, ...]] = {
    "ar": ("ar", "ar_LB", "ar_DZ", "ar_MA", "ar_SA"),
    "de": ("de", "de_AT"),
    "no": ("nb", "nn"),
    "nb": ("nb", "nn"),
    "sr": ("sr", "sr_Latn"),
    "sh": ("sr_Latn", "hr", "bs"),
    "bs": ("bs", "hr", "sr_Latn"),
    "zh": ("zh", "zh_Hant"),
    "uz": ("uz", "uz_Cyrl"),
    "tl": ("fil", "en"),
    "iw": ("he",),
    "in": ("id",),
    "mo": ("ro",),
}


@dataclass(frozen=True)
class Months:
    """Names of months: their numbers by folded name, a pattern whose first group is a name, and words to know them by.

    A name is looked for only in a line with a word that opens one, as hardly any has: there are hundreds of names.
    """

    numbers: Mapping[str, int]
    pattern: re.Pattern[str]
    openings: frozenset[str]

    def places(self, line: str) -> Iterable[re.Match[str]]:
        """Return where a line has names, in its order."""
        return () if self.openings.isdisjoint(_LETTERS.findall(folded(line))) else self.pattern.finditer(line)


@cache
def months(language: str) -> Months:
    """Return the names of a language and of English."""
    return _of({**_names("en"), **_names(language)})


def names_everywhere() -> Mapping[str, set[int]]:
    """Return which months each name means, in all languages that we ask."""
    return cldr.meanings(_names)


@cache
def all_months() -> Months:
    """Return the names that mean one month in all languages that know them: for any page."""
    return _of(cldr.meaning_one(_names))


def _of(names: Mapping[str, int]) -> Months:
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    # A name begins a word, but for an article or preposition written together with it.
    pattern = rf"(?<![^\W\d_])(?:[{''.join(_GLUED)}]|[dl]['’]|ta['’]\s?)?({words})(?![^\W_])\.?"
    openings = (word[0] for name in names if (word := _LETTERS.search(name)))
    glued = frozenset(before + word for word in openings for before in ("", *_GLUED))
    return Months(names, re.compile(pattern, re.IGNORECASE), glued)


@cache
def _names(language: str) -> Mapping[str, int]:
    own = vocabulary.languages().get(language, {}).get("times", {})
    found = dict(map(_entry, (*own.get("months", ()), *own.get("persian", ()))))
    for code in _VARIANTS.get(language, (language,)):
        for name, number in cldr.names(code).items():
            found.setdefault(name, number)
    return found


@cache
def weekdays(language: str) -> frozenset[str]:
    """Return the names of the weekdays in a language and in English."""
    codes = ("en", *_VARIANTS.get(language, (language,)))
    return frozenset(name for code in codes for name in cldr.weekdays(code))


@cache
def persian() -> Mapping[str, int]:
    """Return the names of the months of the Iranian calendar."""
    return dict(map(_entry, vocabulary.phrases("times", "persian")))


def _entry(written: str) -> tuple[str, int]:
    number, _, name = written.partition(" ")
    return folded(name), int(number)
