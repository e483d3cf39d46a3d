"""The small archive, and the reading room on it; a file with an archive of its own gets the room on that."""

from __future__ import annotations

from pathlib import Path

import pytest

from reading_room.internals import Room
from reading_room.room import open_room
from tests.reading_room.archive_rows import make_archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small archive, whatever its file is called."""
    return make_archive(tmp_path_factory.mktemp("room") / "any name.db")


@pytest.fixture(scope="module")
def room(archive: Path) -> Room:
    """The reading room on the file's archive."""
    return open_room(archive)
