"""The scoring of related links, on literals, and the shape of the labels."""

import json

import msgspec
import pytest

from benchmarks.related import (
    LABELS,
    Label,
    Result,
    Score,
    Tally,
    claims,
    faults,
    macro,
    main,
    micro,
    read_labels,
    table,
    tally,
)
from crawler import addresses
from crawler.article import Article, Link

ONE, TWO, THREE, FOUR = (f"https://paper.example/{n}" for n in ("one", "two", "three", "four"))


def label(half="a", related=(), read_more=(), doubtful=()):
    return Label("pages/x.html.gz", half, frozenset(related), frozenset(read_more), frozenset(doubtful))


def counted(hits=(), misses=(), false_alarms=()):
    return Tally(frozenset(hits), frozenset(misses), frozenset(false_alarms))


def test_a_tally_parts_found_overlooked_and_falsely_claimed():
    assert tally([ONE, TWO], [], [TWO, THREE]) == counted([TWO], [ONE], [THREE])


def test_doubtful_addresses_are_neither_rewarded_nor_punished():
    assert tally([ONE], [TWO], [ONE, TWO]) == tally([ONE], [TWO], [ONE]) == counted([ONE])


def test_an_address_that_is_true_and_doubtful_counts_as_true():
    assert tally([ONE], [ONE], []) == counted(misses=[ONE])


def test_micro_weighs_links_and_macro_weighs_pages():
    pages = [counted([ONE, TWO, THREE], [], [FOUR]), counted([], [ONE, TWO], [])]
    assert micro(pages) == Score(3 / 4, 3 / 5)
    assert macro(pages) == Score(3 / 8, 1 / 2)


def test_a_page_with_nothing_to_find_and_nothing_claimed_is_right():
    assert macro([counted()]) == Score(1.0, 1.0)


@pytest.mark.parametrize("page", [counted(misses=[ONE]), counted(false_alarms=[ONE])])
def test_a_page_with_only_misses_or_only_false_alarms_is_wrong(page):
    assert macro([page, counted()]) == Score(0.5, 0.5)


def test_a_link_of_the_wrong_kind_counts_together_but_not_alone():
    result = Result(label(related=[ONE]), frozenset([("read_more", ONE)]))
    assert result.tally(["related", "read_more"]) == counted([ONE])
    assert result.tally(["related"]) == counted(misses=[ONE])
    assert result.tally(["read_more"]) == counted(false_alarms=[ONE])


def test_a_link_doubtful_as_another_kind_is_no_false_alarm_there():
    result = Result(label(related=[ONE], doubtful=[ONE]), frozenset([("related", ONE), ("read_more", ONE)]))
    assert result.tally(["related"]) == counted([ONE])
    assert result.tally(["read_more"]) == counted()


def test_claims_are_cleaned_and_leave_inline_links_out():
    article = Article(
        "paper",
        "https://paper.example/",
        links=(
            Link("related", 0, f"{ONE}?utm_source=box#top", "One"),
            Link("inline", 0, TWO, "Two", 0, 3),
            Link("read_more", 1, "mailto:desk@paper.example", "Write"),
        ),
    )
    assert claims(article) == {("related", ONE), ("read_more", "mailto:desk@paper.example")}


def test_the_table_keeps_the_halves_apart():
    right = Result(label("a", related=[ONE]), frozenset([("related", ONE)]))
    wrong = Result(label("b", related=[ONE]), frozenset())
    rows = {tuple(row.split()[:2]): row.split()[2:] for row in table([right, wrong])[1:]}
    assert rows["a", "together"] == ["1", "1", "1.000", "1.000", "1.000", "1.000"]
    assert rows["b", "together"] == ["1", "1", "0.000", "0.000", "0.000", "0.000"]
    assert rows["all", "related"] == ["2", "2", "1.000", "0.500", "0.500", "0.500"]
    assert rows["all", "read_more"] == ["2", "0", "1.000", "1.000", "1.000", "1.000"]


def test_faults_name_misses_and_false_alarms_of_pages_that_have_any():
    assert faults(Result(label(related=[ONE]), frozenset([("read_more", TWO)]))) == [
        "pages/x.html.gz (a)",
        f"  - {ONE}",
        f"  + {TWO}",
    ]
    assert faults(Result(label(), frozenset())) == []


def test_the_labels_are_of_44_pages_in_equal_halves():
    labels = read_labels(LABELS.read_bytes())
    assert len(labels) == len(LABELS.read_text("utf-8").splitlines()) == 44
    assert sorted(one.half for one in labels.values()) == ["a"] * 22 + ["b"] * 22


def test_the_labels_are_clean_addresses():
    named = [href for one in read_labels(LABELS.read_bytes()).values() for href in one.related | one.read_more]
    assert named == [addresses.clean(href) for href in named]


def test_a_misspelt_key_in_a_label_is_an_error():
    line = {"file": "x", "half": "a", "related": [], "read_more": [], "doubtful": [], "relatd": []}
    with pytest.raises(msgspec.ValidationError, match="relatd"):
        read_labels(json.dumps(line).encode())


def test_a_folder_without_pages_is_told_in_a_sentence(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    assert "expected a folder of recorded pages" in capsys.readouterr().err
    (tmp_path / "cases.jsonl").write_text("")
    assert main([str(tmp_path)]) == 1
    assert "44 of 44 labelled pages are not there" in capsys.readouterr().err
