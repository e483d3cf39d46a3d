"""Labelled pairs of a wire of short forms: fifty kinds of notes in the words of three agencies each, and briefs.

An agency's form is settled once; its items differ by figures, names, dates and turns of phrase, and come as often as
such notes do: the central bank's each day, dividends of many companies in an hour. Four sites run what comes, each item
one or two of them. Some items are the same text again: sent twice, corrected, expanded, under another headline, in
another house's spelling, cut. So whatever two items of a form share, only what they tell decides.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from random import Random
from typing import Any

from tests.material.duplicates.english import NAMES, Desk
from tests.material.duplicates.pairs import Pair, Version

KINDS: dict[str, dict[str, Any]] = tomllib.loads(files(__package__).joinpath("forms.toml").read_text("utf-8"))
_START = datetime(2024, 1, 1, tzinfo=UTC)
_HOURS = 60 * 24.0  # two months
_AGENCIES = 3
_SERIES = 3
_SITES = ("coast.example", "uplands.example", "river.example", "harbour.example")
_SETTLED = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(n|f|q):(\d+)-(\d+)")
_FIGURE = re.compile(r"\d+")
_NAMED = re.compile(r"\{(?:company|country|town|person)\}")
_ENDINGS = ("Corp", "Inc", "Group", "Holdings", "Mills", "Bank", "Foods", "Energy", "Lines", "Steel")
_SHARED = ("American", "First", "General", "United", "National", "Northern", "Allied", "Consolidated", "Prime", "Royal")
_TRADES = ("Motor", "Savings", "Chemical", "Paper", "Medical", "Express", "Brands", "Petroleum", "Trust", "Stores")
_CASES: tuple[Callable[[str], str], ...] = (str, str.upper, lambda title: " ".join(map(_capital, title.split())))
_HOUSE = {
    "percent": "per cent", "pct": "percent", "mln": "million", "bln": "billion", "kilometres": "km", "said": "stated",
    "about": "around", "told": "informed", "cts": "cents", "ended": "finished", "closed": "shut",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """How an agency words a kind of note, once for all; ``names`` are those that one series of it keeps."""

    kind: str
    titles: tuple[str, ...]
    leads: tuple[str, ...]
    rest: tuple[str, ...]
    spare: tuple[str, ...]
    every: tuple[float, ...]
    case: Callable[[str], str]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """A note: its sentences, the headlines it may have, what may be added, and what its slots were filled with."""

    at: float
    titles: tuple[str, ...]
    sentences: tuple[str, ...]
    more: tuple[str, ...]
    figures: tuple[str, ...] = ()
    phrases: int = 0


def pairs(count: int, seed: int) -> Iterator[Pair]:
    """About so many pairs in the order of their first items, half of them with the same text."""
    random = Random(seed)  # noqa: S311 - the same pairs each time are the very purpose
    agencies = list(forms(random))
    made = [_pair(random, agencies, is_same=number % 2 == 0, at=random.random() * _HOURS) for number in range(count)]
    yield from sorted(made, key=lambda pair: pair.first.hours or 0.0)


def _pair(random: Random, agencies: list[Form], *, is_same: bool, at: float) -> Pair:
    is_note = random.random() < 0.7
    form = random.choice(agencies)
    first = item(random, form, at) if is_note else brief(Desk(random), at)
    if not is_same:
        second = next_item(random, form, first) if is_note else _followed(random, first)
        return Pair(form.kind if is_note else "briefs on one subject", False, *_run(random, first, second))
    sort = random.choice(list(AGAIN))
    title, sentences = AGAIN[sort](random, first)
    later = at + random.choice((random.uniform(0.05, 4), random.uniform(0.05, 4), random.uniform(4, 20)))
    again = replace(first, at=later, titles=(title,), sentences=tuple(sentences))
    return Pair(sort, True, *_run(random, first, again))


def _run(random: Random, first: Item, second: Item) -> tuple[Version, Version]:
    """Each on a site; some sites run all sentences in one paragraph, others each in its own."""
    one, other = random.choice(_SITES), random.choice(_SITES)
    return version(random, first, one), version(random, second, other)


def version(random: Random, item: Item, site: str) -> Version:
    """An item as a site runs it."""
    parted = random.choice((" ", "\n"))
    return Version(site, item.titles[0], tuple(parted.join(item.sentences).split("\n")), item.at)


def forms(random: Random) -> Iterator[Form]:
    """All kinds in the wording of each agency."""
    for kind in KINDS:
        for agency in range(_AGENCIES):
            yield from _series(kind, _CASES[agency], random)


def _series(kind: str, case: Callable[[str], str], random: Random) -> Iterator[Form]:
    """An agency's wording of a kind, in some series."""
    told = KINDS[kind]

    def settled(line: str) -> str:
        return _SETTLED.sub(lambda found: random.choice(found[1].split("|")), line)

    titles, leads, rest = ([settled(line) for line in told[part]] for part in ("titles", "leads", "rest"))
    random.shuffle(rest)
    kept = random.randint(0 if kind in ("dividend", "lottery", "police") else 1, min(told["most"], len(rest)))
    for _ in range(_SERIES):
        names = {name: _name(random, name) for name in told["fixed"]}
        chosen = tuple(random.sample(titles, len(titles)))
        lead = tuple(random.sample(leads, random.choice((1, 1, len(leads)))))
        yield Form(kind, chosen, lead, tuple(rest[:kept]), tuple(rest[kept:]), tuple(told["every"]), case, names)


