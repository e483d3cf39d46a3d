"""The history of an article: each earlier state, and how the next one differs from it, word by word. Pure.

It is bounded: texts may be 100 kB. Paragraphs are aligned first, then the words of those that were rewritten.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from pipelines.archive.fields import OF_A_STATE
from pipelines.diff import ADDED, REMOVED, SAME, Piece, compare_words, opcodes, tokens
from reading_room.rows import Row

LABELS = {field.name: field.label for field in OF_A_STATE if field.label}
"""The fields that a history shows, text apart, by their columns."""
MOST_CHARACTERS = 400_000
"""Text that is compared for one page; what is older is compared on its own page."""
_MOST_SIDES = 2_500
"""Pairs of rewritten paragraphs that are compared to find which became which."""
_ALIKE = 0.3
"""Share of words in common from which a paragraph is the other one rewritten, not another one."""
CHANGED = "changed"
"""A paragraph that is the other one rewritten; else one is the same, added or removed as a whole."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph that is the same, added, removed or changed; its pieces in reading order, what was removed first.

    ``note`` is what else there is to say, such as that it stands elsewhere.
    """

    kind: str
    pieces: tuple[Piece, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One step from a stored state to the next.

    ``fields`` are those that differ, by their names; ``text`` holds paragraphs, and numbers of equal ones left out;
    ``beside`` holds blocks beside the text by their kinds. All are None where the step is left to a page of its own.
    ``silent`` is None where the page states no time.
    """

    revision_id: int
    cause: str
    silent: bool | None
    summary: str
    seen_until: str | None
    seen_next: str | None
    fields: tuple[tuple[str, tuple[Piece, ...]], ...] | None
    text: tuple[Paragraph | int, ...] | None
    beside: tuple[tuple[str, tuple[Piece, ...]], ...] | None


def changes(revisions: Sequence[Row], article: Row) -> list[Change]:
    """Return every step, the newest first; compared as long as their texts are not too much for a page."""
    return list(steps(reversed(list(pairwise([*revisions, article])))))


def steps(pairs: Iterable[tuple[Row, Row]]) -> Iterator[Change]:
    """Yield the step from each state to the other; compared as long as their texts are not too much for a page."""
    left = MOST_CHARACTERS
    for number, (old, new) in enumerate(pairs):
        left -= len(old["text"] or "") + len(new["text"] or "")
        yield change(old, new, compared=left >= 0 or number == 0)


def change(old: Row, new: Row, *, compared: bool = True) -> Change:
    """Return the step from one state to another, which may be the article as it is, or an earlier one than ``old``."""
    of = old if "seen_until" in old else new
    return Change(
        revision_id=of["id"],
        cause=of.get("cause", "edit"),
        silent=None if of.get("silent") is None else bool(of["silent"]),
        summary=of.get("summary") or "",
        seen_until=of.get("seen_until"),
        seen_next=new["seen_from"] if "seen_from" in new else new.get("last_changed_at"),
        fields=tuple(_fields(old, new)) if compared else None,
        text=_text(old["text"], new["text"]) if compared else None,
        beside=tuple(_beside(old)) if compared else None,
    )


def paragraphs(text: str | None) -> list[str]:
    """Return the paragraphs of a stored text."""
    return text.split("\n\n") if text else []


def _fields(old: Row, new: Row) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    for name, label in LABELS.items():
        if (old[name] or "") != (new[name] or ""):
            yield label, compare_words(old[name] or "", new[name] or "")


def _beside(old: Row) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    for kind, before, after in json.loads(old.get("beside") or "[]"):
        yield "beside the text" if kind == "unknown" else kind, compare_words(before or "", after or "")


def _text(old: str | None, new: str | None) -> tuple[Paragraph | int, ...]:
    if old == new:
        return ()
    return tuple(excerpt(texts(paragraphs(old), paragraphs(new))))


def texts(old: Sequence[str], new: Sequence[str]) -> tuple[Paragraph, ...]:
    """Return all paragraphs of both, those that were removed at their old places."""
    compared: list[Paragraph] = []
    for is_equal, a, a_end, b, b_end in opcodes([_plain(text) for text in old], [_plain(text) for text in new]):
        compared += (
            (_whole(SAME, text) for text in new[b:b_end]) if is_equal else _rewritten(old[a:a_end], new[b:b_end])
        )
    return tuple(compared)


def excerpt(paragraphs: Iterable[Paragraph], around: int = 1) -> Iterator[Paragraph | int]:
    """Yield what changed with some paragraphs ``around`` it; longer runs of equal ones as their number."""
    listed = list(paragraphs)
    near = {
        place + step for place, shown in enumerate(listed) if shown.kind != SAME for step in range(-around, around + 1)
    }
    for is_near, run in groupby(range(len(listed)), near.__contains__):
        places = list(run)
        if is_near:
            yield from (listed[place] for place in places)
        else:
            yield len(places)


def _rewritten(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Yield a stretch in which no paragraph is equal: those that are alike become one, in order."""
    a = b = 0
    for i, j in _partners(old, new):
        yield from (_whole(REMOVED, text) for text in old[a:i])
        yield from (_whole(ADDED, text) for text in new[b:j])
        yield Paragraph(CHANGED, compare_words(old[i], new[j]))
        a, b = i + 1, j + 1
    yield from (_whole(REMOVED, text) for text in old[a:])
    yield from (_whole(ADDED, text) for text in new[b:])


def _partners(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return which paragraph became which: the pairs in order that have most in common altogether."""
    if len(old) * len(new) > _MOST_SIDES:
        return [(n, n) for n in range(min(len(old), len(new))) if _likeness(_bag(old[n]), _bag(new[n])) >= _ALIKE]
    before, after = [_bag(text) for text in old], [_bag(text) for text in new]
    likeness = [[_likeness(earlier, later) for later in after] for earlier in before]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            together = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] >= _ALIKE else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    return list(_traced(best, likeness))


def _traced(best: list[list[float]], likeness: list[list[float]]) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(likeness) and j < len(likeness[i]):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield i, j
            i, j = i + 1, j + 1


def _plain(text: str) -> str:
    return " ".join(text.split())


def _bag(text: str) -> Counter[str]:
    return Counter(token.strip() for token in tokens(text))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def _whole(kind: str, text: str) -> Paragraph:
    return Paragraph(kind, (Piece(kind, text),))
