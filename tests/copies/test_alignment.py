"""Where two texts say the same, word for word."""

import pytest

from pipelines.copies.alignment import align
from pipelines.copies.shingles import words

LINE = "the council closed the old harbour bridge on monday after an inspection that had lasted for two weeks"


def aligned(one: str, other: str):
    return align(words(one), words(other))


def test_an_alignment_counts_no_word_twice():
    assert aligned(LINE, f"{LINE} {LINE}").same == len(LINE.split())


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (LINE.replace("bridge on monday after", "crossing on friday after"), 16),
        (LINE.replace("bridge on monday after", "wooden foot bridge late on friday night after"), 17),
        (LINE.replace("bridge on monday after", "crossing after"), 15),
    ],
)
def test_a_word_that_stands_alone_between_exchanged_ones_counts_however_many_these_are(other, same):
    assert aligned(LINE, other).same == same


def test_an_edit_in_a_text_that_repeats_itself_does_not_lead_astray():
    bodies, plans = (
        ("council", "court", "bank"),
        ("sale of the works", "ban on fishing near the reef", "end of two schools"),
    )
    said = [
        f"The {bodies[n * n % 5 % 3]} declined to speak of the {plans[n % 3]} on Monday, and the {bodies[n % 7 % 3]} "
        f"wrote in a letter that the {plans[n * n % 7 % 3]} would be discussed again on Friday."
        for n in range(30)
    ]
    text = " ".join(said).split()
    edited = ["else" if n % 7 == 3 else word for n, word in enumerate(text)]
    assert aligned(" ".join(text), " ".join(edited)).same >= len(text) * 6 // 7


def test_figures_between_a_few_characters_part_no_passage_where_each_character_is_a_word():
    form = "中央银行公布美元官方汇率为{}，欧元汇率为{}，英镑为{}，日元为{}。官方汇率每个工作日公布，用于会计和海关。"
    found = aligned(form.format(1, 2, 3, 4), form.format(5, 6, 7, 8))
    assert found.same == len(words(form))
    assert len(found.slots) == 1  # from the first figure to the last


def test_lines_put_in_where_the_text_goes_on_are_told_from_what_was_written_anew():
    first, second = f"{LINE}, engineers told", LINE.replace("closed", "will repair")
    boxed = f"By Anna Abel, Arvel\n{first}\nRead also: why the tunnel at Galtz was never built\n{second}"
    long, other = " ".join(f"word{n}" for n in range(40)), "nobody knows who will pay for all of the work"
    assert aligned(f"{first} {second}", boxed).inserted == 4 + 10
    assert aligned(f"{first} {second}", f"{first} {long} {second}").inserted == 0
    assert aligned(f"{first} {other} {second}", boxed).inserted == 4
