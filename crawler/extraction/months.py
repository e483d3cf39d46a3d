"""What are the months called? Names of CLDR, which Babel carries, and those of papers that it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError

from crawler.extraction import vocabulary

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

_EVERYWHERE = (
    "en de fr es pt it nl sv da nb fi is et lv lt pl cs sk sl hr sr mk bg ru uk be el tr az kk uz hu ro "
    "sq ca gl eu ga mt id ms vi th ar he fa ur hi mr ne bn ta te ml kn gu pa si my km lo ka hy ja ko zh "
    "sw af fil cy gd lb fo mn"
)
"""Languages that are asked where the page's own does not know a name of a month between a day and a year."""


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


def folded(name: str) -> str:
    """Return a month's name as it stands in the tables: in small letters, without the point of an abbreviation.

    Turkish has an i with a dot and one without in either size, and ``re`` takes them for one letter.
    """
    small = name.lower()  # casefold would part accents from some Greek letters
    return small.replace("i\u0307", "i").replace("ı", "i").rstrip(".")


@cache
def months(language: str) -> Months:
    """Return the names of a language and of English."""
    return _of({**_names("en"), **_names(language)})


def names_everywhere() -> dict[str, set[int]]:
    """Return which months each name means, in all languages that we ask."""
    known: dict[str, set[int]] = {}
    for language in _EVERYWHERE.split():
        for name, number in _names(language).items():
            known.setdefault(name, set()).add(number)
    return known


@cache
def all_months() -> Months:
    """Return the names that mean one month in all languages that know them: for any page."""
    known = names_everywhere()
    return _of({name: min(numbers) for name, numbers in known.items() if len(numbers) == 1 and len(name) > 2})


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
        try:
            months = Locale.parse(code).months
        except (UnknownLocaleError, ValueError):
            continue
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    key = folded(name)
                    if not key.isdigit():
                        found.setdefault(key, number)
    return found


@cache
def persian() -> Mapping[str, int]:
    """Return the names of the months of the Iranian calendar."""
    return dict(map(_entry, vocabulary.phrases("times", "persian")))


def _entry(written: str) -> tuple[str, int]:
    number, _, name = written.partition(" ")
    return folded(name), int(number)
