"""The views that count: an article in one row with the names that belong to it, and each edit with its delay."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from pipelines.archive.schema.flat import widen
from tests.make import fresh_archive
from tests.reading_room.archive_rows import make_archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = make_archive(tmp_path_factory.mktemp("flat") / "news.db")
    with sqlite3.connect(path) as db:
        db.execute("update articles set last_changed_at = '2024-12-09T15:00:00Z' where id = 1")
        db.executemany(
            "insert into revisions(id, article_id, seen_from, seen_until, cause, silent, title, published_at)"
            " values (?, 1, ?, ?, ?, ?, 'Ferry line to reopen', ?)",
            [
                (20, "2024-12-09T11:10:00Z", "2024-12-09T11:20:00Z", "edit", 0, "2024-12-09T11:02:00Z"),
                (21, "2024-12-09T11:32:00Z", "2024-12-09T12:00:00Z", "rules", None, "2024-12-09T11:02:00Z"),
                (22, "2024-12-09T14:00:00Z", "2024-12-09T14:00:00Z", "edit", 1, "2024-12-09"),
            ],
        )
    db.close()
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def test_names_are_joined_in_their_order(archive):
    row = archive.execute("select outlet, authors, tags, copy_of from articles_flat where id = 1").fetchone()
    assert tuple(row) == ("The Harbour Post", "Mara Quill; Ivo <i>Brand</i>", "<em>weather</em>; ferries", None)


def test_a_column_that_is_added_stands_behind_the_count_of_words():
    with closing(fresh_archive()) as db:
        was = [row["name"] for row in db.execute("select name from pragma_table_info('articles_flat')")]
        widen(Database(db), "month", "capture")
        now = [row["name"] for row in db.execute("select name from pragma_table_info('articles_flat')")]
    place = was.index("word_count") + 1
    assert now == [*was[:place], "month", "capture", *was[place:]]


def test_every_article_has_one_row_and_a_time(archive):
    rows = archive.execute("select id, dated_at, date_basis from articles_flat order by id").fetchall()
    assert [row["id"] for row in rows] == list(range(1, 13))
    assert tuple(rows[6]) == (7, "2024-12-09T12:00:00Z", "seen")
    assert tuple(rows[3]) == (4, "2024-12-01", "page")


def test_an_edit_is_noticed_when_the_next_state_is_seen_whatever_the_cause_of_that(archive):
    rows = archive.execute("select revision_id, noticed_at, minutes_after, silent from edits where revision_id >= 20")
    assert list(map(tuple, rows)) == [
        (20, "2024-12-09T11:32:00Z", 30, 0),
        (22, "2024-12-09T15:00:00Z", None, 1),
    ]


def test_conditions_reach_the_indexes_of_the_articles(archive):
    plan = archive.execute(
        "explain query plan select title, authors from articles_flat where site = 'harbour' order by published_at desc"
    ).fetchall()
    assert "USING INDEX articles_site" in " ".join(row["detail"] for row in plan)
