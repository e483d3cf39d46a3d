"""``scrapy archive forget``: an article that must not be kept goes, out of the archive and out of WARC files.

It goes with everything derived from it, and a tombstone keeps it out. What others say stays theirs: the words with
which another article links here, and that somebody asked for it at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from crawler.article import utc_text
from crawler.errors import SetupError
from crawler.housekeeping import Job, compact, plural
from crawler.housekeeping.captures import overwrite, parse
from crawler.site import Sites
from pipelines.archive import words
from pipelines.archive.database import open_archive, transaction
from pipelines.archive.reading import Selection, entries, named
from pipelines.copies import copies
from pipelines.identity import idle_params, keys
from pipelines.stories import stories

_OWN = (
    "article_authors", "article_tags", "blocks", "provenance", "dropped", "revisions", "links", "events",
    "article_urls", "_address_keys", "_paragraphs", "_sentences", "_absences",
)  # fmt: skip
"""Tables whose rows with its ``article_id`` go."""
_NAMED = (("links", "target_id"), ("story_articles", "with_id"), ("articles", "duplicate_of"))
"""Columns of other articles' rows that no longer name it."""
_ELSEWHERE = (
    ("alerts", "article_id"), ("candidates", "article_id"), ("merges", "into_id"), ("_bands", "article_id"),
    ("copies", "article_id"), ("copies", "origin_id"), ("story_articles", "article_id"), ("_terms", "article_id"),
    ("_vectors", "article_id"), ("article_facts", "article_id"), ("_unplaced", "article_id"),
)  # fmt: skip
COVERED = frozenset((*((table, "article_id") for table in _OWN), *_NAMED, *_ELSEWHERE))
"""Every column that names an article, as (table, column): a test holds this against the schema."""


@dataclass(frozen=True, slots=True)
class Order:
    """``name`` is an address of the article or its number; ``warc`` a folder whose files are to forget it too."""

    name: str
    reason: str
    warc: Path | None
    dry_run: bool


@dataclass(frozen=True, slots=True)
class _Signs:
    """What tells the article's records from those of others."""

    urls: frozenset[str]
    keys: frozenset[str]


class _Rehearsed(Exception):  # noqa: N818  # no error
    """The end of a rehearsal: what was done is undone."""


def forget(job: Job, sites: Sites, order: Order) -> None:
    """Forget one article. Raises SetupError where none, or several, go by its name.

    WARC files first: if this is broken off, the archive still tells which records are the article's.
    """
    if order.warc is not None and not order.warc.is_dir():
        raise SetupError(f"--warc {order.warc}: there is no such folder")
    with closing(open_archive(job.database)) as db:
        compact.wipe_what_is_deleted(db)
        sites = idle_params.learned(db, sites)
        article_id = _article(db, sites, order.name)
        signs = _known(db, sites, order.name, article_id)
        if article_id is None:
            job.say(f"{order.name} was forgotten before; the archive holds nothing of it")
        else:
            _introduce(job, db, article_id)
        _captures(job, db, article_id, order, _matcher(sites, signs))
        if article_id is not None:
            _out_of_archive(job, db, article_id, order)


def _article(db: sqlite3.Connection, sites: Sites, name: str) -> int | None:
    """Return the one article of this name; None where it was forgotten before."""
    try:
        ids = named(db, name, sites)
    except ValueError:
        raise SetupError(f"{name} is neither an address nor the number of an article") from None
    if len(ids) > 1:
        raise SetupError(f"{name} may be any of the articles {', '.join(map(str, ids))}; name one by its number")
    if not ids and (name.isdigit() or not keys.are_forgotten(db, [sites.address_key(name)])):
        raise SetupError(f"no article goes by {name}; try another of its addresses, or its number")
    return ids[0] if ids else None


def _known(db: sqlite3.Connection, sites: Sites, name: str, article_id: int | None) -> _Signs:
    if article_id is None:
        gone = keys.forgotten_with(db, sites.address_key(name))
        return _Signs(frozenset({name, sites.for_url(name).clean(name)}), frozenset(gone))
    return _Signs(frozenset(addresses(db, article_id)), frozenset(keys_of(db, article_id)))


def _matcher(sites: Sites, signs: _Signs) -> Callable[[str], bool]:
    def is_its(url: str) -> bool:
        if url in signs.urls:
            return True
        try:
            return url.startswith(("http://", "https://")) and sites.address_key(url) in signs.keys
        except ValueError:
            return False

    return is_its


def _introduce(job: Job, db: sqlite3.Connection, article_id: int) -> None:
    (row,) = (entry.columns for entry in entries(db, Selection(ids=(article_id,))))
    job.say(f"article {article_id}: {row['title']} ({row['published_at'] or 'without a date'}), {row['url']}")


def _captures(
    job: Job, db: sqlite3.Connection, article_id: int | None, order: Order, is_its: Callable[[str], bool]
) -> None:
    known = captures(db, article_id) if article_id is not None else set()
    if order.warc is None:
        if known or job.captures:
            names = f", in {', '.join(sorted(known))} for certain" if known else ""
            job.say(f"WARC files may hold copies of its page{names}: --warc DIR overwrites them")
        return
    files = sorted(path for path in order.warc.iterdir() if path.name.endswith((".warc", ".warc.gz")))
    for path in files:
        done = overwrite(path, is_its, job.now, dry_run=order.dry_run)
        if done.records:
            job.say(f"{path}: {plural(done.records, 'record')} {'to overwrite' if order.dry_run else 'overwritten'}")
        for sentence in done.left:
            job.say(sentence)
    if lacking := sorted(known - {path.name for path in files}):
        job.say(f"{order.warc} lacks files that hold copies of its page: {', '.join(lacking)}")


