"""A reading room in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def serving(database: Path) -> Iterator[str]:
    """The address of a reading room on the archive, without the last slash; its watches stand beside the archive.

    Raises RuntimeError where none starts.
    """
    command = [sys.executable, "-m", "reading_room", "--database", str(database.resolve()), "--port", "0"]
    command += ["--watches", str(database.resolve().with_name("watches.toml"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline() if process.stdout else "")
            if found is None:
                raise RuntimeError("the reading room did not start")
            yield found[0]
        finally:
            process.terminate()
