"""The names of months and weekdays: one packed file, as Unicode's CLDR has them.

``python -m tests.test_months`` writes the file anew from the Babel that is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import babel
from babel import Locale, localedata
from babel.core import get_cldr_version

from crawler import months

FILE = Path(months.__file__).with_name("months.txt")
REGIONS = ("ar_DZ", "ar_LB", "ar_MA", "ar_SA", "de_AT", "sr_Latn", "uz_Cyrl", "zh_Hant")
"""Whose names differ from those of their language."""


def lists(tables: Mapping[str, Mapping[str, Mapping[int, str]]], shortest: int) -> list[str]:
    """Names by number, wide before abbreviated, each under the first number that has it; no figures."""
    found: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in tables[context][width].items():
                key = months.folded(name)
                if not key.isdigit() and len(key) >= shortest:
                    found.setdefault(key, number)
    numbers = sorted(tables["format"]["wide"])
    return [";".join(name for name, number in found.items() if number == one) for one in numbers]


def packed() -> str:
    """What the file holds: of each language that has names of its own for the months a line."""
    head = (
        f"# Names of the months and of the weekdays by Unicode CLDR {get_cldr_version()} (Babel {babel.__version__}), "
        "Unicode License v3: a language, then twelve lists of names and, from Monday, seven; the wide name first."
    )
    codes = {code for code in localedata.locale_identifiers() if "_" not in code and code != "root"}
    lines = [head]
    for code in sorted(codes | set(REGIONS)):
        locale = Locale.parse(code)
        named = lists(locale.months, 1)
        if any(named) and not named[0].startswith("m01"):
            lines.append("|".join([code, *named, *lists(locale.days, 2)]))
    return "\n".join(lines) + "\n"


def test_the_file_is_what_cldr_has():
    assert FILE.read_text("utf-8") == packed()


def test_names_are_read_from_the_file():
    assert months.names("de")["märz"] == months.names("de_AT")["märz"] == 3
    assert "jänner" in months.names("de_AT")
    assert months.names("ar_LB")["تشرين الثاني"] == 11
    assert {"freitag", "fr"} <= months.weekdays("de")
    assert months.weekdays("de").isdisjoint(months.names("de"))


def test_an_unknown_language_has_no_names():
    assert (months.names("xx"), months.weekdays("xx")) == ({}, frozenset())


def test_a_name_that_means_two_months_somewhere_is_not_unmistakable():
    assert months.names("pl")["listopada"] == 11
    assert months.names("hr")["listopada"] == 10
    assert "listopada" not in months.unmistakable()
    assert months.unmistakable()["грудня"] == 12


if __name__ == "__main__":
    FILE.write_text(packed(), "utf-8")
