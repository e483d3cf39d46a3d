"""Datasette as this project wants it: the archive under the name ``news``, with our pages, queries and functions."""

from __future__ import annotations

from pathlib import Path

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from reading_room import (
    article,
    article_filters,
    cells,
    feeds,
    front,
    front_errors,
    functions,
    paging,
    queries,
    safety,
    search,
    search_page,
)

NAME = "news"
"""The database's name in every address, whatever its file is called: templates and links contain it."""
_HERE = Path(__file__).parent
_PLUGINS = (
    article,
    article_filters,
    cells,
    feeds,
    front,
    front_errors,
    functions,
    paging,
    queries,
    safety,
    search,
    search_page,
)


def open_room(archive: Path, public: bool = False) -> Datasette:
    """Datasette on this archive, to be served or asked through its ``client``.

    Every connection is read-only (``mode=ro``). It is never opened as immutable: of a file that is being written,
    that would show torn pages. ``public`` is for readers who are strangers: see safety.py.
    """
    for plugin in _PLUGINS:
        if not pm.is_registered(plugin):
            pm.register(plugin)
    room = Datasette(config_dir=_HERE, settings=safety.settings(_HERE / "settings.json", public))
    room.remove_database("_memory")
    room.add_database(Database(room, path=str(archive), is_mutable=True), name=NAME)
    return room
