"""A small archive to export from, and the export of it."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.article import Block, Kind, Link, Moment, Provenance
from pipelines.archive.database import open_archive
from tests.commands.running import Ran, run_command
from tests.make import MT, keep, visit

DAY = datetime(2024, 12, 9, 22, 30, tzinfo=UTC)  # past midnight in Moscow
OTHER = "https://other.example/2024/bees-return"
COUNCIL, MAYOR = f"{MT}/2024/12/10/council-decides-a101", f"{MT}/2024/12/08/mayor-resigns-a102"


def small_archive(path: Path) -> Path:
    """Three articles: two of The Moscow Times, one of which leads to the other, and one of a site without a profile."""
    links = (
        Link("related", 1, f"{MT}/2024/12/01/mayor-resigns", "Read this too"),
        Link("inline", 0, "https://source.example/", "plain", 18, 23),
    )
    with closing(open_archive(path)) as db:
        keep(db, visit(
            COUNCIL, f"{MT}/all/101", title="Council Decides", published=Moment(DAY, 180), links=links,
            tags=("Budget", "Ice"), authors=("Ada Quill", "Jo Brandt"), byline="By Ada Quill and Jo Brandt",
            section="news", wire="AFP", blocks=(Block(2, "quote"),),
            provenance=(Provenance("title", "h1", "Council Decides", True),),
        ))  # fmt: skip
        keep(db, visit(
            MAYOR, title="=Mayor Resigns", published=Moment(date(2024, 12, 8)), kind=Kind.OPINION, section="opinion",
            authors=("Jo Brandt",), paragraphs=("The mayor kept ninety-one clocks.", "All are wrong."),
        ))  # fmt: skip
        keep(db, visit(
            OTHER, title="Bees Return", published=None, paragraphs=("+ Hives hum again by the old town hall, às nove.",)
        ))  # fmt: skip
    return path


def run_export(capfd: pytest.CaptureFixture[str], database: Path, *args: object) -> Ran:
    """``scrapy export`` with these arguments."""
    return run_command(capfd, "export", *args, DATABASE=database)


def titles(ran: Ran) -> list[str]:
    """The titles of what came out as JSON Lines, and nothing else came."""
    assert (ran.status, ran.err) == (0, "")
    return [json.loads(line)["title"] for line in ran.out.splitlines()]