def item(random: Random, form: Form, at: float, before: Item | None = None) -> Item:
    """Fill a form in; ``before`` has the phrases and some of the figures that are used again."""
    phrases = before.phrases if before else random.getrandbits(32)
    choose = Random(phrases)  # noqa: S311 - the same turns of phrase again
    names = _names(random, form, at)
    figures: list[str] = []
    told: dict[str, str] = {}  # what a headline says, its text says too
    old = before.figures if before else ()

    def fill(found: re.Match[str]) -> str:
        slot = found[1]
        if slot in names:
            return names[slot]
        if slot == "t" or _RANGE.fullmatch(slot):
            is_kept = len(figures) < len(old) and random.random() < 0.25
            figures.append(old[len(figures)] if is_kept else _figure(random, slot))
            return told.setdefault(slot, figures[-1]) and figures[-1]
        filled = choose.choice(slot.split("~"))
        return told.setdefault(slot, filled) and filled

    def headline(found: re.Match[str]) -> str:
        return told[found[1]] if found[1] in told else fill(found)

    def written(lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_capital(_SLOT.sub(fill, line)) + "." for line in lines)

    lead = choose.choice(form.leads)
    sentences = written((lead, *form.rest))
    titles = tuple(form.case(_SLOT.sub(headline, title)) for title in form.titles)
    return Item(at, titles, sentences, written(form.spare[:2]), tuple(figures), phrases)


def next_item(random: Random, form: Form, first: Item) -> Item:
    """The next note of the same form: in new turns of phrase, or but for names and figures in the same ones."""
    later = first.at + random.choice(form.every) * random.uniform(0.9, 1.1)
    while True:
        made = item(random, form, later, first if random.random() < 0.6 else None)
        told, before = (" ".join((each.titles[0].upper(), *each.sentences)) for each in (made, first))
        is_told_in_words = KINDS[form.kind].get("in_words") or _NAMED.search(form.titles[0])
        if _FIGURE.findall(told) != _FIGURE.findall(before) or (is_told_in_words and told != before):
            return made


def brief(desk: Desk, at: float) -> Item:
    """A few sentences of prose."""
    sentences = [desk.sentence() for _ in range(desk.random.randint(3, 6))]
    titles = tuple(" ".join(sentence.rstrip(".”").split()[:8]).strip("“,") for sentence in sentences[:3])
    case = desk.random.choice(_CASES)
    return Item(at, tuple(map(case, titles)), tuple(sentences), (desk.sentence(), desk.sentence()))


def _followed(random: Random, first: Item) -> Item:
    desk = Desk(random)
    other = brief(desk, first.at + random.uniform(0.5, 60))
    return replace(other, sentences=(*other.sentences, *random.sample(first.sentences, 1)))


