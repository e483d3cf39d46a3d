"""The words of a text, and the numbers by which its copies are found again."""

from random import Random

import pytest

from pipelines.copies.lsh import BANDS, LEAD_BANDS, bands
from pipelines.copies.shingles import FEWEST, words
from tests.material.duplicates.english import Desk


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - texts that can be made again, no secret


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“We can’t pay,” he said — twice.", '"We can\'t pay", he said - twice'),
        ("Das Ministerium ver\u00adlangt 1,500 Euro", "das ministerium verlangt 1.500 euro"),
        ("Курс «Лиры» упал на 3,5 процента", 'курс "лиры" упал на 3.5 процента'),
        ("İzmir is calm", "i\u0307zmir is calm"),
        ("كتـــاب جديد", "كتاب جديد"),
        ("The ﬁrst\u00a0ofﬁce", "the first office"),
    ],
)
def test_typography_and_case_make_no_other_words(one, other):
    assert words(one).folded == words(other).folded


def test_numbers_and_letters_do_make_other_words():
    assert words("12 ships left").folded != words("13 ships left").folded
    assert words("a ship left").folded != words("the ship left").folded


def test_where_words_are_not_parted_each_character_is_one_and_shingles_are_longer():
    han, mixed = words("市议会周一决定关闭老港口大桥"), words("The 市 council met on Monday in the old hall")
    assert (len(han), han.width) == (14, 6)
    assert mixed.width == 3
    assert "市" in mixed.folded


def test_vowel_signs_belong_to_their_word():
    assert words("नगर परिषद ने पुल बंद किया").folded == ("नगर", "परिषद", "ने", "पुल", "बंद", "किया")


def test_names_are_words_that_never_stand_without_a_capital():
    assert words("Works stopped in Arvel. The works cost Olga much, and works matter.").names == {
        "arvel",
        "olga",
        "the",
    }


@pytest.mark.parametrize("text", ["", "Subscribe to read on.", "word " * (FEWEST - 1)])
def test_a_caption_has_no_bands(text):
    assert bands(words(text)) == ()


def test_bands_are_the_same_in_every_process_and_release():
    """They are stored: where an upgrade of rensa changes them, no copy of an older article is found any more."""
    text = "the town council of arvel decided on monday evening to close the old harbour bridge for half a year"
    assert bands(words(text))[:2] == (64100341383433, -113282195518012)


def test_bands_fit_six_bytes_of_the_table():
    marks = bands(words(" ".join(Desk(chance(1)).text(300))))
    assert len(marks) == BANDS + LEAD_BANDS
    assert all(-(2**47) <= mark < 2**47 for mark in marks)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.3, 0.1])
def test_a_text_and_its_beginning_share_a_band(share):
    for seed in range(20):
        text = " ".join(Desk(chance(seed)).text(700)).split()
        assert set(bands(words(" ".join(text)))) & set(bands(words(" ".join(text[: round(share * len(text))]))))
