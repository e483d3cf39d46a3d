"""``scrapy archive``: backup, verify, compact, prune, reread, collect, forget, beside crawls; restore, without any.

Exit status: 0 done and sound, 1 not sound or one sentence says why not, 2 called wrongly.
"""

from __future__ import annotations

import sqlite3
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType

from scrapy.exceptions import UsageError

from crawler import clock
from crawler.article import span
from crawler.command import ArchiveCommand
from crawler.errors import SetupError
from crawler.housekeeping import Job
from crawler.site import Sites

_ARGUMENTS = MappingProxyType(
    {
        "backup": "PATH",
        "restore": "FILE",
        "verify": "",
        "compact": "",
        "prune": "",
        "reread": "",
        "collect": "FROM",
        "forget": "ADDRESS",
    }
)
_ROWS = ("revisions", "candidates", "crawls", "alerts", "findings")
_OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "backup": ("keep",),
        "restore": (),
        "verify": ("all",),
        "compact": (),
        "reread": (),
        "collect": (),
        "prune": ("warc_older_than", *(f"{rows}_older_than" for rows in _ROWS), "keep_revisions", "dry_run"),
        "forget": ("reason", "warc", "dry_run"),
    }
)
"""Which options each of them takes."""


class Command(ArchiveCommand):
    """Looks after the archive."""

    usage = "backup PATH | restore FILE | verify | compact | prune | reread | collect FROM | forget ADDRESS [options]"
    summary = "Back the archive up, restore, verify, compact, prune, read it anew, collect captures, forget an article"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then those of each part."""
        super().add_options(parser)
        _add_backup_and_verify(parser)
        _add_prune(parser)
        group = parser.add_argument_group(
            "Forget", "an article, by any of its addresses or its number, goes and stays out"
        )
        group.add_argument("--reason", metavar="TEXT", help="why, kept with the tombstone")
        group.add_argument(
            "--warc", type=Path, metavar="DIR", help="overwrite its records in the WARC files there, too"
        )

    def check(self, args: list[str], opts: Namespace) -> None:
        """Refuse what does not go together."""
        what = args[0] if args else ""
        if what not in _ARGUMENTS or len(args) != (2 if _ARGUMENTS[what] else 1):
            ways = ", ".join(f"scrapy archive {name} {more}".strip() for name, more in _ARGUMENTS.items())
            raise UsageError(f"expected one of: {ways}")
        for name in {name for names in _OPTIONS.values() for name in names}.difference(_OPTIONS[what]):
            if getattr(opts, name):
                raise UsageError(f"--{name.replace('_', '-')} is no option of: scrapy archive {what}")

    def takes_older(self, args: list[str]) -> bool:
        """Return True but for ``verify``: a backup copies what there is; what writes migrates first, as crawls do."""
        return args[0] != "verify"

    def work(self, args: list[str], opts: Namespace) -> None:
        """Do one of them; where a backup is restored there may be no archive to open."""
        if args[0] != "restore":
            super().work(args, opts)
            return
        from crawler.housekeeping.backup import restore

        restore(self._job(), Path(args[1]))

    def answer(self, db: sqlite3.Connection, sites: Sites, args: list[str], opts: Namespace) -> None:
        """Do one of them."""
        # Every command of scrapy imports this module; only this one needs what it works with.
        from crawler.housekeeping import backup, captures, compact, forget, prune, reread, verify

        job = self._job()
        if args[0] == "backup":
            backup.backup(job, db, Path(args[1]), opts.keep)
        elif args[0] == "verify":
            self.exitcode = 0 if verify.verify(job, db, thorough=opts.all) else 1
        else:
            db.close()  # an open reader would keep the write-ahead log from being emptied
            if args[0] == "compact":
                compact.compact(job)
            elif args[0] == "reread":
                reread.reread(job, sites)
            elif args[0] == "collect":
                captures.collect(job, args[1])
            elif args[0] == "prune":
                rows = {name: age for name in _ROWS if (age := getattr(opts, f"{name}_older_than"))}
                if not rows and opts.warc_older_than is None:
                    raise SetupError("say what to prune, such as --crawls-older-than 2y; see: scrapy archive --help")
                if opts.keep_revisions and "revisions" not in rows:
                    raise SetupError("--keep-revisions says what stays of those that --revisions-older-than names")
                kept = prune.Retention(rows, opts.warc_older_than, opts.keep_revisions or 0)
                prune.prune(job, kept, dry_run=opts.dry_run)
            else:
                order = forget.Order(args[1], opts.reason or "", opts.warc, opts.dry_run)
                forget.forget(job, sites, order)

    def _job(self) -> Job:
        folder = self.given["ARCHIVE_DIR"]
        return Job(self.database, Path(folder) if folder else None, clock.now(), partial(print, flush=True))


def _add_backup_and_verify(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("Backup", "a copy in a new file, or in a folder under a name of its own")
    group.add_argument("--keep", type=_count, metavar="N", help="leave only the newest N backups in the folder")
    group = parser.add_argument_group("Verify", "whether the archive and a sample of its captures are sound")
    group.add_argument("--all", action="store_true", help="everything, not a sample; takes its time")


def _add_prune(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("Prune", "what is older than a span such as 90d or 2y goes; only what is named")
    group.add_argument("--warc-older-than", type=_span, metavar="SPAN", help="WARC files in ARCHIVE_DIR")
    group.add_argument("--revisions-older-than", type=_span, metavar="SPAN", help="earlier states, by their last fetch")
    group.add_argument("--keep-revisions", type=_count, metavar="N", help="but not the last N of each article")
    group.add_argument("--candidates-older-than", type=_span, metavar="SPAN", help="addresses not listed for so long")
    group.add_argument("--crawls-older-than", type=_span, metavar="SPAN", help="crawls without news")
    group.add_argument("--alerts-older-than", type=_span, metavar="SPAN", help="alerts that do not wait to be sent")
    group.add_argument("--findings-older-than", type=_span, metavar="SPAN", help="what was wrong, and is no more")
    group.add_argument("--dry-run", action="store_true", help="prune and forget: say what would go, change nothing")


def _span(text: str) -> timedelta:
    try:
        return span(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r}; expected a number such as 7")
    return int(text)
