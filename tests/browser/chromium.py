"""The system's Chromium, and what to say where there is none: ``python -m tests.browser.chromium``."""

from __future__ import annotations

import shutil

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "The browser tests were skipped: there is no Chromium here. "
    "Get it with `apt-get install chromium` or `brew install chromium`, then run `make test` again."
)


def chromium() -> str | None:
    """Where it is; None where it is not."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


if __name__ == "__main__" and chromium() is None:
    print(MISSING)
