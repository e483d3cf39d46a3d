"""New keys and sites for the rows of articles, and merging of those that turn out to be one. Inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from crawler.article import utc_time
from crawler.site import Site, Sites
from pipelines.archive import keys, merge, rows
from pipelines.archive import sites as site_rows
from pipelines.sameness import Face, is_same

_REASON = "the same key by the site's profile"


def move(db: sqlite3.Connection, sites: Sites, article_ids: Iterable[int], occasion: merge.Occasion) -> int:
    """Give articles the sites and keys that today's rules make of their addresses. Gives how many were merged.

    Their lists of keys must be made anew before. Rows with one key are merged where a page of each has answered under
    it; where one only claims it, or it is a slug on a site that has numbers, text, title and time have to agree.
    """
    moving = []
    for article_id in article_ids:
        row = db.execute(
            "select site, url, address_key, published_at, month from articles where id = ?", (article_id,)
        ).fetchone()
        site = sites.for_url(row["url"])
        if (site.name, site.address_key(row["url"])) != (row["site"], row["address_key"]):
            moving.append((article_id, site, row["url"]))
        if site.name != row["site"]:
            _change_site(db, article_id, row["site"], site)
        if row["published_at"] and (month := _month(row["published_at"], site.timezone)) != row["month"]:
            rows.update(db, article_id, {"month": month})
    # Out of the way first: one may get the key that another still has. And whoever answered under a key has it first.
    db.executemany("update articles set address_key = char(1) || id where id = ?", [(one[0],) for one in moving])
    moving.sort(key=lambda one: not keys.has_answered(db, one[0], one[1].address_key(one[2])))
    return sum(_place(db, article_id, site, url, occasion) for article_id, site, url in moving)


def yield_others_keys(db: sqlite3.Connection, article_ids: Iterable[int]) -> None:
    """Take from articles the keys under which others are kept."""
    db.executemany(
        "delete from _address_keys where article_id = :id"
        " and address_key in (select address_key from articles where id <> :id)",
        [{"id": article_id} for article_id in article_ids],
    )


def _place(db: sqlite3.Connection, article_id: int, site: Site, url: str, occasion: merge.Occasion) -> bool:
    """Keep an article under its new key. Gives whether it was merged with the one that has it."""
    key = site.address_key(url)
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
