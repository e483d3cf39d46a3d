"""Extraction on recorded pages: ``python -m benchmarks.extraction DIR [--half a|b] [--predictions OUT] [--speed]``.

DIR holds ``cases.jsonl`` (one case a line: ``file``, ``url``, ``fetched_at`` in UTC), the pages it names, gzipped, and
``score.py``, which compares predictions with what it knows and prints its figures.

Rules are made on half ``a`` of the papers; half ``b`` only tells whether they hold elsewhere.

Whether the posts of a live blog are its text, those who wrote down the texts did not agree on: of the pages of live
blogs some have all posts in theirs and some the introduction alone. Predictions hold the posts, as the archive does;
a line under the figures tells how many pages have some, and what the figures of text are with the introduction alone.
Tables, fact boxes, notes of the editors and embedded posts, which the archive keeps among the text, are left out; a
line tells how many there are, and what the figures are with them. Another line counts the dates whose words in
``provenance`` do not hold their day, month and year, and names them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from benchmarks.dates import unborne
from crawler.article import NO_PROSE, Article
from crawler.extraction.extract import EXTRACTOR, extract
from crawler.extraction.live import before_posts
from crawler.profiles import load_profiles
from crawler.site import Sites

_FIGURE = re.compile(r"^fields +(?P<name>\w+(?: \w+)*) +(?P<figure>[\d.]+) \(", re.MULTILINE)
_F1 = re.compile(r"^(?P<set>\w+) .*?\bF1 (?P<figure>[\d.]+)", re.MULTILINE)
_ROUNDS = 3
_OF_TEXT = frozenset({"body", "shingles", "text"})


@dataclass(frozen=True)
class Case:
    """A recorded page, and when it was fetched from where."""

    file: str
    url: str
    fetched_at: datetime
    html: bytes


def main(arguments: list[str] | None = None) -> int:
    """Run the command; gives its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description="Measure extraction.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="cases.jsonl, pages and score.py")
    parser.add_argument("--half", choices="ab", help="only every other paper by name, from the first (a) or second (b)")
    parser.add_argument("--predictions", type=Path, metavar="OUT.json", help="keep what was extracted")
    parser.add_argument("--speed", action="store_true", help="also compare the time with trafilatura's")
    chosen = parser.parse_args(arguments)
    if not (chosen.folder / "cases.jsonl").is_file():
        print(f"{chosen.folder}: no cases.jsonl there; expected a folder of recorded pages", file=sys.stderr)
        return 1
    sites = load_profiles().sites
    lines = case_lines(chosen.folder, chosen.half)
    started = time.perf_counter()
    articles = {case.file: extracted(case, sites) for case in read_cases(chosen.folder, lines)}
    seconds = time.perf_counter() - started
    predictions = {file: prediction(article) for file, article in articles.items()}
    if chosen.predictions:
        chosen.predictions.write_text(json.dumps(predictions, ensure_ascii=False, indent=1), "utf-8")
    status, printed = scored(chosen.folder / "score.py", lines, predictions)
    print(printed, end="")
    whole = {file: prediction(article, is_whole=True) for file, article in articles.items()}
    print(beside_line(articles.values(), scored(chosen.folder / "score.py", lines, whole)[1]))
    false = list(unborne(articles.items()))
    print("\n".join([f"dates whose provenance does not bear them out: {len(false)}", *false]))
    if without := introductions(articles):
        print(posts_line(len(without), scored(chosen.folder / "score.py", lines, predictions | without)[1]))
    print(f"{EXTRACTOR}: {len(predictions)} pages, {seconds / max(1, len(predictions)):.4f} seconds a page")
    if chosen.speed:
        ours, theirs = speed(chosen.folder, lines)
        print(f"speed: {ours:.2f} s of CPU, trafilatura {theirs:.2f} s, ratio {ours / theirs:.2f}")
    return status


def cases(folder: Path) -> Iterator[Case]:
    """The recorded pages of a folder."""
    return read_cases(folder, case_lines(folder))


def case_lines(folder: Path, half: str | None = None) -> list[str]:
    """The lines of ``cases.jsonl``: all, or those of every other ``publisher`` in alphabetical order."""
    lines = (folder / "cases.jsonl").read_text("utf-8").split("\n")
    papers = [(json.loads(line).get("publisher", ""), line) for line in lines if line.strip()]
    names = sorted({paper for paper, _ in papers})
    chosen = set(names if half is None else names["ab".index(half) :: 2])
    return [line for paper, line in papers if paper in chosen]


