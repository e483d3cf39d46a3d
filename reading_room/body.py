"""The text of an article as parts to show: paragraphs with their links, headings, lists, tables, posts, boxes. Pure.

A stored text never becomes markup: every run of characters is escaped, and only http(s) addresses become links. Of an
article that is opened from a search, the words that were looked for are marked: a text is walked once for its words,
and once for each piece of a script without blanks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from crawler.addresses import is_web_address
from crawler.scripts import UNSPACED_LETTER
from pipelines.archive import searching
from pipelines.archive.words import unmarked
from reading_room.rows import Row

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_KINDS = ("heading", "quote", "list", "box", "note", "embed")
_GATHERED = ("list", "quote", "box", "note", "embed")
OUTSIDE = "noopener nofollow noreferrer"
"""What a link to the web says: it tells nobody that it was followed from here, nor vouches for where it leads."""
_WORD = re.compile(r"[^\W_]+")
_MOST_PIECES = 8
Marker = Callable[[str], Markup]
"""Makes markup of a run of text, escaped, with what was looked for in ``<mark>``."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the page: of a kind of block, ``text``, ``time`` of a live post, a ``related`` box, or ``dropped``.

    ``items`` are its paragraphs, or the items of a list; a table has ``rows`` of cells. ``at`` is the time of a post,
    or why something was dropped.
    """

    kind: str
    items: tuple[Markup, ...] = ()
    rows: tuple[tuple[Markup, ...], ...] = ()
    at: str = ""
    link: Row | None = None


def clean(text: str | None) -> str:
    """Return the text without control characters and the marks that turn the direction of what follows."""
    return _CONTROLS.sub("", text or "")


def language(code: str | None) -> str | None:
    """Return a language code fit for ``lang``, else None."""
    return code if code and _LANGUAGE.fullmatch(code) else None


def web(address: str | None) -> str | None:
    """Return an http(s) address as it is, else None: nothing else may become a link."""
    return address if address and is_web_address(address) else None


def outside(address: str, words: str | Markup) -> Markup:
    """Return a link to the web; the words alone where it leads elsewhere."""
    if not is_web_address(address):
        return escape(words)
    return Markup('<a class="outside" href="{}" rel="{}">{}</a>').format(address, OUTSIDE, words)


def parts(
    paragraphs: Sequence[str],
    blocks: Iterable[Row],
    links: Iterable[Row],
    mark: Marker = escape,
    dropped: Iterable[Row] = (),
) -> list[Part]:
    """Return the text in reading order. ``links``: related and inline ones, with ``target_id``, ``target_title``.

    ``mark`` makes markup of a run of text that is in no link; ``dropped`` is shown where it stood.
    """
    at = {block["position"]: block for block in blocks}
    boxes, inline = defaultdict(list), defaultdict(list)
    for link in links:
        place = min(max(link["position"], 0), len(paragraphs))
        if link["kind"] == "related":
            boxes[place].append(Part("related", link=link))
        elif link["kind"] == "inline":
            inline[place].append(link)
    for one in dropped:
        place = min(max(one["position"], 0), len(paragraphs))
        boxes[place].append(Part("dropped", (escape(clean(one["text"])),), at=one["reason"]))
    placed: list[Part] = []
    for place, paragraph in enumerate(paragraphs):
        placed += boxes[place]
        placed += _paragraph(paragraph, inline[place], mark, at.get(place))
    return list(_gathered([*placed, *boxes[len(paragraphs)]]))


def linked(paragraph: str, links: Iterable[Row], mark: Marker = escape) -> Markup:
    """Return a paragraph with its links. One whose place lies outside it, or in an earlier link, changes nothing."""
    shown, done = Markup(), 0
    for link in sorted(links, key=lambda link: (link["start"] or 0, link["end"] or 0)):
        start, end = link["start"], link["end"]
        if start is None or end is None or not done <= start < end <= len(paragraph):
            continue
        shown += mark(clean(paragraph[done:start]))
        shown += _inline(link, clean(paragraph[start:end]))
        done = end
    return shown + mark(clean(paragraph[done:]))


def _inline(link: Row, words: str) -> Markup:
    if link["target_id"] is None:
        return outside(link["href"], words)
    return Markup('<a href="/news/articles/{}" title="{}">{}</a>').format(
        link["target_id"], f"In the archive: {clean(link['target_title'])}", words
    )


def _paragraph(paragraph: str, links: Sequence[Row], mark: Marker, block: Row | None) -> Iterator[Part]:
    kind = block["kind"] if block else "text"
    if block and kind == "post":
        yield Part("time", at=block["at"] or "")
    if kind == "table":
        yield Part("table", rows=tuple(_rows(paragraph, links, mark)))
    else:
        yield Part(kind if kind in _KINDS else "text", (linked(paragraph, links, mark),))


def _rows(paragraph: str, links: Iterable[Row], mark: Marker) -> Iterator[tuple[Markup, ...]]:
    """Yield the rows of a table, which stand between line feeds, with tabs between their cells."""
    known = [link for link in links if link["start"] is not None and link["end"] is not None]
    start = 0
    for line in paragraph.split("\n"):
        cells = []
        for cell in line.split("\t"):
            moved = [{**link, "start": link["start"] - start, "end": link["end"] - start} for link in known]
            cells.append(linked(cell, moved, mark))
            start += len(cell) + 1
        yield tuple(cells)


def _gathered(listed: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts, with what stands together in one: items of a list, paragraphs of a quotation or a box."""
    before: Part | None = None
    for part in listed:
        if before and before.kind == part.kind and part.kind in _GATHERED:
            before = Part(part.kind, before.items + part.items)
            continue
        if before:
            yield before
        before = part
    if before:
        yield before


