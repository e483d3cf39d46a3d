"""``scrapy disable NAME …``: shipped papers that the monitor is to crawl no longer. What is stored of them stays."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.commands import enable
from crawler.profiles import Profiles


class Command(enable.Command):
    """Writes ``papers.toml`` beside the archive."""

    summary = "Have the monitor crawl shipped papers no longer"
    verb = "disable"

    def change(self, before: list[str], names: list[str]) -> Iterable[str]:
        """Return the names that stand in the file from now on."""
        return [name for name in before if name not in names]

    def report(self, profiles: Profiles, names: list[str], before: list[str]) -> None:
        """Say what changed, and how many are mine now."""
        off = [name for name in dict.fromkeys(names) if name in before]
        there = [name for name in dict.fromkeys(names) if name not in before]
        if there:
            print(f"Off already: {', '.join(there)}.")
        if off:
            print(f"Off: {', '.join(off)}. What is stored of them stays.")
        enable.total(self.database, profiles)
