"""An address as columns: its segments, and for each a regular expression of the sort of thing that stands there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.addresses import clean
from crawler.tracking import is_tracking

TEXT = r"[^/?]+"
NUMBER = r"\d+"
YEAR = r"\d{4}"
DAY_OR_MONTH = r"\d{1,2}"
_MONTH_NAME = r"[a-z]{3,9}"
_DAY = r"\d{4}-\d{2}-\d{2}"
_YEAR_AND_MONTH = r"\d{4}-\d{2}"
_COMPACT_DAY = r"\d{8}"
_IS_YEAR = re.compile(r"(?:19|20)\d\d")
_IS_MONTH_NAME = re.compile(
    r"(?i)jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|april|june|july"
)
_IS_COMPACT_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_EXTENSION = re.compile(r"\.(?:html?|shtml|php\d?|aspx?|jsp|cms|ece)$", re.IGNORECASE)
_MOST_PAIRS = 50


@dataclass(frozen=True, slots=True)
class Shaped:
    """An address with its columns. ``kinds`` has a regular expression for each of ``values``.

    ``extension`` is that of the last segment, such as ``.html``; ``query`` the pieces that select content, as written.
    ``path`` is what a profile's pattern is matched against.
    """

    path: str
    values: tuple[str, ...]
    kinds: tuple[str, ...]
    extension: str = ""
    query: tuple[tuple[str, str], ...] = ()

    @property
    def shape(self) -> tuple[object, ...]:
        """What addresses of one form have in common."""
        return self.kinds, self.extension, tuple(name for name, _ in self.query)


def shaped(url: str, params: Sequence[str] = ()) -> Shaped:
    """The columns of an address; of its query, only ``params`` count. Raises ValueError for no web address."""
    parts = urlsplit(clean(url, frozenset(params)))
    path = unquote(parts.path).rstrip("/")
    found = _EXTENSION.search(path)
    extension = found.group() if found else ""
    values = tuple(path.removesuffix(extension).split("/")[1:])
    query = tuple(sorted(_pairs(parts.query)))
    whole = path + (f"?{parts.query}" if parts.query else "")
    return Shaped(whole, values, tuple(_kinds(values)), extension, query)


def content_params(urls: Iterable[str]) -> tuple[str, ...]:
    """The query parameter that tells these addresses apart, where their paths do not: ``/view.php?id=1``."""
    parts = [urlsplit(url) for url in urls]
    if len({part.path for part in parts}) > len(parts) / 2:
        return ()
    values: dict[str, Counter[str]] = {}
    for part in parts:
        for name, value in _pairs(part.query):
            if not is_tracking(name):
                values.setdefault(name, Counter())[value] += 1
    best = max(values, key=lambda name: len(values[name]), default=None)
    return (best,) if best is not None and len(values[best]) > len(parts) / 2 else ()


def literal(words: str) -> str:
    """Words as a regular expression that a person can still read: a hyphen needs no escape outside brackets."""
    return re.escape(words).replace(r"\-", "-")


def is_date(digits: str) -> bool:
    """Whether a number is a year or a day written as one: no identity then."""
    return (_IS_COMPACT_DAY if len(digits) == 8 else _IS_YEAR).fullmatch(digits) is not None


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl("&".join(query.split("&")[:_MOST_PAIRS]))


def _kinds(values: Sequence[str]) -> Iterable[str]:
    """A year opens a date: the numbers behind it are its month and its day."""
    dated = 0
    for value in values:
        if _IS_YEAR.fullmatch(value):
            kind, dated = YEAR, 2
        elif dated and re.fullmatch(DAY_OR_MONTH, value):
            kind, dated = DAY_OR_MONTH, dated - 1
        elif dated == 2 and _IS_MONTH_NAME.fullmatch(value):
            kind, dated = _MONTH_NAME, 1
        elif re.fullmatch(_DAY, value):
            kind = _DAY
        elif re.fullmatch(_YEAR_AND_MONTH, value):
            kind, dated = _YEAR_AND_MONTH, 1
        elif _IS_COMPACT_DAY.fullmatch(value):
            kind = _COMPACT_DAY
        else:
            kind, dated = (NUMBER if re.fullmatch(r"[0-9]+", value) else TEXT), 0
        yield kind
