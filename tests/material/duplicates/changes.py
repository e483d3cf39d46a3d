"""What papers do to a text that they take over, and what forms and columns have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from tests.material.duplicates.prose import Event, Writer, size

Paragraphs = list[str]
_WORD = re.compile(r"[^\W\d_]{2,}")
_SLOT = re.compile(r"[@#&]")


def edited(text: Paragraphs, writer: Writer, random: Random, rate: float) -> Paragraphs:
    """Words exchanged at this rate, a sentence struck out here and there, another one added."""
    han = writer.tongue.script.space == ""

    def exchanged(found: re.Match[str]) -> str:
        if han:
            return "".join(_other(writer, random)[:1] if random.random() < rate else one for one in found[0])
        return _other(writer, random) if random.random() < rate else found[0]

    changed = [_WORD.sub(exchanged, paragraph) for paragraph in text]
    if random.random() < 0.3:
        changed.insert(random.randint(1, len(changed)), writer.sentence(writer.event()))
    if len(changed) > 4 and random.random() < 0.3:
        changed.pop(random.randrange(1, len(changed)))
    return changed


def _other(writer: Writer, random: Random) -> str:
    tongue = writer.tongue
    return tongue.any(random, random.choice((tongue.nouns, tongue.verbs, tongue.adjectives, tongue.small)))


def cut(text: Paragraphs, share: float) -> Paragraphs:
    """The beginning, about so much of it and more than 40 words."""
    most, kept = share * sum(map(size, text)), list[str]()
    for paragraph in text:
        if sum(map(size, kept)) > 40 and sum(map(size, kept)) + size(paragraph) / 2 > most:
            break
        kept.append(paragraph)
    return kept


def thinned(text: Paragraphs, random: Random, share: float) -> Paragraphs:
    """The first paragraph and some of the others, in their order."""
    return text[:1] + [paragraph for paragraph in text[1:] if random.random() < share]


def boxed(text: Paragraphs, writer: Writer, random: Random) -> Paragraphs:
    """A byline over it, boxes within it, an invitation under it."""
    named = random.choice(writer.tongue.names), random.choice(writer.tongue.names)
    changed = list(text)
    for _ in range(random.randint(1, 1 + len(text) // 4)):
        line = f"{named[0].upper()}: {writer.clause(writer.event())}"
        changed.insert(random.randint(1, len(changed)), line)
    if random.random() < 0.6:
        changed.insert(0, writer.tongue.join([writer.small(), *named]))
    if random.random() < 0.6:
        changed.append(writer.sentence(writer.event()))
    return changed


def reordered(text: Paragraphs, random: Random) -> Paragraphs:
    """The first paragraph stays, the others stand in another order."""
    rest = text[1:]
    random.shuffle(rest)
    return text[:1] + rest


_STYLES: tuple[Callable[[str], str], ...] = (
    lambda text: re.sub("[“”„«»]", '"', text),
    lambda text: re.sub("[“„«]", "‹", re.sub("[”»]", "›", text)),
    lambda text: re.sub("[“„«”»]", "'", text).replace(", ", " – ", 3),
    lambda text: text.replace(", ", " — ", 2).replace(" ", "\u00a0", 5),
    lambda text: re.sub("[“„]", "«", text).replace("”", "»").replace(". ", "… ", 1),
    lambda text: re.sub(r"(\w{5})(\w{4})", "\\1\u00ad\\2", text),
)


def restyled(text: Paragraphs, random: Random) -> Paragraphs:
    """Other quotation marks, dashes and spaces."""
    style = random.choice(_STYLES)
    return [style(paragraph) for paragraph in text]


def form(writer: Writer, random: Random, words: int) -> Callable[[], Paragraphs]:
    """A form of about so many words that is filled in anew at each call: figures, names, a word here and there.

    Between a tenth and a third of its words are blanks; some of its paragraphs have none.
    """
    gap, event = random.randint(3, 8), writer.event()
    blank = [_blanked(paragraph, random, gap) for paragraph in writer.article(event, words)]
    for n in range(1, len(blank)):
        if random.random() < 0.15:
            blank[n] = writer.sentence(event)

    def filled() -> Paragraphs:
        own = writer.event()
        names = random.sample(own.names, 3)
        return [_SLOT.sub(lambda mark: _filling(mark[0], writer, random, own, names), one) for one in blank]

    return filled


def _blanked(paragraph: str, random: Random, gap: int) -> str:
    """With blanks: @ for a figure, & for a name, # for a word."""

    def mark(found: re.Match[str]) -> str:
        return random.choice("@@@&&#") if random.randrange(gap) == 0 else found[0]

    text = re.sub(r"\d[\d.,]*", "@", paragraph)
    return re.sub(r"[\u3400-\u9fff]{2}|[^\W\d_\u3400-\u9fff]{3,}", mark, text)


def _filling(mark: str, writer: Writer, random: Random, event: Event, names: list[str]) -> str:
    if mark == "@":
        return writer.figure()
    return random.choice(names) if mark == "&" else random.choice(event.nouns)
