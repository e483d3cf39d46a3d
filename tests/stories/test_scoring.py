"""Terms, likeness and what hangs together, on literals."""

import pytest

from pipelines.stories.clustering import connected, is_series, matching_clusters, same_story, split
from pipelines.stories.scoring import (
    BRIEF_NEEDS,
    FAMILIAR_NEEDS,
    LASTING,
    NEAR,
    STRANGE,
    Evidence,
    Measure,
    Member,
    Scorer,
    Vector,
    needed,
    novelty,
)
from pipelines.stories.terms import terms, title_term


def shown(title="", standfirst=None, text=""):
    return set(terms(title, standfirst, text).shown.values())


def test_words_names_and_neighbouring_names_are_terms():
    found = shown(text="On Monday the mayor met Irsa Voland in Tolvograd.")
    assert {"mayor", "Irsa", "Voland", "Irsa Voland", "Tolvograd"} <= found


def test_inflected_forms_share_a_term():
    assert terms("", None, "забастовка").weights.keys() == terms("", None, "забастовки").weights.keys()


def test_scripts_without_spaces_give_pairs_of_characters():
    assert shown(text="東京都知事") == {"東京", "京都", "都知", "知事"}


def test_small_numbers_are_no_terms():
    assert shown(text="It took 12 hours and 4500 crowns.") >= {"4500"}
    assert "12" not in shown(text="It took 12 hours and 4500 crowns.")


def test_a_headline_in_capitals_names_nobody():
    assert "Strike In" not in shown(title="Refinery Workers Strike In Tolvograd")


@pytest.mark.parametrize("title", ["", "—", "odd \x00\ud800 word", "A" * 5000])
def test_odd_titles_are_read(title):
    assert isinstance(terms(title, None, "").weights, dict)


def test_a_term_that_stands_everywhere_weighs_nothing():
    measure = Measure.of([100] * 8 + [1])
    assert measure.weight(100) == 0 < measure.weight(50) < measure.weight(1)


def test_equal_articles_are_wholly_alike_and_others_not_at_all():
    measure = Measure(100)
    weights = dict.fromkeys((1, 2), measure.weight(0))
    one, other = (Vector.of({term: 1.0}, weights) for term in (1, 2))
    scorer = Scorer(measure, weights)
    assert scorer.likeness(one, one) == pytest.approx(1)
    assert scorer.shared(one, other) == {}


def test_what_has_just_come_up_is_news_and_what_always_is_there_is_not():
    burst, steady = {0: 6, 1: 3}, dict.fromkeys(range(-12, 13), 6)
    assert novelty(burst, LASTING) == 1
    assert novelty(steady, LASTING) < 0.4


def test_what_has_lasted_for_days_is_news_where_it_is_known_how_it_was_weeks_before():
    lasting = dict.fromkeys(range(-5, 1), 6)
    assert novelty(lasting, LASTING) == 1
    assert novelty(lasting, NEAR) < 0.6


def test_what_is_two_periods_off_is_no_part_of_the_news_around_an_article():
    beside = [novelty({0: 6, apart: 6, LASTING + 1: 6}, LASTING) for apart in (-2, -1, 1, 2)]
    assert beside[0] == beside[3] < beside[1] == beside[2] < 1


def test_more_is_needed_of_what_is_farther_apart_of_young_archives_and_of_columns():
    warm = Measure(1000)
    assert needed(48, warm) > needed(0, warm)
    assert needed(0, Measure(20)) > needed(0, warm)
    assert needed(0, warm, 0.9) > needed(0, warm, None) > needed(0, warm, 0.05)


def test_what_hangs_together_comes_greatest_first():
    assert connected({1: None, 2: 1, 3: 2, 7: None, 8: 7}) == [{1, 2, 3}, {7, 8}]


WEIGHTS = dict.fromkeys(range(100), 1.0)


def member(number, vector, cluster=None, at=0):
    return Member(number, at, cluster or -number, Vector.of(dict.fromkeys(vector, 1.0), WEIGHTS))


SCORER = Scorer(Measure(1000), WEIGHTS)


def test_a_chain_of_pieces_that_are_alike_by_twos_does_not_swallow_a_story():
    rest = [member(number, range(20, 30), cluster=5) for number in (2, 3, 4)]
    edge = member(1, range(10, 20), cluster=5)
    new = member(9, range(5, 15))
    assert matching_clusters(new, [edge], {}, SCORER, lambda _: [edge, *rest]) == []
    assert [match.other.id for match in matching_clusters(new, [edge], {}, SCORER, lambda _: [edge])] == [1]


def test_two_stories_are_one_only_when_they_are_alike_on_the_whole():
    one = [member(1, range(10)), member(2, range(10))]
    assert same_story(one, [member(3, range(2, 12))], SCORER)
    assert not same_story(one, [member(3, range(8, 18))], SCORER)


