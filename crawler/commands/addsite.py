"""``scrapy addsite URL …``: look at sites and write their profiles; ``--opml`` takes a file of subscriptions instead.

What is shipped is named, and not looked at. Exit status: 0 every site has a usable profile now, 1 one has none, with a
sentence that says why, 2 called wrongly.
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
from crawler.monitoring.followed import followed
from crawler.newsstand import mine
from crawler.profiles import Profiles, load_profiles

if TYPE_CHECKING:  # every command of scrapy imports this module; only this one needs what it works with
    from crawler.probing.spider import ProbeSpider
    from crawler.probing.survey import Findings, Survey

_FOLDER = "sites"


class Command(BaseCommand):
    """Probes with at most a few dozen polite requests, and never overwrites a profile unasked."""

    requires_crawler_process = True
    usage = "[options] URL …"
    summary = "Look at sites and write their profiles"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then what the profile is called and where it goes."""
        super().add_options(parser)
        parser.add_argument("--name", help="what the site is called; otherwise after its host")
        parser.add_argument("--output", metavar="DIR", help=f"folder of the profile; SITES_DIR, else {_FOLDER}/")
        parser.add_argument("--opml", metavar="FILE", help="take the subscriptions of a feed reader, asking nobody")
        parser.add_argument("--force", action="store_true", help="write over a profile that is there")

    def process_options(self, args: list[str], opts: Namespace) -> None:
        """As Scrapy; and no log but of what goes wrong, unless asked for."""
        super().process_options(args, opts)
        if self.settings is not None and not opts.loglevel:
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")

    def check(self, args: list[str], opts: Namespace) -> None:
        """Expect addresses, or a file; a name only for a single address."""
        if not args and not opts.opml:
            raise UsageError("addsite takes an address, such as: scrapy addsite https://www.example.com/")
        if opts.name and (len(args) != 1 or opts.opml):
            raise UsageError("--name is for a single address")

    def work(self, args: list[str], opts: Namespace) -> None:
        """Say what is shipped already, take the file, look at the other sites."""
        profiles = load_profiles(self._existing(opts))
        if opts.opml:
            self._take(Path(opts.opml), profiles, opts)
        urls = dict.fromkeys(map(_address, args))
        if not opts.name:
            papers = {url: site for url in urls if (site := profiles.sites.for_url(url)).name in profiles.papers}
            for url, site in papers.items():
                if site.name not in profiles.own:
                    print(f"{url} is {site.title}, which is shipped: scrapy enable {site.name}")
                    del urls[url]
        if urls:
            self._add(list(urls), opts)

    def _existing(self, opts: Namespace) -> Path | None:
        """Return the folder of profiles that there are already, where the new ones go."""
        folder = Path(opts.output or self.profiles or _FOLDER)
        return folder if folder.is_dir() else None

    def _add(self, urls: list[str], opts: Namespace) -> None:
        """Look at sites, write their profiles, and report; one that has none keeps no other from its own."""
        from crawler.probing.profile import free_name_for, report, why_unusable
        from crawler.probing.survey import conclude

        taken = set(load_profiles().papers)
        paths: dict[str, Path] = {}
        for url in urls:
            paths[url] = self._path(opts, opts.name or free_name_for(url, taken))
            taken.add(paths[url].stem)
        for number, (url, survey) in enumerate(self._surveys(urls)):
            path = paths[url]
            if isinstance(survey, str):
                self.fail(survey)
                continue
            findings = conclude(path.stem, survey)
            if not findings.usable:
                self.fail(why_unusable(findings))
                continue
            try:
                _write(findings, path)
            except SetupError as error:
                self.fail(str(error))
                continue
            print(*(["", f"{url}:"] if number else [f"{url}:"]) if len(urls) > 1 else [], *report(findings), sep="\n")
            settings = "".join(f" -s {pair}" for pair in opts.set if not pair.startswith("SITES_DIR="))
            print(f"\nWritten: {path}\nTo crawl it:  scrapy crawl {path.stem} -s SITES_DIR={path.parent}{settings}")

    def _take(self, file: Path, profiles: Profiles, opts: Namespace) -> None:
        """Write a profile for each site of a file of subscriptions, and switch on what is shipped."""
        from crawler.newsstand.opml import OpmlError, plan, read_opml

        folder = Path(opts.output or self.profiles or _FOLDER)
        try:
            outlines = read_opml(file.read_bytes())
            texts = {
                name: (folder / f"{name}.toml").read_text("utf-8") for name in profiles.own - profiles.broken.keys()
            }
        except OpmlError as error:
            raise SetupError(f"{file}: {error}") from None
        if not outlines:
            raise SetupError(f"{file} names no feed; expected an <outline> with xmlUrl for each")
        taken = plan(outlines, profiles, texts)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in taken.files.items():
            (folder / f"{name}.toml").write_text(text, "utf-8")
        for sentence in taken.refused:
            self.fail(sentence)
        new = len(taken.files.keys() - profiles.own)
        counts = {"extended": len(taken.files) - new, "feeds known already": taken.known, "refused": len(taken.refused)}
        rest = "".join(f", {count} {what}" for what, count in counts.items() if count)
        print(f"{len(outlines)} feeds: {_profiles(new)} written to {folder}{rest}.")
        if taken.shipped:
            listed = mine.file_of(self.database)
            mine.write(listed, [*(mine.read(listed) or followed(self.database, load_profiles())), *taken.shipped])
            print(f"Shipped, and on now: {', '.join(taken.shipped)}.")
        print(f"To follow all of them:  scrapy monitor -s SITES_DIR={folder}")

    def _path(self, opts: Namespace, name: str) -> Path:
        """Return where the profile goes. Raises SetupError where it cannot."""
        from crawler.probing.profile import is_name

        if not is_name(name):
            raise SetupError(f"--name {name!r}: expected letters a-z, digits and _, a letter first, not urls or warc")
        path = Path(opts.output or self.profiles or _FOLDER) / f"{name}.toml"
        if path.exists() and not opts.force:
            raise SetupError(f"{path} is there already; --force writes over it, --name gives another name")
        return path

    def _surveys(self, urls: list[str]) -> list[tuple[str, Survey | str]]:
        """Return for each address what was found there, or the sentence that says why nothing was."""
        from crawler.probing.spider import ProbeSpider

        process = cast("AsyncCrawlerProcess", self.crawler_process)
        logging.getLogger("scrapy").setLevel(logging.ERROR)
        crawlers = [process.create_crawler(ProbeSpider) for _ in urls]
        for url, crawler in zip(urls, crawlers, strict=True):
            process.crawl(crawler, url=url)
        process.start()
        spiders = [cast("ProbeSpider | None", crawler.spider) for crawler in crawlers]
        return [
            (url, (spider and (spider.survey or spider.failure)) or f"{url} could not be looked at")
            for url, spider in zip(urls, spiders, strict=True)
        ]


def _profiles(count: int) -> str:
    return "1 profile" if count == 1 else f"{count} profiles"


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
