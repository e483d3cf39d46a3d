"""Datasette as this project wants it: the archive under the name ``news``, with our pages, queries and functions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from datasette.plugins import pm
from datasette.utils import parse_metadata

from pipelines.archive.events import EVENTS
from pipelines.archive.fields import FIELDS, OF_A_STATE
from reading_room import (
    around,
    cells,
    downloads,
    edits,
    feeds,
    front,
    lookup,
    pages,
    paging,
    queries,
    safety,
    search,
    watching,
)
from reading_room import public as strangers
from reading_room.internals import Archive, Room

NAME = "news"
"""The database's name in every address, whatever its file is called: templates and links contain it."""
_HERE = Path(__file__).parent
_PLUGINS = (
    pages,
    lookup,
    cells,
    feeds,
    downloads,
    front,
    safety,
    paging,
    queries,
    search,
    around,
    edits,
    watching,
    strangers,
)


def open_room(
    archive: Path, *, public: bool = False, address: str = "http://localhost/", watches: Path | None = None
) -> Room:
    """Return Datasette on this archive, to be served or asked through its ``client``.

    Every connection is read-only (``mode=ro``). It is never opened as immutable: of a file that is being written,
    that would show torn pages. ``public`` is for readers who are strangers: see public.py. ``address`` is where
    readers find the room; feeds name it. ``watches`` is the file of watches, where it may be written from
    a page.
    """
    for plugin in _PLUGINS:
        if not pm.is_registered(plugin):
            pm.register(plugin)
    settings = json.loads((_HERE / "settings.json").read_text("utf-8")) | (strangers.SETTINGS if public else {})
    room = Room(config_dir=_HERE, metadata=described(), settings=settings)
    room.public, room.address, room.watches = public, address, None if public else watches
    room.remove_database("_memory")
    room.add_database(Archive(room, path=str(archive), is_mutable=True), name=NAME)
    return room


def described() -> dict[str, Any]:
    """Return what Datasette says of the archive: metadata.yaml, with the fields of articles and the kinds of events."""
    metadata: dict[str, Any] = parse_metadata((_HERE / "metadata.yaml").read_text("utf-8"))
    tables = metadata["databases"][NAME]["tables"]
    tables["articles"]["columns"] = {field.name: field.description for field in FIELDS}
    flat = {field.name: field.description for field in FIELDS if field.is_exported}
    tables["articles_flat"]["columns"] = flat | tables["articles_flat"]["columns"]
    tables["revisions"]["columns"] |= {field.name: field.then for field in OF_A_STATE}
    kinds = "; ".join(f"{event.kind} ({event.description})" for event in EVENTS)
    tables["events"]["columns"]["kind"] = f"What happened: {kinds}."
    return metadata
