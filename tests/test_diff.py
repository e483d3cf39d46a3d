"""One comparison of two texts: which parts agree, which words differ, at a cost that grows with the texts."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.diff import ADDED, REMOVED, SAME, compare_words, longest_rising, matching_blocks, opcodes, tokens
from tests.work import calls

PARTS = st.lists(st.sampled_from("abcdefgh"), max_size=60)


def shown(pieces):
    return "".join({SAME: "{}", ADDED: "[+{}]", REMOVED: "[-{}]"}[piece.kind].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("nine days", "eleven days", "[-nine] [+eleven] days"),
        ("The line opens.", "The ferry line opens.", "The [+ferry] line opens."),
        ("He said so today.", "He said so.", "He said [-so today.] [+so.]"),
        ("same words", "same  words", "same  words"),
        ("", "new", "[+new]"),
        ("old", "", "[-old]"),
        ("", "", ""),
        ("3,650 of 4,650", "3,812 of 4,650", "[-3,650] [+3,812] of 4,650"),
        ("港は閉鎖された", "港は再開された", "港は[-閉鎖][+再開]された"),
        ("one a two", "three a four", "[-one a two] [+three a four]"),
    ],
)
def test_words_that_changed_stand_beside_each_other(old, new, marked):
    assert shown(compare_words(old, new)).strip() == marked


@given(PARTS, PARTS)
def test_opcodes_in_turn_make_both_sequences(old, new):
    steps = list(opcodes(old, new))
    assert [part for step in steps for part in old[step.a : step.a_end]] == old
    assert [part for step in steps for part in new[step.b : step.b_end]] == new
    assert all(old[step.a : step.a_end] == new[step.b : step.b_end] for step in steps if step.is_equal)


def test_what_both_have_once_holds_the_rest_in_place():
    old = [f"p{n}" for n in range(100)]
    new = [part if n % 2 else f"q{n}" for n, part in enumerate(old)]
    assert sum(block.size for block in matching_blocks(old, new)) == 50


def test_a_large_gap_without_anything_in_common_once_was_written_anew():
    old, new = ["yes", "no"] * 20, ["no", "no", "yes"] * 20
    assert [step.is_equal for step in opcodes(["x", *old, "y"], ["x", *new, "y"])].count(True) <= 3


@pytest.mark.parametrize(
    ("pairs", "rising"),
    [([], []), ([(0, 2), (1, 0), (2, 1)], [(1, 0), (2, 1)]), ([(0, 1), (1, 1)], [(1, 1)])],
)
def test_the_longest_rising_row_is_found(pairs, rising):
    assert longest_rising(pairs) == rising


def test_a_text_is_its_tokens_put_together():
    text = " It  said:\n港は 閉鎖 \U00020bb7野家."
    assert "".join(tokens(text)) == text
    assert "\U00020bb7" in tokens(text)


@pytest.mark.parametrize("vocabulary", [2, 30, 900])
def test_the_work_grows_with_the_texts_and_not_with_their_square(vocabulary):
    def prose(words, seed):
        chance = Random(seed)  # noqa: S311 - the same words each time, no secret
        return " ".join(f"w{chance.randrange(vocabulary)}" for _ in range(words))

    small, large = (calls(compare_words, prose(words, 1), prose(words, 2)) for words in (400, 1_600))
    assert large < 4 * 1.7 * small
