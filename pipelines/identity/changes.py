"""What changed between two states of an article, in the fields that readers care about. Pure.

Noise is no change: white space, the style of quotation marks and dashes, the size of a picture in its address, a moved
``dateModified``, a publication time touched by minutes or anything around the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.archive.fields import COMPARED, Compare, Field
from pipelines.diff import opcodes
from pipelines.fingerprint import plain

_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
_NUMBERS_TOLD = 2
_REDATED = timedelta(hours=12)
"""How far a publication time moves when an article is given another date; saving again moves it by less."""


State = Mapping[str, Any]
"""What a revision keeps of an article, by column. Times are text, as in the archive."""


def changed(old: State, new: State) -> tuple[str, ...]:
    """Return the names of the fields that differ, in a fixed order; empty where nothing but noise does."""
    return tuple(field.name for field in COMPARED if _differs(field, old, new))


def is_silent(old: State, new: State) -> bool | None:
    """Return whether the paper changed its article without moving its own modification time; None if it states none."""
    if old["modified_at"] is None or new["modified_at"] is None:
        return None
    return bool(old["modified_at"] == new["modified_at"])


def summary(old: State, new: State) -> str:
    """One line: ``title; 2 paragraphs added; a number changed 3,650 → 4,812``."""
    return "; ".join(_told(old, new))


def _differs(field: Field, old: State, new: State) -> bool:
    if field.compare is Compare.DATE:
        return _is_redated(old[field.name], new[field.name])
    return _essence(field, old) != _essence(field, new)


def _is_redated(old: str | None, new: str | None) -> bool:
    """Whether the paper gave another date; a time against a plain date, or nothing, is another way of telling it."""
    if not old or not new or len(old) != len(new):
        return False
    one, other = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (old, new))
    return abs(one - other) >= _REDATED


def _essence(field: Field, state: State) -> object:
    if field.compare is Compare.TEXT:
        return state["content_hash"]
    value = str(state[field.name] or "")
    return value.partition("?")[0] if field.compare is Compare.ADDRESS else plain(value)


def _told(old: State, new: State) -> Iterator[str]:
    for field in COMPARED:
        if not _differs(field, old, new):
            continue
        name = (field.label or field.name.replace("_", " ")).lower()
        if field.compare is Compare.TEXT:
            yield from _in_text(old[field.name].split("\n\n"), new[field.name].split("\n\n"))
        elif field.compare is Compare.DATE:
            yield f"{name} {old[field.name]} → {new[field.name]}"
        else:
            yield name


def _in_text(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    added = removed = rewritten = 0
    numbers: list[str] = []
    before, after = [plain(text) for text in old], [plain(text) for text in new]
    for is_equal, a, a_end, b, b_end in opcodes(before, after):
        if is_equal:
            continue
        pairs = min(a_end - a, b_end - b)
        rewritten += pairs
        removed += a_end - a - pairs
        added += b_end - b - pairs
        for one, other in zip(old[a : a + pairs], new[b : b + pairs], strict=True):
            numbers += _numbers(one, other)
    for count, what in ((added, "added"), (removed, "removed"), (rewritten, "changed")):
        if count:
            yield f"{count} paragraph{'s' * (count > 1)} {what}"
    yield from numbers[:_NUMBERS_TOLD]


def _numbers(old: str, new: str) -> Iterator[str]:
    """The numbers that changed where everything else in a paragraph kept its order."""
    before, after = _NUMBER.findall(old), _NUMBER.findall(new)
    if len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            if one != other:
                yield f"a number changed {one} → {other}"
