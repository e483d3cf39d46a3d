"""Terms, likeness and what hangs together, on literals."""

import pytest

from pipelines.stories.clustering import branch, joined, parts, same_story, torn
from pipelines.stories.index import terms
from pipelines.stories.scoring import LASTING, NEAR, Ground, Measure, Piece, Scene, Vector, needed, news


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
    scene = Scene(measure, weights)
    assert scene.likeness(one, one) == pytest.approx(1)
    assert scene.shared(one, other) == {}


def test_what_has_just_come_up_is_news_and_what_always_is_there_is_not():
    burst, steady = {0: 6, 1: 3}, dict.fromkeys(range(-12, 13), 6)
    assert news(burst, LASTING) == 1
    assert news(steady, LASTING) < 0.4


def test_what_has_lasted_for_days_is_news_where_it_is_known_how_it_was_weeks_before():
    lasting = dict.fromkeys(range(-5, 1), 6)
    assert news(lasting, LASTING) == 1
    assert news(lasting, NEAR) < 0.6


def test_more_is_needed_of_what_is_farther_apart_of_young_archives_and_of_columns():
    warm = Measure(1000)
    assert needed(48, warm) > needed(0, warm)
    assert needed(0, Measure(20)) > needed(0, warm)
    assert needed(0, warm, 0.9) > needed(0, warm, None) > needed(0, warm, 0.05)


def test_what_hangs_together_is_told_greatest_first():
    assert parts({1: None, 2: 1, 3: 2, 7: None, 8: 7}) == [{1, 2, 3}, {7, 8}]
    assert branch({1: None, 2: 1, 3: 2, 4: 1}, 2) == {2, 3}


WEIGHTS = dict.fromkeys(range(100), 1.0)


def piece(number, vector, cluster=None, at=0):
    return Piece(number, at, cluster or -number, Vector.of(dict.fromkeys(vector, 1.0), WEIGHTS))


SCENE = Scene(Measure(1000), WEIGHTS)


def test_a_chain_of_pieces_that_are_alike_by_twos_does_not_swallow_a_story():
    rest = [piece(number, range(20, 30), cluster=5) for number in (2, 3, 4)]
    edge = piece(1, range(10, 20), cluster=5)
    new = piece(9, range(5, 15))
    assert joined(new, [edge], {}, SCENE, lambda _: [edge, *rest]) == []
    assert [tie.other.id for tie in joined(new, [edge], {}, SCENE, lambda _: [edge])] == [1]


def test_two_stories_are_one_only_when_they_are_alike_on_the_whole():
    one = [piece(1, range(10)), piece(2, range(10))]
    assert same_story(one, [piece(3, range(2, 12))], SCENE)
    assert not same_story(one, [piece(3, range(8, 18))], SCENE)


def test_links_to_many_clusters_say_nothing():
    others = [piece(number, [*range(3), *range(10 * number, 10 * number + 7)]) for number in (1, 2, 3)]
    new = piece(9, range(10))
    links = dict.fromkeys((1, 2, 3), Ground.LINK)
    assert joined(new, others, links, SCENE, lambda _: []) == []
    assert joined(new, others[:2], links, SCENE, lambda _: []) == []  # the third leads to what is too old to look at
    assert len(joined(new, others[:2], dict.fromkeys((1, 2), Ground.LINK), SCENE, lambda _: [])) == 2


def test_a_common_text_joins_weeks_later_where_the_words_bear_it_out_and_not_for_ever():
    new, old = piece(9, range(10)), piece(1, [*range(5), *range(50, 55)], at=24 * 20)
    copy = {1: Ground.COPY}
    assert [tie.margin for tie in joined(new, [old], copy, SCENE, lambda _: [])] == [1]
    assert joined(new, [old], {}, SCENE, lambda _: []) == []
    assert joined(new, [piece(1, range(50, 60))], copy, SCENE, lambda _: []) == []
    assert joined(new, [piece(1, range(10), at=24 * 365)], copy, SCENE, lambda _: []) == []


