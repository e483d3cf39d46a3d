"""What all tests share: an empty archive, and the order of the files.

The longest come first, or one that is begun last would keep everybody waiting.
"""

from __future__ import annotations

import signal
import sqlite3

import pytest
from hypothesis import HealthCheck, settings

from tests.make import fresh_archive

# The same examples in every run, whatever else the machine does: a test that fails was broken by a change.
settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # begun in the background: what tests start must hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

_LONGEST = (
    "test_month",
    "test_kill",
    "test_browser_pages",
    "test_trouble",
    "test_floors",
    "test_backfill",
    "test_upgrade",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files keep the order of their tests, and all others that of their names."""
    order = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


@pytest.fixture
def db() -> sqlite3.Connection:
    """An empty archive in memory."""
    return fresh_archive()
