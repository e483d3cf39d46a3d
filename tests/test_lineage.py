"""What a paper made of another's text."""

import pytest

from pipelines.lineage import Edit, compare

ORIGIN = (
    "The council of Arvel closed the harbour bridge on Monday after an inspection.",
    "Engineers had found cracks in two of its pillars, the mayor said.",
    "It was built in 1962 and has not been painted since.",
    "Ferries will run every ten minutes until the spring.",
    "The repair costs four million crowns.",
)


def fates(origin, copy):
    return [(one.fate, one.origin, one.copy) for one in compare(origin, copy).passages]


def test_an_equal_text_is_kept_whole_whatever_its_typography():
    told = compare(["“Never,” he said — once and for all."], ['"Never", he said - once and for all.'])
    assert [one.fate for one in told.passages] == ["kept"]
    assert (told.kept, told.own) == (1.0, 0.0)


def test_what_was_cut_added_and_changed_stands_where_it_was():
    copy = [
        "By our own reporter",
        "The council of Arvel has closed the harbour bridge on Monday after a long inspection.",
        "It was built in 1962 and has not been painted since.",
        "The repair costs four million crowns.",
    ]
    assert fates(ORIGIN, copy) == [
        ("added", None, 0),
        ("changed", 0, 1),
        ("cut", 1, None),
        ("kept", 2, 2),
        ("cut", 3, None),
        ("kept", 4, 3),
    ]
    told = compare(ORIGIN, copy)
    assert (told.places("cut"), told.places("added"), told.places("changed")) == ((1, 3), (0,), (1,))
    assert told.passages[1].edits == (
        Edit("The council of Arvel ", "", "has "),
        Edit("closed the harbour bridge on Monday after ", "an", "a long"),
        Edit(" inspection."),
    )


def test_what_edits_tell_makes_both_texts_again():
    origin, copy = "Nobody was hurt, officials said on Friday.", "Nobody was hurt on Friday, an official said."
    edits = compare([origin], [copy]).passages[0].edits
    assert "".join(one.kept + one.added for one in edits) == copy
    assert "".join(one.kept + one.cut for one in edits) == origin


def test_moved_paragraphs_are_kept_and_said_to_have_moved():
    told = compare(ORIGIN, [ORIGIN[0], ORIGIN[3], ORIGIN[1], ORIGIN[2], ORIGIN[4]])
    assert [(one.origin, one.is_moved) for one in told.passages] == [
        (0, False), (3, True), (1, False), (2, False), (4, False)
    ]  # fmt: skip
    assert (told.kept, told.own) == (1.0, 0.0)


def test_joined_paragraphs_were_not_cut():
    told = compare(ORIGIN, [*ORIGIN[:2], f"{ORIGIN[2]} {ORIGIN[3]}", ORIGIN[4]])
    assert told.places("cut") == ()
    assert told.kept == 1.0


def test_parted_paragraphs_were_not_added():
    told = compare([*ORIGIN[:2], f"{ORIGIN[2]} {ORIGIN[3]}", ORIGIN[4]], ORIGIN)
    assert told.places("added") == ()
    assert told.own == 0.0


def test_a_truncated_copy_has_nothing_of_its_own():
    told = compare(ORIGIN, ORIGIN[:2])
    assert told.places("cut") == (2, 3, 4)
    assert told.own == 0.0
    assert told.kept == pytest.approx(25 / 51, abs=0.02)


def test_a_paragraph_that_stands_twice_is_there_twice():
    assert fates(["One and the same."] * 2, ["One and the same."]) == [("kept", 0, 0), ("cut", 1, None)]


def test_characters_of_scripts_without_spaces_are_compared_one_by_one():
    edits = compare(["市议会周一决定关闭大桥"], ["市议会周二决定关闭大桥"]).passages[0].edits
    assert edits == (Edit("市议会周", "一", "二"), Edit("决定关闭大桥"))


@pytest.mark.parametrize(("origin", "copy"), [([], []), (ORIGIN, []), ([], ORIGIN), ([""], [""])])
def test_empty_texts_are_compared_too(origin, copy):
    assert len(compare(origin, copy).passages) == max(len(origin), len(copy))
