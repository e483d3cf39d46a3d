"""Which article an address leads to: aliases, and the links that wait for their target."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from crawler.article import utc_text
from pipelines.identity import keys
from pipelines.identity.keys import target
from pipelines.record import Address, Record

__all__ = ["by_url", "learn", "resolve", "settled", "target"]


def by_url(db: sqlite3.Connection, url: str) -> int | None:
    """The article that exactly this address has led to."""
    row = db.execute("select article_id from article_urls where url = ?", (url,)).fetchone()
    return None if row is None else int(row[0])


def settled(db: sqlite3.Connection, url: str, key: str) -> int | None:
    """The article that an address leads to so surely that it need not be fetched: more than a page's claim."""
    row = db.execute(
        "select u.article_id from article_urls u left join _address_keys k using (address_key, article_id)"
        " where u.url = ? and coalesce(k.proof, 2) > 0",
        (url,),
    ).fetchone()
    if row is None:
        row = db.execute(
            "select min(article_id) from _address_keys where address_key = ? and proof > 0 having count(*) = 1", (key,)
        ).fetchone()
    return None if row is None else int(row[0])


def learn(db: sqlite3.Connection, article_id: int, record: Record) -> int:
    """Keep every address and key of the article, and let the links that waited for one find it.

    Gives how many links found their target. An address that led to another article before stays with that one, and so
    does a key under which another is kept: a page that redirects to another one is no address of that. What the
    article only claims is kept as a claim, and not at all where another holds it.
    """
    now = utc_text(record.visit.fetch.at)
    proofs = dict.fromkeys(record.claims, keys.CLAIMED) | dict.fromkeys((*record.led, *record.slugs), keys.LED)
    answered = keys.LED if record.is_form else keys.ANSWERED  # the page itself has not, and may be read otherwise
    proofs |= dict.fromkeys(record.identity, keys.LED) | {record.answered.key: answered}
    held = [
        key
        for key, proof in proofs.items()
        if keys.kept_under(db, key) in (None, article_id) and keys.add(db, article_id, key, proof)
    ]
    told = []
    for address in record.addresses:
        if proofs.get(address.key) == keys.CLAIMED and keys.is_claimed_by_another(db, address.key, article_id):
            continue
        if _add_address(db, article_id, address, now):
            told.append(address.key)
    return resolve(db, dict.fromkeys(told + held))


def _add_address(db: sqlite3.Connection, article_id: int, address: Address, now: str) -> bool:
    """Whether the address was new."""
    added = db.execute(
        "insert into article_urls(url, article_id, address_key, kind, first_seen_at) values (?, ?, ?, ?, ?)"
        " on conflict(url) do nothing",
        (address.url, article_id, address.key, address.kind, now),
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