def test_a_common_text_joins_in_an_archive_that_knows_no_words_yet():
    nothing = Scene(Measure(0), dict.fromkeys(range(100), 0.0))
    one, other = (Piece(number, 0, -number, Vector({number: 1.0}, 0.0)) for number in (9, 1))
    assert len(joined(one, [other], {1: Ground.COPY}, nothing, lambda _: [])) == 1


def test_a_list_beside_the_text_takes_nothing_from_an_editors_box():
    boxed = piece(1, [*range(3), *range(10, 17)])
    listed = [piece(number, range(10 * number, 10 * number + 10)) for number in (2, 3, 4)]
    grounds = {1: Ground.LINK, 2: Ground.MENTION, 3: Ground.MENTION, 4: Ground.MENTION}
    found = joined(piece(9, range(10)), [boxed, *listed], grounds, SCENE, lambda _: [])
    assert [(tie.other.id, tie.ground) for tie in found] == [(1, Ground.LINK)]


def test_what_is_somewhat_like_each_piece_of_a_story_is_like_the_whole():
    story = [piece(number, [*range(3), *range(10 * number, 10 * number + 7)], cluster=5) for number in (1, 2, 3)]
    new = piece(9, [*range(3), *range(50, 57)])
    assert joined(new, story[:1], {}, SCENE, lambda _: story[:1]) == []
    assert [tie.score for tie in joined(new, story[:1], {}, SCENE, lambda _: story)] == [pytest.approx(0.9 / 4.8**0.5)]


def test_a_story_of_two_games_is_torn_and_a_story_that_varies_is_not():
    first = [piece(number, [*range(2), *range(10, 18)]) for number in (1, 2)]
    second = [piece(number, [*range(2), *range(20, 28)]) for number in (3, 4)]
    halves = torn(piece(9, [*range(2), *range(20, 28)]), [*first, *second], {}, SCENE)
    assert halves is not None
    assert [[one.id for one in half] for half in halves] == [[9, 3, 4], [1, 2]]
    assert (
        torn(piece(9, range(10)), [piece(number, range(number, number + 10)) for number in range(1, 6)], {}, SCENE)
        is None
    )


@pytest.mark.parametrize(("shared", "is_torn"), [(4, True), (6, False)])
def test_one_person_in_common_makes_no_event_of_texts_that_say_little(shared, is_torn):
    first, second = range(10), [*range(shared), *range(20, 30 - shared)]
    assert SCENE.needed(0) < shared / 10
    rest = [piece(1, first), piece(2, first), piece(3, second), piece(4, second)]
    assert (torn(piece(9, second), rest, {}, SCENE) is not None) == is_torn


@pytest.mark.parametrize("shared", range(3, 10))
def test_two_stories_that_become_one_are_not_parted_at_once(shared):
    first = [piece(number, range(10)) for number in (1, 2)]
    second = [piece(number, [*range(shared), *range(20, 30 - shared)]) for number in (3, 4)]
    assert same_story(first, second, SCENE) == (shared > 7)
    if same_story(first, second, SCENE):
        assert torn(second[0], [second[1], *first], {}, SCENE) is None


def test_one_piece_that_is_unlike_the_rest_tears_nothing():
    rest = [piece(1, range(50, 60)), *(piece(number, range(10)) for number in (2, 3))]
    assert torn(piece(9, range(10)), rest[:2], {}, SCENE) is None


def test_two_that_say_little_are_less_alike_than_two_that_say_much():
    brief = [piece(number, range(3)) for number in (1, 2)]
    assert SCENE.alike(brief[:1], brief[1:]) == pytest.approx(1)
    assert Scene(Measure(1000), WEIGHTS, length=3.0).alike(brief[:1], brief[1:]) == pytest.approx(1 / 3)


def test_a_name_says_more_than_a_word_wherever_it_stands():
    found = terms("", None, "Belarin is shut. The owners of Belarin said nothing.")
    said = {found.shown[number]: weight for number, weight in found.weights.items()}
    assert said["Belarin"] > 2 * said["owners"]


def test_where_no_word_is_common_the_middle_one_is_the_measure():
    assert Measure.of([6] * 20, 400) == Measure(60)
    assert Measure.of([6] * 20, 40) == Measure(40)
    assert Measure.of([400] * 8 + [1] * 40, 600) == Measure(400)
    assert Measure.of([], 600) == Measure(0)
