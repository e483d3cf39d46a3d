"""A second invented month, made by other means than the first: words drawn by chance, no sentences.

Words follow Zipf's law in two languages of two scripts. A subject has words likelier in its pieces; an event has
a few words of its own, some new to the month and some that other events of the subject have too, and takes up others as
days pass. People come back from one event to the next. Pieces by wire are run in part by other papers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from random import Random

from tests.material.stories.month import DAYS, START, Report

_LATIN = ("abcdefghijklmnoprstuvwyz", "latin")
_CYRILLIC = ("абвгдежзиклмнопрстуфхцчшыья", "cyrillic")
_PAPERS = {"latin": ("north", "south"), "cyrillic": ("sever",)}
_SUBJECTS = 12
_LANGUAGE = 6000  # words
_LIKELY = 60  # words of a subject


@dataclass(frozen=True, slots=True)
class _Language:
    name: str
    words: tuple[str, ...]
    likely: tuple[float, ...]
    """Sums of how likely each word and those before it are."""
    subjects: tuple[tuple[str, ...], ...]
    people: tuple[str, ...]


def wire_month(seed: int) -> list[Report]:
    """The month's pieces in the order of publication."""
    chance = Random(seed)  # noqa: S311 # a month that can be made again, no secret
    pieces: list[Report] = []
    number = 0
    for letters, name in (_LATIN, _CYRILLIC):
        language = _language(chance, letters, name)
        for _ in range(45 if name == "latin" else 20):
            pieces += _event(chance, language, number)
            number += 1
        for _ in range(600 if name == "latin" else 250):
            at = chance.uniform(0, DAYS)
            pieces.append(
                _piece(chance, language, at, None, chance.choice(language.subjects), _names(chance, language, 4))
            )
    return sorted(pieces, key=lambda piece: piece.at)


def _language(chance: Random, letters: str, name: str) -> _Language:
    words = tuple(_word(chance, letters, 1 + rank // 300) for rank in range(_LANGUAGE))
    subjects = tuple(tuple(chance.sample(words[150:], _LIKELY)) for _ in range(_SUBJECTS))
    people = tuple(_word(chance, letters, 5).capitalize() for _ in range(150))
    return _Language(name, words, tuple(accumulate(1 / (rank + 3) for rank in range(_LANGUAGE))), subjects, people)


def _word(chance: Random, letters: str, least: int) -> str:
    return "".join(chance.choices(letters, k=chance.randint(min(2 + least // 3, 6), 9)))


def _names(chance: Random, language: _Language, n: int) -> list[str]:
    known = chance.choices(language.people, weights=[1 / (rank + 1) for rank in range(len(language.people))], k=n)
    letters = _CYRILLIC[0] if language.name == "cyrillic" else _LATIN[0]
    return [name if chance.random() < 0.4 else _word(chance, letters, 6).capitalize() for name in known]


def _event(chance: Random, language: _Language, number: int) -> list[Report]:
    first, lasts = chance.uniform(0, DAYS - 2), chance.choice((0.5, 1, 2, 4, 7, 12))
    subject, names = chance.choice(language.subjects), _names(chance, language, chance.randint(4, 7))
    subject = (*chance.sample(subject, 30), *chance.choices(chance.sample(language.words[150:], 6), k=25))
    pieces = []
    for _ in range(chance.randint(2, 5 + round(2 * lasts))):
        day = min(chance.expovariate(1.5 / lasts), lasts)
        if chance.random() < 0.12:
            names = [*names[1:], *_names(chance, language, 1)]
        pieces.append(_piece(chance, language, first + day, number, subject, names))
    return [*pieces, *_run_elsewhere(chance, language, pieces)]


def _run_elsewhere(chance: Random, language: _Language, pieces: Sequence[Report]) -> list[Report]:
    """Some pieces, a few hours later and cut, in another paper of the language."""
    copies = []
    for piece in pieces:
        others = [paper for paper in _PAPERS[language.name] if paper != piece.paper]
        if others and chance.random() < 0.2:
            at = piece.at + timedelta(hours=chance.uniform(1, 9))
            kept = piece.paragraphs[: chance.randint(2, len(piece.paragraphs))]
            copies.append(Report(chance.choice(others), at, piece.title, kept, piece.event))
    return copies


def _piece(
    chance: Random, language: _Language, day: float, event: int | None, subject: Sequence[str], names: Sequence[str]
) -> Report:
    def sentence(named: int) -> str:
        plain = chance.choices(language.words, cum_weights=language.likely, k=chance.randint(6, 12))
        told = plain + chance.choices(subject, k=chance.randint(2, 5))
        chance.shuffle(told)
        for name in chance.sample(list(names), min(named, len(names))):
            told.insert(chance.randint(1, len(told)), name)
        return " ".join(told).capitalize() if not named else told[0].capitalize() + " " + " ".join(told[1:])

    paragraphs = tuple(
        ". ".join(sentence(chance.choice((0, 1, 1, 2, 2))) for _ in range(chance.randint(1, 3))) + "."
        for _ in range(chance.randint(3, 7))
    )
    title = " ".join([*chance.choices(subject, k=3), *chance.sample(list(names), 1)]).capitalize()
    at = START + timedelta(days=min(day, DAYS))
    return Report(chance.choice(_PAPERS[language.name]), at, title, paragraphs, event)
