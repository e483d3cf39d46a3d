"""``scrapy enable NAME …``: make shipped papers mine, so that the monitor crawls them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from scrapy.exceptions import UsageError

from crawler.command import BaseCommand
from crawler.errors import SetupError
from crawler.monitoring.followed import followed
from crawler.newsstand import mine
from crawler.profiles import Profiles, load_profiles


class Command(BaseCommand):
    """Writes ``papers.toml`` beside the archive."""

    usage = "[options] NAME …"
    summary = "Have the monitor crawl shipped papers"
    verb = "enable"

    def check(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Expect a name."""
        if not args:
            raise UsageError(f"{self.verb} takes names of papers, such as: scrapy {self.verb} spiegel taz")

    def work(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Write which are mine from now on, and say so. One wrong name, and nothing is written."""
        profiles = load_profiles(self.profiles)
        for name in args:
            _check(profiles, name, self.verb)
        before = [name for name in followed(self.database, profiles) if name not in profiles.own]
        known = mine.read(mine.file_of(self.database)) or ()
        file = mine.file_of(self.database)
        # Names that this version does not know stay: a later one may, or a folder of profiles that is not given now.
        mine.write(file, self.change([*known, *before], args))
        self.report(profiles, args, before)

    def change(self, before: list[str], names: list[str]) -> Iterable[str]:
        """Return the names that stand in the file from now on."""
        return [*before, *names]

    def report(self, profiles: Profiles, names: list[str], before: list[str]) -> None:
        """Say what changed, and how many are mine now."""
        fresh = [name for name in dict.fromkeys(names) if name not in before]
        there = [name for name in dict.fromkeys(names) if name in before]
        if there:
            print(f"On already: {', '.join(there)}.")
        if fresh:
            print(f"On: {', '.join(fresh)}.")
        total(self.database, profiles)


def _check(profiles: Profiles, name: str, verb: str) -> None:
    """Raise SetupError for what is no shipped paper, or is one that a profile of one's own stands in for."""
    if name in profiles.own:
        raise SetupError(
            f"{name} is a profile of your own: it is on while its file is in SITES_DIR; `scrapy {verb}` is for those"
            " that are shipped"
        )
    if name not in profiles.papers:
        raise SetupError(mine.no_such(profiles, name))


def total(database: Path, profiles: Profiles) -> None:
    """Say how many papers are mine now."""
    count = len(followed(database, profiles))
    papers = "1 paper" if count == 1 else f"{count} papers"
    print(f"`scrapy monitor` crawls {papers} now; `scrapy list` names them." if count else "No paper is on now.")
