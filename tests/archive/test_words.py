# ruff: noqa: S608 - names of tables of ours
"""Forms of words: what belongs together in many languages, what a search finds by them, and in which order."""

import sqlite3
from collections import defaultdict
from contextlib import closing

import pytest

from crawler.housekeeping.forget import erase
from pipelines.archive import unindexed, words
from pipelines.archive.database import Connection, open_archive, transaction
from pipelines.archive.searching import expressions, hits, read
from reading_room.room import open_room
from tests.make import MT, NOW, keep, visit

PAIRS = """
en bridge bridges · en flood flooding · en flood flooded · en country countries · en protest protesters
en strike striking · en vote voted · de Haus Häuser · de Straße strasse · de Straße Straßen · de Wahl Wahlen
de Regierung Regierungen · de Hauser Häuser · ru мост мостов · ru правительство правительстве
ru наводнение наводнения · ru ёлка елка · ru выборы выборов · ru министр министром · ru город городах
fr élection élections · fr election élections · fr grève grèves · fr inondation inondations · fr eleves élèves
es inundación inundaciones · es inundacion inundaciones · es puente puentes · es ministro ministros
it ponte ponti · it elezione elezioni · it città citta · it ministro ministri · pt ponte pontes
pt inundação inundações · pt governo governos · pl powódź powodzi · pl wybory wyborów · pl łódź lodz
sv regering regeringen · nl brug bruggen · nl overstroming overstromingen
"""
FORMS = [tuple(pair.split()) for line in PAIRS.strip().splitlines() for pair in line.split("·")]
APART = [("en", "new", "news"), ("en", "bridge", "brigade"), ("de", "Wahl", "Wal"), ("ru", "мост", "место")]


def found(db, query):
    match = expressions(db, read(query))
    return {row[0] for row in db.execute(hits(), {"wide": match.wide, "pieces": match.pieces})}


@pytest.mark.parametrize(("language", "one", "other"), FORMS)
def test_either_form_finds_the_other(db, language, one, other):
    words.learn(db, words.words_of([f"Hier {one}, und {other}."]), language)
    keep(db, visit(f"{MT}/2024/12/09/one-a1", title=f"a {one} b", language=language))
    keep(db, visit(f"{MT}/2024/12/09/two-a2", title=f"a {other} b", paragraphs=("Else.",), language=f"{language}-XX"))
    assert found(db, one) == found(db, other) == {1, 2}
    assert 1 in found(db, f'"{one}"')


def test_there_are_forty_pairs_in_eight_languages():
    assert len(FORMS) >= 40
    assert len({language for language, *_ in FORMS}) >= 8


@pytest.mark.parametrize(("language", "one", "other"), APART)
def test_other_words_are_no_forms(language, one, other):
    assert words.keys(one.lower(), language).isdisjoint(words.keys(other.lower(), language))


async def test_the_word_as_it_was_typed_comes_first_however_rare_the_other_form_is(tmp_path):
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db:
        for n in range(8):
            text = ("Many lines on the weather. " * 9 + "One bridges the gap.",) if n < 6 else ("The bridge. Bridge!",)
            keep(db, visit(f"{MT}/2024/12/09/x-a{n}", title=f"Title {n}", paragraphs=text, language="en"))
    answer = await open_room(path).client.get("/news/search.json?_shape=array&q=bridges")
    numbers = [row["article_id"] for row in answer.json()]
    assert set(numbers) == set(range(1, 9))
    assert set(numbers[:6]) == {1, 2, 3, 4, 5, 6}


def test_a_word_is_kept_once_and_costs_nothing_the_next_time(db):
    known: defaultdict[str, set[str]] = defaultdict(set)
    assert words.learn(db, words.words_of(["Bridges and floods", None]), "en", known) == 3
    assert words.learn(db, words.words_of(["floods and BRIDGES"]), "en", known) == 0
    assert words.learn(db, words.words_of(["floods"]), "de", known) == 1
    assert db.execute("select word from _forms where key = 'en:bridg'").fetchall()[0][0] == "bridges"


