"""Sentences that a site fills in again and again are its forms; what is made of them is no copy unless all agrees."""

from datetime import timedelta

import pytest

from crawler.article import Moment, utc_text
from pipelines.copies import skeletons
from tests.make import NOW, keep, visit

SAID = "The tunnel office counted {0} lorries and {1} buses at the gates of {2} in the week that ended yesterday."
ALSO = (
    "Of the lorries most carried timber and grain, while the buses came from the valley and went on to the coast. "
    "Drivers who have no token wait on the left and pay in cash, as the signs before the gates have told them since "
    "spring. Whoever carries more than the scales allow is led out and comes back with less, without any fine. "
) * 2


def put(db, n: int, figures: tuple[int, int], town: str = "Galtz", site: str = "one.example", days: float = 0) -> int:
    """Store a note of over a hundred words, so that no rule for brief texts decides."""
    paragraphs = (SAID.format(*figures, town), ALSO.format(n))
    published = Moment(NOW + timedelta(days=days))
    return keep(
        db,
        visit(
            f"https://{site}/2024/12/09/note-{n}-a{n}", title="Lorries counted", paragraphs=paragraphs,
            published=published, minutes=n,
        ),
    ).article_id  # fmt: skip


def lead(db, article_id: int) -> tuple[int | None, int | None]:
    return tuple(
        db.execute(
            "select duplicate_of, (select origin_id from copies where article_id = a.id) from articles a where id = ?",
            (article_id,),
        ).fetchone()
    )


def test_a_sentence_met_three_times_with_other_fillings_is_a_form_and_what_was_taken_for_a_copy_is_settled_anew(db):
    first, second = put(db, 1, (4011, 52)), put(db, 2, (3977, 61), days=1)
    assert lead(db, second) == (first, None)
    third = put(db, 3, (4102, 48), days=2)
    assert [lead(db, number) for number in (first, second, third)] == [(None, None)] * 3
    (pattern,) = db.execute("select pattern from _skeletons where pattern like '%gates of%'").fetchone()
    assert pattern == "… tunnel office counted # lorries and # buses at the gates of … in the week that ended yesterday"
    assert "Galtz" not in pattern


@pytest.mark.parametrize(("figures", "origin"), [((4003, 53), 3), ((4003, 77), None)])
def test_a_form_belongs_to_its_site_and_a_true_copy_of_it_stays_one(db, figures, origin):
    for n in range(1, 4):
        put(db, n, (4000 + n, 50 + n), days=n)
    assert lead(db, put(db, 4, figures, site="two.example", days=3.1)) == (None, origin)
    assert {row[0] for row in db.execute("select site from _skeletons")} == {"one.example"}


def test_the_same_note_again_teaches_nothing(db):
    for n in range(1, 5):
        put(db, n, (4011, 52), days=n / 10)
    assert db.execute("select count(*) from _skeletons").fetchone()[0] == 0
    assert lead(db, 4) == (1, None)


def test_what_has_not_been_met_for_a_year_is_forgotten(db, monkeypatch):
    monkeypatch.setattr(skeletons, "_TIDY_EVERY", 1)
    for n in range(1, 4):
        put(db, n, (4000 + n, 50 + n), days=n)
    db.execute("update _skeletons set last_seen_at = ?", (utc_text(NOW - timedelta(days=400)),))
    keep(db, visit("https://one.example/2024/12/09/else-a9", title="Else", paragraphs=("Short.",)))
    assert db.execute("select count(*) from _skeletons").fetchone()[0] == 0


def test_no_more_sentences_are_kept_than_those_of_the_latest_articles(db, monkeypatch):
    monkeypatch.setattr(skeletons, "_TIDY_EVERY", 1)
    monkeypatch.setattr(skeletons, "WINDOW", 2)
    for n in range(1, 7):
        put(db, n, (4000 + n, 50 + n), days=n)
    assert {row[0] for row in db.execute("select article_id from _sentences")} == {4, 5, 6}


@pytest.mark.parametrize("text", ["", "No.", "He said nothing.", "word " * 300, "A" * 9000])
def test_what_is_too_short_or_too_long_has_no_skeleton(text):
    assert skeletons.sentences(text) == []


def test_a_skeleton_is_without_figures_and_names_and_its_filling_tells_two_apart():
    (one,) = skeletons.sentences("Prices in Galtz rose by 1.5 percent to 20 crowns a pound today.")
    (other,) = skeletons.sentences("Prices in New Ostrel rose by 3/4 percent to 21 crowns a pound today.")
    assert one.pattern == "… in … rose by # percent to # crowns a pound today"
    assert one.skeleton == other.skeleton
    assert one.filling != other.filling
