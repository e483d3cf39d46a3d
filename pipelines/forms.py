"""Are two texts one form filled in twice, such as a forecast, a list of rates, a report of a match? Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipelines.copies.alignment import Alignment
from pipelines.copies.shingles import Words

_LOST = 0.3
"""Share of the figures, or of the names, exchanged in their places, from which a text is a form filled in anew …"""
_FEWEST_LOST = 3
"""… when it is at least so many: an editor corrects two figures …"""
_TIMES_OTHERS = 2.0
"""… and when it is so many times the share of other words that were exchanged: editors do not prefer figures."""
_FEWEST_OF_ALL = 2
"""Figures of which not one may be left, once something else was exchanged too: a brief forecast has no more."""


def is_form(aligned: Alignment, a: Words, b: Words) -> bool:
    """Whether the figures or names of two texts differ, and the words around do not.

    Each figure and name counts once: one that a paper spells otherwise makes no form, however often it is said.
    """
    kept, slots = Counter[str](), list[tuple[Counter[str], Counter[str]]]()
    for of_a, of_b in aligned.slots:
        mine = Counter(a.folded[of_a.start : of_a.stop])
        theirs = Counter(b.folded[of_b.start : of_b.stop])
        kept += mine & theirs
        slots.append((mine - theirs, theirs - mine))
    if not any(mine and theirs for mine, theirs in slots):
        return False
    for run in aligned.runs:
        kept.update(b.folded[run.b : run.b + run.length])
    names = a.names | b.names
    gone, come = set[str](), set[str]()
    others = 0
    for mine, theirs in slots:
        others += max(_words(mine, names), _words(theirs, names))
        sorts = _exchanged(mine, theirs, names)
        gone.update(word for word in mine if _sort(word, names) in sorts)
        come.update(word for word in theirs if _sort(word, names) in sorts)
    stay, left, new = (_sorts(words, names) for words in (kept, gone, come))
    lost = left & new
    figures = max(left["figure"], new["figure"]) if lost["figure"] else 0
    if figures >= _FEWEST_OF_ALL and not stay["figure"] and (others or lost["name"]):
        return True
    share_of_others = _share(others, _words(kept, names))
    return any(
        lost[sort] >= _FEWEST_LOST
        and (share := _share(lost[sort], stay[sort])) >= _LOST
        and share >= _TIMES_OTHERS * share_of_others
        for sort in ("figure", "name", "either")
    )


def _sorts(words: Iterable[str], names: frozenset[str]) -> Counter[str]:
    """How many different words of each sort there are."""
    found = Counter(_sort(word, names) for word in words)
    found["either"] = found["figure"] + found["name"]
    return found


def _words(found: Counter[str], names: frozenset[str]) -> int:
    """How many of these are neither figures nor names."""
    return sum(times for word, times in found.items() if _sort(word, names) == "word")


def _sort(word: str, names: frozenset[str]) -> str:
    if word[0].isdigit():
        return "figure"
    return "name" if word in names else "word"


def _exchanged(mine: Counter[str], theirs: Counter[str], names: frozenset[str]) -> set[str]:
    """Of figures and names, those of which another stands in the place.

    A figure that one paper writes in words, or a name that it leaves out, makes no form; nor does a figure whose digits
    are parted otherwise.
    """
    both = {_sort(word, names) for word in mine} & {_sort(word, names) for word in theirs}
    return both - ({"word", "figure"} if _digits(mine) == _digits(theirs) else {"word"})


def _digits(words: Counter[str]) -> list[str]:
    """The digits of all figures among words, in whatever order."""
    return sorted("".join(word for word in words.elements() if word[0].isdigit()))


def _share(lost: int, same: int) -> float:
    return lost / (lost + same) if lost else 0.0
