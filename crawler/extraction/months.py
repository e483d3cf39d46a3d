"""What are the months called? Names of CLDR, which Babel carries, and those of papers that it lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError

from crawler.extraction import vocabulary

Months = tuple[re.Pattern[str], Mapping[str, int]]
"""A pattern whose first group is a name, and the numbers by folded name."""
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


def folded(name: str) -> str:
    """Return a month's name as it stands in the tables: in small letters, without the point of an abbreviation."""
    return name.lower().rstrip(".")  # casefold would part accents from some Greek letters


@cache
def months(language: str) -> Months:
    """Return the names of a language and of English."""
    return _pattern({**_names("en"), **_names(language)})


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
    return _pattern({name: min(numbers) for name, numbers in known.items() if len(numbers) == 1 and len(name) > 2})


def _pattern(names: Mapping[str, int]) -> Months:
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    # A name begins a word, but for an article or preposition written together with it.
    return re.compile(rf"(?<![^\W\d_])(?:[בל]|[dl]['’]|ta['’]\s?)?({words})(?![^\W_])\.?", re.IGNORECASE), names


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
    return name, int(number)
