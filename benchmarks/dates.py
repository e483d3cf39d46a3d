"""Do the words that a date was read from bear it out? Of each stored date, day, month and year are looked for in them.

Another reading than extraction's: only numbers and names of months, in any order and language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache

from crawler.article import Article, Moment, Provenance
from crawler.extraction.calendars import gregorian
from crawler.extraction.months import names_everywhere

_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_RUN = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{4,6})?(?!\d)")
_SINCE = (0, -543, 1911, 1988, 2018)
"""Years of ours before those of an era: the common one, Thailand's, Taiwan's, and Japan's last two."""


def unborne(articles: Iterable[tuple[str, Article]]) -> Iterator[str]:
    """Yield a sentence for each stored date whose words do not hold it; ``articles`` come with a name for each."""
    for name, article in articles:
        for field, moment in (("published_at", article.published), ("modified_at", article.modified)):
            if moment is None:
                continue
            rows = [row for row in article.provenance if row.field == field and row.chosen]
            if not rows or not is_borne_out(rows[0], moment):
                yield f"{name}: {field} {moment.iso} from {rows[0].source + ' ' + rows[0].value if rows else 'nothing'}"


def is_borne_out(row: Provenance, moment: Moment) -> bool:
    """Return whether the words of a source have the day, month and year of a time, give or take a day for zones."""
    text = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in row.value)
    day = moment.local_day()
    near = [day + timedelta(distance) for distance in (-1, 0, 1)]
    if _EPOCH.fullmatch(text.strip()):
        return datetime.fromtimestamp(int(text.strip()[:10]), UTC).date() in near
    text = _RUN.sub(r"\1-\2-\3", text)
    numbers = {int(number) for number in re.findall(r"\d+", text)}
    months = numbers | {month for name, found in _months().items() if name in text.lower() for month in found}
    return any(_has(one, numbers, months) for one in near) or any(one in near for one in _iranian(numbers))


def _has(day: date, numbers: set[int], months: set[int]) -> bool:
    years = {day.year - since for since in _SINCE} | {day.year % 100}
    return day.day in numbers and day.month in months and not years.isdisjoint(numbers)


def _iranian(numbers: set[int]) -> Iterator[date]:
    for year in (number for number in numbers if 1350 <= number < 1450):  # noqa: PLR2004, RUF100 - see calendars.py
        for month in range(1, 13):
            for number in numbers:
                try:
                    yield gregorian(year, month, number)
                except ValueError:
                    continue


@cache
def _months() -> Mapping[str, set[int]]:
    return names_everywhere()
