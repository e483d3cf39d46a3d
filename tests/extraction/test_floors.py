"""Extraction is never worse than ``benchmarks/floors.json``: figures once reached, which nobody lowers silently.

Recorded pages of real papers are not part of the project; where their folder lies beside it, they are measured too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from benchmarks import related
from benchmarks.extraction import case_lines, extracted, figures, prediction, read_cases
from crawler.profiles import load_profiles
from tests.extraction.test_pages import RECORDINGS, read, told

ROOT = Path(__file__).parents[2]
FLOORS: dict[str, dict[str, float]] = json.loads((ROOT / "benchmarks" / "floors.json").read_text("utf-8"))
REAL = ROOT.parent / "shared" / "real-pages"

Read = tuple[str, dict[str, Any], dict[str, Any], frozenset[tuple[str, str]]]


def below(floors: dict[str, float], reached: dict[str, float]) -> dict[str, tuple[float, float]]:
    """The figures that are under their floor, with it; a figure that is not there is nought."""
    return {name: (reached.get(name, 0), floor) for name, floor in floors.items() if reached.get(name, 0) < floor}


def read_pages(folder: Path, lines: list[str]) -> list[Read]:
    """Each page's file, what is scored of it, and its links that are not inline."""
    sites = load_profiles().sites
    articles = ((page.file, extracted(page, sites)) for page in read_cases(folder, lines))
    return [
        (file, prediction(article), prediction(article, is_whole=True), related.claims(article))
        for file, article in articles
    ]


def scored(predictions: dict[str, dict[str, Any]], scratch: Path) -> dict[str, float]:
    """The figures of predictions, as the script beside the pages prints them."""
    out = scratch / "predictions.json"
    out.write_text(json.dumps(predictions), "utf-8")
    command = [sys.executable, str(REAL / "score.py"), str(REAL), str(out)]
    return figures(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def real_figures(scratch: Path) -> dict[str, float]:
    """All figures of the real pages, read by two processes."""
    lines = case_lines(REAL)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        pages = [page for half in pool.map(read_pages, [REAL, REAL], [lines[::2], lines[1::2]]) for page in half]
    reached = scored({file: fields for file, fields, _, _ in pages}, scratch)
    # Those who made this set took down tables and embedded posts with the text.
    reached["shingles"] = scored({file: whole for file, _, whole, _ in pages}, scratch)["shingles"]
    labels = related.read_labels(related.LABELS.read_bytes())
    results = [related.Result(labels[file], claims) for file, _, _, claims in pages if file in labels]
    score = related.micro(result.tally(related.KINDS["together"]) for result in results)
    return reached | {"related precision": 100 * score.precision, "related recall": 100 * score.recall}


@pytest.mark.skipif(not REAL.is_dir(), reason="no ../shared/real-pages: real pages are not part of the project")
def test_real_pages_are_read_no_worse_than_before(tmp_path: Path):
    reached = real_figures(tmp_path)
    assert below(FLOORS["real-pages"], reached) == {}, reached


def test_recorded_pages_are_read_no_worse_than_before():
    right: dict[str, list[bool]] = {}
    for recording in RECORDINGS:
        expected, article = read(recording)
        found = told(article)
        for field, value in expected.items():
            right.setdefault(field, []).append(found[field] == value)
    reached = {field: 100 * sum(one) / len(one) for field, one in right.items()}
    assert set(reached) == set(FLOORS["pages"])
    assert below(FLOORS["pages"], reached) == {}


def test_a_figure_below_its_floor_or_missing_is_named():
    floors = {"day": 99.0, "minute": 97.0, "title": 80.0}
    assert below(floors, {"day": 99.0, "minute": 96.9}) == {"minute": (96.9, 97.0), "title": (0, 80.0)}


def test_the_figures_that_the_scorer_prints_are_read():
    printed = (
        "body     ROUGE-LSum  P 94.32  R 98.08  F1 94.34 (40 pages)\n"
        "shingles F1 0.9803  P 0.9759 R 0.9848 (72 pages)\n"
        "fields   title exact  84.85 (132)\nfields   tags recall  - (0)\n"
    )
    assert figures(printed) == {"body": 94.34, "shingles": 0.9803, "title exact": 84.85}
