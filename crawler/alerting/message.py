"""An alert as plain text. Pure: no markup, and no line that a headline could have made."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from pipelines.archive.outbox import Batch, Item

_LONGEST = 500  # characters of a line


def title(batch: Batch) -> str:
    """``Refinery fires: 3 alerts``, or the alert itself where there is but one."""
    if len(batch.items) + batch.more == 1:
        return f"{plain(batch.watch)}: {plain(batch.items[0].message)}"[:_LONGEST]
    return f"{plain(batch.watch)}: {len(batch.items) + batch.more} alerts"


def body(batch: Batch, room: str) -> str:
    """Each alert with its site, its time and where to read it; ``room`` is the reading room's address, or empty."""
    parts = ["\n".join(_lines(item, room.rstrip("/"))) for item in batch.items]
    if batch.more:
        parts.append(f"… and {batch.more} more, with the next message")
    return "\n\n".join(parts)


def plain(text: str) -> str:
    """A text in one line, without characters that control a terminal, a mail header or the direction of writing."""
    kept = "".join(" " if unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp") else mark for mark in text)
    told = " ".join(kept.split())
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def _lines(item: Item, room: str) -> Iterator[str]:
    yield plain(item.message)
    yield " · ".join(part for part in (plain(item.site), item.created_at) if part)
    if item.url:
        yield plain(item.url)
    if room and item.article_id is not None:
        yield f"{room}/news/articles/{item.article_id}"
