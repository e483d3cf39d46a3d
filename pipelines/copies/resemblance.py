"""Do two articles have the same text, or does it only look so? Pure.

Same: a text lightly edited, cut, with bylines and boxes put in, with paragraphs in another order, in another paper's
typography. Not the same: a brief and its long version, a live blog and its recap, a form filled in with other figures
and names, articles that share quotations or background.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.copies.alignment import Alignment, align
from pipelines.copies.shingles import FEWEST, Words

_LIKELY = 0.3
"""Share of the shorter text's shingles that the other must have: an edit of each tenth word leaves over 0.7 of them."""
_SAME = 0.7
"""Share of the shorter text's words, without lines put in between, that must stand in a longer one that is not much
longer: an edit of each fifth word leaves 0.8, and background that two articles share is seldom two thirds …"""
_SAME_IN_LONGER = 0.8
_LONGER = 0.5
"""… and in one that is much longer: editors who cut do not rewrite, and a brief written anew has words of its own."""
_MOST = 0.5
"""Share of all its words, put in or not: what is for the most part a paper's own is no copy."""
_SHORTEST = 0.2
"""Length, of the longer text's, below which what two texts share is a quotation, or a brief with the same beginning."""
_BRIEF = 0.4
"""The same within a site: there a short piece and a long one that begins with it are two articles."""
_SAME_AS_LIVE = 0.9
"""Share of both texts where one is a live blog and the other is not: a recap is made of the blog's words."""
_LOST = 0.3
"""Share of the figures, or of the names, exchanged in their places, from which a text is a form filled in anew …"""
_FEWEST_LOST = 3
"""… when it is at least so many: an editor corrects two figures …"""
_TIMES_OTHERS = 2.0
"""… and when it is so many times the share of other words that were exchanged: editors do not prefer figures."""
_FEWEST_OF_ALL = 2
"""Figures of which not one may be left, once something else was exchanged too: a brief forecast has no more."""
_FEWEST_TIMES = 3
"""Times at the least: a chronology of a few lines stands in many an article …"""
_PARAGRAPHS_TO_A_POST = 4
"""… and at the most so many paragraphs to each, on average."""
_TIME = r"\d{1,2}(?:[:.h时点時點]\d\d(?:[:.]\d\d)?|\s?[ap]\.?m\b)"
_UNDER_TIME = re.compile(rf"^[^\w\n]*{_TIME}(?![.,:/-]?\d)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are. ``kept`` is the share of the first text's shingles that the second has, ``own`` the
    share of the second's that the first lacks, ``similarity`` their Jaccard index; all 0 to 1.
    """

    similarity: float
    kept: float
    own: float

    @property
    def mirrored(self) -> Likeness:
        """Return the same with the texts in the other order."""
        return Likeness(self.similarity, 1 - self.own, 1 - self.kept)


@dataclass(frozen=True, slots=True)
class Text:
    """What is compared of an article."""

    words: Words
    site: str
    is_live: bool = False


SAME_TEXT = Likeness(1.0, 1.0, 0.0)


def likeness(a: Words, b: Words) -> Likeness:
    """Compare shingles."""
    mine, theirs = a.shingles, b.shingles
    shared = len(mine & theirs)
    union = len(mine) + len(theirs) - shared
    return Likeness(
        shared / union if union else 0.0,
        shared / len(mine) if mine else 0.0,
        1 - shared / len(theirs) if theirs else 0.0,
    )


def same_text(a: Text, b: Text) -> Likeness | None:
    """Return how alike two articles are if they have the same text, one of them edited, cut or added to; else None."""
    if min(len(a.words), len(b.words)) < FEWEST:
        return None
    alike = likeness(a.words, b.words)
    if max(alike.kept, 1 - alike.own) < _LIKELY:
        return None
    shorter, longer = sorted((a, b), key=lambda text: (len(text.words), text.words.folded))
    aligned = align(longer.words, shorter.words)  # always this way: whoever came first, the answer is the same
    if not _is_enough(aligned, a, b) or _is_form(aligned, longer.words, shorter.words):
        return None
    return alike


def is_of_posts(text: str) -> bool:
    """Return whether a text consists of posts, each under its time of day, as a live blog does: at least each fourth of
    its paragraphs begins with one.

    Not every page says that it is live, and what a paper makes of its blog afterwards has the blog's words, not its
    times.
    """
    times = len(_UNDER_TIME.findall(text))
    return times >= _FEWEST_TIMES and times * _PARAGRAPHS_TO_A_POST > text.count("\n\n")


def _is_enough(aligned: Alignment, a: Text, b: Text) -> bool:
    """Return whether so much of the shorter text stands in the longer one that one was taken from the other."""
    shorter, longer = sorted((len(a.words), len(b.words)))
    if a.is_live != b.is_live:
        return aligned.same >= _SAME_AS_LIVE * longer
    ratio = shorter / longer
    if ratio < (_BRIEF if a.site == b.site else _SHORTEST) or aligned.same < _MOST * shorter:
        return False
    return aligned.same >= (_SAME if ratio >= _LONGER else _SAME_IN_LONGER) * (shorter - aligned.inserted)


def _is_form(aligned: Alignment, a: Words, b: Words) -> bool:
    """Return whether two texts are one form filled in twice: their figures or names differ, the words around do not.

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
        others += max(_others(mine, names), _others(theirs, names))
        sorts = _exchanged(mine, theirs, names)
        gone.update(word for word in mine if _sort(word, names) in sorts)
        come.update(word for word in theirs if _sort(word, names) in sorts)
    stay, left, new = (_sorts(words, names) for words in (kept, gone, come))
    lost = left & new
    figures = max(left["figure"], new["figure"]) if lost["figure"] else 0
    if figures >= _FEWEST_OF_ALL and not stay["figure"] and (others or lost["name"]):
        return True
    share_of_others = _share(others, _others(kept, names))
    return any(
        lost[sort] >= _FEWEST_LOST
        and (share := _share(lost[sort], stay[sort])) >= _LOST
        and share >= _TIMES_OTHERS * share_of_others
        for sort in ("figure", "name", "either")
    )


def _sorts(words: Iterable[str], names: frozenset[str]) -> Counter[str]:
    """Return how many different words of each sort there are."""
    counts = Counter(_sort(word, names) for word in words)
    counts["either"] = counts["figure"] + counts["name"]
    return counts


def _others(counts: Counter[str], names: frozenset[str]) -> int:
    """Return how many of these are neither figures nor names."""
    return sum(times for word, times in counts.items() if _sort(word, names) == "word")


def _sort(word: str, names: frozenset[str]) -> str:
    if word[0].isdigit():
        return "figure"
    return "name" if word in names else "word"


def _exchanged(mine: Counter[str], theirs: Counter[str], names: frozenset[str]) -> set[str]:
    """Return those of figures and names in whose place another stands.

    A figure that one paper writes in words, or a name that it leaves out, makes no form; nor does a figure whose digits
    are parted otherwise.
    """
    both = {_sort(word, names) for word in mine} & {_sort(word, names) for word in theirs}
    return both - ({"word", "figure"} if _digits(mine) == _digits(theirs) else {"word"})


def _digits(words: Counter[str]) -> list[str]:
    """Return the digits of all figures among words, in whatever order."""
    return sorted("".join(word for word in words.elements() if word[0].isdigit()))


def _share(lost: int, same: int) -> float:
    return lost / (lost + same) if lost else 0.0
