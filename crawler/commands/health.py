"""``scrapy health``: what is not as it usually is, for a person and for a monitoring system.

Exit status, as monitoring plug-ins have it: 0 all is well, 1 a warning, 2 something critical, 3 it cannot be told.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence

from scrapy.exceptions import UsageError

from crawler import clock
from crawler.command import ArchiveCommand
from crawler.errors import SetupError
from crawler.site import Sites
from pipelines.archive import crawls
from pipelines.watching.status import Health, all_health

_STATUS = {"ok": 0, "warning": 1, "critical": 2}
_UNKNOWN = 3


class Command(ArchiveCommand):
    """Reads the archive and writes nothing."""

    usage = "[options] [SITE]"
    summary = "Say what is wrong with the sites; the exit status says how badly"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then the form."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="for programs")

    def check(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Expect one site, or none."""
        if len(args) > 1:
            raise UsageError("health takes one site, or none for all, such as: scrapy health moscowtimes")

    def answer(self, db: sqlite3.Connection, sites: Sites, args: list[str], opts: Namespace) -> None:
        """Print every site's state; the worst one is the exit status."""
        from crawler.monitoring.monitor import longest_pause, rhythm_of  # it draws tables, and few commands do

        longest = {
            site.name: longest_pause(rhythm_of(site, site.every))
            for name in crawls.sites(db)
            if (site := sites.by_name.get(name)) and site.every
        }
        states = [state for state in all_health(db, clock.now(), longest) if not args or state.site == args[0]]
        if not states:
            raise SetupError(f"{self.database}: {args[0] if args else 'no site'} was never crawled")
        if opts.json:
            print(json.dumps([state.as_dict() for state in states], ensure_ascii=False, indent=2))
        else:
            print(*report(states), sep="\n")
        self.exitcode = max(_STATUS[state.level] for state in states)

    def fail(self, words: str, status: int = _UNKNOWN) -> None:  # noqa: ARG002  # whatever failed, nothing is known
        """Say why nothing is known."""
        print(f"Unknown: {words}", file=sys.stderr)
        self.exitcode = _UNKNOWN


def report(states: Sequence[Health]) -> Iterator[str]:
    """Yield a line a site, and one under it for each finding."""
    width = max(len(state.site) for state in states)
    for state in states:
        yield f"{state.site:<{width}}  {state.level:<8}  last crawl {state.last_crawl_at}, {state.last_outcome}"
        for finding in state.findings:
            yield f"{'':<{width}}    {finding.level}: {finding.detail} (since {finding.started_at})"
