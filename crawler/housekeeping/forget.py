"""``scrapy archive forget``: an article that must not be kept goes, out of the archive and out of WARC files."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from crawler.article import utc_text
from crawler.errors import SetupError
from crawler.housekeeping.blanking import overwrite
from crawler.housekeeping.job import Job, plural
from crawler.site import Sites
from pipelines.archive import compact, tombstones
from pipelines.archive import forget as forgetting
from pipelines.archive.database import open_archive, transaction
from pipelines.archive.reading import Selection, entries, named


@dataclass(frozen=True, slots=True)
class Order:
    """``name`` is an address of the article or its number; ``warc`` a folder whose files are to forget it too."""

    name: str
    reason: str
    warc: Path | None
    dry_run: bool


@dataclass(frozen=True, slots=True)
class _Marks:
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
        article_id = _article(db, sites, order.name)
        marks = _known(db, sites, order.name, article_id)
        if article_id is None:
            job.say(f"{order.name} was forgotten before; the archive holds nothing of it")
        else:
            _tell(job, db, article_id)
        _captures(job, db, article_id, order, _matcher(sites, marks))
        if article_id is not None:
            _out_of_archive(job, db, article_id, order)


def _article(db: sqlite3.Connection, sites: Sites, name: str) -> int | None:
    """The one article of this name; None where it was forgotten before."""
    try:
        found = named(db, name, sites)
    except ValueError:
        raise SetupError(f"{name} is neither an address nor the number of an article") from None
    if len(found) > 1:
        raise SetupError(f"{name} may be any of the articles {', '.join(map(str, found))}; name one by its number")
    if not found and (name.isdigit() or not tombstones.stand(db, [sites.address_key(name)])):
        raise SetupError(f"no article goes by {name}; try another of its addresses, or its number")
    return found[0] if found else None


def _known(db: sqlite3.Connection, sites: Sites, name: str, article_id: int | None) -> _Marks:
    if article_id is None:
        keys = tombstones.of_one(db, sites.address_key(name))
        return _Marks(frozenset({name, sites.for_url(name).clean(name)}), frozenset(keys))
    return _Marks(frozenset(forgetting.addresses(db, article_id)), frozenset(forgetting.keys_of(db, article_id)))


def _matcher(sites: Sites, marks: _Marks) -> Callable[[str], bool]:
    def is_its(url: str) -> bool:
        if url in marks.urls:
            return True
        try:
            return url.startswith(("http://", "https://")) and sites.address_key(url) in marks.keys
        except ValueError:
            return False

    return is_its


def _tell(job: Job, db: sqlite3.Connection, article_id: int) -> None:
    (row,) = (entry.columns for entry in entries(db, Selection(ids=(article_id,))))
    job.say(f"article {article_id}: {row['title']} ({row['published_at'] or 'without a date'}), {row['url']}")


def _captures(
    job: Job, db: sqlite3.Connection, article_id: int | None, order: Order, is_its: Callable[[str], bool]
) -> None:
    known = forgetting.captures(db, article_id) if article_id is not None else set()
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
        gone = forgetting.forget(db, article_id, order.reason, utc_text(job.now))
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
    """Copies beside the archive that migrations made."""
    names = sorted(path.name for path in database.parent.glob(f"{database.name}.before-*"))
    return f", such as {', '.join(names)}" if names else ""
