"""``scrapy coverage SITE``: everything the site's listings named in a period, reconciled with what was stored.

Exit status: 0 done, 1 there is nothing to reconcile, 2 called wrongly.
"""

from __future__ import annotations

import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scrapy.exceptions import UsageError

from crawler.article import Outcome, utc_text
from crawler.command import ArchiveCommand, day
from crawler.errors import SetupError
from crawler.site import Sites
from pipelines.archive import coverage
from pipelines.archive.coverage import Settled

_WORDS = {
    Outcome.STORED: "stored",
    Outcome.ALIAS: "aliases",
    Outcome.NOT_ARTICLE: "not articles",
    Outcome.BLOCKED: "blocked",
    Outcome.FAILED: "failed",
    Outcome.GONE: "gone",
    Outcome.WAITING: "waiting",
}


class Command(ArchiveCommand):
    """Reads the archive and writes nothing."""

    usage = "[options] SITE"
    summary = "Reconcile what a site listed with what was stored"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then the period and what to show."""
        super().add_options(parser)
        group = parser.add_argument_group("Which addresses")
        group.add_argument(
            "--since", type=day, metavar="DAY", help="first seen on this day of the site's zone, or later"
        )
        group.add_argument("--until", type=day, metavar="DAY", help="first seen on this day, or earlier")
        group.add_argument("--outcome", choices=list(map(str, Outcome)), help="only these, each by its address")
        group.add_argument("--addresses", action="store_true", help="also every address behind the counts")

    def check(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Expect one site."""
        if len(args) != 1:
            raise UsageError("coverage takes one site, such as: scrapy coverage moscowtimes --since 2024-12-01")

    def answer(self, db: sqlite3.Connection, sites: Sites, args: list[str], opts: Namespace) -> None:
        """Print the equation, the reasons, and the addresses where they are asked for."""
        site = args[0]
        profile = sites.by_name.get(site)
        since, until = _period(opts, ZoneInfo(profile.timezone if profile else "UTC"))
        counts = coverage.listed(db, site, since, until)
        if not counts:
            known = ", ".join(coverage.sites(db)) or "none yet"
            raise SetupError(f"{self.database}: {site} listed nothing in that period; sites with listings: {known}")
        print(*account(site, counts), sep="\n")
        if opts.addresses or opts.outcome:
            for listed in coverage.addresses(db, site, since, until, opts.outcome):
                print(f"{listed.outcome}\t{listed.reason}\t{listed.url}\t{listed.listing_url}")


def account(site: str, counts: Sequence[Settled]) -> Iterator[str]:
    """Yield the equation, and under it the reasons."""
    totals = {outcome: sum(row.addresses for row in counts if row.outcome is outcome) for outcome in _WORDS}
    listed = sum(totals.values())
    parts = " + ".join(f"{n:,} {_WORDS[outcome]}" for outcome, n in totals.items())
    yield f"{site}: {listed:,} listed = {parts}"
    for row in counts:
        if row.reason:
            yield f"  {row.addresses:>6,} × {_WORDS[row.outcome]}: {row.reason}"


def _period(opts: Namespace, zone: ZoneInfo) -> tuple[str, str]:
    """Return the first second of the period and the first after it, as UTC text."""
    first, last = opts.since or date(1970, 1, 1), opts.until or date(9000, 1, 1)
    if last < first:
        raise SetupError(f"--until {last} lies before --since {first}")
    begin, end = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
    return utc_text(begin.astimezone(UTC)), utc_text(end.astimezone(UTC))
