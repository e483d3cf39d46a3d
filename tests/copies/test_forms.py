"""Brief texts in the same sentences: one note run twice, or a form filled in for another day, company or town."""

from dataclasses import replace

import pytest

from pipelines.copies.forms import Occasion
from pipelines.copies.resemblance import Text, same_text
from pipelines.copies.shingles import words

RESERVES = (
    "The Reserve Bank of Ostrel entered the bill market to offer 1.5 billion crowns of overnight agreements, a "
    "spokesman said. Dealers said money was trading at 6-3/16 percent when the bank began its supply of funds."
)
PAYOUT = "Quarterly dividend 15 cents vs 15 cents previously, payable April 15, record March 31, the board said today."
QUAKE = (
    "The ground shook near Tarvik at 4:47 on Friday, and people ran into the streets of the old town. The tremor had a "
    "magnitude of 4.4 and struck at a depth of 31 kilometres, the seismic office said. In the past ten days there were "
    "7 tremors of magnitude 3 in the area, none of which did harm. A round of 120 checks found no cracks."
)
MARKET = (
    "Hogs sold higher in Galtz on Friday in active trade, the farm board said in its note for the day. Receipts came "
    "to two thousand head. Buyers from the coast held back, and demand from packers was called fair to good."
)


def note(text: str, title: str = "", hours: float | None = 0.0, site: str = "coast.example") -> Text:
    ran = None if hours is None else (hours, hours)
    return Text(words(text), site, occasion=Occasion(words(title), ran))


def is_same(one: Text, other: Text) -> bool:
    alike = same_text(one, other)
    assert (alike is None) == (same_text(other, one) is None)
    return alike is not None


@pytest.mark.parametrize("later", [RESERVES.replace("1.5", "2.0"), RESERVES.replace("6-3/16", "6-5/16")])
def test_a_note_of_which_one_of_two_figures_is_another_is_another_days(later):
    assert is_same(note(RESERVES, "Bank adds reserves"), note(RESERVES, "Bank adds reserves", 2))
    assert not is_same(note(RESERVES, "Bank adds reserves"), note(later, "Bank adds reserves", 24))
    assert not is_same(note(RESERVES, "Bank adds reserves"), note(later, "Bank adds reserves", 2))


def test_one_figure_of_many_is_a_correction_where_the_same_headline_stands_over_it_on_the_same_day():
    corrected = QUAKE.replace("31", "34")
    assert is_same(note(QUAKE, "Tremor near Tarvik"), note(corrected, "Tremor near Tarvik", 3))
    assert not is_same(note(QUAKE, "Tremor near Tarvik"), note(corrected, "Tremor near Tarvik", 24))
    assert not is_same(note(QUAKE, "Tremor near Tarvik"), note(corrected.replace("7", "8"), "Tremor near Tarvik", 3))


@pytest.mark.parametrize("mark", ["CORRECTED-", "Corrected: ", "(Corr) ", "Berichtigung: ", "Исправлено: ", "更正："])
def test_a_headline_that_says_so_makes_a_figure_a_correction_for_half_a_day(mark):
    wrong, right = note(RESERVES, "Bank adds reserves"), note(RESERVES.replace("1.5", "2.5"), "Bank adds reserves")
    marked = replace(right, occasion=Occasion(words(f"{mark}Bank adds reserves"), (3.0, 3.0)))
    assert is_same(wrong, marked)
    assert not is_same(wrong, replace(marked, occasion=replace(marked.occasion, ran=(30.0, 30.0))))
    assert not is_same(replace(wrong, occasion=Occasion(words("Ostrel prices fall"), (0.0, 0.0))), marked)


def test_a_correction_that_says_so_is_one_however_few_figures_stay_but_not_of_another_sum_in_the_headline():
    wrong, right = (
        note(MARKET, "LENDER GIVES 20 MLN"),
        note(MARKET.replace("two thousand", "21"), "LENDER GIVES 20 MLN"),
    )
    assert is_same(wrong, replace(right, occasion=Occasion(words("CORRECTED-LENDER GIVES 20 MLN"), (15.0, 15.0))))
    other = note(RESERVES.replace("1.5", "2.5"), "CORRECTED-LENDER GIVES 99 MLN", 1)
    assert not is_same(note(RESERVES.replace("6-3/16", "7-5/16"), "LENDER GIVES 20 MLN"), other)


def test_a_form_puts_one_figure_of_many_right_on_the_same_day_and_no_other_word():
    one, other = note(QUAKE, "Tremor near Tarvik"), note(QUAKE.replace("31", "34"), "Tremor near Tarvik", 19)
    assert is_same(replace(one, is_form=True), other)
    assert not is_same(replace(one, is_form=True), replace(other, occasion=Occasion(words("Tremor near T"), (19, 19))))
    reworded = note(QUAKE.replace("31", "34").replace("harm", "damage"), "Tremor near Tarvik", 19)
    assert not is_same(replace(one, is_form=True), reworded)


