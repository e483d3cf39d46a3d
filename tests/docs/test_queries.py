"""The queries of README.md, asked of the small archive."""

import re
import sqlite3

import pytest

from tests.crawling import ROOT
from tests.reading_room.archive_rows import make_archive

README = (ROOT / "README.md").read_text("utf-8")
QUERIES = re.findall(r"-- (.*)\n((?:.*\n)*?.*);", re.search(r"```sql\n(.*?)```", README, re.DOTALL)[1])  # type: ignore[index]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = make_archive(tmp_path_factory.mktemp("queries") / "news.db")
    db = sqlite3.connect(path)
    db.execute("insert into copies values (11, 1, 0.5, 0.9, 0.1, '2024-12-09T12:00:00Z')")
    db.execute("update articles set last_changed_at = '2024-12-09T12:02:00Z' where id = 1")
    db.commit()
    yield db
    db.close()


def test_five_questions_are_answered():
    assert len(QUERIES) == 5


@pytest.mark.parametrize(
    ("nth", "row"),
    [
        (0, ("The Harbour Post", "2024-49", 1)),
        (1, ("The Harbour Post", "Uplands <b>Daily</b>", 1)),
        (2, ("Uplands <b>Daily</b>", "AFP", 40.0)),
        (3, ("The Harbour Post", 60.0)),
        (4, ("weather.example", 2, 1)),
    ],
)
def test_each_query_gives_what_its_question_asks_for(archive, nth, row):
    assert row in archive.execute(QUERIES[nth][1]).fetchall()
