"""Which article an address leads to: keys, aliases, and the links that wait for their target."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from crawler.article import utc_text
from pipelines.record import Address, Record


def find(db: sqlite3.Connection, record: Record) -> int | None:
    """The stored article that this is: by its keys, else by equal title, text and time on its site.

    A number, and the very address that answered, are sure. An address that a page only claims for its own, as broken
    publishing systems do for all their pages at once, and a slug, which two articles may share, need a second sign.
    """
    for key in record.identity:
        kept = _kept_under(db, key)
        held = target(db, key) if kept is None else kept
        if held is not None and (_is_sure(record, key, kept) or _resembles(db, record, key, held)):
            return held
    return _twin(db, record)


def own_address(db: sqlite3.Connection, record: Record) -> Address:
    """The address to keep a new article under: where another article has the one it claims, the one that answered."""
    return record.canonical if _kept_under(db, record.canonical.key) is None else record.answered


def _kept_under(db: sqlite3.Connection, key: str) -> int | None:
    row = db.execute("select id from articles where address_key = ?", (key,)).fetchone()
    return None if row is None else int(row[0])


def _is_sure(record: Record, key: str, kept: int | None) -> bool:
    site = record.article.site
    if key.startswith(f"{site}~"):  # sure as the name of a row whose number nobody knows, else a guess
        return kept is not None and key == record.identity[0]
    return key.startswith(f"{site}:") or key == record.answered.key


def _resembles(db: sqlite3.Connection, record: Record, key: str, article_id: int) -> bool:
    """Whether the article that a key led to has the same time or text; or title, but columns share that with a slug."""
    article = record.article
    title, content, published = db.execute(
        "select title, content_hash, published_at from articles where id = ?", (article_id,)
    ).fetchone()
    same_time = article.published is not None and article.published.iso == published
    same_text = bool(article.paragraphs) and record.content_hash == content
    return same_time or same_text or (title == article.title and not key.startswith(f"{article.site}~"))


def _twin(db: sqlite3.Connection, record: Record) -> int | None:
    article, published = record.article, record.article.published
    if not article.paragraphs:  # all galleries without a text have the same one
        return None
    row = db.execute(
        "select id from articles where content_hash = ? and site = ? and title = ? and published_at is ?",
        (record.content_hash, article.site, article.title, published.iso if published else None),
    ).fetchone()
    return None if row is None else int(row[0])


def target(db: sqlite3.Connection, key: str) -> int | None:
    """The one article that holds this key; None where none does, or several do: then only a redirect can tell."""
    holders = db.execute("select article_id from _address_keys where address_key = ? limit 2", (key,)).fetchall()
    return int(holders[0][0]) if len(holders) == 1 else None


def by_url(db: sqlite3.Connection, url: str) -> int | None:
    """The article that exactly this address has led to."""
    row = db.execute("select article_id from article_urls where url = ?", (url,)).fetchone()
    return None if row is None else int(row[0])


def learn(db: sqlite3.Connection, article_id: int, record: Record) -> int:
    """Keep every address and key of the article, and let the links that waited for one find it.

    Gives how many links found their target. An address that led to another article before stays with that one, and so
    does a key under which another is kept: a page that redirects to another one is no address of that.
    """
    now = utc_text(record.visit.fetch.at)
    told = [address.key for address in record.addresses if _add_address(db, article_id, address, now)]
    keys = (*record.identity, *(address.key for address in record.addresses), *record.slugs)
    held = [key for key in keys if _kept_under(db, key) in (None, article_id) and _add_key(db, article_id, key)]
    return resolve(db, dict.fromkeys(told + held))


def _add_address(db: sqlite3.Connection, article_id: int, address: Address, now: str) -> bool:
    """Whether the address was new."""
    added = db.execute(
        "insert into article_urls(url, article_id, address_key, kind, first_seen_at) values (?, ?, ?, ?, ?)"
        " on conflict(url) do nothing",
        (address.url, article_id, address.key, address.kind, now),
    )
    return added.rowcount == 1


def _add_key(db: sqlite3.Connection, article_id: int, key: str) -> bool:
    """Whether the article did not hold the key before."""
    added = db.execute(
        "insert into _address_keys(address_key, article_id) values (?, ?) on conflict do nothing", (key, article_id)
    )
    return added.rowcount == 1


def resolve(db: sqlite3.Connection, keys: Iterable[str]) -> int:
    """Set the targets of all links that have one of these keys, and reopen what a key no longer settles.

    A key that a second article has come to hold is ambiguous: its links lose their target unless their very address
    has led somewhere, and candidates that were taken for an alias on the strength of the key alone wait again.
    Gives how many more links have a target than before.
    """
    gained = 0
    for key in keys:
        before = _resolved(db, key)
        found = target(db, key)
        db.execute(
            """
            update links set target_id = coalesce((select article_id from article_urls where url = href), :found)
            where address_key = :key
              and target_id is not coalesce((select article_id from article_urls where url = href), :found)
            """,
            {"key": key, "found": found},
        )
        gained += _resolved(db, key) - before
        if found is None:
            db.execute(
                "update candidates set outcome = 'waiting', reason = 'an ambiguous slug', article_id = null"
                " where address_key = ? and outcome = 'alias'"
                " and not exists (select 1 from article_urls u where u.url = candidates.url)",
                (key,),
            )
    return gained


def _resolved(db: sqlite3.Connection, key: str) -> int:
    (count,) = db.execute("select count(target_id) from links where address_key = ?", (key,)).fetchone()
    return int(count)
