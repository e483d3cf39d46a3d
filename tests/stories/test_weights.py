"""Words that a young archive borrows: how they are blended with its own, kept and read."""

from importlib.resources import files

import pytest

from crawler.article import Moment
from pipelines.stories import index
from pipelines.stories.terms import terms
from pipelines.stories.weights import YOUNG, Weights, blended, lent, packed, shares, unpacked
from tests.make import MT, NOW, fresh_archive, keep, visit

PROSE = "The workers at the plant said on Monday that the union had asked the court for more time, and for better pay."
NAMES = "Voland Prentis Aldous Ransome Fjornen Tolvograd Belarin Irsa Mieke Osk Zhurkel Wembrough Tarvik Quellonst"


def test_what_is_lent_grows_less_as_the_archive_grows_and_is_for_languages_that_are_known():
    assert [lent(stored, 0.5) for stored in (0, YOUNG // 2, YOUNG - 1, YOUNG, 9 * YOUNG)] == [1000, 500, 0, 0, 0]
    assert lent(0, 0.1) == 0


@pytest.mark.parametrize(
    ("count", "share", "lent", "expected"), [(3, 0.5, 0, 3), (0, 0.5, 1000, 500), (3, 0.0, 1000, 3), (3, 0.002, 500, 4)]
)
def test_counts_are_blended_with_the_share_of_what_is_lent(count, share, lent, expected):
    assert blended(count, share, lent) == pytest.approx(expected)


def test_shares_are_read_as_they_were_packed_but_for_the_last_percents(monkeypatch):
    kept = {5: 1.0, 7: 0.5, (1 << 22) - 1: 0.0123, 9: 1e-9}
    monkeypatch.setattr("pipelines.stories.weights._numbers", lambda: unpacked(packed(kept)))
    found = shares([5, 6, 7, 8, 9, (1 << 22) - 1])
    assert found.keys() == kept.keys()
    assert [found[5], found[7], found[(1 << 22) - 1]] == pytest.approx([1.0, 0.5, 0.0123], rel=0.03)
    assert found[9] < 2e-5


@pytest.mark.parametrize("common", ["and", "der", "que", "dans", "который", "这个", "それ", "하지만"])
def test_the_words_of_many_languages_are_known(common):
    assert max(shares(terms("", None, common).weights).values()) > 0.05


def test_common_words_weigh_less_than_names_from_the_first_article_on():
    db = fresh_archive()
    at = Moment(NOW)
    article = keep(db, visit(f"{MT}/2024/12/09/piece-a1", title="Strike", paragraphs=(PROSE, NAMES), published=at))
    document = index.read(db, article.article_id)
    assert document is not None
    weights = Weights(db, document.terms.weights)
    of = {word.casefold(): weights[number] for number, word in document.terms.shown.items()}
    assert of["the"] < of["workers"] < of["wembrough"]


def test_an_archive_that_is_no_longer_young_does_not_read_them(monkeypatch):
    db = fresh_archive()
    keep(db, visit(f"{MT}/2024/12/09/piece-a1", title="Strike", paragraphs=(PROSE,), published=Moment(NOW)))
    monkeypatch.setattr("pipelines.stories.weights._numbers", lambda: pytest.fail("read"))
    db.execute(
        "insert into articles(id, site, url, address_key, kind, title, text)"
        " select ?, site, 'b', 'b', kind, title, text from articles",
        (YOUNG,),
    )
    assert Weights(db, terms("", None, PROSE).weights)


def test_their_file_is_small_and_says_whose_they_are():
    folder = files("pipelines.stories")
    assert len(folder.joinpath("borrowed.bin").read_bytes()) < 3_000_000
    assert "wordfreq" in (licence := folder.joinpath("borrowed.LICENSE.md").read_text("utf-8"))
    assert "Attribution-ShareAlike" in licence
