"""``scrapy papers``: the papers whose profiles are shipped; ``scrapy papers check``: whether they are still true.

Exit status: 0 done, 1 failed, or a check found something wrong, 2 called wrongly.
"""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, cast

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from crawler import clock
from crawler.command import BaseCommand
from crawler.errors import SetupError
from crawler.monitoring.followed import followed
from crawler.newsstand import mine
from crawler.newsstand.shelf import lines, matching
from crawler.profiles import Profiles, load_profiles

if TYPE_CHECKING:  # every command of scrapy imports this module; only a check needs what it works with
    from crawler.newsstand.checking import CheckSpider

_CHECK = "check"


class Command(BaseCommand):
    """Reads profiles and the archive, and writes nothing."""

    usage = "[options] [WORD] | check [NAME …]"
    summary = "List the papers that are shipped, or check what profiles say"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then which papers."""
        super().add_options(parser)
        parser.add_argument("--country", metavar="CODE", help="of this country, such as de")
        parser.add_argument("--language", metavar="CODE", help="in this language, such as fr")
        parser.add_argument("--all", action="store_true", help="check: every paper, not only those that are on")

    def process_options(self, args: list[str], opts: Namespace) -> None:
        """As Scrapy; and no log but of what goes wrong, unless asked for."""
        super().process_options(args, opts)
        if self.settings is not None and not opts.loglevel:
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")

    def check(self, args: list[str], opts: Namespace) -> None:
        """Expect at most one word, or a check."""
        if args[:1] == [_CHECK]:
            if opts.all and args[1:]:
                raise UsageError("papers check takes names or --all, not both")
        elif len(args) > 1:
            raise UsageError('papers takes one word, such as: scrapy papers zeitung, or scrapy papers "daily news"')
        elif opts.all:
            raise UsageError("--all is for scrapy papers check; without it all papers are listed anyway")

    def work(self, args: list[str], opts: Namespace) -> None:
        """Print the papers, and how to have one crawled; or check some."""
        profiles = load_profiles(self.profiles)
        if args[:1] == [_CHECK]:
            self._check(profiles, self._named(profiles, args[1:], opts))
            return
        papers = dict(matching(profiles.papers, args[0] if args else None, opts.country, opts.language))
        if not papers:
            raise SetupError("no such paper is shipped; `scrapy addsite URL` makes a profile of any site")
        on = papers.keys() & set(followed(self.database, profiles))
        print(*lines(papers, on), sep="\n")
        count = "1 paper" if len(papers) == 1 else f"{len(papers)} papers"
        print(f"\n{count}, {len(on) or 'none'} of them on. `scrapy enable NAME` has the monitor crawl one.")

    def _named(self, profiles: Profiles, names: list[str], opts: Namespace) -> tuple[str, ...]:
        """Return the papers to check: those that are named, else all, or those that are on. Raises SetupError."""
        for name in names:
            if error := profiles.broken.get(name):
                raise SetupError(str(error))
            if name not in profiles.sites.by_name:
                raise SetupError(mine.no_such(profiles, name))
        if names:
            return tuple(dict.fromkeys(names))
        if opts.all or opts.country or opts.language:
            return tuple(name for name, _ in matching(profiles.papers, None, opts.country, opts.language))
        if on := tuple(name for name in followed(self.database, profiles) if name not in profiles.broken):
            return on
        raise SetupError("no paper is on; name some to check, or --all")

    def _check(self, profiles: Profiles, names: tuple[str, ...]) -> None:
        from crawler.newsstand.checking import CheckSpider, report

        process = AsyncCrawlerProcess(self.given)
        logging.getLogger("scrapy").setLevel(logging.ERROR)
        crawler = process.create_crawler(CheckSpider)
        process.crawl(crawler, names=names, sites=profiles.sites)
        process.start()
        spider = cast("CheckSpider | None", crawler.spider)
        if spider is None or spider.failure or len(spider.checked) < len(names):
            raise SetupError((spider and spider.failure) or "the check was broken off")
        print(*report(spider.checked, clock.now().date()), sep="\n")
        self.exitcode = 1 if any(paper.remarks for paper in spider.checked) else 0
