"""``scrapy archive verify``: the archive's file, its full text, what its tables say of each other, and its captures."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType

from crawler.housekeeping import Job, plural
from crawler.housekeeping.captures import Capture, parse, wrong_captures
from pipelines.archive.database import BUSY_TIMEOUT, sentence
from pipelines.archive.lease import standstill
from pipelines.archive.searching import INDEXES

SAMPLE = 200
"""Articles, or captures, that are looked at one by one."""
_WORDS = 5  # of an article, by which it must be found
_REBUILD = (
    "make the index anew, when no crawl runs: sqlite3 {} \"insert into articles_fts(articles_fts) values('rebuild')\""
)
_BY_CONTENT = "equal title, text and time"
"""The reason in ``merges`` of rows that no address joined; none is written today."""
_DAMAGE = "restore a backup, or save what is readable with: sqlite3 {} .recover"
_REPORT = "crawls go on, but please report this, with what this command says"
_AGREE: Mapping[str, str] = MappingProxyType(
    {
        "articles have no address": "select count(*) from articles a where not exists"
        " (select 1 from article_urls u where u.article_id = a.id)",
        "articles are not known by their own key": "select count(*) from articles a where not exists"
        " (select 1 from _address_keys k where k.article_id = a.id and k.address_key = a.address_key)",
        "articles repeat one that repeats another": "select count(*) from articles a"
        " join articles b on b.id = a.duplicate_of where b.duplicate_of is not null",
        "stories count other articles than they have": "select count(*) from stories s where s.articles is not"
        " (select count(*) from story_articles x where x.story_id = s.id)",
        "articles are in another story than they say": "select count(*) from articles a left join story_articles x"
        " on x.article_id = a.id where a.story_id is not x.story_id",
        "links lead to articles that are not there": "select count(*) from links l where l.target_id is not null"
        " and not exists (select 1 from articles a where a.id = l.target_id)",
        "links stand twice in an article": "select count(*) from links l where exists (select 1 from links o"
        " where o.article_id = l.article_id and o.id < l.id"
        " and o.kind = l.kind and o.address_key = l.address_key and o.nth = l.nth)",
        "addresses are settled as stored or alias without an article": "select count(*) from candidates c where"
        " c.outcome in ('stored', 'alias') and not exists (select 1 from articles a where a.id = c.article_id)",
    }
)
"""What must be 0, with the words that complete "N …"."""


def verify(job: Job, db: sqlite3.Connection, *, thorough: bool) -> bool:
    """Say a sentence for each trouble. Return whether there was none. ``db`` reads; crawls may write meanwhile."""
    sound = True
    for trouble in _troubles(job, db, thorough=thorough):
        sound = False
        job.say(trouble)
    for told in merged_by_content(db):
        job.say(told)
    if sound:
        job.say(f"{job.database} is sound: {plural(articles(db), 'article')}")
    return sound


def _troubles(job: Job, db: sqlite3.Connection, *, thorough: bool) -> Iterator[str]:
    try:
        yield from troubles(db, job.database, thorough=thorough)
    except sqlite3.DatabaseError as error:  # too damaged to be looked at any further
        yield sentence(job.database, error)
        return
    yield from _captures(job, db, thorough=thorough)
    if thorough:
        db.rollback()  # the reader's view of the archive, which would keep the log from being emptied
        with standstill(job.database, "scrapy archive verify --all", job.now) as others:
            if not others and (trouble := whole_index(job.database)):
                yield trouble
        if others:
            job.say(
                "the search index was only sampled: comparing all of it keeps crawls from writing, and running is"
                f" {', '.join(others)}; run this again when nothing is, or on a backup"
            )


def _captures(job: Job, db: sqlite3.Connection, *, thorough: bool) -> Iterator[str]:
    named = captures(db, every=thorough)
    if job.captures is None:
        if next(named, None):
            job.say("captures were not looked at: name the folder of the WARC files with -s ARCHIVE_DIR=…")
        return
    yield from wrong_captures(job.captures, named)


def troubles(db: sqlite3.Connection, path: Path, *, thorough: bool) -> Iterator[str]:
    """Yield a sentence for everything that is wrong, with what to do. Reads one snapshot; crawls write meanwhile.

    ``thorough``: every index against its table, which takes many times as long.
    """
    check = "integrity_check" if thorough else "quick_check"
    for (finding,) in db.execute(f"pragma {check}(10)").fetchall():
        if finding != "ok":
            yield f"{path} is damaged: {' '.join(finding.split())}; {_DAMAGE.format(path)}"
    broken: dict[tuple[str, str], int] = {}
    for table, _, parent, _ in db.execute("pragma foreign_key_check"):
        broken[table, parent] = broken.get((table, parent), 0) + 1
    for (table, parent), n in broken.items():
        yield f"{n} rows of {table} name rows of {parent} that are not there; {_REPORT}"
    yield from _full_text(db, path)
    for words, sql in _AGREE.items():
        if n := db.execute(sql).fetchone()[0]:
            yield f"{n} {words}; {_REPORT}"


def _full_text(db: sqlite3.Connection, path: Path) -> Iterator[str]:
    (lacking,) = db.execute(
        "select count(*) from articles where id not in (select id from articles_fts_docsize)"
    ).fetchone()
    (beyond,) = db.execute(
        "select count(*) from articles_fts_docsize where id not in (select id from articles)"
    ).fetchone()
    if lacking or beyond:
        yield f"search lacks {lacking} articles and knows {beyond} that are not there; {_REBUILD.format(path)}"
    lost = [str(id_) for id_ in _sample(db, "articles") if not _can_be_found(db, id_)]
    if lost:
        yield (
            f"search does not find articles by words of their own, such as number {lost[0]}"
            f" ({len(lost)} of a sample); {_REBUILD.format(path)}"
        )


def merged_by_content(db: sqlite3.Connection) -> Iterator[str]:
    """Yield a sentence for each article into which earlier versions merged others by their content alone.

    Two articles that showed one page, such as a notice, were taken for one so. Nothing is wrong with the archive.
    """
    rows = db.execute(
        "select m.into_id, a.url, group_concat(m.old_id, ', ') as old, count(*) as n from merges m"
        " join articles a on a.id = m.into_id where m.reason = ? group by m.into_id order by m.into_id",
        (_BY_CONTENT,),
    )
    for into, url, old, n in rows:
        yield (
            f"article {into} ({url}) took in {plural(n, 'row')} ({old}) by equal title, text and time alone, as earlier"
            " versions did; where these were other articles, their addresses are in article_urls"
        )


def _sample(db: sqlite3.Connection, table: str) -> list[int]:
    return [row[0] for row in db.execute(f"select id from {table} order by random() limit ?", (SAMPLE,))]


def _can_be_found(db: sqlite3.Connection, article_id: int) -> bool:
    """Return whether search finds an article by some of its words, if a new index of it alone does."""
    columns = tuple(db.execute("select title, standfirst, text from articles where id = ?", (article_id,)).fetchone())
    words = {word for column in columns if column for word in column.replace("\0", " ").split()}
    own = [word for word in words if any(map(str.isalnum, word))]
    if not own:
        return True
    query = " ".join('"' + word.replace('"', '""') + '"' for word in random.sample(own, min(_WORDS, len(own))))
    with closing(sqlite3.connect(":memory:")) as alone:
        alone.execute(
            "create virtual table t using fts5(title, standfirst, text, tokenize='unicode61 remove_diacritics 2')"
        )
        alone.execute("insert into t values (?, ?, ?)", columns)
        if alone.execute("select 1 from t where t match ?", (query,)).fetchone() is None:
            return True  # no letters that search knows
    hit = db.execute("select 1 from articles_fts where rowid = ? and articles_fts match ?", (article_id, query))
    return hit.fetchone() is not None


def whole_index(path: Path) -> str | None:
    """Return a sentence where the search index does not fit the texts, word for word; None where it does.

    SQLite holds the lock for writing as long: to be called in a standstill.
    """
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)) as db:
        try:
            for index in INDEXES:
                db.execute(f"insert into {index}({index}, rank) values ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            if "malformed" not in str(error):
                raise
            return f"search does not fit the texts; {_REBUILD.format(path)}"
    return None


def articles(db: sqlite3.Connection) -> int:
    """Return how many articles the archive holds."""
    return int(db.execute("select count(*) from articles").fetchone()[0])


def captures(db: sqlite3.Connection, *, every: bool) -> Iterator[tuple[int, str, tuple[Capture, ...]]]:
    """Yield articles with the captures that they name, as (id, written, parsed): a random sample, or ``every`` one."""
    order = "id" if every else f"random() limit {SAMPLE}"
    for id_, written in db.execute(f"select id, capture from articles where capture is not null order by {order}"):
        yield id_, written, parse(written)
