"""The keys of articles: which article one leads to, what that rests on, and who has to give one up.

To be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.article import utc_text
from crawler.site import Site
from pipelines.record import Address, Record

ANSWERED = 2
"""A page answered under an address with this key."""
LED = 1
"""A redirect or a listing led from there to the article, or only another form of its page answered."""
CLAIMED = 0
"""The article only says that the address is its own."""
_MOST_CLAIMANTS = 2
"""More would say no more than that all are wrong."""
__all__ = ["by_url", "learn", "resolve", "settled", "target"]


@dataclass(frozen=True, slots=True)
class Holder:
    """An article that holds a key. ``is_own`` where it is kept under that key."""

    article_id: int
    proof: int
    is_own: bool


def holder(db: sqlite3.Connection, key: str) -> Holder | None:
    """Who is kept under the key, else the one article that holds it; None where none does, or several do."""
    row = db.execute(
        "select a.id, coalesce(k.proof, 2) from articles a left join _address_keys k"
        " on k.address_key = a.address_key and k.article_id = a.id where a.address_key = ?",
        (key,),
    ).fetchone()
    if row is not None:
        return Holder(int(row[0]), int(row[1]), is_own=True)
    found = _sole(db, key)
    return None if found is None else Holder(*found, is_own=False)


def holders(db: sqlite3.Connection, key: str) -> list[Holder]:
    """As :func:`holder`; where nobody holds the key with better right, all that claim it."""
    held = holder(db, key)
    if held is not None:
        return [held]
    rows = db.execute("select article_id, proof from _address_keys where address_key = ?", (key,)).fetchall()
    return (
        []
        if any(row[1] > CLAIMED for row in rows)
        else [Holder(int(row[0]), int(row[1]), is_own=False) for row in rows]
    )


def target(db: sqlite3.Connection, key: str) -> int | None:
    """The one article that holds this key; None where none does, or several do: then only a redirect can tell.

    Those that only claim it count where nobody holds it with better right.
    """
    found = _sole(db, key)
    return None if found is None else found[0]


def _sole(db: sqlite3.Connection, key: str) -> tuple[int, int] | None:
    rows = db.execute(
        "select article_id, proof from _address_keys where address_key = ? order by proof = 0 limit 2", (key,)
    ).fetchall()
    is_sole = len(rows) == 1 or (len(rows) > 1 and rows[0][1] > CLAIMED and rows[1][1] == CLAIMED)
    return (int(rows[0][0]), int(rows[0][1])) if is_sole else None


def kept_under(db: sqlite3.Connection, key: str) -> int | None:
    """The article whose own key this is."""
    row = db.execute("select id from articles where address_key = ?", (key,)).fetchone()
    return None if row is None else int(row[0])


def has_answered(db: sqlite3.Connection, article_id: int, key: str) -> bool:
    """Whether a page of the article has answered under an address with this key."""
    return proof_of(db, article_id, key) == ANSWERED


def answered(db: sqlite3.Connection, article_id: int) -> list[str]:
    """The addresses at which pages of the article have answered."""
    found = db.execute(
        "select u.url from article_urls u join _address_keys k using (address_key, article_id)"
        " where u.article_id = ? and k.proof = 2",
        (article_id,),
    )
    return [row[0] for row in found]


def proof_of(db: sqlite3.Connection, article_id: int, key: str) -> int | None:
    """What it rests on that an article holds a key; None where it does not."""
    row = db.execute(
        "select proof from _address_keys where address_key = ? and article_id = ?", (key, article_id)
    ).fetchone()
    return None if row is None else int(row[0])


def is_claimed_by_another(db: sqlite3.Connection, key: str, article_id: int | None) -> bool:
    """Whether any other article holds the key, with whatever right."""
    found = db.execute(
        "select 1 from _address_keys where address_key = ? and article_id is not ? limit 1", (key, article_id)
    )
    return found.fetchone() is not None


def add(db: sqlite3.Connection, article_id: int, key: str, proof: int) -> bool:
    """Let an article hold a key, or hold it with better right. Gives whether that may change what the key leads to."""
    known = proof_of(db, article_id, key)
    if known is not None and known >= proof:
        return False
    if known is None and proof == CLAIMED and _claimants(db, key) >= _MOST_CLAIMANTS:
        return False
    db.execute(
        "insert into _address_keys(address_key, article_id, proof) values (?, ?, ?)"
        " on conflict do update set proof = excluded.proof",
        (key, article_id, proof),
    )
    return known is None or known == CLAIMED


def _claimants(db: sqlite3.Connection, key: str) -> int:
    (n,) = db.execute("select count(*) from _address_keys where address_key = ? and proof = 0", (key,)).fetchone()
    return int(n)


def disprove(db: sqlite3.Connection, key: str, rightful: int | None, most: int, site: Site) -> None:
    """Take a key from all but its rightful holder whose proof is at ``most`` this."""
    for (article_id,) in db.execute(
        "select article_id from _address_keys where address_key = ? and proof <= ? and article_id is not ?",
        (key, most, rightful),
    ).fetchall():
        give_up(db, article_id, key, site)
        db.execute("delete from _address_keys where address_key = ? and article_id = ?", (key, article_id))


def give_up(db: sqlite3.Connection, article_id: int, key: str, site: Site) -> None:
    """Let an article no longer have an address that it only claims, or claims with others, nor be kept under it."""
    db.execute("delete from article_urls where article_id = ? and address_key = ?", (article_id, key))
    (own,) = db.execute("select address_key from articles where id = ?", (article_id,)).fetchone()
    if own == key:
        fall_back(db, article_id, site)


def fall_back(db: sqlite3.Connection, article_id: int, site: Site) -> bool:
    """Keep an article under an address at which it answered, or which led to it where none did.

    Gives whether there is one that no other is kept under.
    """
    own = db.execute(
        "select u.url, u.address_key from article_urls u join _address_keys k using (address_key, article_id)"
        " where u.article_id = :id and k.proof > 0 and u.address_key not in (select address_key from articles)"
        " order by k.proof desc, u.address_key like :slugs, u.first_seen_at, length(u.url), u.url limit 1",
        {"id": article_id, "slugs": f"{site.name}~%"},
    ).fetchone()
    if own is not None:
        row = (site.main_address(own[0]), own[1], article_id)
        db.execute("update articles set url = ?, address_key = ? where id = ?", row)
    return own is not None


# Which article an address leads to: aliases, and the links that wait for their target.


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
    proofs = dict.fromkeys(record.claims, CLAIMED) | dict.fromkeys((*record.led, *record.slugs), LED)
    answered = LED if record.is_form else ANSWERED  # the page itself has not, and may be read otherwise
    proofs |= dict.fromkeys(record.identity, LED) | {record.answered.key: answered}
    held = [
        key
        for key, proof in proofs.items()
        if kept_under(db, key) in (None, article_id) and add(db, article_id, key, proof)
    ]
    told = []
    for address in record.addresses:
        if proofs.get(address.key) == CLAIMED and is_claimed_by_another(db, address.key, article_id):
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