def test_links_to_many_clusters_say_nothing():
    others = [member(number, [*range(3), *range(10 * number, 10 * number + 7)]) for number in (1, 2, 3)]
    new = member(9, range(10))
    links = dict.fromkeys((1, 2, 3), Evidence.LINK)
    assert matching_clusters(new, others, links, SCORER, lambda _: []) == []
    # where the third leads to what is too old to look at:
    assert matching_clusters(new, others[:2], links, SCORER, lambda _: []) == []
    assert len(matching_clusters(new, others[:2], dict.fromkeys((1, 2), Evidence.LINK), SCORER, lambda _: [])) == 2


def test_a_common_text_joins_weeks_later_where_the_words_bear_it_out_and_not_for_ever():
    new, old = member(9, range(10)), member(1, [*range(5), *range(50, 55)], at=24 * 20)
    copy = {1: Evidence.COPY}
    assert [match.margin for match in matching_clusters(new, [old], copy, SCORER, lambda _: [])] == [1]
    assert matching_clusters(new, [old], {}, SCORER, lambda _: []) == []
    assert matching_clusters(new, [member(1, range(50, 60))], copy, SCORER, lambda _: []) == []
    assert matching_clusters(new, [member(1, range(10), at=24 * 365)], copy, SCORER, lambda _: []) == []


def test_a_common_text_joins_in_an_archive_that_knows_no_words_yet():
    nothing = Scorer(Measure(0), dict.fromkeys(range(100), 0.0))
    one, other = (Member(number, 0, -number, Vector({number: 1.0}, 0.0)) for number in (9, 1))
    assert len(matching_clusters(one, [other], {1: Evidence.COPY}, nothing, lambda _: [])) == 1


def test_a_list_beside_the_text_takes_nothing_from_an_editors_box():
    boxed = member(1, [*range(3), *range(10, 17)])
    listed = [member(number, range(10 * number, 10 * number + 10)) for number in (2, 3, 4)]
    evidence = {1: Evidence.LINK, 2: Evidence.MENTION, 3: Evidence.MENTION, 4: Evidence.MENTION}
    found = matching_clusters(member(9, range(10)), [boxed, *listed], evidence, SCORER, lambda _: [])
    assert [(match.other.id, match.evidence) for match in found] == [(1, Evidence.LINK)]


def test_what_is_somewhat_like_each_piece_of_a_story_is_like_the_whole():
    scorer = Scorer(Measure(1000), WEIGHTS, noise=0.35)
    story = [member(number, [*range(4), *range(10 * number, 10 * number + 6)], cluster=5) for number in (1, 2, 3)]
    new = member(9, [*range(4), *range(50, 56)])
    assert matching_clusters(new, story[:1], {}, scorer, lambda _: story[:1]) == []
    (match,) = matching_clusters(new, story[:1], {}, scorer, lambda _: story)
    assert match.score == pytest.approx(1.2 / 5.4**0.5)


def test_a_story_of_two_games_is_split_and_a_story_that_varies_is_not():
    first = [member(number, [*range(2), *range(10, 18)]) for number in (1, 2)]
    second = [member(number, [*range(2), *range(20, 28)]) for number in (3, 4)]
    halves = split(member(9, [*range(2), *range(20, 28)]), [*first, *second], {}, SCORER)
    assert halves is not None
    assert [[one.id for one in half] for half in halves] == [[9, 3, 4], [1, 2]]
    assert (
        split(member(9, range(10)), [member(number, range(number, number + 10)) for number in range(1, 6)], {}, SCORER)
        is None
    )


@pytest.mark.parametrize(("shared", "is_split"), [(4, True), (5, True), (6, False)])
def test_one_person_in_common_makes_no_event_of_texts_that_say_little(shared, is_split):
    first, second = range(10), [*range(shared), *range(20, 30 - shared)]
    assert SCORER.needed(0) < shared / 10
    rest = [member(1, first), member(2, first), member(3, second), member(4, second)]
    assert (split(member(9, second), rest, {}, SCORER) is not None) == is_split


def test_twins_that_share_a_town_and_their_sentences_are_not_one_event():
    heavy = WEIGHTS | dict.fromkeys(range(8), 3.0)
    scorer = Scorer(Measure(1000), heavy, noise=0.0)
    said = {"one": [0, 1, 2, 3], "its twin": [0, 5, 6, 7]}
    one = [member(number, [*said["one"], *range(10, 40)]) for number in (1, 2, 3)]
    article = member(9, [*said["its twin"], *range(10, 40)])
    vectors = [other.vector for other in one]
    assert scorer.told(article.vector, vectors) < STRANGE[-1] < scorer.told(one[0].vector, vectors) == 1
    assert scorer.match(article, one, {}) is None
    assert scorer.match(article, one, {1: Evidence.LINK}) is not None
    assert scorer.match(one[0], one[1:], {}) is not None


