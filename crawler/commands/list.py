"""``scrapy list``: the sites that are mine, and the spiders beside them; ``--all`` every site there is."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from scrapy.exceptions import UsageError

from crawler.command import BaseCommand
from crawler.monitoring.followed import followed, misnamed
from crawler.newsstand.shelf import Paper, lines
from crawler.profiles import RESERVED, load_profiles
from crawler.site import Site


class Command(BaseCommand):
    """Reads profiles and the archive, and writes nothing. One name a line: other programs read it."""

    usage = "[options]"
    summary = "List my sites, or all there are"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then which."""
        super().add_options(parser)
        parser.add_argument("--all", action="store_true", help="every site, with country, language and title")
        parser.add_argument("--opml", action="store_true", help="the feeds of my sites as OPML, for feed readers")

    def check(self, args: list[str], opts: Namespace) -> None:
        """Expect no name."""
        if args:
            raise UsageError("list takes no name; `scrapy papers WORD` looks for one")
        if opts.all and opts.opml:
            raise UsageError("list takes --all or --opml, not both")

    def work(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Print the names, or the feeds; what is wrong with a profile goes to standard error."""
        profiles = load_profiles(self.profiles)
        names = followed(self.database, profiles)
        for sentence in (*map(str, profiles.broken.values()), *misnamed(self.database, profiles)):
            print(f"Warning: {sentence}", file=sys.stderr)
        sites = [name for name in names if name not in profiles.broken]
        if opts.opml:
            self._opml([site for name in sites if (site := profiles.sites.by_name.get(name))])
        elif not opts.all:
            print(*sorted({*RESERVED, *sites}), sep="\n")
        else:
            own = {name: Paper.of(site) for name in profiles.own if (site := profiles.sites.by_name.get(name))}
            print(*lines({**profiles.papers, **own}, sites), sep="\n")
            print(*(f"    {name}" for name in sorted(RESERVED)), sep="\n")

    def _opml(self, sites: list[Site]) -> None:
        from crawler.newsstand.opml import opml_text, outlines_of  # with what reads listings: few lists need it

        outlines = list(outlines_of(sites))
        silent = len(sites) - len({outline.home for outline in outlines})
        if silent:
            print(f"{silent} of {len(sites)} sites have no feed and are not in it.", file=sys.stderr)
        print(opml_text(outlines), end="")
