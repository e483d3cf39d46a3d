"""How the code hangs together: its files, who imports whom, and how many hands a page and an article pass through.

``python -m benchmarks.structure [--names]``, in a checkout. The first table counts the files of each package; an
``__init__.py`` that holds nothing but a docstring is no file here. *Single* are modules that exactly one other module
of these packages imports, wherever in it, and that do not have to stand alone. Those that do are:

- data: a module that defines neither a function nor a class;
- a part that Scrapy or Datasette loads: one that ``crawler/settings.py`` names, which has the stages of the pipeline
  too, each module of ``crawler/commands``, and each with a ``@hookimpl``;
- an entry point: ``__main__``, and ``crawler.settings`` itself.

A *circle* is a set of modules that import one another, also by an import inside a function. The second table follows
one recorded page through extraction, and one invented article into an archive that holds some already: the files and
the functions of these packages that are entered (a lambda or comprehension belongs to the function it stands in), how
often the next function entered is in another file than the last, and the statements that SQLite runs, as its trace
reports them: a trigger that fires counts as one more. Statements that differ only in values, or in how many there are,
have one shape. Both start cold: what is read once in a process is counted.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import gzip
import json
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import FrameType
from typing import cast

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.statscollectors import DummyStatsCollector

from crawler.article import Article, utc_time
from crawler.extraction.extract import extract
from crawler.profiles import load_profiles
from pipelines.archive.writer import Archive
from pipelines.canonicalise import canonicalise
from pipelines.context import Context
from pipelines.fingerprint import fingerprinted
from pipelines.identity.revisits import Policy
from pipelines.record import Record
from pipelines.store import Store
from tests.material.articles import SITES, visit

ROOT = Path(__file__).parent.parent
PACKAGES = ("crawler", "pipelines", "reading_room")
APART = "crawler.extraction"
"""Counted on its own: its inside follows other rules."""
SMALL = 50
"""Lines of a file that is called small."""
PAGE = ROOT / "tests/extraction/pages/moscowtimes/2025-01-20-a-winter-with-the-lock-keepers.json"
ARTICLE = 51
"""The number of the invented article that is stored, after all before it, and shorter than those."""

_LOADED_BY_NAME = re.compile(r"[\w.]+")
_SETTINGS = "crawler.settings"
_COMMANDS = "crawler.commands."
_VALUE = re.compile(r"x?'(?:[^']|'')*'|(?<![\w?])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?\b|\bNULL\b")  # SQLite writes NULL large
_VALUES = re.compile(r"\(\s*\?(?:\s*,\s*\?)*\s*\)(?:\s*,\s*\(\s*\?(?:\s*,\s*\?)*\s*\))*")


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its name as imports spell it, its length, the modules of ours that it imports, and what exempts it."""

    name: str
    lines: int
    imports: frozenset[str]
    late: frozenset[str]
    """Those of its imports that stand inside functions, or are for types, alone."""
    stands_alone: bool
    """Whether it is data, a part loaded by its name, or an entry point."""

    @property
    def package(self) -> str:
        """The package that it is counted under."""
        return APART if f"{self.name}.".startswith(f"{APART}.") else self.name.partition(".")[0]


@dataclass(slots=True)
class Trip:
    """What was entered and run while :attr:`is_on`, on every thread that this was attached to."""

    files: list[str] = field(default_factory=list)
    """The file of each function entered, in order."""
    functions: set[tuple[str, str]] = field(default_factory=set)
    statements: list[str] = field(default_factory=list)
    is_on: bool = False

    @property
    def changes(self) -> int:
        """How often the next function entered is in another file."""
        return sum(last != entered for last, entered in pairwise(self.files))

    @property
    def shapes(self) -> set[str]:
        """The statements without their values."""
        return {shape(statement) for statement in self.statements}

    @property
    def selects(self) -> set[str]:
        """The shapes of those that only read."""
        return {text for text in self.shapes if text.startswith(("select", "with"))}

    def enter(self, frame: FrameType, event: str, _: object) -> None:
        """Profile function of :func:`sys.setprofile`."""
        if not self.is_on or event != "call" or frame.f_code.co_name.startswith("<"):
            return
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PACKAGES:
            self.files.append(str(path))
            self.functions.add((str(path), frame.f_code.co_qualname))

    def run(self, statement: str) -> None:
        """Trace callback of a connection; what SQLite runs inside its full text is written as a comment."""
        if self.is_on and not statement.startswith("--"):
            self.statements.append(statement)

    def attach(self, db: sqlite3.Connection) -> None:
        """Follow this connection, and the thread that calls this."""
        db.set_trace_callback(self.run)
        sys.setprofile(self.enter)

    def detach(self, db: sqlite3.Connection) -> None:
        """Undo :meth:`attach`."""
        sys.setprofile(None)
        db.set_trace_callback(None)


