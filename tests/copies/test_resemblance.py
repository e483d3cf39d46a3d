"""What is the same text, and what only looks like it."""

from random import Random

import pytest

from pipelines.copies.resemblance import Likeness, Text, likeness, same_text
from pipelines.copies.shingles import words
from tests.material.duplicates.english import FORMS, Desk, filled

STORY = (
    "The council of Arvel closed the old harbour bridge on Monday after an inspection that had lasted for two weeks.",
    "Engineers found cracks in two of its seven pillars, deputy mayor Olga Brandt told reporters at the quay. "
    "“Nobody should be afraid, but nobody should drive there either,” she said.",
    "The bridge was built in 1962 and carries 14,000 cars a day, a third more than it was made for.",
    "Until spring, three ferries will take cars and buses across the mouth of the river, one every ten minutes.",
    "Fishermen complain that the ferries will keep them from their nets. Their guild wants to be paid 90 crowns a day.",
    "The repair is to cost 4.2 million crowns, most of it from the national fund for roads, and to be over in May.",
)


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - texts that can be made again, no secret


def text(*paragraphs: str, site: str = "harbour.example", is_live: bool = False) -> Text:
    return Text(words("\n\n".join(paragraphs)), site, is_live)


def is_same(one: Text, other: Text) -> bool:
    found, mirrored = same_text(one, other), same_text(other, one)
    assert (found is None) == (mirrored is None)
    return found is not None


ELSEWHERE = "uplands.example"


@pytest.mark.parametrize(
    "paragraphs",
    [
        STORY,
        [
            one.replace("closed", "has shut").replace("told reporters", "said").replace("a day", "daily")
            for one in STORY
        ],
        [one.replace("“", "«").replace("”", "»").replace(", ", " – ") for one in STORY],
        [
            "By Anna Abel, Arvel",
            *STORY[:3],
            "READ ALSO: Why the tunnel at Galtz was never built",
            *STORY[3:],
            "Follow us.",
        ],
        [STORY[0], STORY[4], STORY[2], STORY[5], STORY[3], STORY[1]],
        [STORY[0].replace("Arvel", "Arvel, a town in the north,"), *STORY[1:5]],
        [one.replace("14,000", "15,000") for one in STORY],
    ],
    ids=["copied", "edited", "restyled", "boxed", "reordered", "last paragraph cut", "a figure corrected"],
)
def test_an_edited_text_is_the_same_on_its_own_site_and_elsewhere(paragraphs):
    assert is_same(text(*STORY), text(*paragraphs))
    assert is_same(text(*STORY), text(*paragraphs, site=ELSEWHERE))


def test_what_a_paper_cut_to_a_third_is_a_copy_elsewhere_but_on_the_same_site_a_brief_is_its_own_article():
    assert is_same(text(*STORY), text(*STORY[:2], site=ELSEWHERE))
    assert not is_same(text(*STORY), text(*STORY[:2]))


def test_a_quotation_is_no_copy_of_the_article_that_it_is_from():
    assert not is_same(text(*STORY * 3), text(STORY[0], site=ELSEWHERE))


def test_a_brief_written_anew_is_not_the_long_version():
    brief = "Arvel closed its old harbour bridge on Monday. Engineers found cracks, and ferries will run until spring."
    assert not is_same(text(*STORY), text(brief, site=ELSEWHERE))


def test_articles_that_share_quotations_and_background_are_two():
    other = Desk(chance(3)).text(120)
    assert not is_same(text(*STORY), text(*other, *STORY[1:3], site=ELSEWHERE))


