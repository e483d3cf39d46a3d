"""An address as columns, with a regular expression for each; and where addresses of one form have their own number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
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
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_HEX = r"(?=[0-9a-f]*\d)[0-9a-f]{10,}"
_TOKEN = rf"{_UUID}|(?<![0-9A-Za-z]){_HEX}|[0-9]+"
_TAIL = re.compile(rf"(?P<around>.*?)(?P<token>{_TOKEN})", re.DOTALL)
_HEAD = re.compile(r"^(?P<before>[A-Za-z]{0,8}[-_.]?)(?P<token>[0-9]+)(?P<after>[-_,.])(?=.)")
_SEPARATOR = re.compile(r"[-_,.~=:]")
_SHORTEST = 4
"""Digits: shorter numbers inside a text count things in it."""
_LONGEST_GLUE = 14
_LONGEST_VALUE = 300
"""Characters of a part of an address in which a number is looked for: to look takes their square."""
_SURE = 3
_SHARE = 0.2


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
        """Return what addresses of one form have in common."""
        return self.kinds, self.extension, tuple(name for name, _ in self.query)


@dataclass(frozen=True, slots=True)
class Mark:
    """The place of the number: in which column, between which constant characters, and what it is made of.

    ``column`` -1 is the query. ``slug_before`` and ``slug_after`` tell where the rest of the column stands.
    """

    column: int
    before: str = ""
    after: str = ""
    slug_before: bool = False
    slug_after: bool = False
    token: str = NUMBER

    def regex(self, slug: str) -> str:
        """Return the column as a regular expression with the group ``id``, and ``slug`` where the rest of it stands."""
        head = slug if self.slug_before else ""
        tail = slug if self.slug_after else ""
        return f"{head}{literal(self.before)}(?P<id>{self.token}){literal(self.after)}{tail}"

    @property
    def has_rest(self) -> bool:
        """Return whether something else stands in the column."""
        return self.slug_before or self.slug_after

    def of(self, address: Shaped) -> str | None:
        """Return the number of an address; None where nothing of the kind stands at this place."""
        if self.column < 0:
            value = address.query[0][1]
            return value if value.isascii() and value.isalnum() else None
        match = re.fullmatch(self.regex(TEXT), address.values[self.column])
        return match["id"] if match else None


def shaped(url: str, params: Sequence[str] = ()) -> Shaped:
    """Return the columns of an address; of its query, only ``params`` count. Raises ValueError for no web address."""
    parts = urlsplit(clean(url, frozenset(params)))
    path = unquote(parts.path).rstrip("/")
    match = _EXTENSION.search(path)
    extension = match.group() if match else ""
    values = tuple(path.removesuffix(extension).split("/")[1:])
    query = tuple(sorted(_pairs(parts.query)))
    whole = path + (f"?{parts.query}" if parts.query else "")
    return Shaped(whole, values, tuple(_kinds(values)), extension, query)


def content_params(urls: Iterable[str]) -> tuple[str, ...]:
    """Return the query parameter that tells these addresses apart, where their paths do not: ``/view.php?id=1``."""
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


def own_number(members: Sequence[Shaped]) -> Mark | None:
    """Return the place at which most of these addresses, all of one shape, have a number of their own, not a date."""
    marks = [mark for mark in _marks(members) if _identifies(mark, members)]
    return max(marks, key=lambda mark: _weight(mark, members), default=None)


def literal(words: str) -> str:
    """Return words as a regular expression that a person can still read: a hyphen needs no escape outside brackets."""
    return re.escape(words).replace(r"\-", "-")


def is_date(digits: str) -> bool:
    """Return whether a number is a year or a day written as one: no identity then."""
    return (_IS_COMPACT_DAY if len(digits) == 8 else _IS_YEAR).fullmatch(digits) is not None


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl("&".join(query.split("&")[:_MOST_PAIRS]))


def _kinds(values: Sequence[str]) -> Iterable[str]:
    """Yield the kind of each value. A year opens a date: the numbers behind it are its month and its day."""
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


def _marks(members: Sequence[Shaped]) -> Iterator[Mark]:
    if members[0].query:
        yield Mark(-1)
    for column, kind in enumerate(members[0].kinds):
        if kind == NUMBER:
            yield Mark(column)
        elif kind == TEXT:
            values = [member.values[column] for member in members]
            for place in (_tails, _heads):
                if mark := _commonest(column, values, place):
                    yield mark


def _commonest(column: int, values: Iterable[str], place: Callable[[int, str], set[Mark]]) -> Mark | None:
    """Return the surroundings of a number that most values share; the longer ones where as many do.

    What one or two share by chance is a word of theirs: there, the shorter ones.
    """
    counts = Counter(mark for value in values for mark in place(column, value))

    def worth(mark: Mark) -> tuple[int, int]:
        sure = counts[mark] >= _SURE or (counts[mark] > 1 and not mark.has_rest)
        return counts[mark], len(mark.before) if sure else -len(mark.before)

    best = max(counts, key=worth, default=None)
    if best is None:
        return None
    tokens = {mark.token for mark in counts if (mark.before, mark.after) == (best.before, best.after)}
    return Mark(column, best.before, best.after, best.slug_before, best.slug_after, _widest(tokens))


def _tails(column: int, value: str) -> set[Mark]:
    """Return a number at the end, behind each of the endings that what precedes it may have in common with others."""
    match = _TAIL.fullmatch(value) if len(value) <= _LONGEST_VALUE else None
    if match is None or not (around := match["around"]):
        return set()
    token = _sort(match["token"])
    starts = (separator.start() for separator in _SEPARATOR.finditer(around))
    glues = {around[start:] for start in starts if start > 0 and len(around) - start <= _LONGEST_GLUE}
    marks = {Mark(column, glue, slug_before=True, token=token) for glue in glues}
    return marks | ({Mark(column, around, token=token)} if len(around) <= _LONGEST_GLUE else set())


def _heads(column: int, value: str) -> set[Mark]:
    match = _HEAD.match(value)
    return {Mark(column, match["before"], match["after"], slug_after=True)} if match else set()


def _sort(token: str) -> str:
    if token.isdigit():
        return NUMBER
    return _UUID if "-" in token else r"[0-9a-f]{10,}"


def _widest(tokens: set[str]) -> str:
    return next((token for token in (r"[0-9a-f]{10,}", _UUID) if token in tokens), NUMBER)


def _identifies(mark: Mark, members: Sequence[Shaped]) -> bool:
    numbers = [number for member in members if (number := mark.of(member))]
    if len(numbers) < max(min(2, len(members)), _SHARE * len(members)) or len(set(numbers)) < len(numbers):
        return False
    if all(is_date(number) for number in numbers):
        return False
    return not mark.has_rest or min(map(len, numbers)) >= _SHORTEST


def _weight(mark: Mark, members: Sequence[Shaped]) -> tuple[int, float]:
    """Return how many have it, then how long it is: a running count in the same address is the shorter one."""
    numbers = [number for member in members if (number := mark.of(member))]
    return len(numbers), sum(map(len, numbers)) / len(numbers)
