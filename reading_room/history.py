"""The history of an article: each earlier state, and how the next one differs from it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from reading_room.diff import Paragraph, Piece, excerpt, texts, words

Row = Mapping[str, Any]
FIELDS = {
    "title": "Title",
    "standfirst": "Standfirst",
    "byline": "Byline",
    "published_at": "Published",
    "image_url": "Image",
    "image_caption": "Image caption",
    "image_credit": "Image credit",
    "url": "Address",
}
MOST_CHARACTERS = 400_000
"""Text that is compared for one page; what is older is compared on its own page."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step from a stored state to the next.

    ``fields`` are those that differ, by their names; ``text`` holds paragraphs, and numbers of equal ones left out.
    Both are None where the step is left to a page of its own. ``silent`` is None where the page states no time.
    """

    revision_id: int
    cause: str
    silent: bool | None
    summary: str
    seen_until: str | None
    seen_next: str | None
    fields: tuple[tuple[str, tuple[Piece, ...]], ...] | None
    text: tuple[Paragraph | int, ...] | None


def changes(revisions: Sequence[Row], article: Row) -> list[Change]:
    """Every step, the newest first; the last ones compared as long as their texts are not too much for a page."""
    states = [*revisions, article]
    steps: list[Change] = []
    left = MOST_CHARACTERS
    for old, new in reversed(list(pairwise(states))):
        left -= len(old["text"] or "") + len(new["text"] or "")
        compared = left >= 0 or not steps
        steps.append(
            Change(
                revision_id=old["id"],
                cause=old["cause"],
                silent=None if old["silent"] is None else bool(old["silent"]),
                summary=old["summary"] or "",
                seen_until=old["seen_until"],
                seen_next=new["seen_from"] if "seen_from" in new.keys() else new["last_changed_at"],  # noqa: SIM118
                fields=tuple(_fields(old, new)) if compared else None,
                text=_text(old["text"], new["text"]) if compared else None,
            )
        )
    return steps


def paragraphs(text: str | None) -> list[str]:
    """The paragraphs of a stored text."""
    return text.split("\n\n") if text else []


def _fields(old: Row, new: Row) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    for name, label in FIELDS.items():
        if (old[name] or "") != (new[name] or ""):
            yield label, words(old[name] or "", new[name] or "")


def _text(old: str | None, new: str | None) -> tuple[Paragraph | int, ...]:
    if old == new:
        return ()
    return tuple(excerpt(texts(paragraphs(old), paragraphs(new))))