def test_where_what_an_article_says_first_is_there_less_likeness_is_asked_for():
    brief, long = member(1, range(4)), [member(number, range(40)) for number in (2, 3)]
    known, young = (Scorer(Measure(1000), WEIGHTS, noise=noise) for noise in (0.15, None))
    by = known.match(brief, long, {})
    assert by is not None
    assert by.margin == pytest.approx(by.score - FAMILIAR_NEEDS * known.needed(0))
    assert (found := young.match(brief, long, {})) is None or found.margin == found.score - young.needed(0)


def test_twins_told_in_the_same_sentences_part_by_what_only_one_of_them_says():
    first, second = ([*range(10), *range(own, own + 12)] for own in (20, 40))
    halves = [[member(number, first) for number in (1, 2)], [member(number, second) for number in (3, 4)]]
    scorer = Scorer(Measure(1000), WEIGHTS, noise=0.0)
    assert split(member(9, second), [*halves[0], *halves[1]], {}, scorer) is not None
    moving_on = [member(number, [*first, *range(60, 60 + 4 * number)]) for number in (3, 4)]
    assert split(member(9, first), [*halves[0], *moving_on], {}, scorer) is None


def test_a_brief_piece_that_says_what_a_story_says_needs_less_than_a_long_one():
    long = [member(number, range(40)) for number in (2, 3)]
    scorer = Scorer(Measure(1000), WEIGHTS, noise=0.15, length=6.0)
    brief, as_long = (scorer.match(member(1, range(some)), long, {}) for some in (12, 36))
    assert brief is not None
    assert as_long is not None
    assert brief.score - brief.margin == pytest.approx(BRIEF_NEEDS * scorer.needed(0))
    assert as_long.score - as_long.margin == pytest.approx(FAMILIAR_NEEDS * scorer.needed(0))


@pytest.mark.parametrize("shared", range(3, 10))
def test_two_stories_that_become_one_are_not_split_at_once(shared):
    first = [member(number, range(10)) for number in (1, 2)]
    second = [member(number, [*range(shared), *range(20, 30 - shared)]) for number in (3, 4)]
    assert same_story(first, second, SCORER) == (shared > 7)
    if same_story(first, second, SCORER):
        assert split(second[0], [second[1], *first], {}, SCORER) is None


def test_one_piece_that_is_unlike_the_rest_splits_nothing():
    rest = [member(1, range(50, 60)), *(member(number, range(10)) for number in (2, 3))]
    assert split(member(9, range(10)), rest[:2], {}, SCORER) is None


def test_two_that_say_little_are_less_alike_than_two_that_say_much():
    brief = [member(number, range(3)) for number in (1, 2)]
    assert SCORER.alike(brief[:1], brief[1:]) == pytest.approx(1)
    assert Scorer(Measure(1000), WEIGHTS, length=3.0).alike(brief[:1], brief[1:]) == pytest.approx(1 / 3)


def test_a_name_says_more_than_a_word_wherever_it_stands():
    found = terms("", None, "Belarin is shut. The owners of Belarin said nothing.")
    said = {found.shown[number]: weight for number, weight in found.weights.items()}
    assert said["Belarin"] > 2 * said["owners"]


def test_where_no_word_is_common_the_middle_one_is_the_measure():
    assert Measure.of([6] * 20, 400) == Measure(60)
    assert Measure.of([6] * 20, 40) == Measure(40)
    assert Measure.of([400] * 8 + [1] * 40, 600) == Measure(400)
    assert Measure.of([], 600) == Measure(0)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((0, 24, 48), True),
        ((1, 23, 48), True),
        ((0, 168, 336), True),
        ((0, 24), False),
        ((0, 7, 31), False),
        ((0, 29, 61), False),
        ((0, 24, 48, 50), False),
        ((0, 28, 49, 72), True),
    ],
)
def test_a_series_comes_at_the_same_hour_of_three_days_and_never_twice_a_day(hours, expected):
    for at in {hours[0], hours[-1]} if expected else {hours[-1]}:
        assert is_series(at, [hour for hour in hours if hour != at]) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Week in Pictures", "The week in pictures"),
        ("Letters of March 3", "Letters of April 10"),
        ("Horoskop: 3. März", "Horoskop: 14. April"),
        ("Markets: crown at 212", "Markets: crown at 13.5"),
        ("Курс доллара на 3 марта", "Курс доллара на 12 апреля"),
    ],
)
def test_titles_of_a_series_differ_in_figures_and_dates(one, other):
    assert title_term("a.example", one) == title_term("a.example", other) != title_term("b.example", one)


def test_titles_that_say_something_else_are_of_no_series():
    named = [title_term("a.example", title) for title in ("Fire in Tarvik", "Fire in Ostrel", "Fire", "3", "4", "")]
    assert len(set(named)) == len(named)
