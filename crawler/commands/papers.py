"""``scrapy papers``: the papers whose profiles are shipped.

Exit status: 0 done, 1 failed, 2 called wrongly.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from scrapy.exceptions import UsageError

from crawler.command import BaseCommand
from crawler.errors import SetupError
from crawler.monitoring.followed import followed
from crawler.newsstand.shelf import lines, matching
from crawler.profiles import load_profiles


class Command(BaseCommand):
    """Reads the index of the profiles, and writes nothing."""

    usage = "[options] [WORD]"
    summary = "List the papers that are shipped"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then which papers."""
        super().add_options(parser)
        parser.add_argument("--country", metavar="CODE", help="of this country, such as de")
        parser.add_argument("--language", metavar="CODE", help="in this language, such as fr")

    def check(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Expect at most one word."""
        if len(args) > 1:
            raise UsageError('papers takes one word, such as: scrapy papers zeitung, or scrapy papers "daily news"')

    def work(self, args: list[str], opts: Namespace) -> None:
        """Print the papers, and how to have one crawled."""
        profiles = load_profiles(self.profiles)
        papers = dict(matching(profiles.papers, args[0] if args else None, opts.country, opts.language))
        if not papers:
            raise SetupError("no such paper is shipped; `scrapy addsite URL` makes a profile of any site")
        on = papers.keys() & set(followed(self.database, profiles))
        print(*lines(papers, on), sep="\n")
        count = "1 paper" if len(papers) == 1 else f"{len(papers)} papers"
        print(f"\n{count}, {len(on) or 'none'} of them on. `scrapy enable NAME` has the monitor crawl one.")
