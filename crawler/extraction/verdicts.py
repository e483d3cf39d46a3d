"""What becomes of each block? Passes, one after another, say of every block within the text whether it stays, and why.

Between the first and the last block of the text nothing is without a verdict: it is text, or dropped with a reason.
"""

from __future__ import annotations

from collections.abc import Callable

from crawler.extraction import dropped, kept
from crawler.extraction.case import Case, Verdict, Verdicts

PASSES: tuple[Callable[[Case, Verdicts], Verdicts], ...] = (
    kept.boxed,
    dropped.unseen,
    kept.chosen,
    kept.posts,
    kept.sisters,
    kept.opening,
    kept.question,
    kept.credits_,
    kept.notes,
    kept.captions,
    dropped.others,
    dropped.teasers,
    dropped.menus,
    dropped.before_headline,
    dropped.biography,
    dropped.by_words,
    dropped.wall,
    dropped.repeated,
    dropped.labels,
    dropped.contents,
    dropped.head,
    dropped.copies,
    dropped.quoted_again,
    dropped.headings,
    dropped.rest,
)
"""In this order; a later pass overrules an earlier one."""


def verdicts(case: Case) -> Verdicts:
    """What becomes of each block of the text's range. Where nothing would be left, words alone drop nothing."""
    case = kept.widened(case)
    found: dict[int, Verdict] = {}
    before: dict[int, Verdict] = {}
    for one in PASSES:
        if one is dropped.by_words:
            before = dict(found)
        found |= one(case, found)
    if before and not case.text(found) and case.text(before):
        return {**before, **dropped.rest(case, before)}
    return found