def _names(random: Random, form: Form, at: float) -> dict[str, str]:
    """What stands wherever a name or a date is meant."""
    day = _START + timedelta(hours=at)
    company = _name(random, "company")
    later = day + timedelta(days=random.randint(2, 25))
    names = {
        "company": company,
        "ticker": "".join(word[:2] for word in company.split()).upper(),
        "weekday": f"{day:%A}",
        "next": f"{day + timedelta(days=random.randint(1, 5)):%A}",
        "date": f"{day:%B} {day.day}",
        "other date": f"{later:%B} {later.day}",
        "month": f"{later:%B}",
        "road": f"{random.choice('ABN')}{random.randint(2, 399)}",
    }
    for name in (
        "peer",
        "town",
        "second",
        "third",
        "country",
        "street",
        "team",
        "rival",
        "person",
        "scorer",
        "defender",
    ):
        names[name] = _name(random, name)
    return names | form.names


def _name(random: Random, sort: str) -> str:
    if sort in ("person", "scorer", "defender"):
        return f"{random.choice(NAMES).split()[0]} {_word(random)}"
    if sort not in ("company", "peer"):
        return _word(random)
    called = (_word(random), f"{random.choice(_SHARED)} {_word(random)}",
              f"{random.choice(_SHARED)} {random.choice(_TRADES)}")  # fmt: skip
    return f"{random.choices(called, (5, 2, 3))[0]} {random.choice(_ENDINGS)}"


def _word(random: Random) -> str:
    parts = (random.choice("bdfghjklmnprstvwz") + random.choice(("a", "e", "i", "o", "u", "au", "ei")) for _ in "123")
    return ("".join(parts) + random.choice(("", "n", "r", "s", "ck", "ld"))).capitalize()


def _figure(random: Random, slot: str) -> str:
    if slot == "t":
        return f"{random.randint(4, 23)}:{random.randint(0, 59):02}"
    kind, low, high = (_RANGE.fullmatch(slot) or [""])[1], *map(int, slot.partition(":")[2].split("-"))
    whole = str(random.randint(low, high))
    if kind == "n":
        return whole
    return f"{whole}.{random.randint(1, 9)}" if kind == "f" else f"{whole}-{random.randrange(1, 16, 2)}/16"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# The same text again.


Again = tuple[str, list[str]]


def _repeated(_: Random, item: Item) -> Again:
    return item.titles[0], list(item.sentences)


def _corrected(random: Random, item: Item) -> Again:
    """One figure is another: where there are few, the headline says so, as a reader would not know otherwise."""
    text = "\n".join(item.sentences)
    found = list(_FIGURE.finditer(text))
    if found:
        wrong = random.choice(found)
        text = f"{text[: wrong.start()]}{int(wrong[0]) + random.randint(1, 3)}{text[wrong.end() :]}"
    mark = random.choice(("CORRECTED-", "Corrected: ", "(CORRECTED) "))
    return (mark if len(found) < 8 or random.random() < 0.5 else "") + item.titles[0], text.split("\n")


def _expanded(random: Random, item: Item) -> Again:
    more = [*item.more[: random.randint(1, 2)]] or list(item.more)
    if random.random() < 0.3:
        more.append(f"{random.choice(NAMES)} had worked for years to bring this about, and did not hide it.")
    return item.titles[0], [*item.sentences, *more]


def _retitled(random: Random, item: Item) -> Again:
    return random.choice(item.titles[1:] or item.titles), list(item.sentences)


def _restyled(random: Random, item: Item) -> Again:
    pattern = re.compile(rf"\b({'|'.join(_HOUSE)})\b")
    credit = random.choice(([], [], [f"{random.choice(NAMES).upper()} reports."]))
    return item.titles[0], [*(pattern.sub(lambda word: _HOUSE[word[0]], one) for one in item.sentences), *credit]


def _cut(random: Random, item: Item) -> Again:
    return random.choice(item.titles), list(item.sentences[:-1] if len(item.sentences) > 2 else item.sentences)


AGAIN: dict[str, Callable[[Random, Item], Again]] = {
    "sent twice": _repeated, "corrected": _corrected, "expanded": _expanded, "another headline": _retitled,
    "house style": _restyled, "last sentence cut": _cut,
}  # fmt: skip
