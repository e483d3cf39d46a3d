"""Three archives that are hard: months with twins, a first day with everything on it, and months of short pieces.

Made of the sentences of month.py. Twins are two events of one subject within eight days that have some of their names
in common: two strikes at one company, two fires in one town, two men on trial in one affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from tests.material.stories.month import DAYS, PAPERS, START, TOPICS, Report, background, facts_of, piece_on

TWINS = 25
SHORT = 60
"""Words below which a piece is short."""
_COMMON = (("org",), ("place",), ("org", "rival"), ("rival", "topic"), ("person",))
"""Names that twins share."""


def twins(seed: int) -> list[Report]:
    """A month of which every event has a twin."""
    chance = Random(seed)  # noqa: S311 # a month that can be made again, no secret
    pieces = background(chance)
    for number in range(TWINS):
        topic, first = chance.choice(TOPICS), chance.uniform(0, DAYS - 12)
        one, other = facts_of(chance), facts_of(chance)
        other |= {name: one[name] for name in chance.choice(_COMMON)}
        for nth, (facts, at) in enumerate(((one, first), (other, first + chance.uniform(1, 8)))):
            pieces += _event(chance, topic, 2 * number + nth, at, chance.choice((1, 2, 3)), facts)
    return _in_order(pieces)


def one_day(seed: int) -> list[Report]:
    """The first day of an archive: fifty events, many alike, and what else there is."""
    chance = Random(seed)  # noqa: S311
    pieces = [piece for piece in background(chance) if piece.at < START + timedelta(days=6)]
    pieces = [replace(piece, at=START + (piece.at - START) / 6) for piece in pieces]
    for number in range(50):
        pieces += _event(chance, chance.choice(TOPICS), number, chance.uniform(0, 0.6), 0.3, facts_of(chance))
    return _in_order(pieces)


def briefs(seed: int) -> list[Report]:
    """A month whose events have a long piece or two each, and half of the others are of fewer than sixty words."""
    chance = Random(seed)  # noqa: S311
    pieces = background(chance)
    for number in range(60):
        days = chance.choice((1, 2, 4))
        event = _event(chance, chance.choice(TOPICS), number, chance.uniform(0, DAYS - 5), days, facts_of(chance))
        pieces += event[:2] + [shortened(piece) if chance.random() < 0.5 else piece for piece in event[2:]]
    return _in_order(pieces)


def shortened(piece: Report) -> Report:
    """The first sentences of a piece, fewer than sixty words of them."""
    kept: list[str] = []
    for sentence in " ".join(piece.paragraphs).split(". "):
        if sum(len(one.split()) for one in (*kept, sentence)) >= SHORT - 10 or len(kept) == 3:
            break
        kept.append(sentence.rstrip("."))
    return replace(piece, paragraphs=(". ".join(kept) + ".",), standfirst=None)


def is_short(piece: Report) -> bool:
    """Whether a piece has fewer than sixty words."""
    return sum(len(paragraph.split()) for paragraph in piece.paragraphs) < SHORT


def _event(chance: Random, topic: str, number: int, first: float, days: float, facts: dict[str, str]) -> list[Report]:
    return [
        piece_on(
            chance, topic, START + timedelta(days=first + min(days, chance.expovariate(2.5 / days))),
            chance.choice(PAPERS), number, facts,
        )
        for _ in range(chance.randint(3, 9))
    ]  # fmt: skip


def _in_order(pieces: Sequence[Report]) -> list[Report]:
    return sorted(pieces, key=lambda piece: piece.at)
