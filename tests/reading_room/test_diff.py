"""Paragraphs compared: what is found, that nothing is lost, and that it ends in time whatever the texts."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.diff import ADDED, REMOVED, SAME, Piece
from reading_room.history import CHANGED, Paragraph, excerpt, texts

BOUND_SECONDS = 1.5
"""Of processor time; the slowest of these takes a tenth of it."""


def told(pieces):
    return "".join({SAME: "{}", ADDED: "[+{}]", REMOVED: "[-{}]"}[piece.kind].format(piece.text) for piece in pieces)


def test_paragraphs_are_kept_added_removed_and_rewritten():
    old = ["The first paragraph stays.", "The mayor did not comment.", "Four boats sank in the storm on Friday."]
    new = ["The first paragraph stays.", "Five boats sank in the storm on Friday.", "Another thing was found."]
    assert [(one.kind, told(one.pieces)) for one in texts(old, new)] == [
        (SAME, "The first paragraph stays."),
        (REMOVED, "[-The mayor did not comment.]"),
        (CHANGED, "[-Four] [+Five] boats sank in the storm on Friday."),
        (ADDED, "[+Another thing was found.]"),
    ]


def test_a_changed_paragraph_is_found_beside_a_new_one():
    old = ["Snow fell on twelve towns of the north."]
    new = ["This article was updated.", "Snow fell on thirteen towns of the north."]
    assert [one.kind for one in texts(old, new)] == [ADDED, CHANGED]


def test_long_runs_of_equal_paragraphs_are_counted():
    same = [Paragraph(SAME, (Piece(SAME, str(n)),)) for n in range(9)]
    changed = Paragraph(ADDED, (Piece(ADDED, "new"),))
    shown = list(excerpt([*same[:4], changed, *same[4:]]))
    assert shown == [3, same[3], changed, same[4], 4]
    assert list(excerpt(same)) == [9]


WORDS = st.lists(st.sampled_from(["a", "bee", "sea", "deal", "e."]), max_size=12).map(" ".join)


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8))
def test_both_texts_can_be_read_off_what_is_told(old, new):
    compared = texts(old, new)
    for kind, paragraphs in ((ADDED, new), (REMOVED, old)):
        read = [
            piece.text
            for one in compared
            for piece in (*one.pieces, Piece(SAME, " "))
            if piece.kind in (SAME, kind)
        ]  # fmt: skip
        assert "".join(read).split() == " ".join(paragraphs).split()


def paragraph(seed: random.Random, length: int) -> str:
    vocabulary = [f"word{n}" for n in range(300)] + ["the"] * 60
    return " ".join(seed.choice(vocabulary) for _ in range(length)) + "."


def large_texts():
    seed = random.Random(7)  # noqa: S311 - the same texts in every run
    usual = [paragraph(seed, 50) for _ in range(300)]
    other = [paragraph(seed, 50) for _ in range(300)]
    yield "every paragraph edited", usual, [text.replace("word7", "WORD") for text in usual]
    yield "another text", usual, other
    yield "one paragraph of 100 kB", [" ".join(usual)], [" ".join(other)]
    yield "one sentence of 100 kB", [paragraph(seed, 15_000)], [paragraph(seed, 15_000)]
    yield "one word again and again", ["the " * 25_000], ["the " * 24_000 + "end"]
    yield "two paragraphs in turn", ["x", "y"] * 3000, ["y", "x", "z"] * 2000
    yield "many short ones", [f"p{n} of it" for n in range(8000)], [f"q{n} of it" for n in range(8000)]
    yield "without blanks", ["港" * 50_000], ["港" * 49_000 + "湾"]


@pytest.mark.parametrize(("old", "new"), [pytest.param(old, new, id=name) for name, old, new in large_texts()])
def test_texts_of_100_kb_are_compared_in_bounded_time(old, new):
    begun = time.process_time()
    compared = texts(old, new)
    assert time.process_time() - begun < BOUND_SECONDS
    shown = "".join(piece.text for one in compared for piece in one.pieces if piece.kind != REMOVED)
    assert len(shown.split()) >= len(" ".join(new).split()) - len(new)
