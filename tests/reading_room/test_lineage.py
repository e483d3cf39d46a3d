"""What a paper made of another's text."""

from random import Random

import pytest

from pipelines.diff import ADDED, REMOVED, SAME, Piece
from reading_room.lineage import compare
from tests.work import calls

ORIGIN = (
    "The council of Arvel closed the harbour bridge on Monday after an inspection.",
    "Engineers had found cracks in two of its pillars, the mayor said.",
    "It was built in 1962 and has not been painted since.",
    "Ferries will run every ten minutes until the spring.",
    "The repair costs four million crowns.",
)


def fates(origin, copy):
    return [(one.fate, one.origin, one.copy) for one in compare(origin, copy)]


def places(passages, fate):
    """Where the paragraphs of a fate stand: in the origin those that were cut, else in the copy."""
    of_it = [passage for passage in passages if passage.fate == fate]
    return tuple(passage.origin if fate == "cut" else passage.copy for passage in of_it)


def test_an_equal_text_is_kept_whole_whatever_its_typography():
    passages = compare(["“Never,” he said — once and for all."], ['"Never", he said - once and for all.'])
    assert [one.fate for one in passages] == ["kept"]


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
    passages = compare(ORIGIN, copy)
    assert (places(passages, "cut"), places(passages, "added"), places(passages, "changed")) == ((1, 3), (0,), (1,))
    assert passages[1].pieces == (
        Piece(SAME, "The council of Arvel "),
        Piece(ADDED, "has"),
        Piece(SAME, " "),
        Piece(SAME, "closed the harbour bridge on Monday after "),
        Piece(REMOVED, "an"),
        Piece(SAME, " "),
        Piece(ADDED, "a long"),
        Piece(SAME, " "),
        Piece(SAME, "inspection."),
    )


def read(pieces, kind):
    return " ".join("".join(piece.text for piece in pieces if piece.kind in (SAME, kind)).split())


def test_both_texts_can_be_read_off_the_pieces_of_a_changed_paragraph():
    origin, copy = "Nobody was hurt, officials said on Friday.", "Nobody was hurt on Friday, an official said."
    pieces = compare([origin], [copy])[0].pieces
    assert (read(pieces, REMOVED), read(pieces, ADDED)) == (origin, copy)


def test_moved_paragraphs_are_kept_and_said_to_have_moved():
    passages = compare(ORIGIN, [ORIGIN[0], ORIGIN[3], ORIGIN[1], ORIGIN[2], ORIGIN[4]])
    assert [(one.origin, one.is_moved) for one in passages] == [
        (0, False), (3, True), (1, False), (2, False), (4, False)
    ]  # fmt: skip


def test_joined_paragraphs_were_not_cut():
    passages = compare(ORIGIN, [*ORIGIN[:2], f"{ORIGIN[2]} {ORIGIN[3]}", ORIGIN[4]])
    assert places(passages, "cut") == ()


def test_parted_paragraphs_were_not_added():
    passages = compare([*ORIGIN[:2], f"{ORIGIN[2]} {ORIGIN[3]}", ORIGIN[4]], ORIGIN)
    assert places(passages, "added") == ()


def test_a_truncated_copy_lacks_the_end():
    passages = compare(ORIGIN, ORIGIN[:2])
    assert places(passages, "cut") == (2, 3, 4)


def test_a_paragraph_that_stands_twice_is_there_twice():
    assert fates(["One and the same."] * 2, ["One and the same."]) == [("kept", 0, 0), ("cut", 1, None)]


def test_characters_of_scripts_without_spaces_are_compared_one_by_one():
    pieces = compare(["市议会周一决定关闭大桥"], ["市议会周二决定关闭大桥"])[0].pieces
    assert [(piece.kind, piece.text) for piece in pieces] == [
        (SAME, "市议会周"), (REMOVED, "一"), (ADDED, "二"), (SAME, "决定关闭大桥")
    ]  # fmt: skip


@pytest.mark.parametrize(("origin", "copy"), [([], []), (ORIGIN, []), ([], ORIGIN), ([""], [""])])
def test_empty_texts_are_compared_too(origin, copy):
    assert len(compare(origin, copy)) == max(len(origin), len(copy))


def prose(words, vocabulary=900, seed=1):
    chance = Random(seed)  # noqa: S311 - the same words each time, no secret
    return [f"w{chance.randrange(vocabulary)}" for _ in range(words)]


def edited(words):
    return [word if n % 9 else "otherwise" for n, word in enumerate(words)]


def lines(words, of):
    return [" ".join(words[n : n + of]) for n in range(0, len(words), of)]


SORTS = {
    "one paragraph, edited": lambda size: ([" ".join(prose(size))], [" ".join(edited(prose(size)))]),
    "one paragraph, anew": lambda size: ([" ".join(prose(size))], [" ".join(prose(size, seed=2))]),
    "two words": lambda size: ([" ".join(prose(size, 2))], [" ".join(prose(size, 2, 2))]),
    "short paragraphs": lambda size: (lines(prose(size), 6), lines(edited(prose(size)), 6)[::-1]),
    "short ones of three words": lambda size: (lines(prose(size, 3), 8), lines(prose(size, 3, 2), 7)),
    "equal ones": lambda size: (["Read on."] * size, ["Read on."] * (size // 2)),
}


@pytest.mark.parametrize("sort", SORTS)
def test_the_work_grows_with_the_texts_and_not_with_their_square(sort):
    small, large = calls(compare, *SORTS[sort](400)), calls(compare, *SORTS[sort](1_600))
    assert large < 4 * 1.7 * small
    assert large < 1_600 * 400


def test_a_long_paragraph_is_compared_word_for_word_all_the_same():
    words = prose(8_000)
    passages = compare([" ".join(words)], [" ".join(edited(words))])
    assert [one.fate for one in passages] == ["changed"]
    pieces = passages[0].pieces
    assert sum(piece == Piece(ADDED, "otherwise") for piece in pieces) > 800
    assert read(pieces, REMOVED) == " ".join(words)
