"""Reading ``watches.toml`` where it is."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.watching.watches import WatchError, Watches, read_watches


def load(path: Path) -> Watches:
    """The watches of a file; none where there is no such file. Raises WatchError where it cannot be read at all."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Watches()
    except (OSError, UnicodeDecodeError) as error:
        raise WatchError(f"{path}: cannot be read: {error}") from None
    return read_watches(text, path.name, os.environ)
