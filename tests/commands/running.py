"""A command of scrapy, run in this process as a person would run it in one of its own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from scrapy.cmdline import execute
from scrapy.utils.project import get_project_settings


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


def run_command(capfd: pytest.CaptureFixture[str], name: str, *args: object, **settings: object) -> Ran:
    """``scrapy NAME`` with these arguments and settings."""
    given = [part for setting, value in settings.items() for part in ("-s", f"{setting}={value}")]
    with pytest.raises(SystemExit) as ended:
        execute(["scrapy", name, *map(str, args), *given], get_project_settings().copy())
    assert isinstance(ended.value.code, int)
    return Ran(ended.value.code, *capfd.readouterr())
