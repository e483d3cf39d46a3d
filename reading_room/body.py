"""The text of an article as parts to show: paragraphs with their links, headings, lists, tables, posts, boxes. Pure.

A stored text never becomes markup: every run of characters is escaped, and only http(s) addresses become links.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from crawler.addresses import is_web_address
from reading_room.rows import Row

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_KINDS = ("heading", "quote", "list", "box", "note", "embed")
_GATHERED = ("list", "quote", "box", "note", "embed")
OUTSIDE = "noopener nofollow noreferrer"
"""What a link to the web says: it tells nobody that it was followed from here, nor vouches for where it leads."""


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
    mark: Callable[[str], Markup] = escape,
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


def linked(paragraph: str, links: Iterable[Row], mark: Callable[[str], Markup] = escape) -> Markup:
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


def _paragraph(
    paragraph: str, links: Sequence[Row], mark: Callable[[str], Markup], block: Row | None
) -> Iterator[Part]:
    kind = block["kind"] if block else "text"
    if block and kind == "post":
        yield Part("time", at=block["at"] or "")
    if kind == "table":
        yield Part("table", rows=tuple(_rows(paragraph, links, mark)))
    else:
        yield Part(kind if kind in _KINDS else "text", (linked(paragraph, links, mark),))


def _rows(paragraph: str, links: Iterable[Row], mark: Callable[[str], Markup]) -> Iterator[tuple[Markup, ...]]:
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
