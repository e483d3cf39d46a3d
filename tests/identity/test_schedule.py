from datetime import UTC, datetime, timedelta
from itertools import pairwise

from pipelines.identity.revisits import next_check, next_check_after_trouble, next_check_of_missing

BORN = datetime(2024, 12, 9, 9, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


def looks(changes=(), until=YEAR, crawl_every=timedelta(minutes=10)):
    """The times at which an article is looked at in a simulated year of crawls."""
    seen, now, changed = [BORN], BORN, BORN
    due = next_check(BORN, BORN, BORN, BORN)
    while now < BORN + until:
        now += crawl_every
        if now >= due:
            happened = [one for one in changes if changed < one <= now]
            changed = now if happened else changed
            seen.append(now)
            due = next_check(BORN, BORN, changed, now)
    return seen


def test_an_article_is_looked_at_often_at_first_and_rarely_later():
    seen = looks()
    day = [one for one in seen if one <= BORN + timedelta(days=1)]
    week = [one for one in seen if one <= BORN + timedelta(days=7)]
    assert len(day) > 15
    assert len(week) - len(day) < 15
    assert len(seen) < 60
    pauses = [b - a for a, b in pairwise(seen)]
    assert pauses == sorted(pauses)


def test_a_change_brings_the_next_looks_nearer():
    correction = BORN + timedelta(days=40)
    quiet = [one for one in looks() if correction < one < correction + timedelta(days=25)]
    after = [one for one in looks([correction]) if correction < one < correction + timedelta(days=25)]
    assert len(after) > len(quiet) + 10


def test_an_article_found_long_after_publication_is_not_new():
    found = BORN + timedelta(days=400)
    assert next_check(BORN, found, found, found) - found > timedelta(days=30)
    assert next_check(None, found, found, found) - found < timedelta(hours=1)


def test_a_publication_time_ahead_of_its_discovery_is_not_trusted():
    assert next_check(BORN + timedelta(hours=5), BORN, BORN, BORN) - BORN < timedelta(hours=1)


def test_a_missing_page_is_looked_at_after_a_day_and_then_ever_more_rarely():
    pauses = [next_check_of_missing(BORN, n) - BORN for n in range(1, 12)]
    assert pauses[0] > timedelta(days=1)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(days=60)


def test_trouble_is_soon_looked_at_again_and_ever_more_rarely_where_it_lasts():
    pauses, now = [], BORN + timedelta(minutes=30)
    while now < BORN + YEAR:
        pauses.append(next_check_after_trouble(BORN, now) - now)
        now += pauses[-1]
    assert pauses[0] == timedelta(hours=2)
    assert pauses == sorted(pauses)
    assert len(pauses) < 40
    assert max(pauses) <= timedelta(days=60)
