"""What keeps a crawl from starting."""

from __future__ import annotations


class SetupError(Exception):
    """A crawl that was asked for wrongly; the message is one sentence that says what was expected."""
