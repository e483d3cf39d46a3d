"""What somebody means by the words of a search: in the reading room's box, in a watch.

SQLite's full-text syntax is taken as it is where it parses; what does not parse is looked for as plain words, and the
reader is told so. The index knows words between blanks and punctuation: in scripts written without blanks (Chinese,
Japanese, Thai, Lao, Khmer, Burmese) a word is looked for as a piece of the text instead.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache

from crawler.scripts import UNSPACED, UNSPACED_LETTER

UNSPACED_TITLE = f"title glob '*[{UNSPACED}]*'"
"""A query that says just this finds those articles without a look at the others."""
_WORDS = re.compile(r'"([^"]*)"?|(\S+)')
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR"})
_COLUMNS = "title, standfirst, text"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a search is understood. At most one of ``match`` and ``pieces`` is set; neither where there are no words.

    ``match`` is a full-text query that parses; ``pieces`` are texts that all must occur; ``note`` is a sentence for the
    reader where this is not what was typed.
    """

    match: str | None = None
    pieces: tuple[str, ...] = ()
    note: str | None = None


@lru_cache(maxsize=512)
def read(typed: str) -> Reading:
    """What the words typed into the search box mean. Every text has a meaning; none is an error."""
    typed = typed.replace("\0", " ").strip()  # full-text search takes a query to end at NUL
    found = (quoted or bare for quoted, bare in _WORDS.findall(typed))
    words = tuple(word.strip() for word in found if any(map(str.isalnum, word)) and word not in _OPERATORS)
    if not words:
        note = (
            'There is no word in this search: write one or more, such as ferry, or "ferry line" to keep words together.'
        )
        return Reading(note=note if typed.strip('"') else None)
    if UNSPACED_LETTER.search(typed):
        return Reading(
            pieces=words,
            note="Words of a script without blanks are looked for anywhere in the newest 20,000 articles "
            "in such scripts; all of them must occur.",
        )
    problem = _problem(typed)
    if problem is None:
        return Reading(match=typed)
    plain = " ".join('"' + word.replace('"', "") + '"' for word in words)
    return Reading(match=plain, note=f"{problem} Searched for the plain words instead: {plain}.")


def _problem(typed: str) -> str | None:
    """Why a full-text query does not parse, and what to write; None where it does."""
    with closing(sqlite3.connect(":memory:")) as trial:
        trial.execute(f"create virtual table t using fts5({_COLUMNS})")
        try:
            trial.execute("select 1 from t where t match ?", [typed]).fetchall()
        except sqlite3.OperationalError as error:
            return _explained(typed, str(error))
    return None


def _explained(typed: str, said: str) -> str:
    column = re.search(r"no such column: (\S+)", said)
    if column and ":" in typed:
        return f"There is no field “{column[1]}” to search in: write title:, standfirst: or text: before a word."
    if typed.count('"') % 2:
        return "A quotation mark is not closed: write one before and one after the words that belong together."
    if typed.count("(") != typed.count(")"):
        return "A bracket is not closed: write as many ) as (."
    if "expected integer" in said or "NEAR" in typed:
        return "NEAR wants words and a distance: write NEAR(ferry storm, 10)."
    if re.search(r"(^|\s)(AND|OR|NOT)(\s|$)", typed):
        return "AND, OR and NOT in capitals stand between two words: write ferry NOT storm."
    return "Signs such as - ' . , / + * have a meaning of their own: put words that contain one in quotation marks."
