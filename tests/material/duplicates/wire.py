"""A wire as four sites run it: one stream of notes, of which each article is judged against the one it is said to copy.

Fifty kinds of forms come in bursts, within minutes and over weeks: the same form of another company, the same
company's next one, another sum in the same sentences. Companies share their first words, and headlines are in capitals
more often than not. Around them stand briefs and reports in prose. About every third item comes again, on the same site
or another: word for word, corrected, updated, as a longer take, under another headline, in another house's words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from tests.material.duplicates.english import Desk, reworked
from tests.material.duplicates.forms import AGAIN, Form, Item, brief, forms, item, next_item, version
from tests.material.duplicates.pairs import Version

FIRST = "first"
"""How an article was made that is no version of another."""
_SITES = ("coast.example", "uplands.example", "river.example", "harbour.example")
_HOURS = 28 * 24.0
_BURST = (0, 0, 1, 2, 4, 7)
"""Further items of a form that follow a first one."""


@dataclass(frozen=True, slots=True)
class Take:
    """An article of the wire: the ``text`` that it is a version of, by number, and how it was made of it."""

    version: Version
    text: int
    sort: str


def takes(count: int, seed: int) -> Iterator[Take]:
    """About so many articles, in the order in which they ran."""
    random = Random(seed)  # noqa: S311 - the same articles each time are the very purpose
    agencies, made = list(forms(random)), list[Take]()
    texts = 0
    while len(made) < count:
        at = random.uniform(0, _HOURS)
        for each in _burst(random, random.choice(agencies), at) if random.random() < 0.6 else _prose(random, at):
            texts += 1
            made += _run(random, each, texts)
    yield from sorted(made, key=lambda take: take.version.hours or 0.0)


def _burst(random: Random, form: Form, at: float) -> Iterator[Item]:
    made = item(random, form, at)
    yield made
    for _ in range(random.choice(_BURST)):
        made = next_item(random, form, made)
        yield made


def _prose(random: Random, at: float) -> Iterator[Item]:
    """A brief, or a report; sometimes another report that begins with the brief's first sentence."""
    desk = Desk(random)
    first = brief(desk, at)
    if random.random() < 0.5:
        yield first
    if random.random() < 0.7:
        text = desk.text(random.choice((110, 150, 250, 400)))
        yield replace(first, at=at + random.uniform(0.2, 6), sentences=(first.sentences[0], *text), more=())


def _run(random: Random, first: Item, text: int) -> Iterator[Take]:
    yield Take(version(random, first, random.choice(_SITES)), text, FIRST)
    while random.random() < 0.27:
        sort = random.choice(list(_AGAIN if first.more else _OF_REPORTS))
        title, sentences = (_AGAIN | _OF_REPORTS)[sort](random, first)
        later = first.at + random.choice((random.uniform(0.02, 1), random.uniform(1, 6), random.uniform(6, 22)))
        again = replace(first, at=later, titles=(title,), sentences=tuple(sentences))
        yield Take(version(random, again, random.choice(_SITES)), text, sort)


Again = tuple[str, list[str]]


def _longer(random: Random, first: Item) -> Again:
    """A longer take: what was known stands at its top, and is about half of it."""
    desk = Desk(random)
    words, more = sum(len(sentence.split()) for sentence in first.sentences), list[str]()
    while sum(len(sentence.split()) for sentence in more) < 0.6 * words:
        more.append(desk.sentence())
    return first.titles[0], [*first.sentences, *more]


def _updated(_: Random, first: Item) -> Again:
    return f"{first.titles[0]} (update)", [*first.sentences, *first.more[:1]]


def _reworked(random: Random, first: Item) -> Again:
    return random.choice(first.titles), reworked(random, list(first.sentences))


_AGAIN: dict[str, Callable[[Random, Item], Again]] = {**AGAIN, "longer take": _longer, "update": _updated}
_OF_REPORTS: dict[str, Callable[[Random, Item], Again]] = {
    "sent twice": AGAIN["sent twice"], "house style": AGAIN["house style"], "reworked": _reworked,
}  # fmt: skip
