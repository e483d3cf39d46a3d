"""New keys and sites for the rows of articles, and merging of those that turn out to be one.

Each ``next()`` of an iterator here is one step, to be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from crawler.article import utc_time
from crawler.site import Site, Sites
from pipelines.archive import identity, rows
from pipelines.archive import sites as site_rows
from pipelines.archive.rekey_rows import PARKED
from pipelines.copies import copies
from pipelines.identity import keys, merge
from pipelines.sameness import Face, is_same

_REASON = "the same key by the site's profile"


def move(
    db: sqlite3.Connection, sites: Sites, article_ids: Sequence[int], occasion: merge.Occasion, most: int
) -> Iterator[int]:
    """Give articles the sites and keys that today's rules make of their addresses. Gives how many a step merged.

    Their lists of keys must be made anew before. Rows with one key are merged where a page of each has answered under
    it; where one only claims it, or it is a slug on a site that has numbers, text, title and time have to agree.
    """
    answered: list[int] = []
    others: list[int] = []
    for some in _batches(article_ids, most):
        for article_id in some:
            due = _due(db, sites, article_id)
            if due is not None:
                (answered if keys.has_answered(db, article_id, due) else others).append(article_id)
        yield 0
    # Out of the way first: one may get the key that another still has. And whoever answered under a key has it first.
    for some in _batches(answered + others, most):
        db.executemany("update articles set address_key = ? || id where id = ?", [(PARKED, one) for one in some])
        yield 0
    for some in _batches(answered + others, most):
        yield sum(_place(db, sites, article_id, occasion) for article_id in some)
    for some in _batches(article_ids, most):
        _settle_sites(db, sites, some, occasion)
        yield 0


def settle_keys(db: sqlite3.Connection, article_ids: Sequence[int], most: int) -> Iterator[None]:
    """Take from articles the keys under which others are kept, and let what leads to the rest find them.

    Looked for are links and aliases that lead elsewhere, not what an earlier step changed: that may have been killed.
    """
    for some in _batches(article_ids, most):
        stale: set[str] = set()
        for article_id in sorted({merge.survivor(db, one) for one in some}):
            taken = db.execute(
                "select address_key from _address_keys where article_id = :id"
                " and address_key in (select address_key from articles where id <> :id)",
                {"id": article_id},
            ).fetchall()
            db.executemany(
                "delete from _address_keys where article_id = ? and address_key = ?",
                [(article_id, key) for (key,) in taken],
            )
            stale |= {key for (key,) in taken} | _leading_elsewhere(db, article_id)
        identity.resolve(db, sorted(stale))
        yield


def _leading_elsewhere(db: sqlite3.Connection, article_id: int) -> set[str]:
    """The article's keys of which a link or an alias leads to another article, or to none."""
    found = db.execute(
        "select k.address_key from _address_keys k join links l on l.address_key = k.address_key"
        " where k.article_id = :id and l.target_id is not :id union"
        " select k.address_key from _address_keys k join candidates c on c.address_key = k.address_key"
        " where k.article_id = :id and c.outcome = 'alias' and c.article_id is not :id",
        {"id": article_id},
    )
    return {row[0] for row in found}


def _batches(of: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    return (of[start : start + most] for start in range(0, len(of), most))


def _due(db: sqlite3.Connection, sites: Sites, article_id: int) -> str | None:
    """The key that an article should be kept under, if it is not."""
    row = db.execute("select site, url, address_key from articles where id = ?", (article_id,)).fetchone()
    if row is None:  # merged meanwhile, by another crawl
        return None
    site = sites.for_url(row["url"])
    key = site.address_key(row["url"])
    return None if (site.name, key) == (row["site"], row["address_key"]) else key


def _settle_sites(db: sqlite3.Connection, sites: Sites, article_ids: Iterable[int], occasion: merge.Occasion) -> None:
    """Give articles the months of their site; and its name, which may make of a copy a repost, or the reverse."""
    moved = []
    for article_id in article_ids:
        row = db.execute("select site, url, published_at, month from articles where id = ?", (article_id,)).fetchone()
        if row is None:
            continue
        site = sites.for_url(row["url"])
        if site.name != row["site"]:
            _change_site(db, article_id, row["site"], site)
            moved.append(article_id)
        if row["published_at"] and (month := _month(row["published_at"], site.timezone)) != row["month"]:
            rows.update(db, article_id, {"month": month})
    copies.settle_with_dependents(db, moved, copies.Finding(occasion.at, occasion.crawl_id, is_news=False))


def _place(db: sqlite3.Connection, sites: Sites, article_id: int, occasion: merge.Occasion) -> bool:
    """Keep an article under its new key. Gives whether it was merged with the one that has it."""
    row = db.execute("select url from articles where id = ?", (article_id,)).fetchone()
    if row is None:
        return False
    (url,) = row
    site, key = sites.for_url(url), sites.address_key(url)
    other = keys.kept_under(db, key)
    if other is None:
        db.execute("update articles set address_key = ? where id = ?", (key, article_id))
        return False
    if _are_one(db, article_id, other, key, site):
        (latest,) = db.execute(
            "select url from articles where id in (?, ?) order by last_checked_at desc, id limit 1", (article_id, other)
        ).fetchone()
        into = merge.merge(db, article_id, other, _REASON, occasion)
        db.execute("update articles set url = ?, address_key = ? where id = ?", (latest, key, into))
        return True
    if keys.has_answered(db, article_id, key) or not keys.fall_back(db, article_id, site):
        spelt = Site.without_profile(site.name).address_key(url)
        db.execute("update or ignore articles set address_key = ? where id = ?", (spelt, article_id))
    return False


def _are_one(db: sqlite3.Connection, one: int, other: int, key: str, site: Site) -> bool:
    is_guess = key.startswith(f"{site.name}~") and site.has_numbers
    if not is_guess and all(keys.has_answered(db, article_id, key) for article_id in (one, other)):
        return True
    faces = db.execute("select title, published_at, text from articles where id in (?, ?)", (one, other)).fetchall()
    return is_same(*(Face(None if is_guess else row[0], row[1], row[2]) for row in faces))


def _change_site(db: sqlite3.Connection, article_id: int, old: str, site: Site) -> None:
    site_rows.keep(db, site)
    rows.update(db, article_id, {"site": site.name})
    for author_id, name in db.execute(
        "select id, name from authors join article_authors on author_id = id where article_id = ? and site <> ?",
        (article_id, site.name),
    ).fetchall():
        db.execute("insert into authors(site, name) values (?, ?) on conflict do nothing", (site.name, name))
        db.execute(
            "update article_authors set author_id = (select id from authors where site = ? and name = ?)"
            " where article_id = ? and author_id = ?",
            (site.name, name, article_id, author_id),
        )
    moved = (site.name, article_id, old)
    db.execute("update or ignore _paragraphs set site = ? where article_id = ? and site = ?", moved)
    db.execute(
        "insert into _boilerplate select ?, fingerprint, text, first_seen_at, last_seen_at from _boilerplate"
        " where site = ? on conflict do nothing",
        (site.name, old),
    )


def _month(at: str, timezone: str) -> str:
    """As :func:`rows.month`, of a time or a plain date as the archive has it."""
    return utc_time(at).astimezone(ZoneInfo(timezone)).strftime("%Y-%m") if "T" in at else at[:7]
