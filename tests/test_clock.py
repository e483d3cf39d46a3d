"""The clock is read in one place, and one that cannot be right is refused."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from crawler import clock
from crawler.errors import SetupError

ROOT = Path(__file__).parent.parent
_READS = re.compile(r"\b(datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(|from time import (.*, )?time\b)")
_QUOTED = re.compile(r'"[^"\n]*"')


def test_nobody_but_the_clock_reads_the_clock():
    files = [file for top in ("crawler", "pipelines") for file in sorted((ROOT / top).rglob("*.py"))]
    assert len(files) > 100
    readers = [
        file.relative_to(ROOT).as_posix() for file in files if _READS.search(_QUOTED.sub("", file.read_text("utf-8")))
    ]
    assert readers == ["crawler/clock.py"]


def test_a_crawl_goes_by_a_clock_that_nobody_sets(monkeypatch):
    steady, before = clock.SteadyClock(), clock.now()
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() - 3 * 86_400)
    assert before - clock.now() > timedelta(days=2)
    assert timedelta(0) <= steady.now() - before < timedelta(hours=1)


def test_a_clock_that_was_never_set_is_refused_with_what_it_says():
    with pytest.raises(SetupError, match=r"clock says 1970-01-01 00:00 UTC, .* set the clock"):
        clock.check(clock.NEVER_SET_BEFORE.replace(year=1970, month=1, day=1))
    clock.check(clock.NEVER_SET_BEFORE + timedelta(days=1))
    clock.check(clock.now())
