"""What keeps a crawl from starting."""

from __future__ import annotations

HELD = 75
"""Exit status of a crawl that another one of its site keeps from starting: EX_TEMPFAIL of sysexits.h, try later."""

ALONE = 76
"""What a process that crawls many sites says of one that is to be crawled in a process of its own."""


class SetupError(Exception):
    """A crawl that was asked for wrongly; the message is one sentence that says what was expected.

    ``status`` is the exit status it leads to.
    """

    def __init__(self, sentence: str, status: int = 1):
        super().__init__(sentence)
        self.status = status
