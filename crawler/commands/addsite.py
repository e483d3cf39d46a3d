"""``scrapy addsite URL``: look at a site and write its profile.

Exit status: 0 a usable profile was written, 1 none was, with one sentence that says why, 2 called wrongly.
"""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from crawler import addresses, clock
from crawler.command import BaseCommand
from crawler.errors import SetupError
from crawler.profiles import load_profiles

if TYPE_CHECKING:  # every command of scrapy imports this module; only this one needs what it works with
    from crawler.probing.spider import ProbeSpider
    from crawler.probing.survey import Findings, Survey

_FOLDER = "sites"


class Command(BaseCommand):
    """Probes with at most a few dozen polite requests, and never overwrites a profile unasked."""

    requires_crawler_process = True
    usage = "[options] URL"
    summary = "Look at a site and write its profile"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then what the profile is called and where it goes."""
        super().add_options(parser)
        parser.add_argument("--name", help="what the site is called; otherwise after its host")
        parser.add_argument("--output", metavar="DIR", help=f"folder of the profile; SITES_DIR, else {_FOLDER}/")
        parser.add_argument("--force", action="store_true", help="write over a profile that is there")

    def process_options(self, args: list[str], opts: Namespace) -> None:
        """As Scrapy; and no log but of what goes wrong, unless asked for."""
        super().process_options(args, opts)
        if self.settings is not None and not opts.loglevel:
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")

    def check(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Expect one address."""
        if len(args) != 1:
            raise UsageError("addsite takes one address, such as: scrapy addsite https://www.example.com/")

    def work(self, args: list[str], opts: Namespace) -> None:
        """Look at one site, write its profile, and report."""
        from crawler.probing.profile import name_for, report, why_unusable
        from crawler.probing.survey import conclude

        url = _address(args[0])
        path = self._path(opts, opts.name or name_for(url))
        findings = conclude(path.stem, self._survey(url))
        if not findings.usable:
            raise SetupError(why_unusable(findings))
        _write(findings, path)
        print(*report(findings), sep="\n")
        settings = "".join(f" -s {pair}" for pair in opts.set if not pair.startswith("SITES_DIR="))
        print(f"\nWritten: {path}\nTo crawl it:  scrapy crawl {path.stem} -s SITES_DIR={path.parent}{settings}")

    def _path(self, opts: Namespace, name: str) -> Path:
        """Return where the profile goes. Raises SetupError where it cannot."""
        from crawler.probing.profile import is_name

        if not is_name(name):
            raise SetupError(f"--name {name!r}: expected letters a-z, digits and _, a letter first, not urls or warc")
        path = Path(opts.output or self.profiles or _FOLDER) / f"{name}.toml"
        if path.exists() and not opts.force:
            raise SetupError(f"{path} is there already; --force writes over it, --name gives another name")
        return path

    def _survey(self, url: str) -> Survey:
        from crawler.probing.spider import ProbeSpider

        process = cast("AsyncCrawlerProcess", self.crawler_process)
        logging.getLogger("scrapy").setLevel(logging.ERROR)
        crawler = process.create_crawler(ProbeSpider)
        process.crawl(crawler, url=url)
        process.start()
        spider = cast("ProbeSpider | None", crawler.spider)
        if spider is None or spider.survey is None:
            raise SetupError((spider and spider.failure) or f"{url} could not be looked at")
        return spider.survey


def _address(written: str) -> str:
    url = written if addresses.is_web_address(written) else f"https://{written}"
    try:
        return addresses.clean(url)
    except ValueError as error:
        raise SetupError(str(error)) from None


def _write(findings: Findings, path: Path) -> None:
    """Write the profile, once it was seen to be one. Raises SetupError."""
    from crawler.probing.profile import profile_toml

    text = profile_toml(findings, clock.now().date())
    with TemporaryDirectory(prefix="vestnik-addsite-") as folder:
        Path(folder, path.name).write_text(text, "utf-8")
        if broken := load_profiles(Path(folder)).broken.get(path.stem):
            raise SetupError(f"what the site showed makes no profile: {broken}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise SetupError(f"{path} could not be written: {error.strerror}") from error
