"""``scrapy health``: what is not as it usually is, for a person and for a monitoring system.

Exit status, as monitoring plug-ins have it: 0 all is well, 1 a warning, 2 something critical, 3 it cannot be told.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from scrapy.exceptions import UsageError

from crawler import clock
from crawler.command import ArchiveCommand
from crawler.errors import SetupError
from crawler.site import Sites
from pipelines.archive import crawls
from pipelines.watching.status import Health, all_health

_STATUS = {"ok": 0, "warning": 1, "critical": 2}
_UNKNOWN = 3
_FEW = 30
"""Sites of which each gets its line: a terminal shows so many."""


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
            countries = {state.site: site.country for state in states if (site := sites.by_name.get(state.site))}
            print(*report(states, countries), sep="\n")
        self.exitcode = max(_STATUS[state.level] for state in states)

    def fail(self, words: str, status: int = _UNKNOWN) -> None:  # noqa: ARG002  # whatever failed, nothing is known
        """Say why nothing is known."""
        print(f"Unknown: {words}", file=sys.stderr)
        self.exitcode = _UNKNOWN


def report(states: Sequence[Health], countries: Mapping[str, str | None]) -> Iterator[str]:
    """Yield a line a site, and one under it for each finding: the worst first.

    Of many sites those in trouble alone, country by country; ``countries`` is by the name of a site.
    """
    ranked = sorted(states, key=lambda state: (-_STATUS[state.level], state.site))
    if len(ranked) <= _FEW:
        yield from _lines(ranked)
        return
    by_country: dict[str, list[Health]] = {}
    for state in ranked:
        by_country.setdefault(countries.get(state.site) or "", []).append(state)
    for country, of_it in sorted(by_country.items()):
        levels = Counter(state.level for state in of_it)
        told = ", ".join(f"{levels[level]:,} {level}" for level in reversed(_STATUS) if levels[level])
        yield f"{country or 'no country'}: {len(of_it):,} sites, {told}"
        yield from (f"  {line}" for line in _lines([state for state in of_it if state.level != "ok"]))


def _lines(states: Sequence[Health]) -> Iterator[str]:
    width = max((len(state.site) for state in states), default=0)
    for state in states:
        yield f"{state.site:<{width}}  {state.level:<8}  last crawl {state.last_crawl_at}, {state.last_outcome}"
        for finding in state.findings:
            yield f"{'':<{width}}    {finding.level}: {finding.detail} (since {finding.started_at})"
