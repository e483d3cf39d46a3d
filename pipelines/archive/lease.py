"""One crawl at a time of a site in a mode: a lock beside the archive, which the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
import re
from datetime import datetime
from pathlib import Path
from typing import IO

from crawler.article import utc_text


class LeaseHeldError(Exception):
    """Another crawl of the same site and mode is running; the message says who and since when."""


class Lease:
    """Held from the moment it is made until :meth:`release`, or the end of the process however that comes."""

    def __init__(self, database: Path, site: str, mode: str, now: datetime):
        """Take the lease. Raises LeaseHeldError when somebody has it.

        The file's content only informs: a process id means nothing across containers, the lock does.
        """
        name = re.sub(r"[^\w.-]", "_", f"{site}.{mode}")
        self.path = database.with_name(f"{database.name}.{name}.lease")
        self._file: IO[str] = self.path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip() or "somebody who has not said more"
            self._file.close()
            raise LeaseHeldError(f"another {mode} of {site} is running: {holder}") from None
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()} on {os.uname().nodename}, since {utc_text(now)}\n")
        self._file.flush()

    def release(self) -> None:
        """Let the next one begin. The file stays: removing it would let two hold locks on two files of one name."""
        self._file.truncate(0)
        self._file.close()
