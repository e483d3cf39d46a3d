"""The query language of the archive: what somebody means by the words of a search, wherever they are written.

One language for the reading room's search, the ``query`` of a watch and ``scrapy export --search``. Every text has a
meaning; where it is not what was typed, a sentence says so. A bare word also finds its other forms, which stand in
``_forms`` (words.py); a phrase, a beginning and an excluded word are taken as they stand.

Full-text search knows words between blanks and punctuation. In scripts that have no blanks, any two letters that stand
side by side are a word of a second index, ``_pieces``, and what somebody looks for is a phrase of these.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from crawler.scripts import UNSPACED, UNSPACED_LETTER
from pipelines.archive.words import forms_of, is_of_a_word

EXPLAINED = (
    "All words must occur, in any form: flood also finds flooding. "
    '"union leader" keeps words together as they stand; ferry OR metro finds either; -river leaves out what holds it; '
    "ferr* finds what begins so; title:ferry looks in one field (title, standfirst or text); brackets group. "
    "In scripts without spaces any piece of the text is found."
)
"""The language in a few sentences, for whoever is about to write a query."""
UNSPACED_TITLE = f"title glob '*[{UNSPACED}]*'"
"""What an index of earlier archives is of; a migration has it."""
FIELDS = ("title", "standfirst", "text")
INDEXES = ("articles_fts", "_pieces", "revisions_fts")
"""Where words are looked up."""
_LONGEST, _MOST_TERMS, _DEEPEST = 2_000, 64, 16
"""Characters, terms and brackets within brackets of a query. SQLite's own parser takes brackets 256 deep."""
_MOST_FORMS = 40
"""Forms of one word that are looked for; a Russian verb with its participles has some thirty in use."""
_TOKENS = re.compile(
    r"""NEAR\s*\((?P<near>[^(),]*)(?:,\s*(?P<distance>\d{1,4})\s*)?\)
    | "(?P<phrase>[^"]*)(?P<end>"?)(?P<beginning>\*?)
    | (?P<sign>[()])
    | (?P<minus>(?<![^\s(])-(?=[\w"(]))
    | (?P<field>[A-Za-z]\w*)\s*:(?!//)(?=\s*[\w"(])
    | (?P<word>[^\s"():]+(?::[^\s"():]+)*)""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_DISTANCE = 10
"""Words between those of a NEAR that names no number, as SQLite has it."""
_BETWEEN = "AND, OR and NOT in capitals stand between two words: ferry NOT storm."
_BRACKETS = "A bracket is not closed, or was never opened: write as many ) as (."
_QUOTATION = "A quotation mark is not closed: write one before and one after the words that belong together."
_AROUND = 80
"""Characters of a text shown on either side of a found piece."""
NOTHING = '""'
"""An expression that finds nothing."""


@dataclass(frozen=True, slots=True)
class Term:
    """What must occur in a field, or in any: a word in all its forms, or words side by side as they stand.

    ``is_beginning``: the last word may go on.
    """

    text: str
    is_phrase: bool = False
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Terms with ``distance`` words between them at most."""

    terms: tuple[Term, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class In:
    """What must occur in this field."""

    field: str
    part: Part


@dataclass(frozen=True, slots=True)
class All:
    """What must occur together, without anything of ``without``."""

    parts: tuple[Part, ...]
    without: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """Of which one must occur."""

    parts: tuple[Part, ...]


Part = Term | Near | In | All | Either


@dataclass(frozen=True, slots=True)
class Reading:
    """How a search is understood; without a ``query`` it holds no word, and finds nothing.

    ``note`` is a sentence for the reader where that is not what was typed.
    """

    query: Part | None = None
    note: str | None = None

    @property
    def has_unspaced(self) -> bool:
        """Whether it asks for words of a script without blanks."""
        return self.query is not None and any(UNSPACED_LETTER.search(term.text) for term in terms(self.query))


@dataclass(frozen=True, slots=True)
class Match:
    """A search in the words of SQLite's full-text search: expressions that always parse.

    In ``articles_fts``, ``exact`` finds what holds the words as they were typed, ``wide`` any form of them as well; in
    ``_pieces``, ``pieces`` finds what scripts without blanks hold; ``lost`` is for ``revisions_fts``.
    """

    exact: str = NOTHING
    wide: str = NOTHING
    pieces: str = NOTHING
    lost: str = NOTHING


@lru_cache(maxsize=512)
def read(typed: str) -> Reading:
    """Return what the words of a search mean. Its cost grows with their number."""
    reader = _Reader(typed.replace("\0", " "))
    query = reader.query()
    if query is None and not reader.notes and typed.strip().strip('"'):
        reader.notes.append('There is no word in this search: write one or more, or "two words" to keep them together.')
    return Reading(query, " ".join(dict.fromkeys(reader.notes)) or None)


def read_any(typed: Sequence[str]) -> Reading:
    """Return a search for what any of several searches finds."""
    readings = [read(one) for one in typed]
    queries = [reading.query for reading in readings if reading.query is not None]
    note = " ".join(reading.note for reading in readings if reading.note) or None
    return Reading(queries[0] if len(queries) == 1 else Either(tuple(queries)) if queries else None, note)


def expressions(db: sqlite3.Connection, reading: Reading) -> Match:
    """Return the search as SQLite takes it, for :func:`hits`, with the forms of its words that the archive knows."""
    if reading.query is None:
        return Match()
    exact = _expression(reading.query, lambda _: ())
    wide = _expression(reading.query, lambda word: forms_of(db, word, _MOST_FORMS))
    lost = f"{{{' '.join(FIELDS)}}} : ({wide})"
    if not reading.has_unspaced:
        return Match(exact, wide, lost=lost)
    anywhere = _expression(_without_fields(reading.query), None)
    return Match(exact, wide, _expression(reading.query, None), f"({lost}) OR (pieces : ({anywhere}))")


def hits(condition: str = "true") -> str:
    """Return the SQL for the numbers of the articles that a search finds: parameters ``:wide`` and ``:pieces``.

    ``condition`` is on ``rowid``, such as ``rowid = :id`` for a look at one article.
    """
    return (
        f"select rowid from articles_fts where articles_fts match :wide and {condition}"
        f" union select rowid from _pieces where _pieces match :pieces and {condition}"
    )


def excerpt(db: sqlite3.Connection, typed: str, article_id: int) -> str:
    """Return the words of an article's text around those that a search looks for; else how the article begins."""
    found = expressions(db, read(typed))
    row = db.execute(
        "select snippet(articles_fts, 2, '', '', '…', 28) from articles_fts where articles_fts match ? and rowid = ?",
        (found.wide, article_id),
    ).fetchone()
    if row is not None and row[0]:
        return str(row[0])
    text, standfirst = db.execute("select text, standfirst from articles where id = ?", (article_id,)).fetchone()
    return around_piece(text, typed) or standfirst or _shortened(text or "")


def around_piece(text: str | None, typed: str, marks: tuple[str, str] = ("", "")) -> str:
    """Return the surroundings of the first word without blanks that occurs in the text, that word between ``marks``.

    Nothing where none is looked for or none occurs.
    """
    query = read(typed).query
    for term in terms(query) if query and text else ():
        if not UNSPACED_LETTER.search(term.text) or text is None:
            continue
        start = text.lower().find(term.text.lower())
        if start >= 0:
            end = start + len(term.text)
            before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
            return f"{'…' * (start > _AROUND)}{before}{marks[0]}{text[start:end]}{marks[1]}{after}…"
    return ""


def _shortened(text: str) -> str:
    return text if len(text) <= 2 * _AROUND else f"{text[: 2 * _AROUND].rpartition(' ')[0] or text[: 2 * _AROUND]} …"


def terms(part: Part) -> Iterator[Term]:
    """Yield the terms that may occur in what a search finds, none of those that must not."""
    match part:
        case Term():
            yield part
        case Near():
            yield from part.terms
        case In():
            yield from terms(part.part)
        case All() | Either():
            for one in part.parts:
                yield from terms(one)


def _without_fields(part: Part) -> Part:
    """Return the same search in any field."""
    match part:
        case In():
            return _without_fields(part.part)
        case Either():
            return Either(tuple(map(_without_fields, part.parts)))
        case All():
            return All(tuple(map(_without_fields, part.parts)), tuple(map(_without_fields, part.without)))
        case _:
            return part


# Reading what was typed, by recursive descent: either OR either, each a row of units, each perhaps excluded.


class _Reader:
    """Takes a query apart; ``notes`` are what to tell of it."""

    def __init__(self, typed: str) -> None:
        self.notes: list[str] = []
        if len(typed) > _LONGEST:
            self.notes.append(f"Only the first {_LONGEST:,} characters were looked for.")
        self._tokens = list(_TOKENS.finditer(typed[:_LONGEST]))
        self._place = 0
        self._terms = 0

    def query(self) -> Part | None:
        """Return the whole of it; None where nothing is to be found."""
        found: list[Part] = []
        while self._place < len(self._tokens):
            part = self._either(0)
            found += [part] if part else []
            if self._place < len(self._tokens):  # a bracket that was never opened
                self._place += 1
                self.notes.append(_BRACKETS)
        return _all(found, [])

    def _either(self, depth: int) -> Part | None:
        ways = [self._row(depth)]
        while self._operator() == "OR":
            self._place += 1
            ways.append(self._row(depth))
        meant = [way for way in ways if way is not None]
        if len(meant) < len(ways) > 1:
            self.notes.append(_BETWEEN)
        return meant[0] if len(meant) == 1 else Either(tuple(meant)) if meant else None

    def _row(self, depth: int) -> Part | None:
        """Return what stands up to the next OR or closing bracket."""
        wanted: list[Part] = []
        unwanted: list[Part] = []
        while (token := self._token()) and self._operator() != "OR" and token["sign"] != ")":
            operator = self._operator()
            self._place += bool(operator)
            is_minus = (token := self._token()) is not None and token["minus"] is not None
            self._place += is_minus
            part = self._unit(depth)
            if part is None and operator:
                self.notes.append(_BETWEEN)
            elif part is not None:
                (unwanted if is_minus or operator == "NOT" else wanted).append(part)
        if unwanted and not wanted:
            self.notes.append("What is left out needs something to be left out of: ferry -river.")
        return _all(wanted, unwanted)

    def _token(self) -> re.Match[str] | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _operator(self) -> str:
        token = self._token()
        return token["word"] if token and token["word"] in _OPERATORS else ""

    def _unit(self, depth: int) -> Part | None:
        """Return one thing to look for; None where there is none, and only a closing bracket is left where it is."""
        token = self._token()
        if token is None or token["sign"] == ")":
            return None
        self._place += 1
        if depth >= _DEEPEST and (token["sign"] or token["field"]):
            self.notes.append(f"Brackets within brackets are read {_DEEPEST} deep.")
            return None
        if token["sign"]:
            return self._group(depth)
        if token["field"]:
            return self._in_field(token["field"], depth)
        if token["near"] is not None:
            return self._near(token["near"], int(token["distance"] or _DISTANCE))
        if token["phrase"] is not None:
            if not token["end"]:
                self.notes.append(_QUOTATION)
            return self._term(token["phrase"], is_phrase=True, is_beginning=bool(token["beginning"]))
        word = token["word"] or ""
        return self._term(word.rstrip("*"), is_beginning=word.endswith("*"))

    def _in_field(self, name: str, depth: int) -> Part | None:
        part = self._unit(depth + 1)
        if name.lower() in FIELDS:
            return In(name.lower(), part) if part else None
        self.notes.append(f"There is no field “{name}” to search in: write title:, standfirst: or text: before a word.")
        return _all([one for one in (self._term(name), part) if one], [])

    def _group(self, depth: int) -> Part | None:
        part = self._either(depth + 1)
        if self._token() is None:
            self.notes.append(_BRACKETS)
        else:
            self._place += 1
        return part

    def _near(self, words: str, distance: int) -> Part | None:
        pairs = re.findall(r'"([^"]*)"|([^\s"]+)', words)
        near = tuple(term for phrase, word in pairs if (term := self._term(phrase or word, is_phrase=True)))
        return Near(near, distance) if len(near) > 1 else next(iter(near), None)

    def _term(self, text: str, *, is_phrase: bool = False, is_beginning: bool = False) -> Term | None:
        if not any(map(str.isalnum, text)):
            return None
        if self._terms == _MOST_TERMS:
            self.notes.append(f"Only the first {_MOST_TERMS} words were looked for.")
            return None
        self._terms += 1
        return Term(text, is_phrase, is_beginning)


def _all(wanted: Sequence[Part], unwanted: Sequence[Part]) -> Part | None:
    if not wanted:
        return None
    return wanted[0] if len(wanted) == 1 and not unwanted else All(tuple(wanted), tuple(unwanted))


# Writing it down for SQLite: every text in quotation marks, so that nothing in it has a meaning there.


def _expression(part: Part, forms: Callable[[str], Sequence[str]] | None) -> str:
    """Return the expression for an index of words; without ``forms``, for that of pieces."""
    match part:
        case Term():
            return _pieces(part) if forms is None else _words(part, forms)
        case Near():
            inner = " ".join(_quoted(term.text) for term in part.terms)
            if forms is None:
                return f"({' AND '.join(map(_pieces, part.terms))})"
            return f"NEAR({inner}, {part.distance})"
        case In():
            return f"{part.field} : ({_expression(part.part, forms)})"
        case Either():
            return f"({' OR '.join(_expression(one, forms) for one in part.parts)})"
        case All():
            wanted = " AND ".join(_expression(one, forms) for one in part.parts)
            # What must not occur is taken as it stands.
            bare = None if forms is None else _no_forms
            unwanted = " OR ".join(_expression(one, bare) for one in part.without)
            return f"(({wanted}) NOT ({unwanted}))" if unwanted else f"({wanted})"


def _no_forms(_word: str) -> Sequence[str]:
    return ()


def _words(term: Term, forms: Callable[[str], Sequence[str]]) -> str:
    exact = _quoted(term.text) + ("*" if term.is_beginning else "")
    if term.is_phrase or term.is_beginning or not term.text.isalpha():
        return exact
    other = [_quoted(form) for form in forms(term.text)]
    return f"({' OR '.join([exact, *other])})" if other else exact


def _pieces(term: Term) -> str:
    """Return a term as a phrase of pairs of letters; a single letter as the beginning of any pair."""
    rows = ["".join(row) for is_word, row in groupby(term.text, is_of_a_word) if is_word]
    phrases = [
        _quoted(" ".join(row[n : n + 2] for n in range(len(row) - 1))) if len(row) > 1 else f"{_quoted(row)}*"
        for row in rows
    ]
    return f"({' AND '.join(phrases)})" if phrases else NOTHING


def _quoted(text: str) -> str:
    return '"' + text.replace('"', " ") + '"'
