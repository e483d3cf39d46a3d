from datetime import UTC, datetime, timedelta

import pytest

from pipelines.identity.revisits import Absence, is_confirmed, is_plausible

FIRST = datetime(2024, 12, 9, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "visits", "confirmed"), [(0, 1, False), (30, 1, False), (23, 5, False), (24, 2, True), (400, 9, True)]
)
def test_a_page_is_gone_after_two_visits_a_day_apart(hours, visits, confirmed):
    assert is_confirmed(Absence(FIRST, FIRST + timedelta(hours=hours), visits)) is confirmed


def test_the_rule_can_be_made_stricter():
    twice = Absence(FIRST, FIRST + timedelta(hours=30), 2)
    assert not is_confirmed(twice, min_visits=3)
    assert not is_confirmed(twice, min_apart=timedelta(hours=48))


@pytest.mark.parametrize(
    ("missing", "found", "plausible"), [(1, 0, True), (4, 0, True), (5, 5, True), (6, 5, False), (50, 0, False)]
)
def test_a_site_that_lost_everything_has_lost_nothing(missing, found, plausible):
    assert is_plausible(missing, found) is plausible
