"""What do papers print around their texts, in each language? Words are data: one file a language in ``languages/``.

A file is named by the language's code (``mul.toml`` holds what is alike in all) and has tables of lists. Each list is
of regular expressions, tried in any case of letters; ``^`` is the beginning of a line and stands before marks that may
open it. A paper mixes languages, and no page is sure of its own: so the words of all languages are asked at once.
To add a language, add a file; to add a kind of words, name it in :data:`TOPICS` and say there what it means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

TOPICS: Mapping[str, Mapping[str, str]] = {
    "labels": {
        "related": "a whole label: the list under it holds pieces on the same subject",
        "other": "anywhere in a label: what is new, much read, paid for, or by the same hand",
        "offered": "anywhere in a label: beside the text a machine made the list, within it an editor did",
        "subjects": "a whole label: the links under it are the piece's subjects",
    },
    "lines": {
        "read_more": "opens a line that leads to another piece",
        "advertisement": "a line about an advertisement",
        "newsletter": "asks to subscribe",
        "share": "asks to share, to follow or to write to the paper",
        "disclaimer": "says whose views these are",
        "favour": "asks for money",
        "copyright": "says whose words these are",
        "caption": "opens a line about a picture",
        "agency_caption": "ends a line about a picture: the agency and who took it",
        "comments": "asks for comments or counts them",
        "shortcode": "markup of a publishing system that stayed unread",
        "player": "a player or script speaks",
        "note": "opens a correction or a note of the editors",
        "credit": "opens the line that says who reported and edited",
    },
    "names": {
        "by": "opens the line that names who wrote it; names follow",
        "joins": "a word between two names",
        "roles": "a whole word or two beside a name: what that person is",
        "desks": "a whole name that is a part of the paper or an agency rather than a person",
        "others": "opens the names of people who did not write it: pictures, editing, sources",
    },
    "times": {
        "updated": "anywhere before a time: the piece was changed then",
        "published": "anywhere before a time: the piece appeared then",
        "now": "before a time: a clock of the page",
        "months": "a month's number and a name that papers write and CLDR lacks",
        "persian": "a month of the Iranian calendar: its number and its name",
    },
    "texts": {
        "wall": "anywhere in a line: what follows is for subscribers",
        "common": "plain words that hardly a paragraph of the language lacks",
    },
}
"""The tables that a file may have, their lists, and what each is for."""


def phrases(table: str, topic: str) -> tuple[str, ...]:
    """Return the expressions of all languages for a topic of :data:`TOPICS`. Raises KeyError for an unknown one."""
    TOPICS[table][topic]
    return tuple(phrase for language in languages().values() for phrase in language.get(table, {}).get(topic, ()))


def any_of(table: str, topic: str) -> str:
    """Return one expression for all of a topic's, to be put between others."""
    return f"(?:{'|'.join(phrases(table, topic))})"


def in_line(table: str, topic: str) -> re.Pattern[str]:
    """Return the pattern to search a line for a topic's words; marks may stand before those that open it."""
    return re.compile("|".join(_opening(one) for one in phrases(table, topic)), re.IGNORECASE)


def _opening(phrase: str) -> str:
    return re.sub(r"(?<![\[\\])\^", r"^\\W*", phrase)


@cache
def languages() -> Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]:
    """Return what the files say, by code of the language, in alphabetical order.

    Raises ValueError for a file with a table or a list that is not in :data:`TOPICS`.
    """
    found = sorted((files("crawler.extraction") / "languages").iterdir(), key=lambda one: one.name)
    return {file.name.removesuffix(".toml"): _read(file.name, file.read_text("utf-8")) for file in found}


def _read(name: str, text: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    tables = {key: value for key, value in tomllib.loads(text).items() if key != "name"}
    for table, topics in tables.items():
        unknown = [topic for topic in topics if topic not in TOPICS.get(table, {})]
        if table not in TOPICS or unknown:
            raise ValueError(f"{name}: unknown list {[table, *unknown]}; expected those of vocabulary.TOPICS")
    return tables
