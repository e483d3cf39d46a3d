"""One table defines the kinds of events: what lists them elsewhere agrees with it."""

import re
from contextlib import closing

import pytest

from pipelines.archive import rows
from pipelines.archive.database import open_archive
from pipelines.archive.events import ASKED, EVENTS, PLOTTED
from reading_room.room import described
from tests.crawling import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_an_event_of_an_unknown_kind_is_an_error(tmp_path):
    with closing(open_archive(tmp_path / "news.db")) as db, pytest.raises(ValueError, match="'vanished'; expected one"):
        rows.event(db, 1, None, "2024-12-09T12:00:00Z", "vanished", "")


def test_no_kind_stands_twice_and_each_is_described():
    assert len({event.kind for event in EVENTS}) == len(EVENTS)
    assert all(event.description for event in EVENTS)


def test_every_kind_happens_somewhere():
    sources = [path.read_text("utf-8") for path in (ROOT / "pipelines").rglob("*.py") if path.name != "events.py"]
    assert [event.kind for event in EVENTS if not any(f'"{event.kind}"' in source for source in sources)] == []


def test_the_readme_names_every_kind():
    (listed,) = re.findall(r"^\| `events` \| what happened: (.*) \|$", README, re.MULTILINE)
    assert listed.split(", ") == [event.kind for event in EVENTS]


@pytest.mark.parametrize("text", [README, (ROOT / "deploy/watches.example.toml").read_text("utf-8")])
def test_the_papers_name_everything_that_a_watch_may_ask_for(text):
    ((named, comment),) = re.findall(r"^events = \[(.*?)\] *# (?:also: )?(.*)$", text, re.MULTILINE)[:1]
    words = re.findall(r"[a-z][a-z ]*[a-z]", re.sub(r"\(.*?\)|also:|\bhealth\b", "", f"{named}, {comment}"))
    assert sorted(words) == sorted(ASKED)


def test_datasette_describes_every_kind():
    kinds = described()["databases"]["news"]["tables"]["events"]["columns"]["kind"]
    assert all(f"{event.kind} ({event.description})" in kinds for event in EVENTS)


def test_what_is_plotted_can_be_asked_for():
    assert set(PLOTTED) <= {kind for kinds in ASKED.values() for kind in kinds}
