"""Labelled pairs of articles: what papers do with one text, and what only looks like it. Seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.material.duplicates import changes
from tests.material.duplicates.changes import Paragraphs
from tests.material.duplicates.prose import SCRIPTS, Writer, size, tongue


@dataclass(frozen=True, slots=True)
class Version:
    """One paper's version of an article.

    ``hours`` is when it ran, counted from some moment, None where the page does not say; ``url`` is its address, where
    one is given.
    """

    site: str
    title: str
    paragraphs: tuple[str, ...]
    hours: float | None
    is_live: bool = False
    wire: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles, whether they have the same text, and what was done to make them."""

    sort: str
    is_same: bool
    first: Version
    second: Version


@dataclass(frozen=True, slots=True)
class Texts:
    """What a way of making pairs gives: two texts, and whether one paper ran both (None: either way)."""

    first: Paragraphs
    second: Paragraphs
    is_one_site: bool | None = None
    first_is_live: bool = False
    wire: str | None = None


Way = Callable[[Writer, Random, int], Texts]


def pairs(count: int, seed: int) -> Iterator[Pair]:
    """About so many pairs, half of them with the same text, in all tongues and lengths."""
    random = Random(seed)  # noqa: S311 - the same pairs each time are the very purpose
    writers = [Writer(tongue(script, random), random) for script in SCRIPTS]
    for number in range(count):
        ways = (SAME, OTHER)[number % 2]
        sort = list(ways)[number // 2 % len(ways)]
        writer = random.choice(writers)
        words = round(60 * 25 ** random.random())  # 60 to 1,500, short ones more often
        yield _pair(number, sort, number % 2 == 0, ways[sort](writer, random, words), writer, random)


def _pair(number: int, sort: str, is_same: bool, texts: Texts, writer: Writer, random: Random) -> Pair:
    is_one_site = random.random() < 0.3 if texts.is_one_site is None else texts.is_one_site
    sites = [f"paper{number % 7}.example", f"paper{number % 7 if is_one_site else 7 + number % 5}.example"]
    hours = random.random() * 5_000
    told = [
        Version(site, writer.sentence(writer.event()), tuple(text), hours + later, is_live, wire)
        for site, text, later, is_live, wire in (
            (sites[0], texts.first, 0.0, texts.first_is_live, texts.wire),
            (sites[1], texts.second, random.uniform(0.1, 40), False, None),
        )
    ]
    return Pair(sort, is_same, *(told if random.random() < 0.5 else told[::-1]))


def _text(writer: Writer, words: int) -> Paragraphs:
    return writer.article(writer.event(), words)


def _exact(writer: Writer, _: Random, words: int) -> Texts:
    text = _text(writer, words)
    return Texts(text, text)


def _edited(writer: Writer, random: Random, words: int) -> Texts:
    text = _text(writer, words)
    return Texts(text, changes.edited(text, writer, random, random.choice((0.01, 0.03, 0.06, 0.1))))


def _cut(writer: Writer, random: Random, words: int) -> Texts:
    text = _text(writer, max(words, 150))
    is_prefix = random.random() < 0.8
    share = random.uniform(0.3 if is_prefix else 0.5, 0.85)
    cut = changes.cut(text, share) if is_prefix else changes.thinned(text, random, share)
    return Texts(text, cut, is_one_site=False, wire=random.choice(("AFP", None)))


def _boxed(writer: Writer, random: Random, words: int) -> Texts:
    text = _text(writer, words)
    return Texts(text, changes.boxed(text, writer, random))


def _reordered(writer: Writer, random: Random, words: int) -> Texts:
    text = _text(writer, words)
    return Texts(text, changes.reordered(text, random))


def _restyled(writer: Writer, random: Random, words: int) -> Texts:
    text = _text(writer, words)
    return Texts(text, changes.restyled(text, random))


def _reworked(writer: Writer, random: Random, words: int) -> Texts:
    """All of it together, and a cut: what a desk does on a quiet day."""
    text = _text(writer, max(words, 200))
    made = changes.edited(changes.cut(text, random.uniform(0.4, 0.9)), writer, random, 0.03)
    return Texts(text, changes.restyled(changes.boxed(made, writer, random), random), is_one_site=False)


def _form(writer: Writer, random: Random, words: int) -> Texts:
    filled = changes.form(writer, random, words)
    return Texts(filled(), filled())


def _rewritten(writer: Writer, random: Random, words: int) -> Texts:
    event = writer.event()
    mine, theirs = writer.article(event, words), writer.article(event, round(words * random.uniform(0.6, 1.6)))
    quoted = [writer.sentence(event) for _ in range(random.randint(0, 2))]
    return Texts([*mine[:1], *quoted, *mine[1:]], [*theirs, *quoted])


def _background(writer: Writer, random: Random, words: int) -> Texts:
    event = writer.event()
    shared = writer.article(event, round(words * random.uniform(0.15, 0.4)))
    mine, theirs = (writer.article(event, round(sum(map(size, shared)) * random.uniform(1, 4))) for _ in range(2))
    return Texts(mine + shared, theirs + shared)


def _brief(writer: Writer, random: Random, words: int) -> Texts:
    """Written anew; or, within a site, the first lines of what is told at length later."""
    event = writer.event()
    long = writer.article(event, max(words, 300))
    if random.random() < 0.4:
        return Texts(changes.cut(long, random.uniform(0.05, 0.2)), long, is_one_site=True)
    brief = writer.article(event, random.randint(40, 90))
    return Texts(brief, [*long[:1], brief[0], *long[1:]] if len(brief) > 2 and random.random() < 0.5 else long)


def _recap(writer: Writer, random: Random, words: int) -> Texts:
    event = writer.event()
    live = writer.article(event, max(words, 300))
    told = writer.article(event, round(words * random.uniform(0.1, 0.4)))
    return Texts(live, told + changes.thinned(live, random, random.uniform(0.1, 0.4)), first_is_live=True)


def _column(writer: Writer, random: Random, words: int) -> Texts:
    opening, closing = (_text(writer, round(words * random.uniform(0.05, 0.2))) for _ in range(2))
    own = round(sum(map(size, opening + closing)) * random.uniform(1, 4))
    first, second = (opening + _text(writer, own) + closing for _ in range(2))
    return Texts(first, second, is_one_site=True)


SAME: dict[str, Way] = {
    "exact copy": _exact,
    "light edit": _edited,
    "truncated copy": _cut,
    "bylines and boxes": _boxed,
    "paragraphs reordered": _reordered,
    "quotes and dashes": _restyled,
    "all of these": _reworked,
}
OTHER: dict[str, Way] = {
    "form filled in anew": _form,
    "same event, own words": _rewritten,
    "shared background": _background,
    "brief and long version": _brief,
    "live blog and recap": _recap,
    "column with a frame": _column,
}
