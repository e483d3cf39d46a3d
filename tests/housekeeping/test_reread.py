"""Articles read anew by today's rules from their captures: no edit, no event, and only once."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from crawler.errors import SetupError
from crawler.extraction.extract import EXTRACTOR
from crawler.housekeeping import Job
from crawler.housekeeping.reread import reread
from pipelines.archive.database import open_archive
from tests.make import MT, NOW, SITES, keep, rows, visit
from tests.warc_recording import Recording

URL = f"{MT}/2024/12/09/lamps-a40217"
PROSE = "".join(
    f"<p>The {who} keeper rowed to the north light before dawn and counted the lamps, of which two had gone out in the"
    " night and one was held by a goat that nobody had invited.</p>"
    for who in ("old", "new", "third", "last")
)
PAGE = f"<html lang=en><main><article><h1>Two lamps go out</h1><p>By Ann Alder</p>{PROSE}</article></main></html>"


@pytest.fixture
def job(tmp_path):
    recording = Recording(tmp_path / "lamps.warc.gz")
    offset = recording.add(URL, PAGE.encode())
    recording.save()
    said: list[str] = []
    with closing(open_archive(tmp_path / "news.db")) as db:
        db.row_factory = sqlite3.Row
        for number, capture in enumerate((f"lamps.warc.gz:{offset}:", "gone.warc.gz:0:", None)):
            url = URL if not number else f"{MT}/2024/12/09/tuba-a{number}"
            found = visit(url, title="© 2024", byline="By Ann Alder | 5 minutes ago", extractor="vestnik-4/x")
            keep(db, found)
            db.execute("update articles set capture = ? where url = ?", (capture, url))
        db.commit()
    made = Job(tmp_path / "news.db", tmp_path, NOW, said.append)
    return made, said


def state(job):
    with closing(sqlite3.connect(job.database)) as db:
        return (
            rows(db, "select title, byline, extractor from articles where url = ?", URL),
            rows(db, "select cause, silent from revisions"),
            rows(db, "select count(*) from events where kind <> 'new'"),
            rows(db, "select next_check_at, status from articles where url = ?", URL),
        )


def test_a_capture_is_read_by_todays_rules_as_no_edit_and_once(job):
    work, said = job
    planned = state(work)[3]
    reread(work, SITES)
    article, revisions, events, plan = state(work)
    assert article == [("Two lamps go out", "By Ann Alder", EXTRACTOR)]
    assert revisions == [("rules", None)]
    assert (events, plan) == ([(0,)], planned)
    reread(work, SITES)
    assert state(work)[:3] == (article, revisions, events)
    assert any("gone.warc.gz" in line for line in said)
    assert "1 read otherwise" in said[1]


def test_without_a_folder_of_captures_it_says_so(job):
    work, _ = job
    with pytest.raises(SetupError, match="ARCHIVE_DIR"):
        reread(Job(work.database, None, NOW, print), SITES)
