"""An archive of many invented articles, written in one go: what the reading room is measured on.

The words follow Zipf's law. ``river`` stands in half of all articles, ``lantern`` in one of two hundred.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from pipelines.archive import unindexed
from pipelines.archive.database import open_archive

OFTEN, SELDOM = "river", "lantern"
SITES = tuple(f"paper{n}" for n in range(8))
_LOST = "The retracted sentence about the harbour"
_SECTIONS = ("news", "opinion", "business", "culture", "sport", "science", "city", "weather")
_KINDS = ("news",) * 8 + ("opinion", "feature")
_MINUTES_APART = 13
_START = datetime(2022, 1, 1, tzinfo=UTC)
_CHARACTERS = 4_000
_STORY = 12
"""Articles to a story; of every five stories' worth of articles, one belongs to a story."""

Row = tuple[Any, ...]


def build(path: Path, articles: int) -> None:
    """Write the archive to ``path``, which must not exist. 100,000 articles take about three minutes and 1.5 GB."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(open_archive(unfinished)) as db:
        db.execute("pragma foreign_keys=off")
        db.execute("pragma synchronous=off")
        db.execute("pragma cache_size=-400000")
        db.execute("begin")
        rng = random.Random(7)  # noqa: S311 - the same archive each time, and no secret
        db.executemany(
            "insert into sites (name, title, timezone) values (?, ?, 'UTC')", [(s, s.title()) for s in SITES]
        )
        _insert(db, "articles", _ARTICLE_COLUMNS, _articles(rng, articles))
        _insert(db, "links", _LINK_COLUMNS, _links(rng, articles))
        _insert(db, "article_urls", ("url", "article_id", "address_key", "kind"), _urls(articles))
        _insert(db, "candidates", ("url", "site", "address_key", "outcome", "article_id"), _candidates(articles))
        _insert(db, "provenance", ("article_id", "field", "source", "value", "chosen"), _provenance(articles))
        _people(db, rng, articles)
        _stories(db, articles)
        _history(db, articles)
        db.execute("insert into _unindexed select 'articles', 1, max(id) from articles")
        db.execute("insert into _unindexed select 'revisions', 1, max(id) from revisions")
        for _ in unindexed.steps(db):
            pass
        db.execute("commit")
        db.execute("analyze")
        db.execute("pragma wal_checkpoint(truncate)")
    unfinished.rename(path)


_ARTICLE_COLUMNS = (
    *("id", "site", "url", "address_key", "kind", "title", "standfirst", "published_at", "published_precision"),
    *("section", "language", "wire", "word_count", "content_hash", "story_id", "first_seen_at", "last_seen_at"),
    *("last_changed_at", "last_checked_at", "status", "gone_at", "month", "text"),
)
_LINK_COLUMNS = ("article_id", "kind", "position", "href", "address_key", "nth", "anchor_text", "target_id")


def at(n: int) -> str:
    """When article ``n`` was published: every third minute has two."""
    return f"{_START + timedelta(minutes=_MINUTES_APART * (n - n % 3 // 2)):%Y-%m-%dT%H:%M:%SZ}"


def story_of(n: int) -> int | None:
    """The story that article ``n`` belongs to."""
    block, place = divmod(n, 5 * _STORY)
    return block + 1 if place < _STORY else None


def _articles(rng: random.Random, articles: int) -> Iterator[Row]:
    sentences = _sentences(rng)
    for n in range(1, articles + 1):
        site, time, gone = rng.choice(SITES), at(n), n % 97 == 0
        text = _text(rng, sentences, n)
        title = " ".join(rng.choice(sentences).split()[:6]).strip(".")
        yield (
            *(n, site, f"https://{site}.example/a{n}", f"{site}:{n}", rng.choice(_KINDS), title),
            *(rng.choice(sentences), time, "minute", rng.choice(_SECTIONS), "en"),
            *("AFP" if n % 9 == 0 else None, len(text) // 6, f"{n:040x}", story_of(n), time, time, time, time),
            *("gone" if gone else "live", time if gone else None, time[:7], text),
        )


def _sentences(rng: random.Random) -> list[str]:
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(20_000)]
    common_first = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    return [" ".join(rng.choices(words, cum_weights=common_first, k=12)).capitalize() + "." for _ in range(8_000)]


def _text(rng: random.Random, sentences: list[str], n: int) -> str:
    size, chosen = 0, []
    while size < _CHARACTERS:
        chosen.append(rng.choice(sentences))
        size += len(chosen[-1]) + 1
    if n % 2:
        chosen[n % 30] += f" The {OFTEN} rose."
    if n % 200 == 0:
        chosen[3] += f" A {SELDOM} was lit."
    return "\n\n".join(" ".join(chosen[place : place + 4]) for place in range(0, len(chosen), 4))


def _links(rng: random.Random, articles: int) -> Iterator[Row]:
    for n in range(1, articles + 1):
        for nth in range(4):
            target = max(1, n - int(rng.paretovariate(0.6)))
            yield (n, "related", nth, f"https://x.example/a{target}", f"x:{target}:{nth}", 0, f"Related {nth}", target)
        for nth in range(3):
            host = f"source{int(rng.paretovariate(0.8)) % 3000}.example"
            yield (n, "inline", nth, f"https://{host}/{n}/{nth}", f"{host}/{n}/{nth}", 0, "a source", None)
        yield (n, "related", 5, f"https://x.example/w{n % 7_000}", f"x:w{n % 7_000}", 0, "Not fetched", None)


def _urls(articles: int) -> Iterator[Row]:
    for n in range(1, articles + 1):
        for kind, end in (("canonical", ""), ("requested", "?page=1")):
            yield (f"https://paper.example/a{n}{end}", n, f"paper:{n}", kind)


def _candidates(articles: int) -> Iterator[Row]:
    for n in range(1, articles + articles // 5):
        stored = n <= articles
        found = (SITES[n % len(SITES)], f"key:{n}", "stored" if stored else "waiting", n if stored else None)
        yield (f"https://paper.example/c{n}", *found)


def _provenance(articles: int) -> Iterator[Row]:
    for n in range(1, articles + 1):
        for field in ("title", "published_at", "byline"):
            for source in ("json-ld", "meta", "page"):
                yield (n, field, source, f"What {source} says of {field}", source == "json-ld")


def _people(db: sqlite3.Connection, rng: random.Random, articles: int) -> None:
    _insert(db, "authors", ("id", "site", "name"), ((n, SITES[n % 8], f"Author Number {n}") for n in range(1, 2_001)))
    _insert(
        db,
        "article_authors",
        ("article_id", "author_id", "position"),
        ((n, rng.randint(1, 2_000), 0) for n in range(1, articles + 1)),
    )
    _insert(db, "tags", ("id", "name"), ((n, f"tag {n}") for n in range(1, 5_001)))
    tagged = ((n, 1 + (n * 7 + k * 331) % 5_000) for n in range(1, articles + 1) for k in range(3))
    _insert(db, "article_tags", ("article_id", "tag_id"), tagged)


def _stories(db: sqlite3.Connection, articles: int) -> None:
    last = articles // (5 * _STORY)
    stories = (
        (s + 1, f"Story {s + 1}", at(s * 5 * _STORY), at(s * 5 * _STORY + _STORY), _STORY) for s in range(last + 1)
    )
    _insert(db, "stories", ("id", "title", "started_at", "updated_at", "articles"), stories)
    joined = (
        (n, s, n - 1 or None, "much the same words", 0.4, at(n)) for n in range(1, articles + 1) if (s := story_of(n))
    )
    _insert(db, "story_articles", ("article_id", "story_id", "with_id", "reason", "score", "joined_at"), joined)
    copies = ((n, n - 1, 0.8, 0.9, 0.1, at(n)) for n in range(2, articles + 1) if n % 18 == 0)
    _insert(db, "copies", ("article_id", "origin_id", "similarity", "kept", "own", "found_at"), copies)


def _history(db: sqlite3.Connection, articles: int) -> None:
    crawls = ((c, SITES[c % 8], "watch", at(c * 20), at(c * 20), "done", 40, 20) for c in range(1, articles // 20 + 1))
    _insert(
        db, "crawls", ("id", "site", "mode", "started_at", "finished_at", "outcome", "requests", "articles"), crawls
    )
    events = ((n, min(1 + n // 20, articles // 20), at(n), "new") for n in range(1, articles + 1))
    _insert(db, "events", ("article_id", "crawl_id", "at", "kind"), events)
    edits = [n for n in range(1, articles + 1) if n % 10 in (0, 3, 7)]
    seen = ((n, min(1 + n // 20, articles // 20), at(n + 5), "silent_edit" if n % 20 else "edited") for n in edits)
    _insert(db, "events", ("article_id", "crawl_id", "at", "kind"), seen)
    _insert(
        db,
        "revisions",
        ("article_id", "seen_from", "seen_until", "cause", "silent", "changed", "summary", "title", "text"),
        (
            (n, at(n), at(n + 5), "edit", int(n % 20 > 0), "title", "title", f"Earlier {n}", f"{_LOST} {n % 50}. " * 40)
            for n in edits
        ),
    )


def _insert(db: sqlite3.Connection, table: str, columns: Iterable[str], rows: Iterable[Row]) -> None:
    names = tuple(columns)
    places = ", ".join("?" * len(names))
    db.executemany(f"insert into {table} ({', '.join(names)}) values ({places})", rows)  # noqa: S608 - names of ours
