"""News prose in invented languages: grammars over vocabularies with the frequencies of real ones, seeded.

Six tongues: three alphabets with capitals, one of which writes all nouns with one, one script without capitals, one
without spaces, and one with both short words and many clitics. No word of them means anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random


@dataclass(frozen=True, slots=True)
class Script:
    """How a tongue is written: syllables are an onset and a rhyme; ``quotes`` open and close, ``space`` parts words."""

    name: str
    onsets: str
    rhymes: tuple[str, ...]
    quotes: tuple[str, str]
    stop: str = "."
    comma: str = ", "
    space: str = " "
    has_noun_capitals: bool = False


SCRIPTS = (
    Script("latin", "b c d f g l m n p r s t v st tr pl", ("a", "e", "i", "o", "an", "er", "is", "on"), ("“", "”")),
    Script("teuton", "b d f g h k l m n r s t w sch tr", ("a", "e", "ei", "au", "en", "er", "ung", "ich"), ("„", "“"),
           has_noun_capitals=True),
    Script("cyrillic", "б в г д ж з к л м н п р с т х ст", ("а", "е", "и", "о", "ов", "ен", "ый", "ть"), ("«", "»")),
    Script("greek", "β γ δ θ κ λ μ ν π ρ σ τ φ χ", ("α", "ε", "ο", "η", "ος", "αν", "ις", "ων"), ("«", "»")),
    Script("arabic", "ب ت ج د ر س ش ع ف ق ك ل م ن ه", ("ا", "و", "ي", "ان", "ين", ""), ("«", "»"), comma="، "),
    Script("han", "", tuple(chr(0x4E00 + 37 * n) for n in range(500)), ("“", "”"), "。", "，", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language: its words by sort, the frequent ones first."""

    script: Script
    small: tuple[str, ...]
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    adjectives: tuple[str, ...]
    names: tuple[str, ...]
    weights: dict[int, list[float]] = field(default_factory=dict)

    def any(self, random: Random, words: Sequence[str]) -> str:
        """One of the words, as often as its rank lets expect (Zipf)."""
        size = len(words)
        if size not in self.weights:
            self.weights[size] = list(accumulate(1 / (rank + 2) for rank in range(size)))
        return random.choices(words, cum_weights=self.weights[size])[0]

    def join(self, words: Sequence[str]) -> str:
        """Words as a clause."""
        return self.script.space.join(words)


def tongue(script: Script, random: Random) -> Tongue:
    """Invent a language."""
    used: set[str] = set()

    def coined(count: int, least: int, most: int) -> tuple[str, ...]:
        found: list[str] = []
        while len(found) < count:
            word = "".join(_syllable(script, random) for _ in range(random.randint(least, most)))
            if word not in used and len(word) > 1:
                used.add(word)
                found.append(word)
        return tuple(found)

    nouns = coined(1500, 2, 4)
    if script.has_noun_capitals:
        nouns = tuple(noun.capitalize() for noun in nouns)
    names = tuple(name.capitalize() for name in coined(600, 2, 3))
    return Tongue(script, coined(60, 1, 2), nouns, coined(600, 2, 3), coined(600, 2, 4), names)


def _syllable(script: Script, random: Random) -> str:
    onset = random.choice(script.onsets.split()) if script.onsets else ""
    return onset + random.choice(script.rhymes)


@dataclass(frozen=True, slots=True)
class Event:
    """What an article is about: the words, the people and the figures that its reports have in common."""

    nouns: tuple[str, ...]
    names: tuple[str, ...]
    figures: tuple[str, ...]


class Writer:
    """Writes sentences of a tongue."""

    def __init__(self, of: Tongue, random: Random):
        self.tongue = of
        self.random = random

    def event(self) -> Event:
        """Something that happened."""
        pick = self.random.sample
        return Event(
            tuple(pick(self.tongue.nouns, 40)),
            tuple(pick(self.tongue.names, 8)),
            tuple(self.figure() for _ in range(9)),
        )

    def figure(self) -> str:
        """A count, a share, a year or a sum."""
        kind = self.random.randrange(4)
        if kind == 0:
            return str(self.random.randint(2, 99))
        if kind == 1:
            return f"{self.random.randint(1, 99)}.{self.random.randint(0, 9)}"
        return str(self.random.randint(1950, 2024)) if kind == 2 else f"{self.random.randint(1, 999)},000"

    def article(self, event: Event, words: int) -> list[str]:
        """Paragraphs about an event, of about so many words together."""
        paragraphs: list[str] = []
        left = words
        while left > 0:
            sentences = [self.sentence(event) for _ in range(self.random.choice((1, 1, 2, 2, 3, 4)))]
            paragraphs.append((self.tongue.script.space or "").join(sentences))
            left -= size(paragraphs[-1])
        return paragraphs

    def sentence(self, event: Event) -> str:
        """One to three clauses, some of them said by somebody."""
        clauses = [self.clause(event) for _ in range(self.random.choice((1, 1, 2, 2, 3)))]
        text = self.tongue.script.comma.join(clauses)
        if self.random.random() < 0.2:
            opening, closing = self.tongue.script.quotes
            said = self.tongue.join([self.random.choice(event.names), self.tongue.any(self.random, self.tongue.verbs)])
            text = f"{opening}{_capital(text)}{closing}{self.tongue.script.comma}{said}"
        return _capital(text) + self.tongue.script.stop

    def clause(self, event: Event) -> str:
        """Somebody does something to something, somewhere, so many of them."""
        words = [*self.thing(event), self.tongue.any(self.random, self.tongue.verbs), *self.thing(event)]
        if self.random.random() < 0.5:
            words += [self.small(), self.random.choice(event.names)]
        if self.random.random() < 0.35:
            words += [self.small(), self.random.choice(event.figures), self.tongue.any(self.random, self.tongue.nouns)]
        if self.random.random() < 0.4:
            words += [self.small(), *self.thing(event)]
        return self.tongue.join(words)

    def thing(self, event: Event) -> list[str]:
        """A noun with what stands before it."""
        own = self.random.random() < 0.5
        noun = self.random.choice(event.nouns) if own else self.tongue.any(self.random, self.tongue.nouns)
        words = [self.small()] if self.random.random() < 0.7 else []
        if self.random.random() < 0.4:
            words.append(self.tongue.any(self.random, self.tongue.adjectives))
        return [*words, noun]

    def small(self) -> str:
        """An article, a preposition, a conjunction."""
        return self.tongue.any(self.random, self.tongue.small)


def size(text: str) -> int:
    """Words of a text; of a script without spaces, as many as there would about be."""
    return max(len(text.split()), sum("\u3400" <= letter <= "\u9fff" for letter in text) // 2)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
