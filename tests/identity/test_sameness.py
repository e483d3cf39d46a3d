"""The second sign: what text, title and time must say before a claim is believed."""

import pytest

from pipelines.identity.recognise import Face, is_same, shared

LONG = "\n\n".join(f"Paragraph {n} of a report on the harbour." for n in range(6))
EDITED = "\n\n".join((LONG, "One more paragraph."))
FOREIGN = "\n\n".join(f"Line {n} about something else." for n in range(6))
NOON, LATER, DAY = "2024-12-09T12:00:00Z", "2024-12-10T12:00:00Z", "2024-12-09"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Face("Harbour", NOON, LONG), Face("Harbour", NOON, LONG)),
        (Face("Harbour", NOON, LONG), Face("Harbour", LATER, LONG)),  # printed again, and claimed to be the same
        (Face("Harbour", NOON, LONG), Face("The Harbour", NOON, EDITED)),  # retitled and edited
        (Face("Harbour", NOON, LONG), Face("Harbour", None, EDITED)),
        (Face("Harbour", DAY, LONG), Face("Harbour", NOON, EDITED)),
        (Face("Harbour", NOON, ""), Face("Harbour", NOON, "")),  # galleries
        (Face(None, NOON, LONG), Face("Column", NOON, EDITED)),
    ],
)
def test_two_signs_make_one_article(one, other):
    assert is_same(one, other)
    assert is_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Face("Harbour", NOON, LONG), Face("Harbour", NOON, FOREIGN)),
        (Face("Harbour", NOON, LONG), Face("Bridge", LATER, LONG)),  # a stub that many pages have
        (Face("Rates", NOON, LONG), Face("Rates", LATER, EDITED)),  # a daily column from a template
        (Face("Rates", DAY, LONG), Face("Rates", LATER, EDITED)),
        (Face("Harbour", NOON, ""), Face("Harbour", None, "")),
        (Face("Harbour", None, ""), Face("Harbour", None, "")),
        (Face("Harbour", DAY, ""), Face("Harbour", DAY, "")),
        (Face(None, None, LONG), Face("Column", None, EDITED)),
    ],
)
def test_one_sign_is_not_enough(one, other):
    assert not is_same(one, other)
    assert not is_same(other, one)


def test_the_share_is_of_the_shorter_text_and_minds_the_order():
    assert shared(LONG, EDITED) == 1.0
    assert shared(LONG, FOREIGN) == 0.0
    assert shared(LONG, "\n\n".join(reversed(LONG.split("\n\n")))) < 0.5
    assert shared("", LONG) == 0.0
