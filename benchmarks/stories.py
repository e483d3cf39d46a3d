"""Stories against known events: ``python -m benchmarks.stories [--seed N] [--sizes N,N,…]``.

Two invented months, made by different means, and three archives that are hard (events with twins that share names with
them, a first day with all on it, short pieces) are stored by canonicalise, fingerprint and store; then
every two articles that share a story should share an event, and the other way round. Each is also stored in a shuffled
order. ``short`` is the share of pieces under sixty words that are in the story of their event. Then what it costs to
place one article is measured in archives of different sizes.
"""

from __future__ import annotations

import argparse
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count as count_from
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time

from crawler.article import Article, Candidate, Fetch, Link, Moment, Outcome, Source, Visit, utc_text
from crawler.site import Site, Sites
from pipelines.archive.database import open_archive
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted
from pipelines.store import store
from pipelines.stories import stories
from tests.material.stories.month import DAYS, Report, month
from tests.material.stories.twins import briefs, is_short, one_day, twins
from tests.material.stories.wire import wire_month


@dataclass(frozen=True, slots=True)
class Score:
    """Of pairs of articles: ``precision`` is the share of those in one story that are of one event, ``recall`` the
    share of those of one event that are in one story; shares of one.
    """

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def pairwise(found: Sequence[int | None], true: Sequence[int | None]) -> Score:
    """Compare the stories of articles with their events; None is an article on its own."""
    together = _pairs((a, b) for a, b in zip(found, true, strict=True) if a is not None and b is not None)
    told, events = _pairs(found), _pairs(true)
    return Score(together / told if told else 1.0, together / events if events else 1.0)


def _pairs(labels: Iterable[object]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(label for label in labels if label is not None).values())


def told(db: sqlite3.Connection, pieces: Sequence[Report], order: Sequence[int]) -> list[int | None]:
    """Store the pieces in this order; gives the story of each."""
    for place in order:
        keep(db, pieces, place)
    found = dict(tuple(row) for row in db.execute("select url, story_id from articles"))
    return [found[address(pieces[place], place)] for place in range(len(pieces))]


def keep(db: sqlite3.Connection, pieces: Sequence[Report], place: int) -> int:
    """Store one piece as a crawl does. Gives the number of its article."""
    piece = pieces[place]
    site = Site.without_profile(f"{piece.paper}.example")
    url = address(piece, place)
    links = tuple(Link("related", 1, address(pieces[other], other), pieces[other].title) for other in piece.related)
    article = Article(
        site.name, url, piece.title, standfirst=piece.standfirst, published=Moment(piece.at),
        paragraphs=piece.paragraphs, links=links, extractor="benchmark",
    )  # fmt: skip
    fetch = Fetch(url, url, piece.at + timedelta(hours=1), 200)
    visit = Visit(Candidate(url, Source.FEED), fetch, Outcome.STORED, article=article)
    record = fingerprinted(canonicalise(visit, article, Sites({})))
    with db:
        return store(db, record, site, None).article_id


def address(piece: Report, place: int) -> str:
    """Where a piece stands."""
    return f"https://{piece.paper}.example/{piece.at:%Y/%m/%d}/piece-{place}"


@dataclass(frozen=True, slots=True)
class Measured:
    """How well the stories of a month are told; the share of short pieces on an event that are in its story (None where
    there are none); rows of ``story_changes``.
    """

    score: Score
    placed: float | None
    changes: int


def placed_share(pieces: Sequence[Report], found: Sequence[int | None]) -> float | None:
    """Of the short pieces on an event, the share in the story that most pieces on it are in."""
    told_in: dict[int, Counter[int]] = {}
    for piece, story in zip(pieces, found, strict=True):
        if piece.event is not None and story is not None:
            told_in.setdefault(piece.event, Counter())[story] += 1
    short = [place for place, piece in enumerate(pieces) if piece.event in told_in and is_short(piece)]
    right = [place for place in short if found[place] == told_in[pieces[place].event or 0].most_common(1)[0][0]]
    return len(right) / len(short) if short else None


