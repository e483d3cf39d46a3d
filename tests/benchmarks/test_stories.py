"""The measurement of stories: its scoring on literals, and a part of its months through the archive."""

import pytest

from benchmarks.stories import Score, keep, pairwise, placed_share, told
from pipelines.stories import stories
from tests.make import fresh_archive
from tests.material.stories.month import Report, month
from tests.material.stories.twins import briefs, one_day, twins
from tests.material.stories.wire import wire_month


def test_pairs_are_scored():
    assert pairwise([1, 1, 2, 2, None], [7, 7, 7, None, None]) == Score(precision=1 / 2, recall=1 / 3)
    assert pairwise([None, None], [None, None]).f1 == 1
    assert pairwise([1, 1], [None, None]).precision == 0
    assert Score(0.5, 1).f1 == pytest.approx(2 / 3)


@pytest.mark.parametrize("make", [month, wire_month, twins, one_day, briefs])
def test_a_month_is_the_same_each_time_it_is_made(make):
    assert make(5) == make(5) != make(6)
    assert {type(piece) for piece in make(5)} == {Report}


def test_short_pieces_are_counted_that_are_in_the_story_of_their_event():
    long, short = (Report("a", month(5)[0].at, "A", ("word " * words,), 7) for words in (80, 20))
    assert placed_share([long, long, short, short, long], [1, 1, 1, None, 2]) == 1 / 2
    assert placed_share([long], [1]) is None


def test_the_first_days_of_a_month_are_told_apart():
    pieces = month(4)[:300]
    score = pairwise(told(fresh_archive(), pieces, range(len(pieces))), [piece.event for piece in pieces])
    assert score.recall > 0.8


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_a_month_is_told_apart(seed):
    pieces = month(seed)
    assert pairwise(told(fresh_archive(), pieces, range(len(pieces))), [piece.event for piece in pieces]).f1 >= 0.9


def steps(db, pieces, place):
    """How many virtual machine steps SQLite takes, in hundreds, to look for the story of one piece anew."""
    article_id = keep(db, pieces, place)
    db.execute("update articles set title = title || ' again' where id = ?", (article_id,))
    taken = 0

    def count():
        nonlocal taken
        taken += 1

    db.set_progress_handler(count, 100)
    stories.place(db, article_id, "2024-12-09T12:00:00Z")
    db.set_progress_handler(None, 0)
    return taken


def test_placing_an_article_takes_no_longer_in_a_greater_archive():
    pieces = month(4)
    db = fresh_archive()
    for place in range(100):
        keep(db, pieces, place)
    small = max(steps(db, pieces, place) for place in range(100, 110))
    for place in range(110, 450):
        keep(db, pieces, place)
    great = max(steps(db, pieces, place) for place in range(450, 460))
    assert great < 2.5 * small