def read_cases(folder: Path, lines: Iterable[str]) -> Iterator[Case]:
    """The recorded pages that lines of ``cases.jsonl`` name, each read when its turn comes."""
    for line in lines:
        case = json.loads(line)
        at = datetime.fromisoformat(case["fetched_at"])
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        yield Case(case["file"], case["url"], at, gzip.decompress((folder / case["file"]).read_bytes()))


def prediction(article: Article, *, is_whole: bool = False) -> dict[str, Any]:
    """The fields of an article that are scored: of its text the prose, or the whole of what the archive holds."""
    return {
        "title": article.title,
        "authors": article.authors,
        "tags": article.tags,
        "published_at": article.published.iso if article.published else None,
        "modified_at": article.modified.iso if article.modified else None,
        "paragraphs": article.paragraphs if is_whole else article.prose,
    }


def extracted(case: Case, sites: Sites) -> Article:
    """What extraction makes of a case."""
    return extract(case.html, case.url, sites.for_url(case.url), case.fetched_at)


def speed(folder: Path, lines: Sequence[str]) -> tuple[float, float]:
    """Seconds of CPU that we and trafilatura, with its metadata, spend on the same pages.

    Each in a process of its own, where the other's caches and patches are none of its; warm, and of each page the
    shortest of some rounds, for a busy machine only ever adds.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        ours, theirs = (pool.submit(_clocked, folder, lines, ours=mine).result() for mine in (True, False))
    return ours, theirs


def _clocked(folder: Path, lines: Sequence[str], *, ours: bool) -> float:
    sites = load_profiles().sites
    shortest: dict[str, float] = {}
    pages = list(read_cases(folder, lines))  # what one leaves behind is taken away in the next one's time, not between
    for number in range(_ROUNDS + 1):
        for case in pages:
            started = time.process_time()
            if ours:
                extracted(case, sites)
            else:
                bare_extraction(case.html, with_metadata=True)
            took = time.process_time() - started
            if number:  # the first round warms
                shortest[case.file] = min(took, shortest.get(case.file, took))
    return sum(shortest.values())


def figures(printed: str) -> dict[str, float]:
    """What ``score.py`` prints, by name: ``fields   day  99.20`` gives ``day``, ``body … F1 94.34`` gives ``body``."""
    found = {match["name"]: float(match["figure"]) for match in _FIGURE.finditer(printed)}
    return found | {match["set"]: float(match["figure"]) for match in _F1.finditer(printed)}


def introductions(articles: Mapping[str, Article]) -> dict[str, dict[str, Any]]:
    """The predictions of pages with posts of a live blog, had these no part in the text."""
    live = (file for file, article in articles.items() if any(block.kind == "post" for block in article.blocks))
    return {file: prediction(_introduction(articles[file])) for file in live}


def _introduction(article: Article) -> Article:
    kept = before_posts(article.paragraphs, article.blocks)
    blocks = tuple(block for block in article.blocks if block.position < len(kept))
    return replace(article, paragraphs=kept, blocks=blocks)


def beside_line(articles: Iterable[Article], printed: str) -> str:
    """What is printed of blocks that stand in texts and are left out here. ``printed`` is what is said with them."""
    count = Counter(block.kind for article in articles for block in article.blocks if block.kind in NO_PROSE)
    kinds = ", ".join(f"{count[kind]} of kind {kind}" for kind in sorted(NO_PROSE))
    said = ", ".join(f"{name} {figure:g}" for name, figure in figures(printed).items() if name in _OF_TEXT)
    return f"left out of the texts are blocks: {kinds}; with these: {said}"


def posts_line(count: int, printed: str) -> str:
    """What is printed of pages with posts. ``printed`` is what ``score.py`` says of their introductions alone."""
    said = ", ".join(f"{name} {figure:g}" for name, figure in figures(printed).items() if name in _OF_TEXT)
    return f"{count} pages have posts of a live blog, which are in their texts; without these: {said}"


def scored(script: Path, lines: Iterable[str], predictions: Mapping[str, Any]) -> tuple[int, str]:
    """The exit status of the script that scores, and what it prints, of the cases of these lines."""
    with tempfile.TemporaryDirectory() as scratch:
        out, known = Path(scratch) / "predictions.json", Path(scratch) / "cases.jsonl"
        out.write_text(json.dumps(predictions, ensure_ascii=False), "utf-8")
        known.write_text("\n".join(lines), "utf-8")
        command = [sys.executable, str(script), scratch, str(out)]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, encoding="utf-8")  # noqa: S603 - the script is the caller's own
    return done.returncode, done.stdout


if __name__ == "__main__":
    sys.exit(main())