def test_what_is_undone_is_not_taken_for_kept(db):
    def fail():
        with transaction(db):
            keep(db, visit(f"{MT}/2024/12/09/one-a1", title="Unheard-of quillfeathers", language="en"))
            assert db.words["en"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with transaction(db):
        keep(db, visit(f"{MT}/2024/12/09/one-a1", title="Unheard-of quillfeathers", language="en"))
    assert found(db, "quillfeather") == {1}


@pytest.mark.parametrize("text", ["a" * 100_000, "\u0301" * 50_000, "x1 " * 50_000, "\0", "\ud800 word", "ﬀ ﬁ " * 9])
def test_any_text_has_words(db, text):
    words.learn(db, words.words_of([text.encode("utf-8", "replace").decode()]), "en")


def test_a_new_text_brings_its_words_and_an_erased_article_takes_those_with_it_that_nobody_else_has(db):
    keep(db, visit(f"{MT}/2024/12/09/one-a1", title="Bridges", paragraphs=("Plain beginning.",), language="en"))
    keep(db, visit(f"{MT}/2024/12/09/two-a2", title="Bridge", paragraphs=("Something else.",), language="en"))
    keep(
        db,
        visit(
            f"{MT}/2024/12/09/one-a1", minutes=60, title="Bridges", paragraphs=("Now quillfeathers.",), language="en"
        ),
    )
    kept = "select count(*) from _forms where word in ('quillfeathers', 'beginning')"
    assert db.execute(kept).fetchone()[0] == 2
    erase(db, 1, "", NOW.isoformat())
    assert db.execute(kept).fetchone()[0] == 0
    assert found(db, "bridges") == {2}
    assert db.execute("select count(*) from _forms where word = 'bridges'").fetchone()[0] == 0


# An archive from before: in short steps.


def test_what_an_earlier_version_stored_is_found_once_crawls_have_looked_at_it(tmp_path, monkeypatch):
    monkeypatch.setattr(unindexed, "AT_ONCE", 2)
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db:
        for n, title in enumerate(["Bridges", "Floods", "渡轮航线", "Ice", "Metro"], 1):
            keep(db, visit(f"{MT}/2024/12/09/x-a{n}", title=title, paragraphs=(f"Line {n}",), language="en"))
        keep(db, visit(f"{MT}/2024/12/09/x-a2", minutes=60, title="Floods", paragraphs=("Line 2 anew",), language="en"))
        complete = {table: rows_of(db, table) for table in ("_forms", "revisions_fts", "_pieces_docsize")}
        for table in ("_forms", "revisions_fts", "_unindexed"):
            db.execute(f"delete from {table}")
        assert isinstance(db, Connection)
        db.words.clear()  # as a crawl that begins
        db.execute("insert into _pieces(_pieces) values ('delete-all')")
        db.execute("insert into _unindexed values ('articles', 1, 5), ('revisions', 1, 1)")
        assert found(db, "bridge") == set()
        taken = []
        while step := next(unindexed.steps(db), 0):  # each anew, as another crawl would
            taken.append(step)
        assert taken == [2, 2, 1, 1]
        assert {table: rows_of(db, table) for table in complete} == complete
        assert found(db, "bridge") == {1}
        assert found(db, "渡轮") == {3}
        for index in ("_pieces", "revisions_fts", "articles_fts"):
            db.execute(f"insert into {index}({index}, rank) values ('integrity-check', 1)")


def rows_of(db, table):
    return sorted(map(str, map(tuple, db.execute(f"select * from {table}"))))


def test_any_client_may_write_and_the_indexes_follow(tmp_path):
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db:
        keep(db, visit(f"{MT}/2024/12/09/x-a1", title="渡轮航线", paragraphs=("风暴" * 600,)))
        keep(db, visit(f"{MT}/2024/12/09/x-a1", minutes=60, title="渡轮航线", paragraphs=("北京",)))
    with closing(sqlite3.connect(path, isolation_level=None)) as client:  # knows nothing of ours
        pieces = "select rowid from _pieces where _pieces match ?"
        lost = "select rowid from revisions_fts where revisions_fts match ?"
        assert client.execute(pieces, ['"北京"']).fetchall() == [(1,)]
        assert client.execute(pieces, ['"风暴"']).fetchall() == []
        assert client.execute(lost, ['pieces : "风暴 暴风"']).fetchall() == [(1,)]
        client.execute("update articles set text = '上海市' where id = 1")
        assert client.execute(pieces, ['"北京"']).fetchall() == []
        assert client.execute(pieces, ['"上海 海市"']).fetchall() == [(1,)]
        client.execute("update articles set title = 'Ferry line', text = 'Plain.' where id = 1")
        assert client.execute(pieces, ['"上海"']).fetchall() == []
        client.execute("update articles set title = '渡轮' where id = 1")
        client.execute("delete from revisions")
        assert client.execute(lost, ['pieces : "风暴"']).fetchall() == []
        for index in ("_pieces", "revisions_fts", "articles_fts"):
            client.execute(f"insert into {index}({index}, rank) values ('integrity-check', 1)")
        assert client.execute("pragma integrity_check").fetchall() == [("ok",)]
