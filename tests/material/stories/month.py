"""An invented month of three papers whose events are known: made of sentences, names and chances.

Events of one topic share all their sentences and differ by names alone; clubs play every few days; two countries vote
in one week. Around them stand pieces on nothing else, the weather and the exchange rates of each day, and round-ups.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

PAPERS = ("courier", "tribune", "gazette")
START = datetime(2024, 11, 1, tzinfo=UTC)
DAYS = 30

_GRAMMAR = tomllib.loads(Path(__file__).with_name("grammar.toml").read_text("utf-8"))
TOPICS = ("strike", "election", "fire", "trial", "merger", "storm", "law", "rescue")
_CHOICE = re.compile(r"\{([^{}]*)\}")
_FACT = re.compile(r"\[(\w+)\]")
_OWN = re.compile(r"<(n|day)>")
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ONSETS = tuple("b br d dr f g gr h j k kl l m n p pr r s sk st sv t tr v z".split())  # noqa: SIM905 # shorter
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ei", "ou")
_CODAS = ("", "", "n", "r", "l", "s", "k", "m", "st", "nd")
_FIRST = ("Mara", "Ivo", "Lena", "Tomas", "Edda", "Rufus", "Nora", "Piet", "Sanna", "Karel", "Ilse", "Otto", "Vera")


@dataclass(frozen=True, slots=True)
class Report:
    """One article. ``event`` is None where it is about nothing that others are about."""

    paper: str
    at: datetime
    title: str
    paragraphs: tuple[str, ...]
    event: int | None
    standfirst: str | None = None
    related: tuple[int, ...] = field(default=())
    """Places in the month of the pieces that it names as related."""


def month(seed: int) -> list[Report]:
    """The month's pieces in the order of publication."""
    chance = Random(seed)  # noqa: S311 # a month that can be made again, no secret
    pieces = [*_events(chance), *background(chance)]
    pieces.sort(key=lambda piece: piece.at)
    return linked_to(pieces, chance)


def _events(chance: Random) -> list[Report]:
    pieces: list[Report] = []
    plan = [(topic, chance.uniform(0, DAYS - 3)) for topic in TOPICS for _ in range(7)]
    plan += [("strike", 12.0), ("strike", 13.5), ("election", 16.0), ("election", 17.0)]
    for number, (topic, first) in enumerate(plan):
        pieces += _event(chance, topic, number, first, chance.choice((1, 2, 3, 5, 9)), facts_of(chance))
    for _ in range(3):
        club = {name: _name(chance) for name in ("clubcoach", "clubstar", "clubground")} | {"club": f"{_word(chance)}"}
        for round_ in range(7):
            facts = facts_of(chance) | club
            pieces += _event(chance, "match", len(plan), 1.5 + 4 * round_ + chance.random(), 1, facts)
            plan.append(("match", 0.0))
    return pieces


def _event(chance: Random, topic: str, number: int, first: float, days: int, facts: dict[str, str]) -> list[Report]:
    many = max(2, round(chance.uniform(0.8, 2.2) * (days + 1.5)))
    pieces = []
    for _ in range(many):
        at = START + timedelta(days=first + min(days, chance.expovariate(2.5 / days)))
        pieces.append(piece_on(chance, topic, at, chance.choice(PAPERS), number, facts))
    return pieces


def background(chance: Random) -> list[Report]:
    pieces = []
    for day in range(DAYS):
        at = START + timedelta(days=day)
        for paper in PAPERS:
            early = at + timedelta(hours=6)
            pieces += [piece_on(chance, topic, early, paper, None, {}) for topic in ("weather", "rates")]
            for _ in range(6):
                topic = chance.choice(("feature", "feature", *TOPICS))
                pieces.append(
                    piece_on(chance, topic, at + timedelta(hours=24 * chance.random()), paper, None, facts_of(chance))
                )
    return pieces


def piece_on(chance: Random, topic: str, at: datetime, paper: str, event: int | None, facts: dict[str, str]) -> Report:
    grammar = _GRAMMAR[topic]
    own = chance.sample(
        grammar["sentences"], chance.randint(min(5, len(grammar["sentences"])), len(grammar["sentences"]))
    )
    common = chance.sample(_GRAMMAR["common"]["sentences"], chance.randint(2, 6))
    told = [_told(chance, sentence, facts) + "." for sentence in (*own, *common)]
    head, rest = told[:2], told[2:]
    chance.shuffle(rest)
    told = head + rest
    paragraphs = tuple(" ".join(told[i : i + 2]) for i in range(0, len(told), 2))
    standfirst = _told(chance, chance.choice(grammar["sentences"]), facts) if chance.random() < 0.5 else None
    return Report(paper, at, _told(chance, chance.choice(grammar["titles"]), facts), paragraphs, event, standfirst)


def _told(chance: Random, sentence: str, facts: dict[str, str]) -> str:
    while _CHOICE.search(sentence):
        sentence = _CHOICE.sub(lambda found: chance.choice(found[1].split("|")), sentence)
    sentence = _FACT.sub(lambda found: _called(chance, facts[found[1]]), sentence)
    return _OWN.sub(lambda found: chance.choice(_WEEK) if found[1] == "day" else str(chance.randint(2, 400)), sentence)


def _called(chance: Random, name: str) -> str:
    """A person by the full name or by the last one."""
    first, _, last = name.rpartition(" ")
    return last if first in _FIRST and chance.random() < 0.6 else name


def facts_of(chance: Random) -> dict[str, str]:
    people = {name: _name(chance) for name in ("person", "other", "third")}
    kinds = ("Works", "Lines", "Mills", "Group", "Energy", "Union")
    return people | {
        "place": _word(chance),
        "org": f"{_word(chance)} {chance.choice(kinds)}",
        "rival": _word(chance),
        "topic": f"{chance.choice(('water', 'school', 'forest', 'tenancy', 'tobacco', 'archive', 'noise', 'lottery'))}",
    }


def _name(chance: Random) -> str:
    return f"{chance.choice(_FIRST)} {_word(chance)}"


def _word(chance: Random) -> str:
    parts = (chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(chance.randint(2, 3)))
    return ("".join(parts) + chance.choice(_CODAS)).capitalize()


def linked_to(pieces: Sequence[Report], chance: Random) -> list[Report]:
    """Related links: to earlier pieces on the event by the same paper; one in five leads somewhere else."""
    linked = []
    for place, piece in enumerate(pieces):
        earlier = [i for i in range(place) if pieces[i].paper == piece.paper]
        same = [i for i in earlier if piece.event is not None and pieces[i].event == piece.event]
        related = [chance.choice(same)] if same and chance.random() < 0.5 else []
        if earlier and chance.random() < 0.12:
            related.append(chance.choice(earlier[-200:]))
        linked.append(
            Report(piece.paper, piece.at, piece.title, piece.paragraphs, piece.event, piece.standfirst, tuple(related))
        )
    return linked