def _out_of_archive(job: Job, db: sqlite3.Connection, article_id: int, order: Order) -> None:
    gone: Mapping[str, int] = {}
    with suppress(_Rehearsed), transaction(db):
        gone = erase(db, article_id, order.reason, utc_text(job.now))
        if order.dry_run:
            raise _Rehearsed
    counts = ", ".join(f"{table} {n:,}" for table, n in gone.items())
    if order.dry_run:
        job.say(f"would go: {counts}; nothing was changed")
        return
    job.say(f"gone: {counts}; a tombstone keeps it out")
    compact.merge_full_text(db)  # until then the index still knows its words
    if not compact.empty_log(db):
        job.say(
            "the write-ahead log still holds the text until those close who read from the archive now: close them,"
            " then run: scrapy archive compact"
        )
    job.say(
        "earlier states may be left in pages that were freed before: scrapy archive compact clears them when no crawl"
        f" runs. Backups and exports still hold it{_copies(job.database)}; so may lists and other articles' pages."
    )


def _copies(database: Path) -> str:
    """Return the copies beside the archive that migrations made."""
    names = sorted(path.name for path in database.parent.glob(f"{database.name}.before-*"))
    return f", such as {', '.join(names)}" if names else ""


def erase(db: sqlite3.Connection, article_id: int, reason: str, now: str) -> dict[str, int]:
    """Take an article out. Return how many rows went, by table. To be called inside a transaction.

    Raises ValueError where there is no such article.
    """
    row = db.execute(
        "select a.text, coalesce(a.language, s.language) as language from articles a"
        " left join sites s on s.name = a.site where a.id = ?",
        (article_id,),
    ).fetchone()
    if row is None:
        raise ValueError(f"there is no article {article_id}")
    known, urls = keys_of(db, article_id), addresses(db, article_id)
    gone = {"articles": 1, "alerts": _alerts(db, article_id), "candidates": _candidates(db, article_id, known, urls)}
    states = db.execute(
        "select title, standfirst, text from articles where id = :id union all"
        " select title, standfirst, text from revisions where article_id = :id",
        {"id": article_id},
    ).fetchall()
    stranded = copies.forget(db, article_id, row["text"])
    stories.forget(db, article_id, now)
    db.execute("delete from copies where article_id = :id or origin_id = :id", {"id": article_id})
    for table, column in _NAMED:
        db.execute(f"update {table} set {column} = null where {column} = ?", (article_id,))
    for table in _OWN:
        gone[table] = db.execute(f"delete from {table} where article_id = ?", (article_id,)).rowcount
    db.execute("delete from merges where into_id = ?", (article_id,))
    for table in ("_validators", "_under_way", "_pending", "_hand_outs"):
        db.executemany(f"delete from {table} where url = ?", [(url,) for url in urls])
    idle_params.forget(db, urls)
    db.execute("delete from articles where id = ?", (article_id,))
    gone["authors"] = db.execute("delete from authors where id not in (select author_id from article_authors)").rowcount
    gone["tags"] = db.execute("delete from tags where id not in (select tag_id from article_tags)").rowcount
    words.forget(db, chain.from_iterable(states), row["language"])
    keys.forget(db, known, reason, now)
    copies.settle(db, [copy for copy in stranded if copy != article_id], copies.Finding(now, None, is_news=False))
    return {table: n for table, n in gone.items() if n}


def addresses(db: sqlite3.Connection, article_id: int) -> list[str]:
    """Return every address that led to an article."""
    rows = db.execute(
        "select url from article_urls where article_id = :id union select url from articles where id = :id",
        {"id": article_id},
    )
    return [url for (url,) in rows]


def captures(db: sqlite3.Connection, article_id: int) -> set[str]:
    """Return the WARC files that are known to hold a copy of it."""
    rows = db.execute(
        "select capture from articles where id = :id union select capture from revisions where article_id = :id",
        {"id": article_id},
    )
    return {capture.file for (written,) in rows if written for capture in parse(written)}


def keys_of(db: sqlite3.Connection, article_id: int) -> list[str]:
    """Return what identifies it: no mere claim, and no slug, which others may share, unless it is kept under one."""
    (own,) = db.execute("select address_key from articles where id = ?", (article_id,)).fetchone()
    rows = db.execute(
        "select address_key from _address_keys where article_id = ? and proof > ?", (article_id, keys.CLAIMED)
    )
    return sorted({own, *(key for (key,) in rows if "~" not in key)})


def _alerts(db: sqlite3.Connection, article_id: int) -> int:
    ids = "select id from alerts where article_id = :id or event_id in (select id from events where article_id = :id)"
    db.execute(f"delete from deliveries where alert_id in ({ids})", {"id": article_id})
    return db.execute(f"delete from alerts where id in ({ids})", {"id": article_id}).rowcount


def _candidates(db: sqlite3.Connection, article_id: int, known: list[str], urls: list[str]) -> int:
    """Delete addresses in the ledger, with what listings said of them. Return how many went."""
    gone = {url for (url,) in db.execute("select url from candidates where article_id = ?", (article_id,))} | set(urls)
    for key in known:
        gone |= {url for (url,) in db.execute("select url from candidates where address_key = ?", (key,))}
    db.executemany("delete from listings where candidate = ?", [(url,) for url in gone])
    return sum(db.execute("delete from candidates where url = ?", (url,)).rowcount for url in gone)
