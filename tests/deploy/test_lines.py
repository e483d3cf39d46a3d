"""Would a command line that a file or a page shows be understood? Used by the other tests of deploy/ too."""

import importlib.util
import shlex
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from reading_room.__main__ import _parser as reading_room_parser
from tests.crawling import ROOT

DEPLOY = ROOT / "deploy"
PROGRAMS = "/opt/vestnik/.venv/bin/"
PARTS = ("archive", "watch")
"""Commands whose first word says what they do."""


def environment() -> dict[str, str]:
    lines = (DEPLOY / "environment.example").read_text("utf-8").splitlines()
    return dict(line.replace("'", "").split("=", 1) for line in lines if line and not line.startswith("#"))


def command(name: str) -> tuple[ScrapyCommand, ArgumentParser]:
    """A command of `scrapy`, ours or its own, and its options. Raises AssertionError where there is none."""
    module = next((f"{place}.{name}" for place in ("crawler.commands", "scrapy.commands") if there_is(place, name)), "")
    assert module, f"scrapy has no command {name}"
    found: ScrapyCommand = importlib.import_module(module).Command()
    found.settings = Settings()
    parser = ArgumentParser(conflict_handler="resolve")
    found.add_options(parser)
    return found, parser


def there_is(package: str, name: str) -> bool:
    return importlib.util.find_spec(f"{package}.{name}") is not None


def check(line: str) -> None:
    """A command line as it stands in a unit, a crontab or a container: would be understood."""
    words = shlex.split(line.removeprefix(PROGRAMS))
    if words[0] == "vestnik" and words[1] == "-q":
        words = ["scrapy", *words[2:]]
    if words[:3] == ["python", "-m", "reading_room"]:
        reading_room_parser().parse_args(words[3:])
    elif words[0] == "scrapy":
        found, parser = command(words[1])
        arguments, unknown = parser.parse_known_intermixed_args(words[2:]) if words[2:] else (None, [])
        assert not [one for one in unknown if one.startswith("-")], f"{line}: {unknown}"
        assert arguments is None or words[1] not in PARTS or words[2] in found.syntax().split(), line
    else:
        assert (Path(sys.executable).parent / words[0]).exists(), line


@pytest.mark.parametrize(
    "line",
    [
        "scrapy crawls moscowtimes",
        "scrapy watch sends",
        "scrapy archive backup --kept 3",
        "scrapy health --jsn",
        "vestnik -q crawling x",
        "no-such-program",
    ],
)
def test_a_wrong_line_is_seen(line):
    with pytest.raises(AssertionError):
        check(line)


@pytest.mark.parametrize(
    "line",
    [
        "scrapy monitor",
        "vestnik -q crawl x -s A=1",
        "scrapy archive backup PATH --keep 3",
        "python -m reading_room --port 1",
    ],
)
def test_a_right_line_is_let_pass(line):
    check(line)
