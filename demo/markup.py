"""The notation of the manuscripts: blocks apart by empty lines, a few marks at their start.

``## heading``, ``> quotation | whose``, ``!aside words``, ``!related NUMBER [today|dated|exact]``,
``!image file | caption | credit`` (more lines: a slider), ``!embed service ref | words``, ``!link address | title``,
``!newsletter``, ``!post TIME words``; anything else is a paragraph. Inside: ``[words](address)`` and ``*italics*``.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import groupby

from demo.blocks import (
    Aside,
    Block,
    Embed,
    Header,
    Html,
    Images,
    LinkBox,
    Newsletter,
    Paragraph,
    Picture,
    Post,
    Quote,
    Related,
    Run,
)
from demo.clock import local

_INLINE = re.compile(r"\[(?P<anchor>[^]]+)]\((?P<href>[^)]+)\)|\*(?P<italic>[^*]+)\*")
_SPACE = re.compile(r"\s+")


def read_body(text: str) -> tuple[tuple[Block, ...], tuple[Post, ...]]:
    """The blocks of a manuscript's body, and a live blog's posts. Raises ValueError for an unknown mark."""
    chunks = [chunk.strip() for chunk in re.split(r"\n\s*\n", text) if chunk.strip()]
    posts = tuple(_post(chunk) for chunk in chunks if chunk.startswith("!post "))
    blocks = [_block(chunk) for chunk in chunks if not chunk.startswith("!post ")]
    return tuple(_joined(blocks)), posts


def read_paragraph(text: str) -> Paragraph:
    """One paragraph with its links and italics."""
    text = _SPACE.sub(" ", text.strip())
    runs: list[Run] = []
    end = 0
    for match in _INLINE.finditer(text):
        runs.append(Run(text[end : match.start()]))
        runs.append(Run(match["anchor"], href=match["href"]) if match["href"] else Run(match["italic"], italic=True))
        end = match.end()
    runs.append(Run(text[end:]))
    return tuple(run for run in runs if run.text)


def read_picture(line: str) -> Picture:
    """``file | caption | credit``, the last two optional."""
    file, caption, credit = (*(part.strip() for part in line.split("|")), "", "")[:3]
    return Picture(file, caption or None, credit or None)


def _joined(blocks: list[Block]) -> list[Block]:
    """Neighbouring paragraphs share one block, as an editor's text field keeps them."""
    joined: list[Block] = []
    for plain, group in groupby(blocks, key=lambda block: isinstance(block, Html)):
        members = list(group)
        if plain:
            joined.append(Html(tuple(p for block in members if isinstance(block, Html) for p in block.paragraphs)))
        else:
            joined.extend(members)
    return joined


def _post(chunk: str) -> Post:
    _, time, words = chunk.split(maxsplit=2)
    return Post(local(datetime.fromisoformat(time)), read_paragraph(words))


def _block(chunk: str) -> Block:
    mark, _, rest = chunk.partition(" ")
    first, _, second = (part.strip() for part in rest.partition("|"))
    match mark:
        case "##":
            return Header(rest)
        case ">":
            return Quote(first, second)
        case "!aside":
            return Aside(read_paragraph(rest))
        case "!related":
            number, _, form = rest.partition(" ")
            return Related(int(number), form or "today")
        case "!image":
            return Images(tuple(read_picture(line) for line in rest.splitlines()))
        case "!embed":
            service, _, ref = first.partition(" ")
            return Embed(service, ref, second)
        case "!link":
            return LinkBox(first, second)
        case "!newsletter":
            return Newsletter()
    if mark.startswith("!"):
        raise ValueError(f"unknown mark {mark!r}; expected one of those that demo/markup.py names")
    return Html((read_paragraph(chunk),))
