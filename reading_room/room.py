"""Datasette as this project wants it: the archive under the name ``news``, with our pages, queries and functions."""

from __future__ import annotations

from pathlib import Path

from datasette.plugins import pm

from reading_room import cells, feeds, front, pages, paging, queries, safety, search, workbook
from reading_room.internals import Archive, Room

NAME = "news"
"""The database's name in every address, whatever its file is called: templates and links contain it."""
_HERE = Path(__file__).parent
_PLUGINS = (pages, cells, feeds, workbook, front, safety, paging, queries, search)


def open_room(archive: Path, public: bool = False) -> Room:
    """Return Datasette on this archive, to be served or asked through its ``client``.

    Every connection is read-only (``mode=ro``). It is never opened as immutable: of a file that is being written,
    that would show torn pages. ``public`` is for readers who are strangers: see safety.py.
    """
    for plugin in _PLUGINS:
        if not pm.is_registered(plugin):
            pm.register(plugin)
    room = Room(config_dir=_HERE, settings=safety.settings(_HERE / "settings.json", public))
    room.remove_database("_memory")
    room.add_database(Archive(room, path=str(archive), is_mutable=True), name=NAME)
    return room
