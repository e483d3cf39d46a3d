"""docs/settings.md against crawler/settings.py, and against what the code asks for."""

import ast
import re
from itertools import chain

from scrapy.settings import default_settings

from crawler import settings
from tests.crawling import ROOT

FILE = ROOT / "crawler/settings.py"
PAGE = (ROOT / "docs/settings.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
OWN, SCRAPYS, PARTS, READ = SECTIONS.values()
_DEFAULTS = {'""': "empty", "[]": "none"}


def rows(section: str) -> dict[str, str]:
    """The names in the first column of a section's table, each with the cell behind it."""
    cells = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", section, re.MULTILINE)
    return {name: cell.strip("`") for names, cell in cells for name in re.findall(r"`(\w+)`", names)}


def assigned() -> dict[str, str]:
    """Each setting of the file with its value as it is written there, in one line."""
    source = FILE.read_text("utf-8")
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found[ast.unparse(target)] = ast.get_source_segment(source, node.value) or ""
    return found


def asked_for() -> set[str]:
    """The settings that the code reads by their names."""
    read = re.compile(r"""settings(?:\.get\w*\(|\[)\s*"([A-Z_]+)""")
    files = chain.from_iterable((ROOT / package).rglob("*.py") for package in ("crawler", "pipelines", "reading_room"))
    return {name for file in files for name in read.findall(file.read_text("utf-8"))}


def test_every_setting_stands_in_one_table():
    named = [*rows(OWN), *rows(SCRAPYS), *rows(PARTS)]
    assert sorted(named) == sorted(assigned())


def test_defaults_are_those_of_the_file():
    written = assigned()
    shown = {name: _DEFAULTS.get(written[name], written[name].strip('"')) for name in rows(OWN + SCRAPYS)}
    assert rows(OWN + SCRAPYS) == shown


def test_vestniks_own_are_those_that_scrapy_does_not_know():
    assert not [name for name in rows(OWN) if hasattr(default_settings, name)]
    assert not [name for name in rows(SCRAPYS + PARTS + READ) if not hasattr(default_settings, name)]
    assert not [name for name in rows(READ) if hasattr(settings, name)]


def test_whatever_the_code_asks_for_is_told_and_nothing_of_our_own_is_told_in_vain():
    asked = asked_for()
    assert len(asked) > 20
    assert asked <= rows(OWN + SCRAPYS + PARTS + READ).keys()
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "crawler").rglob("*.py") if path != FILE)
    assert [name for name in rows(OWN) if f'"{name}"' not in source] == []
