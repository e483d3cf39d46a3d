"""Do two articles have the same text, or does it only look so? Pure.

Same: a text lightly edited, cut, with bylines and boxes put in, with paragraphs in another order, in another paper's
typography. Not the same: a brief and its long version, a live blog and its recap, a form filled in with other figures
and names, articles that share quotations or background.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.copies import forms
from pipelines.copies.alignment import Alignment, align
from pipelines.copies.forms import BRIEF, Occasion
from pipelines.copies.shingles import FEWEST, Words, words

_LIKELY = 0.3
"""Share of the shorter text's shingles that the other must have: an edit of each tenth word leaves over 0.7 of them."""
_SAME = 0.7
"""Share of the shorter text's words, without lines put in between, that must stand in a longer one that is not much
longer: an edit of each fifth word leaves 0.8, and background that two articles share is seldom two thirds …"""
_SAME_IN_LONGER = 0.8
_LONGER = 0.5
"""… and in one that is much longer: editors who cut do not rewrite, and a brief written anew has words of its own. So
much of all its words must a brief text have, too, in common with one of its own site under quite another title: daily
notes end in the same sentence, and nobody rewrites a note for the same readers."""
_MOST = 0.5
"""Share of all its words, put in or not: what is for the most part a paper's own is no copy."""
_SHORTEST = 0.2
"""Length, of the longer text's, below which what two texts share is a quotation, or a brief with the same beginning."""
_BRIEF = 0.4
"""The same within a site: there a short piece and a long one that begins with it are two articles."""
_SAME_AS_LIVE = 0.9
"""Share of both texts where one is a live blog and the other is not: a recap is made of the blog's words."""
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


NO_OCCASION = Occasion(words(""))
"""That of a text which has no title and no time."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is compared of an article; ``is_form`` where its site is known to fill in a form with such words."""

    words: Words
    site: str
    is_live: bool = False
    occasion: Occasion = NO_OCCASION
    is_form: bool = False


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
    if is_asked_closely(a, b) and may_be_another(a, b):
        return None
    alike = likeness(a.words, b.words)
    if max(alike.kept, 1 - alike.own) < _LIKELY:
        return None
    shorter, longer = sorted((a, b), key=lambda text: (len(text.words), text.words.folded))
    aligned = align(longer.words, shorter.words)  # always this way: whoever came first, the answer is the same
    if not _is_enough(aligned, a, b):
        return None
    exchange = forms.exchange(aligned, longer.words, shorter.words)
    if is_asked_closely(a, b):
        is_form = a.is_form or b.is_form
        return None if forms.tells_otherwise(exchange, a.occasion, b.occasion, is_form=is_form) else alike
    return None if forms.is_filled_anew(exchange) else alike


def is_asked_closely(a: Text, b: Text) -> bool:
    """Return whether what two texts share may be a form, so that what they tell decides."""
    return a.is_form or b.is_form or min(len(text.words) for text in (a, b)) < a.words.scaled(BRIEF)


def may_be_another(a: Text, b: Text) -> bool:
    """Return whether two texts, even if equal, are of two occasions: by when they ran and by their titles."""
    is_form = a.is_form or b.is_form
    if forms.is_late(a.occasion, b.occasion, is_form=is_form):
        return True
    return forms.names_other((a.occasion, a.words), (b.occasion, b.words))


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
    if a.site == b.site and is_asked_closely(a, b) and _are_titled_otherwise(a.occasion.title, b.occasion.title):
        return aligned.same >= _SAME_IN_LONGER * shorter
    return aligned.same >= (_SAME if ratio >= _LONGER else _SAME_IN_LONGER) * (shorter - aligned.inserted)


def _are_titled_otherwise(a: Words, b: Words) -> bool:
    """Return whether two titles have no word in common."""
    return bool(a.folded and b.folded) and set(a.folded).isdisjoint(b.folded)
