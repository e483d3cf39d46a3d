"""How a crawl that is asked to stop comes to its end in time: what is in flight is given up, and charged to nobody."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Timer

LET_GO = object()
"""A signal of Scrapy's kind, sent to whoever has something in flight that is to be given up now."""


OVERDUE = object()
"""A signal, sent where a crawl that shares its process was to stop and has not in time: it is broken off, alone."""

SUSPECT = object()
"""A signal, sent before an address is read, alone, that was being read when a crawl ended without a word."""


class LetGoError(Exception):
    """What was asked for when the crawl gave up waiting; its address waits for the next crawl."""


def leave_within(seconds: float, status: Callable[[], int]) -> None:
    """End the process after so many seconds with this exit status, if it has not ended by itself by then.

    A look-up of a host or another program's lock holds a thread up for longer than anybody wants to wait.
    """

    def leave() -> None:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status())

    timer = Timer(seconds, leave)
    timer.daemon = True
    with suppress(RuntimeError):  # no thread is to be had: then the process has to end by itself
        timer.start()
