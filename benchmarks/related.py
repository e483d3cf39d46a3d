"""Related links on recorded pages: ``python -m benchmarks.related DIR [-v]``.

DIR is laid out as for ``benchmarks.extraction``. What is right stands in ``related_labels.jsonl``: 44 of its pages, one
a paper, labelled by a reader who had not seen an extractor's answer. The papers, in alphabetical order, fall by turns
into half ``a``, which rules may be made on, and half ``b``, which only tells whether they hold elsewhere.

A related link is an editorial pointer from this article to another: a box, a line or a list of its own in the text, or
a cluster around it that the paper presents as on its subject (``read_more``). Navigation, subjects, lists of the latest
or best read, further pieces of a section or an author and advertisements are not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import msgspec

from benchmarks.extraction import Case, cases, extracted
from crawler import addresses
from crawler.article import Article
from crawler.profiles import load_profiles

LABELS = Path(__file__).with_name("related_labels.jsonl")
KINDS = {"together": ("related", "read_more"), "related": ("related",), "read_more": ("read_more",)}
"""What is scored, and the kinds of :class:`~crawler.article.Link` that count for it."""


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a reader found on a page, as cleaned addresses.

    An address may be ``related`` and ``doubtful``: sure as the one kind, doubtful as the other.
    """

    file: str
    half: str
    related: frozenset[str]
    read_more: frozenset[str]
    doubtful: frozenset[str]
    note: str = ""

    def links(self, kind: str) -> frozenset[str]:
        """The addresses of a kind that is not inline."""
        return self.related if kind == "related" else self.read_more


@dataclass(frozen=True, slots=True)
class Tally:
    """The addresses of one page: found, overlooked and falsely claimed."""

    hits: frozenset[str]
    misses: frozenset[str]
    false_alarms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of one."""

    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Result:
    """A labelled page and the links, as (kind, cleaned address), that extraction claims on it."""

    label: Label
    claimed: frozenset[tuple[str, str]]

    def tally(self, kinds: Sequence[str]) -> Tally:
        """The page's addresses of these kinds."""
        truth = frozenset[str]().union(*(self.label.links(kind) for kind in kinds))
        return tally(truth, self.label.doubtful, {href for kind, href in self.claimed if kind in kinds})


def main(arguments: list[str] | None = None) -> int:
    """Run the command; gives its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.related", description="Measure related links.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="cases.jsonl and pages")
    parser.add_argument("-v", "--verbose", action="store_true", help="name every miss (-) and false alarm (+)")
    chosen = parser.parse_args(arguments)
    if not (chosen.folder / "cases.jsonl").is_file():
        print(f"{chosen.folder}: no cases.jsonl there; expected a folder of recorded pages", file=sys.stderr)
        return 1
    labels = read_labels(LABELS.read_bytes())
    found = measured(labels, cases(chosen.folder))
    if missing := len(labels) - len(found):
        print(f"{chosen.folder}: {missing} of {len(labels)} labelled pages are not there", file=sys.stderr)
        return 1
    if chosen.verbose:
        print("\n".join(line for result in found for line in faults(result)))
    print("\n".join(table(found)))
    return 0


def read_labels(lines: bytes) -> dict[str, Label]:
    """Labels by the file they are of. Raises msgspec.ValidationError for a line of another shape."""
    labels = msgspec.json.Decoder(Label).decode_lines(lines)
    return {label.file: label for label in labels}


def measured(labels: dict[str, Label], pages: Iterable[Case]) -> list[Result]:
    """What extraction claims on each labelled page."""
    sites = load_profiles().sites
    return [Result(labels[page.file], claims(extracted(page, sites))) for page in pages if page.file in labels]


def claims(article: Article) -> frozenset[tuple[str, str]]:
    """The links that are not inline, as (kind, cleaned address)."""
    return frozenset((link.kind, _cleaned(link.href)) for link in article.links if link.kind != "inline")


def tally(truth: Iterable[str], doubtful: Iterable[str], claimed: Iterable[str]) -> Tally:
    """Compare what is claimed with what is true. Doubtful addresses that are not true as well count neither way."""
    right, answer = frozenset(truth), frozenset(claimed)
    return Tally(right & answer, right - answer, answer - right - frozenset(doubtful))


def micro(tallies: Iterable[Tally]) -> Score:
    """Every link counts the same."""
    hits = misses = false_alarms = 0
    for one in tallies:
        hits += len(one.hits)
        misses += len(one.misses)
        false_alarms += len(one.false_alarms)
    return _score(hits, misses, false_alarms)


def macro(tallies: Iterable[Tally]) -> Score:
    """Every page counts the same: the means of the pages' scores."""
    scores = [micro([one]) for one in tallies]
    return Score(fmean(one.precision for one in scores), fmean(one.recall for one in scores))


def table(found: Sequence[Result]) -> list[str]:
    """The figures of each half and of all, in lines to print."""
    lines = [f"{'half':5}{'links':10}{'pages':>6}{'true':>6}{'micro P':>9}{'R':>7}{'macro P':>9}{'R':>7}"]
    for half, chosen in (("a", "a"), ("b", "b"), ("all", "ab")):
        for name, kinds in KINDS.items():
            tallies = [result.tally(kinds) for result in found if result.label.half in chosen]
            true = sum(len(one.hits | one.misses) for one in tallies)
            line = f"{half:5}{name:10}{len(tallies):6}{true:6}"
            if tallies:
                link, page = micro(tallies), macro(tallies)
                line += f"{link.precision:9.3f}{link.recall:7.3f}{page.precision:9.3f}{page.recall:7.3f}"
            lines.append(line)
    return lines


def faults(result: Result) -> list[str]:
    """The page's file, then what was missed and what falsely claimed; nothing where all is right."""
    counted = result.tally(KINDS["together"])
    lines = [f"  - {href}" for href in sorted(counted.misses)] + [
        f"  + {href}" for href in sorted(counted.false_alarms)
    ]
    return [f"{result.label.file} ({result.label.half})", *lines] if lines else []


def _score(hits: int, misses: int, false_alarms: int) -> Score:
    if not hits:  # nothing to find and nothing claimed is right; one without the other is wrong
        alone = 0.0 if misses or false_alarms else 1.0
        return Score(alone, alone)
    return Score(hits / (hits + false_alarms), hits / (hits + misses))


def _cleaned(href: str) -> str:
    try:
        return addresses.clean(href)
    except ValueError:  # no web address: a false claim, to be shown as it is
        return href


if __name__ == "__main__":
    sys.exit(main())
