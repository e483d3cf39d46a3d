"""The labelled pairs and the judgement of them; a quick run of the whole."""

from collections import Counter

import pytest

from benchmarks.duplicates import GENERATORS, Result, Verdict, grouped, judged, main, table
from benchmarks.duplicates_pairs import OTHER, SAME, Pair, Told
from tests.make import fresh_archive


@pytest.mark.parametrize("generator", GENERATORS.values(), ids=list(GENERATORS))
def test_pairs_are_the_same_each_time_and_half_of_them_have_one_text(generator):
    made = list(generator(24, 3))
    assert made == list(generator(24, 3))
    assert made != list(generator(24, 4))
    assert Counter(pair.is_same for pair in made) == {True: 12, False: 12}


def test_every_way_of_making_a_pair_is_used_in_texts_of_all_lengths():
    made = list(GENERATORS["invented"](120, 1))
    assert {pair.sort for pair in made} == {*SAME, *OTHER}
    lengths = [len(" ".join(told.paragraphs)) for pair in made for told in (pair.first, pair.second)]
    assert min(lengths) < 400
    assert max(lengths) > 6000


@pytest.mark.parametrize("name", GENERATORS)
def test_near_duplicates_are_told_on_either_generator(name):
    result = judged(GENERATORS[name](60, 2))
    assert result.precision >= 0.98
    assert result.recall >= 0.95


def test_the_command_prints_its_figures_and_fails_below_its_bounds(capsys):
    assert main(["--pairs", "24", "--generator", "english"]) == 0
    said = capsys.readouterr().out
    assert "precision 1.0000  recall 1.0000" in said
    assert "truncated copy" in said


def verdict(is_same: bool, is_found: bool) -> Verdict:
    told = Told("a.example", "A", ("a",), 0.0)
    return Verdict(Pair("exact copy", is_same, told, told), is_found)


def test_figures_count_what_was_found_and_links_across_pairs():
    verdicts = (verdict(True, True), verdict(True, True), verdict(True, False), verdict(False, True))
    result = Result((*verdicts, verdict(False, False)), stray=1, milliseconds=1.0)
    assert result.precision == 2 / 4
    assert result.recall == 2 / 3
    assert table("x", result)[-1] == "  precision 0.5000  recall 0.6667  links across pairs 1"


def test_a_group_leads_to_the_first_publication_by_reposts_and_copies():
    db = fresh_archive()
    db.execute("insert into sites(name) values ('a')")
    for n, of in ((1, None), (2, 1), (3, 2), (4, None)):
        db.execute(
            "insert into articles(id, site, url, address_key, kind, title, text, duplicate_of)"
            " values (?, 'a', ?, ?, 'news', '', '', ?)",
            (n, f"{n}", f"{n}", of),
        )
    db.execute("insert into copies values (4, 3, 1, 1, 0, '')")
    assert grouped(db) == {2: 1, 3: 1, 4: 1}
