"""The demo as a newcomer meets it: two papers through ten days, with all that is special in one archive."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from demo.fortnight import DAYS
from tests.crawling import ROOT


def walked(folder, *options):
    """Crawl the papers into a folder, and return what is printed and the counts of the archive."""
    command = [sys.executable, "-m", "demo.fortnight", str(folder), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(folder / "news.db")) as db:
        events = dict(db.execute("select kind, count(*) from events group by kind"))
        sites = dict(db.execute("select site, count(*) from articles group by site"))
        shared = db.execute(
            "select s.title, group_concat(distinct a.site) as sites from stories s join articles a on a.story_id = s.id"
            " group by s.id having count(distinct a.site) > 1"
        ).fetchall()
        findings = db.execute("select site, kind, detail from findings").fetchall()
    return done.stdout, sites, events, shared, findings


def test_two_days_bring_both_papers_and_their_edits(tmp_path):
    printed, sites, events, _, findings = walked(tmp_path, "--days", "2", "--port", "0")
    assert printed.count("The Tresk Courier") == 2
    assert (set(sites), findings) == ({"herald", "courier"}, [])
    assert events["new"] == sum(sites.values()) > 40
    assert events["edited"] >= 1


@pytest.mark.soak
def test_ten_days_bring_edits_disappearances_and_stories_over_both_papers(tmp_path):
    printed, sites, events, shared, findings = walked(tmp_path, "--port", "0")
    assert printed.count("The Tresk Courier") == len(DAYS)
    assert len(sites) == 2
    assert events["edited"] >= 5
    assert events["silent_edit"] >= 1
    assert events["gone"] >= 1
    assert findings == []
    assert {title for title, _ in shared} == {
        "A Stone Collar for the Third Pier",
        "First Ice at the Upper Lock, Sixty-Seven Days Late",
    }
