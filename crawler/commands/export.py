"""``scrapy export``: articles out of the archive, as Markdown to read, or as a table: JSON Lines, CSV, XLSX, Parquet.

Exit status: 0 done, 1 there is nothing to export or nowhere to put it, 2 called wrongly.
"""

from __future__ import annotations

import sqlite3
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, TextIO

from scrapy.exceptions import UsageError

from crawler.article import Kind
from crawler.command import ArchiveCommand, day
from crawler.errors import SetupError
from crawler.export import markdown, reading_copy, write_folder, write_jsonl
from crawler.site import Sites
from crawler.tabular import WRITERS, Written
from pipelines.archive.reading import Entry, Selection, entries, flat, flat_columns, named
from pipelines.archive.searching import EXPLAINED, read_any

_SEVERAL = ("site", "section", "author", "tag", "kind", "language", "search")
_CONDITIONS = (*_SEVERAL, "since", "until")
_SHOWN = 500


class Command(ArchiveCommand):
    """The archive is opened read-only and streamed: an export takes no more memory than its longest article."""

    usage = "[options] [ADDRESS or NUMBER of an article ...]"
    summary = "Export articles from the archive as Markdown, JSON Lines, CSV, XLSX or Parquet"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then which articles, then how and where to."""
        super().add_options(parser)
        _add_conditions(parser)
        how = parser.add_argument_group("How")
        how.add_argument(
            "--format",
            choices=["markdown", *WRITERS],
            default="markdown",
            # Scrapy makes a heading of every line that ends in a colon, so there is none here.
            help="markdown, the default, is to be read, one article on standard output or several in a folder; the"
            " others have an article a row; jsonl has every field, links and all, unless --columns names some; csv"
            " opens right in Excel, where a cell that starts with = + - @ or a tab is prefixed by ' so that it is no"
            " formula, and one of more than 32,767 characters is cut; parquet needs pip install 'vestnik[parquet]'",
        )
        how.add_argument("--columns", metavar="NAMES", help="only these, with commas between; not for markdown")
        how.add_argument("--output", metavar="FILE_OR_DIR", help="a file; for markdown a folder, or a file *.md")
        how.add_argument(
            "--provenance", action="store_true", help="also, in jsonl, what each source said of each field"
        )

    def check(self, args: list[str], opts: Namespace) -> None:
        """Expect either articles or conditions."""
        conditions = [name for name in (*_CONDITIONS, "limit") if getattr(opts, name) is not None]
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown:
            raise UsageError(f"there is no option {unknown}; `scrapy export -h` names them all")
        if args and (conditions or opts.all):
            raise UsageError("name articles or conditions, not both")
        if not (args or conditions or opts.all):
            raise UsageError("say which articles: addresses, numbers, conditions such as --site moscowtimes, or --all")
        if opts.provenance and (opts.format != "jsonl" or opts.columns):
            raise UsageError("--provenance goes with --format jsonl, and not with --columns")
        if opts.columns and opts.format == "markdown":
            raise UsageError(f"--columns goes with --format {', '.join(WRITERS)}")
        if opts.format in ("xlsx", "parquet") and not opts.output:
            raise UsageError(f"--format {opts.format} needs a file: --output articles.{opts.format}")

    def answer(self, db: sqlite3.Connection, sites: Sites, args: list[str], opts: Namespace) -> None:
        """Stream the selection."""
        if opts.search and (note := read_any(opts.search).note):
            print(f"--search: {note}", file=sys.stderr)
        selection = _selection(db, args, opts, sites)
        if opts.format == "markdown":
            _write_markdown(self._some(entries(db, selection), opts), opts.output)
        elif opts.format == "jsonl" and not opts.columns:
            found = self._some(entries(db, selection), opts)
            with _stream(opts.output) as stream:
                write_jsonl(found, stream, opts.provenance)
        else:
            columns = [name.strip() for name in opts.columns.split(",")] if opts.columns else flat_columns(db)
            try:
                rows = self._some(flat(db, selection, columns), opts)
            except ValueError as error:
                raise SetupError(f"--columns: {error}") from None
            with _file(opts.output) as file:
                _tell(WRITERS[opts.format](columns, rows, file))

    def _some(self, found: Iterator[Any], opts: Namespace) -> Iterator[Any]:
        """Return what was found. Raises SetupError where that is nothing."""
        first = next(found, None)
        if first is None:
            raise SetupError(f"no article in {self.database} {_described(opts)}")
        return chain([first], found)


def _add_conditions(parser: ArgumentParser) -> None:
    which = parser.add_argument_group("Which articles", "of a condition that is given several times, any will do")
    several: dict[str, Any] = {"action": "append"}
    which.add_argument("--site", **several, help="of this site, as `scrapy list` names it")
    which.add_argument("--section", **several, help="in this section")
    which.add_argument("--author", **several, help="by this author")
    which.add_argument("--tag", **several, help="with this tag")
    which.add_argument("--kind", **several, choices=[str(kind) for kind in Kind], help="of this kind")
    which.add_argument("--language", **several, metavar="CODE", help="in this language, such as en")
    which.add_argument("--since", type=day, metavar="DAY", help="published on this day of the site's zone, or later")
    which.add_argument("--until", type=day, metavar="DAY", help="published on this day, or earlier")
    which.add_argument("--search", **several, metavar="WORDS", help=EXPLAINED.replace("%", "%%"))
    which.add_argument("--unique", action="store_true", help="none that repeats another of the same site")
    which.add_argument("--limit", type=_number, metavar="N", help="no more than the N newest of them")
    which.add_argument("--all", action="store_true", help="all there are")


def _selection(db: sqlite3.Connection, args: list[str], opts: Namespace, sites: Sites) -> Selection:
    if not args:
        several = {name: tuple(getattr(opts, name) or ()) for name in _SEVERAL}
        return Selection(since=opts.since, until=opts.until, unique=opts.unique, limit=opts.limit, **several)
    return Selection(ids=tuple(dict.fromkeys(_id(db, arg, sites) for arg in args)))


def _id(db: sqlite3.Connection, name: str, sites: Sites) -> int:
    """Return the one article of this number or address. Raises SetupError for none, or where several may be meant."""
    try:
        ids = named(db, name, sites)
    except ValueError:
        raise SetupError(f"{name[:_SHOWN]!r} is neither an article's number nor a web address") from None
    if not ids:
        raise SetupError(f"the archive has no article {name[:_SHOWN]}")
    if len(ids) > 1:
        numbers = ", ".join(map(str, ids[:10]))
        raise SetupError(f"{name[:_SHOWN]} may mean any of several articles; name one by its number: {numbers}")
    return ids[0]


def _described(opts: Namespace) -> str:
    given = [f"--{name} {value}" for name in _CONDITIONS for value in _values(getattr(opts, name))]
    return f"matches {' '.join(given)}" if given else "yet; crawl a site first"


def _values(given: object) -> list[object]:
    return [] if given is None else given if isinstance(given, list) else [given]


def _tell(written: Written) -> None:
    """Say what a form could not hold."""
    if written.cut:
        print(f"{written.cut:,} cells were too long for a spreadsheet and cut; jsonl holds them whole", file=sys.stderr)
    if written.left_out:
        print(f"{written.left_out:,} articles found no room in a sheet; csv holds them all", file=sys.stderr)


def _write_markdown(chosen: Iterator[Entry], output: str | None) -> None:
    beginning = list(islice(chosen, 2))
    if output is not None and (Path(output).is_dir() or not output.endswith(".md")):
        written = write_folder(chain(beginning, chosen), Path(output))
        print(f"{written} article{'s' * (written > 1)} in {output}", file=sys.stderr)
    elif len(beginning) > 1:
        raise SetupError("that is more than one article; name a folder with --output DIR, or use --format jsonl")
    else:
        with _stream(output) as stream:
            stream.write(markdown(reading_copy(beginning[0])))


def _stream(output: str | None) -> TextIO:
    """Return a file, or standard output in UTF-8 whatever the terminal's own encoding."""
    where = sys.stdout.fileno() if output is None else output
    return open(where, "w", encoding="utf-8", newline="", closefd=output is not None)


def _file(output: str | None) -> IO[bytes]:
    """Return a file, or standard output, for bytes."""
    return open(sys.stdout.fileno() if output is None else output, "wb", closefd=output is not None)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**31):
        raise ArgumentTypeError(f"{text!r} is not a number of articles")
    return int(text)
