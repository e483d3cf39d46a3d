"""Who may import whom. The rules are the design's: the hard parts stay testable without a reactor, a network or SQL."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Scrapy takes every class in commands/ for one; what they share, and what is long, stands beside.
COMMANDS = (
    "crawler/commands",
    "crawler/command.py",
    "crawler/export.py",
    "crawler/tabular.py",
    "crawler/monitoring",
    "crawler/housekeeping",
)
ROOMS = ("pipelines.archive", "pipelines.identity", "pipelines.copies", "pipelines.stories", "pipelines.watching")
STAGES = ("pipelines.canonicalise", "pipelines.fingerprint", "pipelines.store")
"""What stores an article: asked, beside a crawl, by what reads stored ones anew."""
OPENERS = ("crawler/extensions/archive.py", "crawler/probing/spider.py")
"""Who opens an archive for a crawl; all others find it there, and ask it by named calls."""

RULES: dict[str, dict[str, tuple[str, ...]]] = {
    "crawler/extraction": {"scrapy": (), "twisted": (), "pipelines": ()},
    "crawler/discovery": {"scrapy": ("scrapy.utils.sitemap",), "twisted": (), "pipelines": ()},
    "pipelines": {
        "crawler": (
            "crawler.address_forms",
            "crawler.article",
            "crawler.clock",
            "crawler.codec",
            "crawler.extraction.vocabulary",
            "crawler.scripts",
            "crawler.site",
            "crawler.turns",
        ),
    },
    **{folder: {"pipelines": ROOMS} for folder in COMMANDS},
    **{module: {"pipelines": (*ROOMS, "pipelines.context")} for module in OPENERS},
    "crawler/extensions/archive.py": {"pipelines": (*ROOMS, "pipelines.context", "pipelines.fingerprint")},
    "crawler/housekeeping/reread.py": {"pipelines": (*ROOMS, *STAGES)},
    "crawler/carrying": {"pipelines": (*ROOMS, *STAGES, "pipelines.validate")},
    "crawler/spiders": {"pipelines": ROOMS, "pipelines.archive.writer": ()},
    "crawler/extensions": {"pipelines": ROOMS, "pipelines.archive.writer": ()},
    "crawler/middlewares": {
        "pipelines": ("pipelines.archive", "pipelines.context"),
        "pipelines.archive.writer": (),
        "crawler.spiders": (),
        "crawler.extensions": (),
    },
    "crawler": {"pipelines": ()},
}
"""For each folder: of a package on the left, only the modules on the right. The longest folder that fits counts."""


def imported(source: str, package: str) -> Iterator[str]:
    """Every module or name that a module of ``package`` imports, wherever in it, in full."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (
                one.value for one in node.args[:1] if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def offences(path: str, source: str) -> list[str]:
    """What a file imports against the rules; ``path`` is relative to the root of the project."""
    folder = max((one for one in RULES if path == one or path.startswith(f"{one}/")), key=len, default=None)
    package = path.rpartition("/")[0].replace("/", ".")
    return [
        f"{path} imports {name}"
        for name in imported(source, package)
        for closed, open_ in (RULES[folder] if folder else {}).items()
        if within(name, closed) and not any(within(name, module) for module in open_)
    ]


def test_no_file_imports_what_its_layer_may_not():
    files = [file for top in ("crawler", "pipelines") for file in sorted((ROOT / top).rglob("*.py"))]
    assert len(files) > 20
    found = [one for file in files for one in offences(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("crawler/extraction/body.py", "import scrapy"),
        ("crawler/extraction/body.py", "from scrapy.http import Response"),
        ("crawler/extraction/body.py", "def f():\n    import scrapy.selector"),
        ("crawler/extraction/body.py", "if TYPE_CHECKING:\n    from scrapy import Spider"),
        ("crawler/extraction/pool.py", "from twisted.internet import reactor"),
        ("crawler/discovery/feeds.py", "from scrapy.utils import url"),
        ("crawler/discovery/feeds.py", "from ..spiders import site\nimport scrapy"),
        ("pipelines/validate.py", "from crawler import addresses"),
        ("pipelines/validate.py", "from crawler.addresses import clean"),
        ("pipelines/validate.py", "import crawler"),
        ("pipelines/archive/schema.py", "from crawler.settings import DATABASE"),
        ("crawler/spiders/site.py", "from pipelines.store import Store"),
        ("crawler/spiders/site.py", "import pipelines"),
        ("crawler/middlewares/pace.py", "from ...pipelines import store"),
        ("crawler/middlewares/robots.py", "from crawler.spiders.base import ArticleSpider"),
        ("crawler/middlewares/pace.py", "from pipelines.archive.writer import Archive"),
        ("crawler/spiders/site.py", "from pipelines.archive import writer"),
        ("crawler/extensions/run_log.py", "from pipelines.archive.writer import Archive"),
        ("crawler/extensions/summary.py", "import_module('pipelines.alert')"),
        ("crawler/site.py", "from pipelines.archive import database"),
        ("crawler/sites/__init__.py", "import pipelines.archive"),
    ],
)
def test_a_wrong_import_is_seen(path, source):
    assert offences(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("crawler/extraction/body.py", "from crawler.article import Article\nfrom . import document\nimport lxml"),
        ("crawler/discovery/sitemaps.py", "from scrapy.utils.sitemap import Sitemap"),
        ("pipelines/store.py", "from crawler.article import Article\nfrom crawler import site\nimport scrapy"),
        ("pipelines/store.py", "from .archive import schema\nfrom . import validate"),
        ("crawler/spiders/site.py", "from pipelines.archive import candidates\nimport pipelines.archive.schema"),
        ("crawler/middlewares/pace.py", "from pipelines.context import context_of"),
        ("crawler/extensions/archive.py", "from pipelines.archive.writer import Archive"),
        ("crawler/settings.py", "ITEM_PIPELINES = {'pipelines.store.Store': 400}"),
        ("demo/__main__.py", "from pipelines.store import Store\nfrom crawler.settings import DATABASE"),
    ],
)
def test_a_right_import_is_let_pass(path, source):
    assert offences(path, source) == []
