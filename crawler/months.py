"""What are the months and the weekdays called? The names of Unicode CLDR, in all its languages, packed into one file.

Both the pages' dates and the listings' are read by it. Babel, from which the file is made, is slow to load; a test
compares the two. Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

EVERYWHERE = (
    "en de fr es pt it nl sv da nb fi is et lv lt pl cs sk sl hr sr mk bg ru uk be el tr az kk uz hu ro "
    "sq ca gl eu ga mt id ms vi th ar he fa ur hi mr ne bn ta te ml kn gu pa si my km lo ka hy ja ko zh "
    "sw af fil cy gd lb fo mn"
)
"""Languages that are asked where nobody says which one a date is written in."""


_MONTHS = 12


def folded(name: str) -> str:
    """Return a month's name as it stands in the tables: in small letters, without the point of an abbreviation.

    Turkish has an i with a dot and one without in either size, and ``re`` takes them for one letter.
    """
    small = name.lower()  # casefold would part accents from some Greek letters
    return small.replace("i\u0307", "i").replace("ı", "i").rstrip(".")


@cache
def names(locale: str) -> Mapping[str, int]:
    """Return the months' numbers by their folded names, wide and abbreviated, in a locale such as ``de`` or ``ar_LB``.

    Empty for one of which CLDR knows no names.
    """
    lists = _packed().get(locale, "").split("|")[:_MONTHS]
    return {name: number for number, known in enumerate(lists, 1) for name in known.split(";") if name}


@cache
def weekdays(locale: str) -> frozenset[str]:
    """Return the folded names of the weekdays, wide and abbreviated, of more than one letter."""
    lists = _packed().get(locale, "").split("|")[_MONTHS:]
    return frozenset(name for known in lists for name in known.split(";") if name)


@cache
def unmistakable() -> Mapping[str, int]:
    """Return CLDR's names that mean one month in all languages which know them."""
    return meaning_one(names)


def meaning_one(known: Callable[[str], Mapping[str, int]]) -> Mapping[str, int]:
    """Return, of the names that are ``known`` in each language, those of three letters and more that mean one month."""
    return {name: min(months) for name, months in meanings(known).items() if len(months) == 1 and len(name) > 2}


def meanings(known: Callable[[str], Mapping[str, int]]) -> Mapping[str, set[int]]:
    """Return which months each name means in all these languages."""
    found: dict[str, set[int]] = {}
    for language in EVERYWHERE.split():
        for name, number in known(language).items():
            found.setdefault(name, set()).add(number)
    return found


@cache
def _packed() -> Mapping[str, str]:
    lines = files(__package__).joinpath("months.txt").read_text("utf-8").splitlines()
    return {locale: names for locale, _, names in (line.partition("|") for line in lines if not line.startswith("#"))}
