"""The index by which articles of one event find each other."""

from datetime import timedelta

import pytest

from crawler.article import Moment
from pipelines.stories import index
from pipelines.stories.candidates import surroundings
from pipelines.stories.index import ROWS
from pipelines.stories.weights import Weights, rarest
from tests.make import MT, NOW, fresh_archive, keep, visit

STRIKE = "Workers at the Belarin refinery in Tolvograd walked out over unpaid wages, union leader Irsa Voland said."


def test_a_word_that_a_day_is_full_of_finds_its_latest_articles_at_a_bounded_cost():
    db = fresh_archive()
    for number in range(ROWS + 20):
        at = Moment(NOW + timedelta(minutes=number))
        paragraphs = (STRIKE, f"Report {number} speaks of gate {number} and of nothing else.")
        keep(db, visit(f"{MT}/2024/12/09/strike-a{5000 + number}", title="Strike", paragraphs=paragraphs, published=at))
    rows = db.execute("select count(*), max(article_id) from _terms group by term, period").fetchall()
    assert max(n for n, _ in rows) == ROWS
    assert {latest for n, latest in rows if n == ROWS} == {ROWS + 20}


def test_with_each_new_article_the_index_forgets_two_that_are_too_old(monkeypatch):
    db = fresh_archive()
    for number in range(1, 7):
        strike(db, number, days=0)
    monkeypatch.setattr("pipelines.stories.index.KEPT", 4)
    strike(db, 7, days=0)
    assert [number for (number,) in db.execute("select article_id from _vectors order by 1")] == [3, 4, 5, 6, 7]
    assert {number for (number,) in db.execute("select article_id from _terms")} == {3, 4, 5, 6, 7}


@pytest.mark.parametrize(("goes_back", "elsewhen"), [(True, []), (False, [1])])
def test_early_pieces_of_an_event_are_those_of_other_weeks_only_in_an_archive_that_knows_no_other(goes_back, elsewhen):
    db = fresh_archive()
    strike(db, 1, days=-10)
    for number in range(2, 90):
        words = f"The orchard at Mill {number} gave {number} crates of pears, its keeper said."
        piece(db, number, words, days=-20 if goes_back else -1)
    strike(db, 100, days=0)
    document = index.read(db, 90)
    assert document is not None
    weights = Weights(db, document.terms.weights)
    around = surroundings(db, document, rarest(document.terms.weights, weights), weights)
    assert [article_id for article_id in around.elsewhen if article_id == 1] == elsewhen


def strike(db, number, days):
    piece(db, number, STRIKE, days)


def piece(db, number, text, days):
    at = Moment(NOW + timedelta(days=days, minutes=number))
    keep(db, visit(f"{MT}/2024/12/09/piece-a{5000 + number}", title="Strike", paragraphs=(text,), published=at))