UNNAMED = (
    "The company voted a three-for-two split of its common shares, subject to a vote of holders at the annual meeting "
    "in April, as its board had said it would."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ALLIED STORES APPROVES STOCK SPLIT", "ALLIED BRANDS APPROVES STOCK SPLIT"),
        ("Allied Stores <ALST> approves stock split", "Allied Stores <ALSTA> votes stock split"),
        ("BELLOW CORP APPROVES STOCK SPLIT", "ACKROYD INC THREE-FOR-TWO SPLIT"),
        ("Stock split 3 for 2", "Stock split 4 for 2"),
    ],
)
def test_where_the_text_says_the_company_the_title_says_which(one, other):
    assert not is_same(note(UNNAMED, one), note(UNNAMED, other, site="uplands.example"))
    assert is_same(note(UNNAMED, one), note(UNNAMED, one, site="uplands.example"))


def test_two_papers_have_headlines_of_their_own_over_one_accident():
    text = (
        "A rider was killed when a lorry turned across his path near the old mill late on Monday, the police said. The "
        "driver was led away for questions, and the road stayed closed for some hours while marks were measured."
    )
    assert is_same(note(text, "Fatal collision"), note(text, "Cyclist dead after crash", 2, "uplands.example"))


def test_a_form_is_another_one_the_evening_after():
    one, other = note(MARKET, hours=0), note(MARKET, hours=31)
    assert is_same(one, other)
    assert not is_same(replace(one, is_form=True), other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BELLOW CORP SETS QUARTERLY PAYOUT", "ACKROYD INC SETS QUARTERLY PAYOUT"),
        ("Bellow Corp Sets Payout", "Ackroyd Inc Declares Dividend"),
        ("Payout set by Bellow", "Payout set by Ackroyd"),
        ("Payouts of March 3", "Payouts of March 4"),
    ],
)
def test_equal_notes_under_headlines_that_name_two_companies_or_days_are_two(one, other):
    assert not is_same(note(PAYOUT, one), note(PAYOUT, other))
    assert is_same(note(PAYOUT, one), note(PAYOUT, one, site="uplands.example"))


@pytest.mark.parametrize(
    "other", ["BELLOW CORP BOARD VOTES DIVIDEND", "Payout of Bellow Corp", "Quarterly dividend of 15 cents", ""]
)
def test_a_paper_may_set_a_headline_of_its_own_over_a_note(other):
    assert is_same(note(PAYOUT, "BELLOW CORP SETS QUARTERLY PAYOUT"), note(PAYOUT, other, site="uplands.example"))


def test_a_headline_may_name_the_date_or_the_weekday():
    one, other = note(QUAKE, "Tremors of Friday"), note(QUAKE, "Tremors of March 8")
    assert is_same(one, other)


def test_the_prices_of_two_towns_are_two_though_no_figure_tells_them_apart():
    assert not is_same(note(MARKET), note(MARKET.replace("Galtz", "Ostrel")))
    assert is_same(note(MARKET), note(MARKET.replace("Galtz", "Galz")))


def test_a_brief_text_is_no_copy_of_one_that_ran_days_before_but_a_long_one_is():
    assert not is_same(note(MARKET, hours=0), note(MARKET, hours=73))
    assert is_same(note(MARKET, hours=0), note(MARKET, hours=71))
    assert is_same(note(MARKET, hours=None), note(MARKET, hours=73))
    long = " ".join(f"{sentence} And the quay of pier {n} stayed open." for n, sentence in enumerate([QUAKE] * 2, 40))
    assert is_same(note(long, hours=0), note(long, hours=3000))


def test_of_a_form_that_is_known_no_figure_may_be_another_however_long_the_text():
    long = " ".join([QUAKE, MARKET, RESERVES])
    one, other = note(long), note(long.replace("31", "34"), hours=24)
    assert is_same(one, other)
    assert not is_same(replace(one, is_form=True), other)
    assert is_same(replace(one, is_form=True), note(long.replace("31", "34")))
    assert is_same(replace(one, is_form=True), note(long))


WARNING = (
    "People along the coast of Ostrel should stay away from the water, the weather service said, as a storm is due "
    "on Tuesday morning. Trains and ferries may be late or be taken off, and the parks of the town will be shut."
)


@pytest.mark.parametrize(
    ("one", "other"), [("Tuesday", "Thursday"), ("Saturday", "Sunday"), ("November", "December"), ("Montag", "Sonntag")]
)
def test_days_and_months_that_are_spelled_alike_are_others(one, other):
    on = WARNING.replace("Tuesday", one)
    assert not is_same(note(on, "Storm warning"), note(on.replace(one, other), "Storm warning", 20))
    assert is_same(note(on, "Storm warning"), note(on, "Storm warning", 20))


def test_of_two_texts_that_differ_the_headlines_may_not_be_one_with_another_word_in_it():
    lifted = WARNING.replace("a storm", "a swell").replace("morning", "evening")
    assert is_same(note(WARNING, "Fog alert extended"), note(lifted, "Warning for the coast"))
    assert not is_same(note(WARNING, "Fog alert extended"), note(lifted, "Ice alert extended"))
    assert is_same(note(WARNING, "Fog alert extended"), note(WARNING, "Ice alert extended"))
    assert is_same(note(WARNING, "Labour alert extended"), note(lifted, "Labor alert extended"))
