"""The command that measures extraction: what it writes and prints."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.extraction import case_lines, introductions, main, posts_line
from crawler.article import Article, Block

PAGE = (
    '<html><head><meta property="og:title" content="Ferry Sings">'
    '<meta name="author" content="Ann Alder"><meta name="keywords" content="ferry,song">'
    '<meta property="article:published_time" content="2031-05-12T10:00:00+03:00">'
    "</head><body><article>"
    "<p>The ferry left the north pier at six in the morning with four goats on board.</p></article>"
)
SCORE = """
import json, pathlib, sys
known = pathlib.Path(sys.argv[1], "cases.jsonl").read_text("utf-8").splitlines()
print("scored", len(json.load(open(sys.argv[2]))), "of", len(known))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "ferry.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    case = {"file": "pages/ferry.html.gz", "url": "https://velm.example/ferry", "fetched_at": "2031-05-12 12:00:00"}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case) + "\n", "utf-8")
    (tmp_path / "score.py").write_text(SCORE, "utf-8")
    return tmp_path


def test_predictions_hold_what_is_scored_and_the_score_is_printed(folder: Path, capfd: pytest.CaptureFixture[str]):
    out = folder / "out.json"
    assert main([str(folder), "--predictions", str(out), "--speed"]) == 0
    assert json.loads(out.read_text("utf-8")) == {
        "pages/ferry.html.gz": {
            "title": "Ferry Sings",
            "authors": ["Ann Alder"],
            "tags": ["ferry", "song"],
            "published_at": "2031-05-12T07:00:00Z",
            "modified_at": None,
            "paragraphs": ["The ferry left the north pier at six in the morning with four goats on board."],
        }
    }
    printed = capfd.readouterr().out
    assert "scored 1 of 1" in printed
    assert "seconds a page" in printed
    assert "ratio" in printed


def test_a_folder_without_cases_is_refused_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(tmp_path)]) == 1
    assert "no cases.jsonl there" in capsys.readouterr().err


def test_a_half_holds_every_other_paper_by_name_and_is_scored_alone(folder: Path, capfd: pytest.CaptureFixture[str]):
    papers = ["Northern Pier", "Aldermoor Gazette", "Lower Bank", "Lower Bank"]
    known = {"file": "pages/ferry.html.gz", "url": "https://velm.example/ferry", "fetched_at": "2031-05-12 12:00:00"}
    lines = [json.dumps(known | {"publisher": name, "set": n}) for n, name in enumerate(papers)]
    (folder / "cases.jsonl").write_text("\n".join(lines), "utf-8")
    halves = {half: [json.loads(line)["set"] for line in case_lines(folder, half)] for half in "ab"}
    assert halves == {"a": [0, 1], "b": [2, 3]}
    assert main([str(folder), "--half", "b"]) == 0
    assert "scored 1 of 2" in capfd.readouterr().out


def test_the_posts_of_a_live_blog_are_text_and_the_figures_without_them_are_told():
    live = Article(
        "velm.example", "https://velm.example/live", paragraphs=("Goats sail.", "Six o'clock.", "They land.")
    )
    articles = {"live": replace(live, blocks=(Block(1, "post"),)), "plain": live}
    assert {file: one["paragraphs"] for file, one in introductions(articles).items()} == {"live": ("Goats sail.",)}
    printed = "body ROUGE-LSum  P 94.32  R 98.08  F1 94.34 (40 pages)\nfields   day  99.0 (3)\nfields   text  97.1 (3)"
    assert posts_line(1, printed).endswith("without these: text 97.1, body 94.34")
