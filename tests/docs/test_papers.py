"""CONTRIBUTING.md and docs/: files, sections and figures that they name are there, and are so."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.article import EARLIEST, Moment, Outcome
from crawler.extraction import dates
from pipelines.archive.ledger import Vouched, next_look, next_try
from pipelines.copies.lsh import BANDS, LEAD_BANDS
from pipelines.identity.revisits import MIN_APART, MIN_VISITS
from tests.crawling import ROOT

PAPERS = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [path.relative_to(ROOT).as_posix() for path in PAPERS]
TOPS = ("crawler", "pipelines", "reading_room", "tests", "deploy", "docs", "benchmarks", "demo")
NOW = datetime(2024, 12, 9, 12, tzinfo=UTC)
DECISIONS = " ".join((ROOT / "docs/decisions.md").read_text("utf-8").split())


@pytest.mark.parametrize("name", NAMES)
def test_files_and_folders_that_a_paper_names_are_there(name):
    code = re.findall(r"`([^`\n]+)`", (ROOT / name).read_text("utf-8"))
    paths = [one for one in code if re.fullmatch(rf"(?:{'|'.join(TOPS)})/[\w./]*", one)]
    modules = [one for one in code if re.fullmatch(r"\w+\.py", one) and one != "utils.py"]  # which is to stay away
    assert [one for one in paths if not (ROOT / one.partition("SITE")[0]).exists()] == []
    assert [one for one in modules if not any((ROOT / top).rglob(one) for top in TOPS)] == []


@pytest.mark.parametrize("name", NAMES)
def test_sections_that_a_paper_points_to_are_there(name):
    text = (ROOT / name).read_text("utf-8")
    titles = re.findall(r"^#+ (.*)", text, re.MULTILINE)
    headings = {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


@pytest.mark.parametrize(
    ("said", "found", "expected"),
    [
        ("after ten minutes and a day at first", next_try(Outcome.FAILED, 1, NOW), NOW + timedelta(minutes=10)),
        ("after ten minutes and a day at first", next_try(Outcome.BLOCKED, 1, NOW), NOW + timedelta(days=1)),
        ("up to two days", next_try(Outcome.FAILED, 14, NOW), NOW + timedelta(days=2)),
        ("fifteen times in all", next_try(Outcome.FAILED, 15, NOW), None),
        ("again after ten minutes", next_look(Vouched.NOW, 404, 1, NOW), NOW + timedelta(minutes=10)),
        ("two days at last", next_look(Vouched.NOW, 404, 5, NOW), NOW + timedelta(days=2)),
        ("then it is final", next_look(Vouched.NOW, 404, 6, NOW), None),
        ("looked at a second time after a day", next_look(Vouched.ONCE, 404, 1, NOW), NOW + timedelta(days=1)),
        ("410 is final at the second", next_look(Vouched.NOW, 410, 2, NOW), None),
        ("neither before 1990", EARLIEST, date(1990, 1, 1)),
        ("15 minutes of grace", dates.possible(Moment(NOW + timedelta(minutes=15)), NOW), True),
        ("15 minutes of grace", dates.possible(Moment(NOW + timedelta(minutes=16)), NOW), False),
        ("14 hours for plain days", dates.possible(Moment(date(2024, 12, 10)), NOW - timedelta(hours=2)), True),
        ("14 hours for plain days", dates.possible(Moment(date(2024, 12, 10)), NOW - timedelta(hours=3)), False),
        ("two visits a day apart", (MIN_VISITS, MIN_APART), (2, timedelta(days=1))),
        ("Sixteen rows of a MinHash signature, and four of the opening", (BANDS, LEAD_BANDS), (16, 4)),
    ],
)
def test_figures_of_the_decisions_are_those_of_the_code(said, found, expected):
    assert said in DECISIONS
    assert found == expected