def measured(pieces: Sequence[Report], shuffle: int | None = None) -> Measured:
    """How well the stories of a month are told, stored as published or in an order of chance."""
    order = list(range(len(pieces)))
    if shuffle is not None:
        Random(shuffle).shuffle(order)  # noqa: S311 # an order that can be had again, no secret
    with TemporaryDirectory() as folder, closing(open_archive(Path(folder) / "news.db")) as db:
        found = told(db, pieces, order)
        (changes,) = db.execute("select count(*) from story_changes").fetchone()
        return Measured(pairwise(found, [piece.event for piece in pieces]), placed_share(pieces, found), changes)


def main(arguments: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stories", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the months (1)")
    parser.add_argument("--sizes", default="2000,20000,100000", help="articles in the archive while one is placed")
    given = parser.parse_args(arguments)
    print(f"{'month':10}{'stored':12}{'articles':>9}{'events':>8}{'P':>8}{'R':>8}{'F1':>8}{'short':>8}{'changes':>9}")
    for name, make in MONTHS.items():
        pieces = make(given.seed)
        events = len({piece.event for piece in pieces} - {None})
        for order, shuffle in (("as printed", None), ("shuffled", given.seed)):
            result = measured(pieces, shuffle)
            score, placed = result.score, "" if result.placed is None else f"{result.placed:.3f}"
            figures = f"{score.precision:8.3f}{score.recall:8.3f}{score.f1:8.3f}{placed:>8}{result.changes:9}"
            print(f"{name:10}{order:12}{len(pieces):9}{events:8}{figures}", flush=True)
    print("\nCPU time to place one article, beside the time to store it, and what the index takes")
    for line in growth([int(size) for size in given.sizes.split(",")]):
        print(line, flush=True)


MONTHS: dict[str, Callable[[int], list[Report]]] = {
    "sentences": month, "words": wire_month, "twins": twins, "one day": one_day, "briefs": briefs,
}  # fmt: skip


def growth(sizes: Sequence[int], sample: int = 300) -> Iterator[str]:
    """Fill an archive with months one after another; at each size place some articles more. Gives lines to print.

    What fills it is entered into the index as placing does, but no story is looked for.
    """
    supply = _years()
    with TemporaryDirectory() as folder, closing(open_archive(Path(folder) / "news.db")) as db:
        count = 0
        for size in sizes:
            while count < size:
                with db:
                    db.execute("begin")
                    for _ in range(min(500, size - count)):
                        enter(db, next(supply), count := count + 1, is_placed=False)
            spent = 0.0
            for _ in range(sample):
                with db:
                    db.execute("begin")
                    spent += enter(db, next(supply), count := count + 1, is_placed=True)
            (taken,) = db.execute(
                "select sum(pgsize) from dbstat where name in ('_terms', '_vectors', '_term_counts')"
            ).fetchone()
            yield f"{size:8} articles {1000 * spent / sample:7.2f} ms {taken / count:8.0f} bytes an article"


def enter(db: sqlite3.Connection, piece: Report, place: int, *, is_placed: bool) -> float:
    """Write an article's row alone, then find its story or but index it. Gives the CPU seconds of that."""
    site, at = f"{piece.paper}.example", utc_text(piece.at)
    db.execute("insert into sites(name) values (?) on conflict do nothing", (site,))
    row = (place, site, address(piece, place), str(place), "news", piece.title, at, at, "\n\n".join(piece.paragraphs))
    db.execute(
        "insert into articles(id, site, url, address_key, kind, title, published_at, first_seen_at, text)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    started = process_time()
    if is_placed:
        stories.place(db, place, at)
    else:
        stories.enter(db, place)
    return process_time() - started


def _years() -> Iterator[Report]:
    """Month after month, without end."""
    for number in count_from(1):
        for piece in month(number):
            yield replace(piece, at=piece.at + timedelta(days=DAYS * (number - 1)))


if __name__ == "__main__":
    main()
