"""The manuscripts in ``demo/content``: a TOML head, a body in the notation of :mod:`demo.markup`, one file a piece.

The head may hold ``[[changes]]``, each with ``at`` and what changes then: any key of the head, ``replace`` (pairs of
old and new words), ``add`` (more body). ``silent`` leaves the stated modification time as it was, ``gone`` is the
status of a withdrawal, ``to`` the number of the article or the section that a redirect leads to (without it: the front
page), ``back`` ends one. Times are the paper's own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from crawler.article import Kind
from demo.blocks import Block, Html, Run
from demo.clock import local
from demo.markup import read_body, read_paragraph, read_picture
from demo.pieces import Edition, Gone, Piece

CONTENT = Path(__file__).parent / "content"
_CONTROLS = frozenset({"at", "silent", "gone", "back", "replace", "add"})


@cache
def manuscripts(folder: Path = CONTENT) -> tuple[Piece, ...]:
    """Every piece of the folder. Raises ValueError, which names the file, for one that cannot be read."""
    return tuple(_read(path) for path in sorted(folder.glob("*.md")))


def _read(path: Path) -> Piece:
    try:
        _, head, body = path.read_text("utf-8").split("+++\n", 2)
        fields = tomllib.loads(head)
        changes = fields.pop("changes", [])
        return Piece(fields["id"], tuple(_history(fields, body, changes)))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"demo/content/{path.name}: {error!r}") from error


def _history(
    fields: dict[str, Any], body: str, changes: list[dict[str, Any]]
) -> Iterator[tuple[datetime, Edition | Gone]]:
    modified = since = local(fields["published"])
    edition = _edition(fields, body, modified)
    yield since, edition
    for change in changes:
        at = local(change["at"])
        if at <= since:
            raise ValueError(f"a change at {at}, not after {since}")
        since = at
        if "gone" in change:
            yield at, Gone(change["gone"], edition, change.get("to", ""))
            continue
        if not change.get("silent") and not change.get("back"):
            modified = at
        fields = fields | {key: value for key, value in change.items() if key not in _CONTROLS}
        body = _rewritten(body, change)
        edition = _edition(fields, body, modified)
        yield at, edition


def _rewritten(body: str, change: dict[str, Any]) -> str:
    for old, new in change.get("replace", []):
        if body.count(old) != 1:
            raise ValueError(f"{old!r} stands {body.count(old)} times in the text; expected once")
        body = body.replace(old, new)
    return f"{body}\n\n{change['add']}" if "add" in change else body


def _edition(fields: dict[str, Any], body: str, modified: datetime) -> Edition:
    blocks, posts = read_body(body)
    authors = tuple(fields.get("authors", ()))
    wire = fields.get("wire")
    return Edition(
        id=fields["id"],
        slug=fields["slug"],
        kind=Kind(fields.get("kind", "news")),
        section=fields.get("section", "news"),
        title=fields["title"],
        standfirst=fields.get("standfirst"),
        authors=authors,
        published=local(fields["published"]),
        modified=modified,
        tags=tuple(fields.get("tags", ())),
        label=fields.get("label"),
        picture=read_picture(fields["image"]) if "image" in fields else None,
        intro=read_paragraph(fields["intro"]) if "intro" in fields else None,
        blocks=_credited(blocks, wire) if wire and wire not in authors else blocks,
        posts=posts,
        wire=wire,
        campaign=fields.get("campaign"),
        archive=fields.get("archive", False),
        listed_as=fields.get("listed_as"),
    )


def _credited(blocks: tuple[Block, ...], agency: str) -> tuple[Block, ...]:
    """The agency's line in italics, as the last paragraph."""
    line = (Run(f"{agency} contributed reporting.", italic=True),)
    if blocks and isinstance(blocks[-1], Html):
        return (*blocks[:-1], Html((*blocks[-1].paragraphs, line)))
    return (*blocks, Html((line,)))
