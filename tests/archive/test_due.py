"""Whether the time for something has come, also where a wrong clock wrote what is stored."""

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.archive.due import GRACE, bounds, condition, has_happened, is_due
from tests.make import fresh_archive

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [(-1000, True), (-1, True), (0, True), (1, False), (6, False), (7, True), (24 * 365, True)],
)
def test_a_plan_is_due_in_time_and_where_no_rule_can_have_made_it(ahead, expected):
    at = NOW + ahead * HOUR
    assert is_due(at, NOW, 6 * HOUR) is expected
    assert is_due(at.timestamp(), NOW.timestamp(), (6 * HOUR).total_seconds()) is expected
    db = fresh_archive()
    found = db.execute(
        f"select {condition('planned')} from (select :planned as planned)",  # noqa: S608 - a constant
        {"planned": f"{at:%Y-%m-%dT%H:%M:%SZ}", **bounds(NOW, 6 * HOUR)},
    ).fetchone()[0]
    assert bool(found) is expected


def test_what_was_never_planned_is_not_due():
    found = fresh_archive().execute(f"select {condition('null')}", bounds(NOW, HOUR)).fetchone()[0]
    assert not found


def test_what_happened_lies_in_the_past_as_far_as_clocks_agree():
    assert has_happened(NOW - HOUR, NOW)
    assert has_happened(NOW + GRACE, NOW)
    assert not has_happened(NOW + 2 * GRACE, NOW)
