"""Which words of a text did a reader search for? They are marked in the article that is opened from a search. Pure.

Bounded: a text is walked once for its words, and once for each piece of a script without blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from crawler.scripts import UNSPACED_LETTER
from pipelines.archive.searching import Part, Term, terms
from pipelines.archive.words import unmarked

_WORD = re.compile(r"[^\W_]+")
_MOST_PIECES = 8
Marker = Callable[[str], Markup]
"""Makes markup of a run of text, escaped, with what was looked for in ``<mark>``."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words as they may stand in a text, beginnings of words, and words that must stand side by side, in lower case and
    without marks; ``pieces`` of scripts without blanks as they are.
    """

    words: frozenset[str]
    beginnings: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    pieces: tuple[str, ...]


def wanted(query: Part, forms: Callable[[str], Sequence[str]]) -> Wanted:
    """Return what is to be marked for a search; ``forms`` gives the other forms of a word."""
    words: set[str] = set()
    beginnings: list[str] = []
    phrases: list[tuple[str, ...]] = []
    pieces: list[str] = []
    for term in terms(query):
        if UNSPACED_LETTER.search(term.text):
            pieces.append(term.text.lower())
            continue
        parts = tuple(_plain_words(term.text))
        if len(parts) > 1:
            phrases.append(parts)
        elif parts and term.is_beginning:
            beginnings.append(parts[0])
        elif parts:
            words |= {parts[0], *_forms(term, forms)}
    return Wanted(frozenset(words), tuple(beginnings), tuple(phrases), tuple(pieces[:_MOST_PIECES]))


def marker(looked_for: Wanted) -> Marker:
    """Return what marks these words in a run of text."""

    def mark(text: str) -> Markup:
        shown, done = Markup(), 0
        for start, end in _joined(sorted(_spans(text, looked_for))):
            shown += escape(text[done:start]) + Markup("<mark>{}</mark>").format(text[start:end])
            done = end
        return shown + escape(text[done:])

    return mark


def _forms(term: Term, forms: Callable[[str], Sequence[str]]) -> Sequence[str]:
    return () if term.is_phrase else [unmarked(form.lower()) for form in forms(term.text)]


def _plain_words(text: str) -> list[str]:
    return [unmarked(word[0].lower()) for word in _WORD.finditer(text)]


def _spans(text: str, looked_for: Wanted) -> Iterator[tuple[int, int]]:
    found = list(_WORD.finditer(text))
    words = [unmarked(word[0].lower()) for word in found]
    for n, word in enumerate(words):
        if word in looked_for.words or word.startswith(looked_for.beginnings):
            yield found[n].span()
        for phrase in looked_for.phrases:
            if word == phrase[0] and tuple(words[n : n + len(phrase)]) == phrase:
                yield found[n].start(), found[n + len(phrase) - 1].end()
    lower = text.lower()
    if len(lower) == len(text):  # else the places would not be those of the text
        for piece in looked_for.pieces:
            yield from ((one.start(), one.end()) for one in re.finditer(re.escape(piece), lower))


def _joined(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans, those that touch or overlap as one."""
    last: tuple[int, int] | None = None
    for start, end in spans:
        if last and start <= last[1]:
            last = last[0], max(last[1], end)
            continue
        if last:
            yield last
        last = start, end
    if last:
        yield last
