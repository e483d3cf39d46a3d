"""``scrapy coverage SITE``: everything the site's listings named in a period, reconciled with what was stored.

Exit status: 0 done, 1 there is nothing to reconcile, 2 called wrongly.
"""

from __future__ import annotations

import sqlite3
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.article import Outcome, utc_text
from crawler.errors import SetupError
from crawler.profiles import ProfileError, load_profiles
from pipelines.archive import coverage
from pipelines.archive.coverage import Settled
from pipelines.archive.database import ArchiveError, sentence
from pipelines.archive.reading import open_for_reading

_WORDS = {
    Outcome.STORED: "stored",
    Outcome.ALIAS: "aliases",
    Outcome.NOT_ARTICLE: "not articles",
    Outcome.BLOCKED: "blocked",
    Outcome.FAILED: "failed",
    Outcome.GONE: "gone",
    Outcome.WAITING: "waiting",
}


class Command(ScrapyCommand):
    """Reads the archive and writes nothing."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What may follow the name of the command."""
        return "[options] SITE"

    def short_desc(self) -> str:
        """What Scrapy's list of commands says."""
        return "Reconcile what a site listed with what was stored"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then the period and what to show."""
        super().add_options(parser)
        group = parser.add_argument_group("Which addresses")
        group.add_argument(
            "--since", type=_day, metavar="DAY", help="first seen on this day of the site's zone, or later"
        )
        group.add_argument("--until", type=_day, metavar="DAY", help="first seen on this day, or earlier")
        group.add_argument("--outcome", choices=[str(one) for one in Outcome], help="only these, each by its address")
        group.add_argument("--addresses", action="store_true", help="also every address behind the counts")

    def run(self, args: list[str], opts: Namespace) -> None:
        """Print the account."""
        if len(args) != 1 or self.settings is None:
            raise UsageError("coverage takes one site, such as: scrapy coverage moscowtimes --since 2024-12-01")
        database, site = Path(self.settings["DATABASE"]), args[0]
        try:
            since, until = _period(opts, self._zone(site))
            with closing(open_for_reading(database)) as db:
                counts = coverage.listed(db, site, since, until)
                if not counts:
                    known = ", ".join(coverage.sites(db)) or "none yet"
                    raise SetupError(f"{database}: {site} listed nothing in that period; sites with listings: {known}")
                print(*account(site, counts), sep="\n")
                if opts.addresses or opts.outcome:
                    for one in coverage.addresses(db, site, since, until, opts.outcome):
                        print(f"{one.outcome}\t{one.reason}\t{one.url}\t{one.listing_url}")
        except BrokenPipeError:
            return  # whoever reads has seen enough, such as `head`
        except (SetupError, ArchiveError, ProfileError) as error:
            self._fail(str(error))
        except sqlite3.Error as error:
            self._fail(sentence(database, error))

    def _zone(self, site: str) -> ZoneInfo:
        folder = self.settings["SITES_DIR"] if self.settings else None
        known = load_profiles(Path(folder) if folder else None).sites.by_name
        return ZoneInfo(known[site].timezone if site in known else "UTC")

    def _fail(self, words: str) -> None:
        print(f"Error: {words}", file=sys.stderr)
        self.exitcode = 1


def account(site: str, counts: Sequence[Settled]) -> Iterator[str]:
    """The equation, and under it the reasons."""
    totals = {outcome: sum(one.addresses for one in counts if one.outcome is outcome) for outcome in _WORDS}
    listed = sum(totals.values())
    parts = " + ".join(f"{n:,} {_WORDS[outcome]}" for outcome, n in totals.items())
    yield f"{site}: {listed:,} listed = {parts}"
    for one in counts:
        if one.reason:
            yield f"  {one.addresses:>6,} × {_WORDS[one.outcome]}: {one.reason}"


def _period(opts: Namespace, zone: ZoneInfo) -> tuple[str, str]:
    """The first second of the period and the first after it, as UTC text."""
    first, last = opts.since or date(1970, 1, 1), opts.until or date(9000, 1, 1)
    if last < first:
        raise SetupError(f"--until {last} lies before --since {first}")
    begin, end = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
    return utc_text(begin.astimezone(UTC)), utc_text(end.astimezone(UTC))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day; expected one such as 2024-12-09") from None
