"""How well near-duplicates are told: ``python -m benchmarks.duplicates [--count N] [--seed N] [--generator NAME]``.

Labelled pairs, made by generators of invented news, one of them a wire of short forms, are stored into one archive as
a crawl stores them, and what its tables then say is held against the labels. A pair counts as found where one article
is the other's repost or copy, or both are of a third.

The generator ``wire`` makes no pairs but one stream of articles on four sites; there each article is judged against
the one that it is said to be a copy or repost of.

``--pairs FILE.jsonl`` judges the pairs of another generator, from a file with one a line, and ``--write FILE.jsonl``
writes our own in that form, which ``benchmarks/duplicates_files.py`` tells::

    {"one": {"site": "one.example", "url": "https://one.example/1", "title": "Snow", "text": "Snow fell …",
             "published_at": "2024-12-09T11:02:00Z"}, "other": {…}, "label": "duplicate", "class": "truncated copy"}
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from benchmarks import duplicates_files
from benchmarks.duplicates_files import START, PairsError
from crawler.article import Article, Candidate, Fetch, Kind, Moment, Outcome, Source, Visit
from crawler.profiles import load_profiles
from crawler.site import Sites
from pipelines.archive.database import open_archive
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted
from pipelines.store import store
from tests.material.duplicates import english, forms, wire
from tests.material.duplicates import pairs as invented
from tests.material.duplicates.pairs import Pair, Version
from tests.material.duplicates.wire import Take

GENERATORS = {"invented": invented.pairs, "english": english.pairs, "forms": forms.pairs}
WIRE = "wire"
FLOORS = {"forms": (0.97, 0.9), WIRE: (0.97, 0.9)}
"""Precision and recall below which a generator's pairs fail; others at :data:`_FLOOR`."""
_FLOOR = (0.99, 0.97)
_FETCHED = datetime(2024, 12, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A pair, and whether the archive takes its articles for one text."""

    pair: Pair
    is_found: bool


@dataclass(frozen=True, slots=True)
class Result:
    """All verdicts, links across pairs that have no text in common, and CPU milliseconds for an article."""

    verdicts: tuple[Verdict, ...]
    stray: int
    milliseconds: float

    @property
    def precision(self) -> float:
        """The share of what was found that is true; a link across pairs is a false one."""
        right = self._count(is_same=True)
        return right / max(1, right + self._count(is_same=False) + self.stray)

    @property
    def recall(self) -> float:
        """The share of what is true that was found."""
        return self._count(is_same=True) / max(1, sum(one.pair.is_same for one in self.verdicts))

    def _count(self, *, is_same: bool) -> int:
        return sum(one.is_found for one in self.verdicts if one.pair.is_same == is_same)


@dataclass(frozen=True, slots=True)
class Stream:
    """The articles of a wire: by how each was made, how many there are and how many lead to the text that they are a
    version of; how many are said to be another's, and of how many that is true; CPU milliseconds for an article.
    """

    sorts: Mapping[str, tuple[int, int]]
    said: int
    right: int
    milliseconds: float

    @property
    def precision(self) -> float:
        """The share of the articles said to be another's that are versions of that one's text."""
        return self.right / max(1, self.said)

    @property
    def recall(self) -> float:
        """The share of the versions of a text that lead to it."""
        there = [counts for sort, counts in self.sorts.items() if sort != wire.FIRST]
        return sum(found for _, found in there) / max(1, sum(count for count, _ in there))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; gives its exit status: 1 below :data:`FLOORS`, 2 for a faulty file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates", description="Measure near-duplicates.")
    parser.add_argument(
        "--count", type=int, default=2_400, metavar="N", help="pairs of each generator, articles of the wire (2400)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--generator", choices=(*GENERATORS, WIRE), action="append", help="one only; all otherwise")
    parser.add_argument("--pairs", type=Path, metavar="FILE", help="judge the pairs of this file instead, one a line")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the generators' pairs so, and judge none")
    given = parser.parse_args(arguments)
    wanted = given.generator or [*GENERATORS, WIRE]
    made = {name: make(given.count, given.seed) for name, make in GENERATORS.items() if name in wanted}
    try:
        if given.write:
            print(f"{duplicates_files.write(given.write, chain(*made.values())):,} pairs written to {given.write}")
            return 0
        if given.pairs:
            return _measured({str(given.pairs): duplicates_files.read(given.pairs)})
        stream = streamed(wire.takes(given.count, given.seed)) if WIRE in wanted else None
        return max(_measured(made), 0 if stream is None else _measured_stream(stream))
    except PairsError as error:
        print(error, file=sys.stderr)
        return 2


def _measured(pairs: Mapping[str, Iterable[Pair]]) -> int:
    """Judge the pairs of each source, print the figures, give the exit status."""
    results = []
    for name, made in pairs.items():
        results.append(judged(made))
        print("\n".join(table(name, results[-1])))
    floors = [FLOORS.get(name, _FLOOR) for name in pairs]
    return int(
        any(
            result.precision < precision or result.recall < recall
            for result, (precision, recall) in zip(results, floors, strict=True)
        )
    )


def _measured_stream(stream: Stream) -> int:
    articles = sum(count for count, _ in stream.sorts.values())
    print(f"{WIRE}: {articles:,} articles, {stream.milliseconds:.2f} ms of CPU each")
    for sort, (count, found) in sorted(stream.sorts.items()):
        print(f"  {sort:24}{found:6}/{count:<6}" + (f"{found / count:.4f}" if sort != wire.FIRST else ""))
    print(f"  precision {stream.precision:.4f}  recall {stream.recall:.4f}  said to be another's {stream.said}")
    precision, recall = FLOORS[WIRE]
    return int(stream.precision < precision or stream.recall < recall)


def streamed(takes: Iterable[Take]) -> Stream:
    """Store a wire's articles in their order into a new archive, and judge each against what it is said to copy."""
    made, sites = list(takes), load_profiles().sites
    with TemporaryDirectory() as folder, closing(open_archive(Path(folder) / "news.db")) as db:
        started = process_time()
        take_of = {stored(db, take.version, number, sites): take for number, take in enumerate(made)}
        spent = process_time() - started
        leads, ends = led(db), grouped(db)
    firsts = {take.text: article_id for article_id, take in take_of.items() if take.sort == wire.FIRST}
    sorts: dict[str, tuple[int, int]] = {}
    for article_id, take in take_of.items():
        first = firsts[take.text]
        is_found = article_id != first and ends.get(article_id, article_id) == ends.get(first, first)
        count, found = sorts.get(take.sort, (0, 0))
        sorts[take.sort] = count + 1, found + is_found
    right = sum(take_of[one].text == take_of[other].text for one, other in leads.items())
    return Stream(sorts, len(leads), right, 1000 * spent / max(1, len(made)))


def judged(pairs: Iterable[Pair]) -> Result:
    """Store all articles of the pairs into one new archive, and read off what it says of each pair."""
    made, sites = list(pairs), load_profiles().sites
    with TemporaryDirectory() as folder, closing(open_archive(Path(folder) / "news.db")) as db:
        started = process_time()
        ids = [stored(db, told, number, sites) for number, told in enumerate(both(made))]
        spent = process_time() - started
        groups = grouped(db)
    verdicts = [
        Verdict(pair, groups.get(ids[2 * n], ids[2 * n]) == groups.get(ids[2 * n + 1], ids[2 * n + 1]))
        for n, pair in enumerate(made)
    ]
    family = families(made)
    family_of = {article_id: family[number // 2] for number, article_id in enumerate(ids)}
    stray = sum(family_of[article_id] != family_of[group] for article_id, group in groups.items())
    return Result(tuple(verdicts), stray, 1000 * spent / max(1, len(ids)))


def families(pairs: Sequence[Pair]) -> list[int]:
    """Of each pair the first one that it is tied to by a text that stands in both: links between these are no fault."""
    family, first = list(range(len(pairs))), dict[tuple[str, ...], int]()
    for number, pair in enumerate(pairs):
        for told in (pair.first, pair.second):
            old, new = family[first.setdefault(told.paragraphs, number)], family[number]
            if old != new:
                family = [min(old, new) if one in (old, new) else one for one in family]
    return family


def both(pairs: Sequence[Pair]) -> Iterable[Version]:
    """The articles of all pairs, each pair's together."""
    for pair in pairs:
        yield from (pair.first, pair.second)


def stored(db: sqlite3.Connection, told: Version, number: int, sites: Sites) -> int:
    """Put an article through the pipeline's stages, in a transaction of its own. Gives its id."""
    url = told.url or f"https://{told.site}/{number}"
    published = (
        None
        if told.hours is None
        else Moment((START + timedelta(hours=told.hours)).replace(second=0, microsecond=0), 0)
    )
    article = Article(
        site=sites.for_url(url).name,
        url=url,
        title=told.title,
        kind=Kind.LIVE if told.is_live else Kind.NEWS,
        published=published,
        paragraphs=told.paragraphs,
        wire=told.wire,
        extractor="benchmark",
    )
    fetch = Fetch(url, url, _FETCHED + timedelta(seconds=number), 200)
    visit = Visit(Candidate(url, Source.FEED), fetch, Outcome.STORED, article=article)
    record = fingerprinted(canonicalise(visit, article, sites))
    db.execute("begin immediate")
    article_id = store(db, record, sites.for_url(url), None).article_id
    db.execute("commit")
    return article_id


def grouped(db: sqlite3.Connection) -> dict[int, int]:
    """Of each article that is a repost or a copy, the one that this leads to in the end."""
    leads = led(db)
    return {article_id: _end(leads, article_id) for article_id in leads}


def led(db: sqlite3.Connection) -> dict[int, int]:
    """Of each article that is a repost or a copy, the one that it is said to be of."""
    leads = dict(db.execute("select id, duplicate_of from articles where duplicate_of is not null"))
    return leads | dict(db.execute("select article_id, origin_id from copies"))


def _end(leads: dict[int, int], article_id: int) -> int:
    while article_id in leads:
        article_id = leads[article_id]
    return article_id


def table(name: str, result: Result) -> list[str]:
    """The figures, in lines to print."""
    right, all_of = Counter[tuple[bool, str]](), Counter[tuple[bool, str]]()
    for one in result.verdicts:
        key = (not one.pair.is_same, one.pair.sort)
        all_of[key] += 1
        right[key] += one.is_found == one.pair.is_same
    lines = [f"{name}: {len(result.verdicts):,} pairs, {result.milliseconds:.2f} ms of CPU an article"]
    for key, count in sorted(all_of.items()):
        label = "other" if key[0] else "same"
        lines.append(f"  {label:6}{key[1]:24}{right[key]:6}/{count:<6}{right[key] / count:.4f}")
    lines.append(f"  precision {result.precision:.4f}  recall {result.recall:.4f}  links across pairs {result.stray}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
