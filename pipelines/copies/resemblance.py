"""Do two articles have the same text? Near-duplicates told from what only looks like them. Pure.

Same: a text lightly edited, cut, with bylines and boxes put in, with paragraphs in another order, in another paper's
typography. Not the same: a brief and its long version, a live blog and its recap, a form filled in with other figures
and names, articles that share quotations or background.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.copies.alignment import Alignment, align
from pipelines.copies.shingles import FEWEST, Words
from pipelines.forms import is_form

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
        """The same with the texts in the other order."""
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
    """How alike two articles are if they have the same text, one of them edited, cut or added to; else None."""
    if min(len(a.words), len(b.words)) < FEWEST:
        return None
    found = likeness(a.words, b.words)
    if max(found.kept, 1 - found.own) < _LIKELY:
        return None
    shorter, longer = sorted((a, b), key=lambda text: (len(text.words), text.words.folded))
    aligned = align(longer.words, shorter.words)  # always this way: whoever came first, the answer is the same
    if not is_enough(aligned, a, b) or is_form(aligned, longer.words, shorter.words):
        return None
    return found


def is_enough(aligned: Alignment, a: Text, b: Text) -> bool:
    """Whether so much of the shorter text stands in the longer one that it was taken from there, or the reverse."""
    shorter, longer = sorted((len(a.words), len(b.words)))
    if a.is_live != b.is_live:
        return aligned.same >= _SAME_AS_LIVE * longer
    ratio = shorter / longer
    if ratio < (_BRIEF if a.site == b.site else _SHORTEST) or aligned.same < _MOST * shorter:
        return False
    return aligned.same >= (_SAME if ratio >= _LONGER else _SAME_IN_LONGER) * (shorter - aligned.inserted)
