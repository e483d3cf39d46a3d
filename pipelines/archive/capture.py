"""Where the copy of a page lies, as the columns ``capture`` say it: ``FILE:OFFSET:DIGEST``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CAPTURE = re.compile(r"(.+):(\d+):((?:[^:]+:)?[^:]*)")


@dataclass(frozen=True, slots=True)
class Capture:
    """A record of a WARC file: the file's name, the byte at which it begins, the digest of its payload or ``""``."""

    file: str
    offset: int
    digest: str


def parse(written: str) -> Capture | None:
    """The parts of a capture; None for a text that is none."""
    found = _CAPTURE.fullmatch(written)
    return Capture(found[1], int(found[2]), found[3]) if found else None
