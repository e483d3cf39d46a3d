"""What do papers print around their texts, in each language? Words are data: one file a language in ``languages/``.

A file is named by the language's code (``mul.toml`` holds what is alike in all) and has tables of lists. Each list is
of regular expressions, tried in any case of letters; ``^`` is the beginning of a line and stands before marks that may
open it. A paper mixes languages, and no page is sure of its own: so the words of all languages are asked at once.
To add a language, add a file; to add a kind of words, name it in :data:`TOPICS` and say there what it means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

TOPICS: Mapping[str, Mapping[str, str]] = {
    "labels": {
        "related": "a whole label: the list under it holds pieces on the same subject",
        "other": "anywhere in a label: what is new, much read, paid for, or by the same hand",
        "offered": "anywhere in a label: beside the text a machine made the list, within it an editor did",
        "subjects": "a whole label: the links under it are the piece's subjects",
        "discussion": "a whole heading, without a number at its end: readers' comments follow",
        "author": "a whole heading: what follows is about who wrote the piece",
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
        "picture": "the word before the name of who took a picture",
        "agency_caption": "ends a line about a picture: the agency and who took it",
        "comments": "asks for comments or counts them",
        "comment_form": "opens a line of the form for comments, or says who runs it",
        "controls": "a whole line that steers the page: print, to the top, the next piece",
        "filed": "a whole line that names the piece's subjects or rubrics",
        "counter": "a whole line that counts readers or minutes, or says how long ago",
        "shortcode": "markup of a publishing system that stayed unread",
        "player": "a player or script speaks",
        "note": "opens a correction or a note of the editors",
        "consent": "opens a request to allow cookies; no mark may stand before it, as in a quotation",
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
        "other": "right before a time: until when, since when, of what; the piece is older or younger",
        "months": "a month's number and a name that papers write and CLDR lacks",
        "persian": "a month of the Iranian calendar: its number and its name",
    },
    "texts": {
        "wall": "anywhere in a line: what follows is for subscribers",
        "common": "plain words that hardly a paragraph of the language lacks",
    },
    "pages": {
        "not_found": "a whole headline, without the other three: there is no such page",
        "sorry": "a part of such a headline that says nothing else",
        "error": "the word beside a status code",
        "counts": "anywhere in a short line with a figure: it counts readers, or the time since",
        "next": "all of a link that leads to the next page of an article",
        "page": "the word before the number of a page or part",
        "wall": "a whole headline of a page in front of others: bot check, consent, maintenance, log-in",
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


@dataclass(frozen=True)
class Finder:
    """Finds a topic's words in a line; marks may stand before those that open it.

    Searched for are only words of which a piece that they cannot be without stands in the line: a line of 400 letters
    has few of them, and Python's ``re`` tries each alternative at every letter.
    """

    opening: re.Pattern[str] | None
    anywhere: tuple[tuple[frozenset[str], re.Pattern[str]], ...]

    @cached_property
    def _pieces(self) -> frozenset[str]:
        return frozenset().union(*(among for among, _ in self.anywhere))

    def among(self, folded: str) -> Finder:
        """Return what finds those of the words that can stand in a text, which is in one case of letters."""
        kept = (one for one in self.anywhere if not one[0] or any(piece in folded for piece in one[0]))
        return Finder(self.opening, tuple(kept))

    def is_in(self, line: str, folded: str) -> bool:
        """Return whether a line holds such words. ``folded`` is what :func:`folded` makes of it."""
        if self.opening is not None and self.opening.match(line):
            return True
        held = frozenset(filter(folded.__contains__, self._pieces))
        return bool(held) and any(
            not among.isdisjoint(held) and pattern.search(line) for among, pattern in self.anywhere
        )


def folded(text: str) -> str:
    """Return a text in one case of letters. The dot of an i is no letter's own: Turkish writes I with and without."""
    small = text.casefold()
    return small if small.isascii() else small.replace("i\u0307", "i").replace("ı", "i")


def in_line(table: str, topic: str) -> re.Pattern[str]:
    """Return the pattern to search a line for a topic's words; marks may stand before those that open it."""
    return re.compile("|".join(re.sub(r"(?<![\[\\])\^", r"^\\W*", one) for one in phrases(table, topic)), re.IGNORECASE)


def finder(table: str, topic: str) -> Finder:
    """Return what finds a topic's words in a line, where many lines are asked."""
    parts = [part for phrase in phrases(table, topic) for part in alternatives(phrase)]
    opening = "|".join(part[1:] for part in parts if part.startswith("^"))
    return Finder(
        re.compile(rf"\W*(?:{opening})", re.IGNORECASE) if opening else None,
        tuple(
            (frozenset(pieces(part) or ("",)), re.compile(part.replace("(?:^", r"(?:^\W*"), re.IGNORECASE))
            for part in parts
            if not part.startswith("^")
        ),
    )


def alternatives(phrase: str) -> list[str]:
    """Return the parts of an expression that ``|`` divides at its top."""
    found, depth, start = [], 0, 0
    for place, sign, is_plain in _signs(phrase):
        depth += 0 if is_plain else (sign == "(") - (sign == ")")
        if sign == "|" and not depth and not is_plain:
            found.append(phrase[start:place])
            start = place + 1
    return [*found, phrase[start:]]


def pieces(part: str) -> tuple[str, ...]:
    """Return letters, in one case, of which some stand in whatever an expression without top ``|`` finds.

    Of its runs of letters and its groups that must be there, those whose shortest piece is the longest; none where no
    letters must be there.
    """
    signs, found, run, number = list(_signs(part)), list[tuple[str, ...]](), "", 0
    while number < len(signs):
        place, sign, is_plain = signs[number]
        number += 1
        if is_plain:
            run += sign
            continue
        found.append((run[:-1] if sign in "?*{" else run,))
        run = ""
        if sign == "(":
            number = _end_of_group(signs, number)
            inner = part[place + 1 : signs[number - 1][0]]
            if inner.startswith("?:") and not (number < len(signs) and signs[number][1] in "?*{"):
                found.append(tuple(piece for one in alternatives(inner[2:]) for piece in pieces(one) or ("",)))
    best = max([*found, (run,)], key=lambda among: min(map(len, among)))
    return tuple(map(folded, best)) if all(best) else ()


def _end_of_group(signs: Sequence[tuple[int, str, bool]], number: int) -> int:
    """The number of the sign behind a group, of which ``number`` is the first within."""
    depth = 1
    while depth:
        _, sign, is_plain = signs[number]
        depth += 0 if is_plain else (sign == "(") - (sign == ")")
        number += 1
    return number


def _signs(phrase: str) -> Iterator[tuple[int, str, bool]]:
    """The signs of an expression with their places, and whether each stands for itself; a class of letters is one."""
    place = 0
    while place < len(phrase):
        start, char = place, phrase[place]
        is_plain = char not in "\\[{(|)?*+.^$"
        place += 1
        if char == "\\":
            char = phrase[place]
            is_plain = not char.isalnum()
            place += 1
        elif char == "[":
            place = phrase.index("]", place + 1) + 1
        elif char == "{":
            place = phrase.index("}", place) + 1
        yield start, char, is_plain


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
