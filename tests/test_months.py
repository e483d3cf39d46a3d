"""The months' names: one packed file, as Unicode's CLDR has them."""

import pytest
from babel import Locale, UnknownLocaleError, localedata

from crawler import months


def in_cldr(code: str) -> dict[str, int]:
    """Wide and abbreviated names by Babel, folded, the first meaning of each."""
    found: dict[str, int] = {}
    lists = Locale.parse(code).months
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in lists[context][width].items():
                if not months.folded(name).isdigit():
                    found.setdefault(months.folded(name), number)
    return found


@pytest.mark.parametrize("code", sorted({*months.EVERYWHERE.split(), "ar_LB", "ar_DZ", "ar_MA", "de_AT", "sr_Latn"}))
def test_the_packed_names_are_those_of_cldr(code):
    assert months.names(code) == in_cldr(code)


@pytest.mark.parametrize("code", ["de", "vi", "pt", "ru", "tr"])
def test_the_packed_weekdays_are_those_of_cldr(code):
    lists = Locale.parse(code).days["format"]
    named = {months.folded(name) for width in ("wide", "abbreviated") for name in lists[width].values()}
    assert {name for name in named if len(name) > 1} <= months.weekdays(code)


def test_every_language_with_names_of_its_own_is_packed():
    own = {code for code in localedata.locale_identifiers() if "_" not in code and code != "root"}
    without = {code for code in own if not months.names(code)}
    assert all(set(in_cldr(code)) <= {f"m{number:02}" for number in range(1, 13)} for code in without)
    assert len(own) - len(without) > 250


def test_an_unknown_language_has_no_names():
    assert (months.names("xx"), months.weekdays("xx")) == ({}, frozenset())
    with pytest.raises(UnknownLocaleError):
        Locale.parse("xx")


def test_a_name_that_means_two_months_somewhere_is_not_unmistakable():
    assert months.names("pl")["listopada"] == 11
    assert months.names("hr")["listopada"] == 10
    assert "listopada" not in months.unmistakable()
    assert months.unmistakable()["грудня"] == 12