# The words that a reader searched for.


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words as they may stand in a text, beginnings of words, and words that must stand side by side, in lower case and
    without marks; ``pieces`` of scripts without blanks as they are.
    """

    words: frozenset[str]
    beginnings: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    pieces: tuple[str, ...]


def wanted(query: searching.Part, forms: Callable[[str], Sequence[str]]) -> Wanted:
    """Return what is to be marked for a search; ``forms`` gives the other forms of a word."""
    words: set[str] = set()
    beginnings: list[str] = []
    phrases: list[tuple[str, ...]] = []
    pieces: list[str] = []
    for term in searching.terms(query):
        if UNSPACED_LETTER.search(term.text):
            pieces.append(term.text.lower())
            continue
        parts = tuple(_plain_words(term.text))
        if len(parts) > 1:
            phrases.append(parts)
        elif parts and term.is_beginning:
            beginnings.append(parts[0])
        elif parts:
            words |= {parts[0], *_forms(term, forms)}
    return Wanted(frozenset(words), tuple(beginnings), tuple(phrases), tuple(pieces[:_MOST_PIECES]))


def marker(looked_for: Wanted) -> Marker:
    """Return what marks these words in a run of text."""

    def mark(text: str) -> Markup:
        shown, done = Markup(), 0
        for start, end in _joined(sorted(_spans(text, looked_for))):
            shown += escape(text[done:start]) + Markup("<mark>{}</mark>").format(text[start:end])
            done = end
        return shown + escape(text[done:])

    return mark


def _forms(term: searching.Term, forms: Callable[[str], Sequence[str]]) -> Sequence[str]:
    return () if term.is_phrase else [unmarked(form.lower()) for form in forms(term.text)]


def _plain_words(text: str) -> list[str]:
    return [unmarked(word[0].lower()) for word in _WORD.finditer(text)]


def _spans(text: str, looked_for: Wanted) -> Iterator[tuple[int, int]]:
    found = list(_WORD.finditer(text))
    words = [unmarked(word[0].lower()) for word in found]
    for n, word in enumerate(words):
        if word in looked_for.words or word.startswith(looked_for.beginnings):
            yield found[n].span()
        for phrase in looked_for.phrases:
            if word == phrase[0] and tuple(words[n : n + len(phrase)]) == phrase:
                yield found[n].start(), found[n + len(phrase) - 1].end()
    lower = text.lower()
    if len(lower) == len(text):  # else the places would not be those of the text
        for piece in looked_for.pieces:
            yield from ((one.start(), one.end()) for one in re.finditer(re.escape(piece), lower))


def _joined(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans, those that touch or overlap as one."""
    last: tuple[int, int] | None = None
    for start, end in spans:
        if last and start <= last[1]:
            last = last[0], max(last[1], end)
            continue
        if last:
            yield last
        last = start, end
    if last:
        yield last
