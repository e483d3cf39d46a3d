"""What changed between two states of an article, in the fields that readers care about. Pure.

Noise is no change: white space, the style of quotation marks and dashes, the size of a picture in its address, a moved
``dateModified``, a publication time touched by minutes or anything around the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from crawler.extraction.vocabulary import any_of
from pipelines.archive.fields import COMPARED, Compare, Field
from pipelines.copies.shingles import plain
from pipelines.diff import opcodes

_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
_NUMBERS_TOLD = 2
_BLOCKS_TOLD, _EXCERPT = 3, 200
"""Blocks beside the text that a summary tells, and letters of each."""
_SENTENCE = 40
_SHARED = 0.5
"""Of the words: what shares less with every block of before is another one, not that block mended."""
_SHORT, _FEW = 80, 10  # characters and words of a line that counts readers; a sentence about them is longer
_COUNT = re.compile(r"\W{0,4}\d{1,3}(?:(?:[.,\s]?\d{3}){0,3}|[.,]\d\s?[KMkm]|\s?[KMkm])\W{0,4}")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_REDATED = timedelta(hours=12)
"""How far a publication time moves when an article is given another date; saving again moves it by less."""


State = Mapping[str, Any]
"""What a revision keeps of an article, by column. Times are text, as in the archive."""


BESIDE = ("caption", "table", "box", "note", "embed", "unknown")
"""Reasons of blocks beside the text in which an edit is looked for. Teasers, comments and advertisements rotate."""


class Rewritten(NamedTuple):
    """A block beside the text that an edit changed: its kind, and its words before and after, if there were any."""

    kind: str
    before: str | None
    after: str | None


def changed(old: State, new: State) -> tuple[str, ...]:
    """Return the names of the fields that differ, in a fixed order; empty where nothing but noise does.

    ``beside`` is one where a block beside the text was written anew. A state may have blocks under that name, as pairs
    of reason and words; where one of the two has none they are not known, and nothing is said of them.
    """
    fields = tuple(field.name for field in COMPARED if _differs(field, old, new))
    return (*fields, "beside") if next(beside(old, new), None) else fields


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
        return is_redated(old[field.name], new[field.name])
    if field.compare is Compare.TEXT and _essence(field, old) != _essence(field, new):
        return lasting(old["text"] or "") != lasting(new["text"] or "")
    return _essence(field, old) != _essence(field, new)


def lasting(text: str) -> list[str]:
    """Return the paragraphs without those that change by themselves: readers counted, the time since publication."""
    return [plain(paragraph) for paragraph in text.split("\n\n") if not is_counter(paragraph)]


def is_counter(paragraph: str) -> bool:
    """Return whether a paragraph is a short line that counts readers, or tells how long ago, or when it was saved."""
    if len(paragraph) > _SHORT or len(paragraph.split()) > _FEW:
        return False
    if _COUNT.fullmatch(paragraph) or _counts().search(paragraph):
        return any(map(str.isdigit, paragraph)) or _is_moment(paragraph)
    return _CLOCK.search(paragraph) is not None and _updated().search(paragraph) is not None


def _is_moment(paragraph: str) -> bool:
    """Return whether the whole line is one that stands where minutes will be counted."""
    match = _counts().search(paragraph)
    return match is not None and match[0] == paragraph.strip(" .,·•|–—-\n\t")


@cache
def _counts() -> re.Pattern[str]:
    return re.compile(any_of("pages", "counts"), re.IGNORECASE)


@cache
def _updated() -> re.Pattern[str]:
    return re.compile(any_of("times", "updated"), re.IGNORECASE)


def is_redated(old: str | None, new: str | None) -> bool:
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
    yield from map(_excerpt, islice(beside(old, new), _BLOCKS_TOLD))


def _excerpt(block: Rewritten) -> str:
    before, after = (text[:_EXCERPT] if text else None for text in block[1:])
    if before is None or after is None:
        return f"{block.kind} {'added' if before is None else 'removed'} {before or after}"
    return f"{block.kind if block.kind != 'unknown' else 'words'} beside the text {before} → {after}"


def beside(old: State, new: State) -> Iterator[Rewritten]:
    """Yield the blocks beside the text that were written anew, and notes that came or went; none that merely rotate.

    A block of one kind is the other's new wording where they share half of their words.
    """
    if old.get("beside") is None or new.get("beside") is None:
        return
    before, after = (Counter(filter(_is_written, _squeezed(state["beside"]))) for state in (old, new))
    gone, come = before - after, after - before
    words = {text: Counter(plain(text).split()) for _, text in (*gone, *come)}
    for why, text in gone:
        anew = max(
            (one for kind, one in come if kind == why), key=lambda one: _shared(words[text], words[one]), default=""
        )
        if anew and plain(anew) != plain(text) and _shared(words[text], words[anew]) >= _SHARED:
            yield Rewritten(why, text, anew)
        elif why == "note" and not anew:
            yield Rewritten(why, text, None)
    if not any(why == "note" for why, _ in gone):
        yield from (Rewritten(why, None, text) for why, text in come if why == "note")


def _squeezed(blocks: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((why, " ".join(text.split())) for why, text in blocks)


def _is_written(block: tuple[str, str]) -> bool:
    """Whether somebody wrote it: of words that no rule knows, sentences; what is shorter counts readers and minutes."""
    why, text = block
    return why != "unknown" or (len(text) >= _SENTENCE and text.rstrip("\"'”’»)").endswith((".", "!", "?", "…", "。")))


def _shared(one: Counter[str], other: Counter[str]) -> float:
    return (one & other).total() / max(1, one.total(), other.total())


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