def main(arguments: list[str] | None = None) -> int:
    """Print both tables; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", action="store_true", help="also name the small files and the single modules")
    given = parser.parse_args(arguments)
    modules = read_modules(ROOT)
    print("\n".join([*count(modules), "", *follow()]))
    if given.names:
        print("\n".join(["", *names(modules)]))
    return 0


def count(modules: Sequence[Module]) -> Iterator[str]:
    """The table of files, and a line for each circle."""
    alone = single(modules)
    yield f"{'':28}files  median  largest  small  single"
    rows = {package: [module for module in modules if module.package == package] for package in (*PACKAGES, APART)}
    rows[f"all but {APART}"] = [module for module in modules if module.package != APART]
    rows["all"] = list(modules)
    for label, counted in rows.items():
        lengths = [module.lines for module in counted]
        small = sum(lines <= SMALL for lines in lengths)
        yield (
            f"{label:28}{len(counted):5} {median(lengths):7.0f} {max(lengths):8}"
            f" {small:6} {sum(module in alone for module in counted):7}"
        )
    around = circles(modules)
    yield f"{'imports · circles':28}{sum(len(module.imports) for module in modules):5} {len(around):7}"
    yield from (f"  circle: {', '.join(sorted(circle))}" for circle in around)


def follow() -> Iterator[str]:
    """The table of trips."""
    page, article = extracted(), asyncio.run(stored())
    yield f"{'':28}files functions  changes of file"
    yield f"{'one page extracted':28}{_entered(page)}"
    yield f"{'one new article stored':28}{_entered(article)}"
    shapes = f"of {len(article.shapes)} shapes, {len(article.selects)} of them selects"
    yield f"{'':28}{len(article.statements):5} SQL statements {shapes}"


def names(modules: Sequence[Module]) -> Iterator[str]:
    """The small files, and the single modules with the one that imports each, and whether only when it is called: a
    command does so, for Scrapy loads all commands to run one.
    """
    small = (module for module in modules if module.lines <= SMALL)
    yield from (f"small: {module.name} ({module.lines})" for module in sorted(small, key=attrgetter("lines")))
    for module in single(modules):
        importer = next(other for other in modules if module.name in other.imports)
        when = " when that is called" if module.name in importer.late else ""
        yield f"single: {module.name}, imported by {importer.name}{when}"


def read_modules(root: Path) -> list[Module]:
    """Every module of the packages under ``root``, in the order of their names."""
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    trees = {_name(path.relative_to(root)): ast.parse(path.read_text("utf-8")) for path in paths}
    lengths = {_name(path.relative_to(root)): len(path.read_text("utf-8").splitlines()) for path in paths}
    packages = {_name(path.relative_to(root)) for path in paths if path.name == "__init__.py"}
    loaded = {_SETTINGS, *_names_in_strings(trees[_SETTINGS])}
    return [
        Module(
            name,
            lengths[name],
            imports := frozenset(_imports(tree, _package(name, packages), trees.keys()) - {name}),
            imports - _imports(_without_functions(tree), _package(name, packages), trees.keys()),
            name in loaded or name.startswith(_COMMANDS) or name.endswith("__main__") or _is_apart(tree),
        )
        for name, tree in trees.items()
        if not (name in packages and _is_docstring(tree))
    ]


def single(modules: Sequence[Module]) -> list[Module]:
    """The modules that exactly one other imports, and that need not stand alone."""
    importers = Counter(name for module in modules for name in module.imports)
    return [module for module in modules if importers[module.name] == 1 and not module.stands_alone]


def circles(modules: Sequence[Module]) -> list[frozenset[str]]:
    """Each largest set of modules that all reach one another by imports."""
    arrows = {module.name: module.imports for module in modules}
    reached = {name: _reached(name, arrows) for name in arrows}
    around = {
        frozenset(other for other in reached[name] if name in reached[other])
        for name in arrows
        if name in reached[name]
    }
    return sorted(around, key=sorted)


def shape(statement: str) -> str:
    """A statement without its values: ``a in (1, 2)`` and ``a in (3)`` are one, and so are rows of values."""
    return _VALUES.sub("(?)", " ".join(_VALUE.sub("?", statement).split())).lower()


def extracted() -> Trip:
    """The recorded page on its way to an article."""
    known, page = json.loads(PAGE.read_text("utf-8")), gzip.decompress(PAGE.with_suffix(".html.gz").read_bytes())
    site, trip = load_profiles().sites.for_url(known["url"]), Trip(is_on=True)
    sys.setprofile(trip.enter)
    try:
        extract(page, known["url"], site, utc_time(known["fetched_at"]))
    finally:
        sys.setprofile(None)
    return trip


async def stored() -> Trip:
    """The article on its way into a new archive, after all of smaller numbers."""
    with TemporaryDirectory(prefix="vestnik-structure-") as folder:
        archive, trip = Archive(Path(folder) / "news.db"), Trip()
        stage = Store.from_crawler(_crawler(archive))
        try:
            for number in range(1, ARTICLE):
                await stage.process_item(_record(number))
            await archive.write(trip.attach)
            record, trip.is_on = _record(ARTICLE, brief), True
            sys.setprofile(trip.enter)
            await stage.process_item(record)
            sys.setprofile(None)
            trip.is_on = False
            await archive.write(trip.detach)
        finally:
            archive.close()
    return trip


def brief(article: Article) -> Article:
    """The article with four paragraphs of a sentence each, five links, and six claims of sources."""
    paragraphs = tuple(f"{paragraph.partition('. ')[0]}." for paragraph in article.paragraphs[:4])
    return replace(article, paragraphs=paragraphs, links=article.links[:5], provenance=article.provenance[:6])


def _record(number: int, cut: Callable[[Article], Article] = lambda article: article) -> Record:
    fetched = visit(number)
    article = cut(cast("Article", fetched.article))
    return fingerprinted(canonicalise(replace(fetched, article=article), article, SITES))


def _crawler(archive: Archive) -> Crawler:
    """A crawler that goes nowhere: what the last stage asks of it is there."""
    crawler = Crawler(Spider)
    crawler.stats = DummyStatsCollector(crawler)
    crawler.addons.addons.append(Context(crawler, archive, SITES, Policy()))
    return crawler


def _entered(trip: Trip) -> str:
    return f"{len(set(trip.files)):5} {len(trip.functions):9} {trip.changes:16}"


def _name(path: Path) -> str:
    """The module at a path that is relative to the root; a package is its ``__init__.py``."""
    return ".".join(path.parent.parts if path.name == "__init__.py" else path.with_suffix("").parts)


def _package(name: str, packages: Collection[str]) -> str:
    """The package that a module's relative imports start from."""
    return name if name in packages else name.rpartition(".")[0]


