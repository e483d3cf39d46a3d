"""What people read names only commands, options, settings and files that there are, and all settings."""

import importlib.util
import re
from pathlib import Path

import pytest
from scrapy.settings import default_settings

from crawler import settings
from reading_room.__main__ import _parser as reading_room_parser
from tests.crawling import ROOT
from tests.deploy.test_lines import DEPLOY, PARTS, command, environment

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", DEPLOY / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCED = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
# Not where `vestnik` is the name of a user: -u vestnik.
_SCRAPY = re.compile(r"(?:^|(?<=[\s(])|(?<=bin/))(?<!-[goru] )(?:scrapy|vestnik)(?: -q)? ([a-z]\w*)(.*)$")
_OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")
_OWN = re.compile(r"^# --- Vestnik's own.*?^# ---", re.MULTILINE | re.DOTALL)


def code(text: str) -> list[str]:
    """What a page shows as code, a line each, without comments."""
    fenced = [line.partition(" #")[0].strip() for block in _FENCED.findall(text) for line in block.splitlines()]
    inline = [" ".join(one.split()) for one in _INLINE.findall(_BLOCK.sub("", text))]
    return [line for line in fenced + inline if line]


def wrong(line: str) -> list[str]:
    """What a line of code names that there is not."""
    return [
        *_wrong_command(line),
        *_wrong_module(line),
        *_wrong_settings(line),
        *_wrong_target(line),
        *_wrong_unit(line),
    ]


def _wrong_command(line: str) -> list[str]:
    found = _SCRAPY.search(line)
    if found is None:
        return []
    try:
        one, parser = command(found[1])
    except AssertionError as error:
        return [str(error)]
    options = _OPTION.findall(parser.format_help())
    said = [option for option in _OPTION.findall(re.sub(r"\".*?\"", "", found[2])) if option not in options]
    part = found[2].split()[:1]
    if found[1] in PARTS and part and re.fullmatch("[a-z]+", part[0]) and part[0] not in one.syntax().split():
        said += part
    return [f"{found[1]} {one}" for one in said]


def _wrong_module(line: str) -> list[str]:
    found = re.search(r"python3? -m (\S+)(.*)$", line)
    if found is None:
        return []
    if importlib.util.find_spec(found[1]) is None:
        return [found[1]]
    known = reading_room_parser().format_help() if found[1] == "reading_room" else found[2]
    return [option for option in _OPTION.findall(found[2]) if option not in known]


def _wrong_settings(line: str) -> list[str]:
    named = re.findall(r"-s (?!NAME=VALUE)([A-Z]\w*)=", line)
    named += re.findall(r"^(?:[A-Z]+_[A-Z_]+|[A-Z]+(?= ?=))", line)
    known = {*dir(settings), *dir(default_settings), *environment(), "MAILTO"}
    return [name for name in named if name not in known]


def _wrong_target(line: str) -> list[str]:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    return [name for name in re.findall(r"(?:^|\s)make ([a-z]+)", line) if name not in targets]


def _wrong_unit(line: str) -> list[str]:
    units = {one.name for one in (DEPLOY / "systemd").iterdir()}
    named = re.findall(r"(?<![\w/-])(vestnik-[a-z-]+)(@\w+)?(\.\w+)?", line)
    whole = [name + ("@" if at else "") + (kind or ".service") for name, at, kind in named]
    return [name for name in whole if name not in units]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_all_that_a_page_names_exists(page):
    lines = code(page.read_text("utf-8"))
    assert len(lines) > 5
    assert [(line, one) for line in lines for one in wrong(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "scrapy crawls SITE",
        "vestnik watch sent",
        "scrapy archive prune --warcs-older-than 1y",
        "python -m benchmarks.none DIR",
        "python -m reading_room --publik",
        "-s ARCHIVE_DIRECTORY=warc",
        "MONITOR_NONE",
        "CONTAKT = 1",
        "make everything",
        "systemctl start vestnik-nothing",
        "vestnik-crawl.timer",
    ],
)
def test_what_does_not_exist_is_seen(line):
    assert wrong(line)


def test_every_setting_of_our_own_is_told():
    source = (ROOT / "crawler" / "settings.py").read_text("utf-8")
    own = re.findall(r"^([A-Z_]+)\b.*=", _OWN.findall(source)[0], re.MULTILINE)
    told = "\n".join(line for page in PAGES for line in code(page.read_text("utf-8")))
    assert len(own) > 15
    assert [name for name in own if not re.search(rf"\b{name}\b", told)] == []


def test_links_to_files_lead_somewhere():
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\((?!\w+:)([^)#]+)", page.read_text("utf-8"))]
    assert len({page for page, _ in links}) > 3
    assert [(page, link) for page, link in links if not (page.parent / link).exists()] == []


def test_the_steps_install_files_that_there_are():
    lines = [line for line in code((DEPLOY / "README.md").read_text("utf-8")) if line.startswith("install -m")]
    files = [word for line in lines for word in re.sub(r"-\w \w+", "", line).split()[1:-1] if not word.startswith("/")]
    assert len(files) > 4
    assert [name for name in files if not Path(DEPLOY, name).exists()] == []
