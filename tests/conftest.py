"""The order of the files: the longest first, or one that is begun last would keep everybody waiting."""

from __future__ import annotations

import pytest

_LONGEST = ("test_month", "test_kill", "test_browser_pages", "test_trouble", "test_floors", "test_backfill")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files keep the order of their tests, and all others that of their names."""
    order = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))