def _without_functions(tree: ast.Module) -> ast.Module:
    """What runs as a module is loaded, as far as imports stand there: without functions, classes, imports of types."""
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    run = (node for node in tree.body if not isinstance(node, defined))
    return ast.Module(
        [node for node in run if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")], []
    )


def _imports(tree: ast.Module, package: str, known: Iterable[str]) -> set[str]:
    """The modules of ours that a module in ``package`` imports, wherever in it."""
    found: set[str] = set()
    above = package.split(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = above[: len(above) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {whole if (whole := f"{module}.{alias.name}") in known else module for alias in node.names}
    return found & set(known)


def _names_in_strings(tree: ast.Module) -> Iterator[str]:
    """Every dotted name that a string holds, and the module that it would be a class of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _LOADED_BY_NAME.fullmatch(node.value):
            yield from (node.value, node.value.rpartition(".")[0])


def _is_apart(tree: ast.Module) -> bool:
    """Whether a module is data, or a plugin of Datasette."""
    defined = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    return not defined or any("hookimpl" in ast.unparse(way) for node in defined for way in node.decorator_list)


def _is_docstring(tree: ast.Module) -> bool:
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in tree.body)


def _reached(start: str, arrows: Mapping[str, frozenset[str]]) -> set[str]:
    """What a module imports, and what that imports, and so on; the module itself only if something leads back."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = arrows.get(waiting.pop(), frozenset()) - seen
        seen |= new
        waiting += new
    return seen


if __name__ == "__main__":
    sys.exit(main())
