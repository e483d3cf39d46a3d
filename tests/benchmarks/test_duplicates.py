"""The labelled pairs and the judgement of them; a quick run of the whole."""

import json
from collections import Counter

import pytest

from benchmarks import duplicates_files
from benchmarks.duplicates import FLOORS, GENERATORS, Result, Verdict, grouped, judged, main, streamed, table
from tests.make import fresh_archive
from tests.material.duplicates import wire
from tests.material.duplicates.pairs import OTHER, SAME, Pair, Version


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
    precision, recall = FLOORS.get(name, (0.98, 0.95))
    assert result.precision >= precision
    assert result.recall >= recall


def test_each_article_of_a_wire_is_judged_against_the_one_that_it_is_said_to_copy():
    made = list(wire.takes(160, 4))
    assert made == list(wire.takes(160, 4))
    assert {take.sort for take in made} > {wire.FIRST, "corrected", "longer take", "update"}
    stream = streamed(made)
    assert sum(count for count, _ in stream.sorts.values()) == len(made)
    assert stream.said > 20
    assert stream.precision >= 0.95
    assert stream.recall >= 0.9


def test_the_command_prints_its_figures_and_fails_below_its_bounds(capsys):
    assert main(["--count", "24", "--generator", "english"]) == 0
    said = capsys.readouterr().out
    assert "precision 1.0000  recall 1.0000" in said
    assert "truncated copy" in said


def verdict(is_same: bool, is_found: bool) -> Verdict:
    told = Version("a.example", "A", ("a",), 0.0)
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


def test_pairs_written_to_a_file_are_read_as_they_were(tmp_path, capsys):
    path = tmp_path / "pairs.jsonl"
    assert main(["--count", "26", "--generator", "invented", "--write", str(path)]) == 0
    made, read = list(GENERATORS["invented"](26, 1)), list(duplicates_files.read(path))
    assert [(one.sort, one.is_same) for one in read] == [(one.sort, one.is_same) for one in made]
    for mine, theirs in zip(made, read, strict=True):
        for one, other in ((mine.first, theirs.first), (mine.second, theirs.second)):
            assert one.paragraphs == other.paragraphs
            assert (one.site, one.title, one.is_live, one.wire) == (other.site, other.title, other.is_live, other.wire)
            assert other.hours == pytest.approx(one.hours, abs=1 / 3600)
    assert main(["--pairs", str(path)]) == 0
    assert "26 pairs" in capsys.readouterr().out


def line(label="duplicate", **other):
    text = "\n\n".join(GENERATED.first.paragraphs)
    one = {"url": "https://a.example/1", "site": "Anything", "title": "A", "text": text}
    return json.dumps({"one": one, "other": one | {"url": "https://b.example/2"} | other, "label": label}) + "\n"


GENERATED = next(iter(GENERATORS["english"](1, 5)))


def test_pairs_of_another_generator_need_little_and_may_share_a_text(tmp_path, capsys):
    path = tmp_path / "pairs.jsonl"
    path.write_text(line() + "\n" + line(url="", site="The Daily B", published_at="2024-12-09", kind="news"), "utf-8")
    assert main(["--pairs", str(path)]) == 0
    assert "precision 1.0000  recall 1.0000  links across pairs 0" in capsys.readouterr().out
    told = [told for pair in duplicates_files.read(path) for told in (pair.first, pair.second)]
    assert [one.url for one in told] == ["https://a.example/1", "https://b.example/2", "https://a.example/3-0", None]
    assert (told[3].site, told[3].hours) == ("the-daily-b.example", 343 * 24)


@pytest.mark.parametrize(
    ("told", "is_live"),
    [
        ({"kind": "live"}, True),
        ({"title": "LIVE | Snow in Arvel"}, True),
        ({"title": "Live: snow in Arvel", "kind": "news"}, False),
        ({"title": "Live music in Arvel"}, False),
    ],
)
def test_a_live_blog_is_told_by_its_kind_or_where_this_is_left_out_by_its_title(tmp_path, told, is_live):
    path = tmp_path / "pairs.jsonl"
    path.write_text(line(**told), "utf-8")
    assert [pair.second.is_live for pair in duplicates_files.read(path)] == [is_live]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{", "pairs.jsonl:1: "),
        (line("same"), "$.label"),
        (line(text=None), "$.other.text"),
        (line(kind="poem"), "$.other.kind"),
        (line(published_at="yesterday"), "expected a time such as"),
        (line(url="ftp://a.example/x"), "ftp://a.example/x"),
        (line(url="", site=" "), "neither url nor site"),
    ],
)
def test_what_is_wrong_with_a_file_of_pairs_is_told_with_its_line(tmp_path, capsys, written, said):
    path = tmp_path / "pairs.jsonl"
    path.write_text(written, "utf-8")
    assert main(["--pairs", str(path)]) == 2
    error = capsys.readouterr().err
    assert "pairs.jsonl:1: " in error
    assert said in error


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path, capsys):
    assert main(["--pairs", str(tmp_path / "none.jsonl")]) == 2
    assert main(["--count", "2", "--write", str(tmp_path / "none" / "x.jsonl")]) == 2
    assert capsys.readouterr().err.count("No such file") == 2