def test_a_recap_of_a_live_blog_is_not_the_blog_though_made_of_its_words():
    posts = [sentence for paragraph in Desk(chance(4)).text(300) for sentence in paragraph.split(". ")]
    live, recap = text(*posts, is_live=True), text(*posts[: len(posts) * 3 // 4], site=ELSEWHERE)
    assert not is_same(live, recap)
    assert is_same(live, text(*posts[: len(posts) * 3 // 4], site=ELSEWHERE, is_live=True))
    assert is_same(live, text(*posts, site=ELSEWHERE))


@pytest.mark.parametrize("form", FORMS)
def test_a_form_filled_in_anew_is_another_article(form):
    for seed in range(20):
        one, other = (filled(FORMS[form], chance(n)) for n in (seed, seed + 1000))
        assert not is_same(text(*one), text(*other))
        assert not is_same(text(*one), text(*other, site=ELSEWHERE))
        assert is_same(text(*one), text(*one[:-1], "Reporting by our weather desk.", site=ELSEWHERE))


def test_texts_of_few_patterns_on_other_subjects_are_not_the_same():
    one, other = (text(*Desk(chance(seed)).text(1200), site=f"{seed}.example") for seed in (1, 2))
    assert not is_same(one, other)


def test_captions_are_never_the_same():
    assert not is_same(text("Photo: Olga Brandt"), text("Photo: Olga Brandt"))


def test_shares_are_of_shingles_and_can_be_read_from_either_side():
    whole, half = words("a b c d e f g h i j"), words("a b c d e f x y")
    assert likeness(whole, half) == Likeness(similarity=4 / 10, kept=4 / 8, own=1 - 4 / 6)
    assert likeness(half, whole) == Likeness(similarity=4 / 10, kept=4 / 6, own=1 - 4 / 8)
    assert likeness(whole, half).mirrored.kept == pytest.approx(4 / 6)


FORECAST = (
    "Maplewood can expect sunshine in the morning and clear skies by the evening, with highs of 21°C and lows of 12°C.",
    "Our forecast is made three times a day from what the weather service measures. Take care on the roads, and look "
    "after elderly neighbours when it is very hot or very cold.",
)


def test_a_brief_form_has_none_of_the_others_figures():
    anew = FORECAST[0].replace("sunshine", "heavy rain").replace("21", "17").replace("12", "9"), FORECAST[1]
    assert not is_same(text(*FORECAST), text(*anew))
    assert not is_same(text(*FORECAST), text(*anew, site=ELSEWHERE))
    assert not is_same(text(*FORECAST), text(anew[0].replace("17", "9"), FORECAST[1]))
    assert not is_same(text(*FORECAST), text(FORECAST[0].replace("21", "22").replace("12", "11"), FORECAST[1]))
    assert is_same(text(*FORECAST), text(FORECAST[0].replace("sunshine", "sun"), FORECAST[1]))


def test_a_name_that_another_paper_spells_otherwise_throughout_makes_no_form():
    said = [
        f"the envoy of {name} left the talks in {name} early, and {name} said that it would not send another one soon."
        for name in ("Kiev", "Kyiv")
    ]
    one, other = (
        text(first, "“We had hoped for more than words,” the chairman said after a long night in the old town hall.")
        for first in said
    )
    assert is_same(one, other)


def test_lines_put_in_do_not_count_against_a_text_that_was_cut_and_edited():
    boxed = (
        "By Anna Abel, Arvel",
        STORY[0].replace("closed", "shut").replace("had lasted", "went on"),
        "READ ALSO: Why the tunnel at Galtz was never built, and who paid for it all the same",
        STORY[1].replace("told", "said to").replace("drive", "go"),
        "READ ALSO: The fishermen of the delta catch less each year, and nobody knows the reason",
        STORY[2].replace("carries", "bears"),
    )
    assert is_same(text(*STORY[:5]), text(*boxed, site=ELSEWHERE))


def test_each_eighth_word_edited_is_an_edit_in_a_script_without_spaces_too():
    one = (
        "市议会周一决定关闭老港口大桥，因为两周的检查发现七个桥墩中有两个出现裂缝。副市长在码头对记者说，"
        "谁也不必害怕，但谁也不应再开车过桥。大桥建于一九六二年，每天有一万四千辆汽车通过。"
    )
    other = one
    for old, new in ("周一", "昨日"), ("因为", "由于"), ("出现", "有了"), ("对记者", "向媒体"), ("通过", "经过"):
        other = other.replace(old, new)
    assert is_same(text(one), text(other, site=ELSEWHERE))


def test_short_paragraphs_in_another_order_are_found_in_a_script_without_spaces_too():
    lines = ("南山周末天气小雨，气温八到十五度。", "东风，风速每小时二十公里。", "日出时间六时十分，湿度百分之三十。")
    assert is_same(text(*lines), text(*lines[::-1]))
