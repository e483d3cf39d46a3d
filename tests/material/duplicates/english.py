"""Labelled pairs in plain English, built otherwise than the invented tongues: few patterns, many figures and names.

Texts on quite different subjects share phrases here, as agency prose does; forms are real forms; editors have synonyms
and house styles. It shows whether what was settled on one generator holds on another.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from random import Random
from typing import Any

from tests.material.duplicates.pairs import Pair, Version

_WORDS: dict[str, Any] = tomllib.loads(files(__package__).joinpath("english.toml").read_text("utf-8"))
_THINGS, _DEEDS, _KINDS, _PLACES, _MONTHS, _DAYS = (
    _WORDS[name].split() for name in ("things", "deeds", "kinds", "places", "months", "days")
)
NAMES = [f"{first} {last}" for first in _WORDS["first_names"].split() for last in _WORDS["last_names"].split()]
FORMS: dict[str, list[str]] = _WORDS["forms"]
_SYNONYMS: dict[str, str] = _WORDS["synonyms"]
_SLOT = re.compile(r"\{([^}]*)\}")
_RANGE = re.compile(r"(\d+)-(\d+)")
_STYLES: tuple[Callable[[str], str], ...] = (
    lambda text: text.replace("“", '"').replace("”", '"'),
    lambda text: text.replace("“", "‘").replace("”", "’"),
    lambda text: text.replace("“", "«\u00a0").replace("”", "\u00a0»").replace(", ", " — ", 4),
    lambda text: text.replace("“", "„").replace("”", "“").replace("-", "–"),
    lambda text: re.sub(r"“([^”]*)”", r"— \1 —", text).upper() if len(text) < 60 else text.replace(" ", "  ", 9),
)


class Desk:
    """Writes and rewrites on one subject."""

    def __init__(self, random: Random):
        self.random = random
        self.names = random.sample(NAMES, 5)
        self.places = random.sample(_PLACES, 3)
        self.things = random.sample(_THINGS, 7)

    def sentence(self) -> str:
        """One sentence on the subject."""
        pick = self.random.choice
        given: dict[str, list[str]] = {
            "name": self.names,
            "place": self.places,
            "thing": self.things,
            "deed": _DEEDS,
            "kind": _KINDS,
            "reason": _WORDS["reasons"],
            "month": _MONTHS,
            "day": _DAYS,
        }
        told = _SLOT.sub(lambda slot: _number(slot[1], self.random) or pick(given[slot[1]]), pick(_WORDS["patterns"]))
        return told if told.endswith("”") else told + "."

    def text(self, words: int) -> list[str]:
        """Paragraphs of about so many words together."""
        paragraphs: list[str] = []
        while sum(len(one.split()) for one in paragraphs) < words:
            paragraphs.append(" ".join(self.sentence() for _ in range(self.random.randint(1, 3))))
        return paragraphs


Texts = tuple[list[str], list[str]]


def _synonyms(desk: Desk, words: int) -> Texts:
    text = desk.text(words)
    chosen = desk.random.sample(list(_SYNONYMS), desk.random.randint(4, len(_SYNONYMS)))
    pattern = re.compile(r"\b(" + "|".join(chosen) + r")\b")
    return text, [pattern.sub(lambda found: _SYNONYMS[found[0]], one) for one in text]


def reworked(random: Random, text: list[str]) -> list[str]:
    """Another house's words, a sentence out and one in, and a credit."""
    pattern = re.compile(r"\b(" + "|".join(random.sample(list(_SYNONYMS), len(_SYNONYMS) // 2)) + r")\b")
    changed = [pattern.sub(lambda found: _SYNONYMS[found[0]], one) for one in text]
    if len(changed) > 4:
        changed.pop(random.randrange(1, len(changed)))
    changed.insert(random.randint(1, len(changed)), Desk(random).sentence())
    return [f"By {random.choice(NAMES)}", *changed] if random.random() < 0.5 else changed


def _sentences(desk: Desk, words: int) -> Texts:
    """Sentences struck out and added, paragraphs joined; the headline's words at the top."""
    text = desk.text(max(words, 100))
    changed = [one for one in text if desk.random.random() > 0.1] or text
    changed.insert(desk.random.randint(0, len(changed)), desk.sentence())
    if len(changed) > 2:
        changed[1:3] = [" ".join(changed[1:3])]
    return text, changed


def _cut(desk: Desk, words: int) -> Texts:
    text = desk.text(max(words, 200))
    sentences = re.split(r"(?<=[.”]) ", " ".join(text))
    most = max(4, round(len(sentences) * desk.random.uniform(0.3, 0.8)))
    credit = desk.random.choice(([], [f"{desk.places[0].upper()} (AFP) —"], ["(Reporting by our correspondents)"]))
    return text, [*credit, " ".join(sentences[: most // 2]), " ".join(sentences[most // 2 : most])]


def _framed(desk: Desk, words: int) -> Texts:
    """The paper's own things around and between: by whom, what else to read, how to subscribe."""
    text = desk.text(words)
    other = Desk(desk.random)
    changed = [f"By {desk.random.choice(NAMES)} in {desk.places[0]}", *text]
    for _ in range(1 + len(text) // 5):
        changed.insert(desk.random.randint(1, len(changed)), f"READ ALSO: {other.sentence()}")
    return text, [*changed, "Follow us, and support independent reporting with as little as two crowns a month."]


def _moved(desk: Desk, words: int) -> Texts:
    text = desk.text(max(words, 120))
    return text, desk.random.sample(text, len(text))


def _styled(desk: Desk, words: int) -> Texts:
    text = desk.text(words)
    style = desk.random.choice(_STYLES)
    return text, [style(one) for one in text]


def _same(desk: Desk, words: int) -> Texts:
    text = desk.text(words)
    return text, text


def filled(form: list[str], random: Random) -> list[str]:
    """A form filled in: figures anew in each place, names and days the same wherever they are meant."""
    names, places, days = random.sample(NAMES, 3), random.sample(_PLACES, 3), random.sample(_DAYS, 2)
    given = dict(zip(("name", "second", "third", "place", "other", "third place"), names + places, strict=True))
    given |= {"day": days[0], "later": days[1], "month": random.choice(_MONTHS)}
    return [
        _SLOT.sub(
            lambda slot: _number(slot[1], random) or given.get(slot[1]) or random.choice(slot[1].split("~")), line
        )
        for line in form
    ]


def _number(slot: str, random: Random) -> str:
    """A number of a range such as ``2-40``; nothing for another slot."""
    bounds = _RANGE.fullmatch(slot)
    return str(random.randint(int(bounds[1]), int(bounds[2]))) if bounds else ""


def _form(desk: Desk, _: int) -> Texts:
    form = FORMS[desk.random.choice(list(FORMS))]
    return filled(form, desk.random), filled(form, desk.random)


def _reported(desk: Desk, words: int) -> Texts:
    """The same people, places and things, in other sentences; sometimes one quotation in both."""
    quoted = [desk.sentence()] if desk.random.random() < 0.5 else []
    return desk.text(words) + quoted, desk.text(words)[:1] + quoted + desk.text(words // 2)


def _followed(desk: Desk, words: int) -> Texts:
    """Tomorrow's news with yesterday's background under it."""
    old = desk.text(max(words, 100))
    kept = old[-max(1, len(old) * 2 // 5) :]
    return old, desk.text(max(60, words * 2 // 3)) + kept


def _brief(desk: Desk, words: int) -> Texts:
    long = desk.text(max(words, 350))
    return [desk.sentence(), desk.sentence(), desk.sentence(), desk.sentence()], long


def _live(desk: Desk, words: int) -> Texts:
    posts = [f"{7 + n // 6}:{n % 6}5 {desk.sentence()}" for n in range(max(20, words // 20))]
    kept = [post.split(" ", 1)[1] for post in posts if desk.random.random() < 0.3]
    return posts, [*desk.text(max(60, words // 5)), *kept]


_SAME: dict[str, Callable[[Desk, int], Texts]] = {
    "exact copy": _same, "synonyms and spelling": _synonyms, "sentences out and in": _sentences,
    "truncated copy": _cut, "bylines and boxes": _framed, "paragraphs reordered": _moved, "quotes and dashes": _styled,
}  # fmt: skip
_OTHER: dict[str, Callable[[Desk, int], Texts]] = {
    "form filled in anew": _form, "same event, own words": _reported, "shared background": _followed,
    "brief and long version": _brief, "live blog and recap": _live,
}  # fmt: skip


def pairs(count: int, seed: int) -> Iterator[Pair]:
    """About so many pairs, half of them with the same text."""
    random = Random(seed)  # noqa: S311 - the same pairs each time are the very purpose
    for number in range(count):
        is_same = number % 2 == 0
        ways = _SAME if is_same else _OTHER
        sort = random.choice(list(ways))
        first, second = ways[sort](Desk(random), round(random.choice((60, 100, 200, 400, 900, 1500))))
        one_site = sort != "truncated copy" and random.random() < 0.4
        hours = random.uniform(0, 5_000)
        own, other = "gazette.example", f"herald{number % 9}.example"
        title, later = f"{random.choice(_DEEDS)} {number}", f"{number}: {random.choice(_THINGS)}"
        told = [
            Version(own, title, tuple(first), hours, sort.startswith("live")),
            Version(own if one_site else other, later, tuple(second), hours + random.uniform(0.1, 30)),
        ]
        random.shuffle(told)
        yield Pair(sort, is_same, told[0], told[1])
