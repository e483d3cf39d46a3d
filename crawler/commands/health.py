"""``scrapy health``: what is not as it usually is, for a person and for a monitoring system.

Exit status, as monitoring plug-ins have it: 0 all is well, 1 a warning, 2 something critical, 3 it cannot be told.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from scrapy.exceptions import UsageError

from crawler.command import ArchiveCommand
from crawler.errors import SetupError
from crawler.site import Sites
from pipelines.watching.findings import Health, all_health

_STATUS = {"well": 0, "warning": 1, "critical": 2}
_UNKNOWN = 3


class Command(ArchiveCommand):
    """Reads the archive and writes nothing."""

    def syntax(self) -> str:
        """What may follow the name of the command."""
        return "[options] [SITE]"

    def short_desc(self) -> str:
        """What Scrapy's list of commands says."""
        return "Say what is not as it usually is; the exit status tells how bad"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then the form."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="for programs")

    def run(self, args: list[str], opts: Namespace) -> None:
        """Tell of one site, or of all."""
        if len(args) > 1:
            raise UsageError("health takes one site, or none for all, such as: scrapy health moscowtimes")
        super().run(args, opts)

    def answer(self, db: sqlite3.Connection, sites: Sites, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Print every site's state; the worst one is the exit status."""
        told = all_health(db, datetime.now(UTC))
        if args:
            told = [one for one in told if one.site == args[0]]
        if not told:
            raise SetupError(f"{self.database}: {args[0] if args else 'no site'} was never crawled")
        if opts.json:
            print(json.dumps([one.as_dict() for one in told], ensure_ascii=False, indent=2))
        else:
            print(*report(told), sep="\n")
        self.exitcode = max(_STATUS[one.level] for one in told)

    def _fail(self, words: str) -> None:
        print(f"Unknown: {words}", file=sys.stderr)
        self.exitcode = _UNKNOWN


def report(told: Sequence[Health]) -> Iterator[str]:
    """A line a site, and one under it for each finding."""
    width = max(len(one.site) for one in told)
    for one in told:
        yield f"{one.site:<{width}}  {one.level:<8}  last crawl {one.last_crawl_at}, {one.last_outcome}"
        for finding in one.findings:
            yield f"{'':<{width}}    {finding.level}: {finding.detail} (since {finding.started_at})"
